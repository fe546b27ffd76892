/**
 * Runs the tests: `npm test`, `npm test -- pure`, `npm test -- test/e2e/testbed.test.ts --only=kubectl`.
 * Each argument is a folder below test/ or a file; `--only=PATTERN` keeps the tests whose names match.
 */
import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { run } from 'node:test';
import { cleanEnvironment } from '../testbed/environment.ts';
import { ensureHelm, ensurePromtool, ensureTools } from '../testbed/tools/go-tools.ts';
import { orExplain } from '../testbed/tools/prerequisites.ts';
import { ensureMinistack } from '../testbed/tools/python-tools.ts';
import { TestReport } from './test-report.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const LEVELS = ['pure', 'machinery', 'e2e'];
/** Longest life of one test file. */
const FILE_TIMEOUT_MS = 5 * 60_000;
/** Control planes and emulators are shared with nobody, so two files at a time suit two cores. */
const CONCURRENCY = 2;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' } },
});
const files = (positionals.length === 0 ? LEVELS : positionals).flatMap(filesOf).toSorted();
if (files.some((file) => file.includes(`${join('test', 'e2e')}/`))) await orExplain(prepare);
process.exitCode = (await test(files, values.only)) ? 0 : 1;

/** Test files named by an argument: a file, or a folder that may be given without `test/`. */
function filesOf(argument: string): string[] {
  const path = [resolve(ROOT, argument), resolve(ROOT, 'test', argument)].find(
    (candidate) => statSync(candidate, { throwIfNoEntry: false }) !== undefined,
  );
  if (path === undefined) throw new Error(`${argument} is neither a test file nor a folder below test/`);
  return statSync(path).isFile() ? [path] : globSync(join(path, '**/*.test.ts'));
}

/** Builds and installs what end-to-end tests start, here, where the progress can be seen. */
async function prepare(): Promise<void> {
  await ensureTools();
  await ensureHelm();
  await ensurePromtool();
  await ensureMinistack();
}

function print(text: string): void {
  process.stdout.write(text);
}

async function test(chosen: readonly string[], only: string | undefined): Promise<boolean> {
  // Test processes inherit this: no real account and no real cluster is in reach.
  const seed = process.env['PROPERTY_SEED'];
  process.env = cleanEnvironment(seed === undefined ? {} : { PROPERTY_SEED: seed });
  const report = new TestReport(ROOT, only !== undefined);
  if (chosen.length > 0) {
    const events = run({
      files: chosen,
      cwd: ROOT,
      isolation: 'process',
      concurrency: CONCURRENCY,
      timeout: FILE_TIMEOUT_MS,
      execArgv: ['--import', pathToFileURL(join(ROOT, 'test/property-seed.ts')).href],
      ...(only === undefined ? {} : { testNamePatterns: only }),
    });
    events.on('test:start', (event) => report.started(event));
    events.on('test:pass', (event) => print(report.passed(event)));
    events.on('test:fail', (event) => print(report.failed(event)));
    events.on('test:stdout', ({ message }) => print(message));
    events.on('test:stderr', ({ message }) => process.stderr.write(message));
    events.on('test:summary', ({ file, duration_ms: duration }) => {
      if (file !== undefined) print(report.fileEnded(file, duration));
    });
    await new Promise((done) => {
      events.once('end', done);
      events.resume();
    });
  }
  print(report.totals());
  return report.succeeded;
}
