/** Runs the steps of a composite action as GitHub's runner does, as far as ours need it. */
import { readFileSync } from 'node:fs';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { cleanEnvironment } from '../../../testbed/environment.ts';
import { run } from '../../../testbed/process.ts';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly if?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run: string;
}

export interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly runs: { readonly steps: readonly Step[] };
}

export interface Job {
  readonly inputs?: Readonly<Record<string, string>>;
  /** Number of the pull request; left out, it runs on none. */
  readonly pullRequest?: number;
  readonly env: Readonly<Record<string, string>>;
}

export interface JobResult {
  readonly exitCode: number;
  readonly ran: readonly string[];
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly stderr: string;
}

export function readAction(path: string): Action {
  return parse(readFileSync(path, 'utf8'));
}

/** Runs the steps until one fails. https://docs.github.com/en/actions/reference/workflows-and-actions/contexts */
export async function runAction(action: Action, job: Job): Promise<JobResult> {
  const temp = await mkdtemp(join(tmpdir(), 'action-'));
  const [output, summary] = [join(temp, 'output'), join(temp, 'summary')];
  await Promise.all([writeFile(output, ''), writeFile(summary, '')]);
  const values = new Map<string, string>([
    ['runner.temp', temp],
    ['github.token', 'the-token'],
    ['github.event.pull_request.number', String(job.pullRequest ?? '')],
  ]);
  for (const [name, { default: value = '' }] of Object.entries(action.inputs))
    values.set(`inputs.${name}`, job.inputs?.[name] ?? filled(value, values));
  const ran: string[] = [];
  let [exitCode, stderr] = [0, ''];
  let outputs: Readonly<Record<string, string>> = {};
  try {
    for (const step of action.runs.steps) {
      if (step.if !== undefined && !holds(step.if, values)) continue;
      ran.push(step.name);
      const env = Object.fromEntries(
        Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value, values)]),
      );
      const script = join(temp, 'script.sh');
      await writeFile(script, step.run);
      // https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
      const outcome = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
        env: cleanEnvironment({ ...job.env, ...env, GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary }),
        timeoutMs: 60_000,
      });
      ({ exitCode } = outcome);
      stderr += outcome.stderr;
      outputs = outputsIn(await readFile(output, 'utf8'));
      for (const [name, value] of Object.entries(outputs))
        values.set(`steps.${step.id}.outputs.${name}`, value);
      if (exitCode !== 0) break;
      await appendFile(output, '');
    }
    return { exitCode, ran, outputs, summary: await readFile(summary, 'utf8'), stderr };
  } finally {
    await rm(temp, { recursive: true });
  }
}

function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$\{\{\s*([\w.-]+)\s*\}\}/g, (_, name: string) => {
    const value = values.get(name);
    if (value === undefined) throw new Error(`nothing is known of ${name}`);
    return value;
  });
}

/** Comparisons with a text, joined by `&&`. */
function holds(condition: string, values: ReadonlyMap<string, string>): boolean {
  return condition.split('&&').every((part) => {
    const [, name = '', operator, text] = /^\s*([\w.-]+) (==|!=) '(.*)'\s*$/.exec(part) ?? [];
    const value = values.get(name);
    if (value === undefined) throw new Error(`${part} is more than is understood here`);
    return (value === text) === (operator === '==');
  });
}

function outputsIn(text: string): Readonly<Record<string, string>> {
  const rows = text.trimEnd().split('\n');
  return Object.fromEntries(rows.map((row) => [row.split('=', 1)[0], row.slice(row.indexOf('=') + 1)]));
}
