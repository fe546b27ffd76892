/** Programs that have to be on the machine already, and what to say if they are not. */
import { run } from '../process.ts';

interface Prerequisite {
  readonly title: string;
  readonly candidates: readonly string[];
  readonly versionArguments: readonly string[];
  readonly least: readonly [major: number, minor: number];
  readonly howToGet: string;
  readonly neededFor: string;
}

export const GO: Prerequisite = {
  title: 'Go',
  candidates: ['go'],
  versionArguments: ['version'],
  least: [1, 26],
  howToGet: 'see https://go.dev/doc/install, or your package manager (brew install go)',
  neededFor: 'building the Kubernetes API server that tests and demo run against',
};

export const PYTHON: Prerequisite = {
  title: 'Python',
  candidates: ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python'],
  versionArguments: ['--version'],
  least: [3, 11],
  howToGet:
    'see https://www.python.org/downloads, or your package manager (apt-get install python3 python3-venv, brew install python)',
  neededFor: 'the AWS emulator',
};

export class MissingPrerequisite extends Error {}

/** Runs a program's first step. If a prerequisite is missing, says so without a stack trace and exits with 1. */
export async function orExplain<T>(step: () => Promise<T>): Promise<T> {
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof MissingPrerequisite)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

/**
 * Finds the first candidate that is new enough. Throws {@link MissingPrerequisite}, which says what is missing, which version is
 * needed, what for and how to get it.
 */
export async function find(prerequisite: Prerequisite): Promise<string> {
  const { title, candidates, versionArguments, least, howToGet, neededFor } = prerequisite;
  const seen: string[] = [];
  for (const candidate of candidates) {
    const outcome = await run(candidate, versionArguments, { env: process.env });
    const version = /(\d+)\.(\d+)[.\w]*/.exec(outcome.stdout);
    if (outcome.exitCode !== 0 || version === null) continue;
    const [text, major, minor] = version;
    if (atLeast([Number(major), Number(minor)], least)) return candidate;
    seen.push(`${candidate} is ${text}`);
  }
  const found = seen.length === 0 ? 'none was found' : seen.join(', ');
  throw new MissingPrerequisite(
    `${title} ${least.join('.')} or newer is missing (${found}).\nIt is needed for ${neededFor}.\nTo get it: ${howToGet}`,
  );
}

function atLeast(version: readonly [number, number], least: readonly [number, number]): boolean {
  return version[0] > least[0] || (version[0] === least[0] && version[1] >= least[1]);
}
