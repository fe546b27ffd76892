/** Checks the workflows under .github with actionlint: `node scripts/workflows.ts`. */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../testbed/process.ts';
import { ensureActionlint } from '../testbed/tools/go-tools.ts';
import { orExplain } from '../testbed/tools/prerequisites.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const actionlint = await orExplain(ensureActionlint);
const files = globSync('.github/workflows/*.yaml', { cwd: ROOT }).map((file) => join(ROOT, file));
const { stdout, stderr, exitCode } = await run(actionlint, ['-no-color', ...files], { cwd: ROOT });
process.stdout.write(stdout);
process.stderr.write(stderr);
if (exitCode === 0) process.stdout.write(`${files.length} workflows are in order\n`);
process.exitCode = exitCode;
