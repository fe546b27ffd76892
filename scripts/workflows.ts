/** Checks with actionlint the workflows under .github, the example of our own action, and the action's steps as those of a
 *  workflow: `node scripts/workflows.ts`. */
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { run } from '../testbed/process.ts';
import { ensureActionlint } from '../testbed/tools/go-tools.ts';
import { orExplain } from '../testbed/tools/prerequisites.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const actionlint = await orExplain(ensureActionlint);
const folder = mkdtempSync(join(tmpdir(), 'workflows-'));
const workflows = globSync('.github/workflows/*.{yaml,yml}', { cwd: ROOT }).map((file) => join(ROOT, file));
const files = [...workflows, join(ROOT, 'deploy/github-action/example.yaml'), actionAsWorkflow()];
const { stdout, stderr, exitCode } = await run(actionlint, ['-no-color', ...files], { cwd: ROOT });
rmSync(folder, { recursive: true });
process.stdout.write(stdout);
process.stderr.write(stderr);
if (exitCode === 0) process.stdout.write(`${files.length} workflows are in order\n`);
process.exitCode = exitCode;

/** A composite action is not among the files that actionlint reads, but its steps are like a job's. */
function actionAsWorkflow(): string {
  const { inputs, runs } = parse(readFileSync(join(ROOT, 'deploy/github-action/action.yml'), 'utf8'));
  const types = Object.keys(inputs).map((name) => [name, { type: 'string' }]);
  const job = { 'runs-on': 'ubuntu-24.04', steps: runs.steps };
  const on = { workflow_call: { inputs: Object.fromEntries(types) }, pull_request: null };
  const path = join(folder, 'action.yaml');
  writeFileSync(path, stringify({ name: 'Steps of the action', on, jobs: { plan: job } }));
  return path;
}
