/** What a test run prints: one line for each file, every failure in full, and only the totals on the last line. */
import { relative } from 'node:path';
import type { Config, Reporter, TestResult } from '@jest/reporters';

type Options = Pick<Config.GlobalConfig, 'rootDir' | 'testNamePattern' | 'json' | 'useStderr'>;

/** What is read of a file's result. */
type FileResult = Pick<
  TestResult,
  | 'testFilePath'
  | 'failureMessage'
  | 'testExecError'
  | 'numPassingTests'
  | 'numFailingTests'
  | 'numPendingTests'
  | 'numTodoTests'
> & { readonly perfStats: Pick<TestResult['perfStats'], 'start' | 'end'> };

export default class TestReport implements Pick<Reporter, 'onTestResult' | 'onRunComplete' | 'getLastError'> {
  readonly #root: string;
  /** Regular expression that names of tests have to match; empty if all are run. */
  readonly #pattern: string;
  readonly #out: NodeJS.WritableStream;
  readonly #total = { passed: 0, failed: 0, skipped: 0 };
  readonly #files: string[] = [];
  /** The failures, to be printed once more at the end: people read, or keep, the end of a long log. */
  readonly #failures: string[] = [];

  constructor({ rootDir, testNamePattern = '', json, useStderr }: Options) {
    this.#root = rootDir;
    this.#pattern = testNamePattern;
    // Editors and scripts that ask for JSON read it from standard output.
    this.#out = json || useStderr ? process.stderr : process.stdout;
  }

  onTestResult(_test: unknown, result: FileResult): void {
    const { testFilePath, perfStats, failureMessage } = result;
    const counts = {
      passed: result.numPassingTests,
      // A file that cannot be loaded has no failing test.
      failed: Math.max(result.numFailingTests, result.testExecError === undefined ? 0 : 1),
      skipped: this.#pattern === '' ? result.numPendingTests + result.numTodoTests : 0,
    };
    for (const outcome of ['passed', 'failed', 'skipped'] as const) this.#total[outcome] += counts[outcome];
    const file = relative(this.#root, testFilePath);
    this.#files.push(file);
    if (this.#pattern !== '' && counts.passed + counts.failed === 0) return;
    const mark = counts.failed === 0 ? '✔' : '✘';
    const seconds = ((perfStats.end - perfStats.start) / 1000).toFixed(1);
    this.#out.write(`${mark} ${file}  ${sentence(counts)}  ${seconds} s\n`);
    if (counts.failed === 0) return;
    const failure = `\n✘ ${file}\n${failureMessage?.trimEnd() ?? ''}\n\n`;
    this.#failures.push(failure);
    this.#out.write(failure);
  }

  /** Prints the failures once more, and the last line. */
  onRunComplete(): void {
    const hint = this.#isEmpty ? nothingTested(this.#pattern, this.#files) : '';
    this.#out.write(`${this.#failures.join('')}${hint}${sentence(this.#total)}\n`);
  }

  /** Makes a run fail if nothing was tested. Jest does not print the message. */
  getLastError(): Error | void {
    if (this.#isEmpty) return new Error('nothing was tested');
  }

  get #isEmpty(): boolean {
    return this.#total.passed + this.#total.failed === 0;
  }
}

/** Why nothing was tested: people often give the name of a file where that of a test is asked for. */
function nothingTested(pattern: string, files: readonly string[]): string {
  if (pattern === '') return '';
  const named = files.filter((file) => new RegExp(pattern, 'i').test(file));
  const [what, list] =
    named.length > 0
      ? ['These files match; name them without --only', named]
      : ['These files were searched', files];
  const lines = list.toSorted().map((file) => `  ${file}\n`);
  return `No test has a name that matches "${pattern}". ${what}:\n${lines.join('')}`;
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
