/** What a test run prints: one line for each file, every failure in full, and only the totals on the last line. */
import { relative } from 'node:path';
import type { Config, Reporter, Test, TestResult } from '@jest/reporters';

type Options = Pick<Config.GlobalConfig, 'rootDir' | 'testNamePattern' | 'json' | 'useStderr'>;

export default class TestReport implements Pick<Reporter, 'onTestResult' | 'onRunComplete' | 'getLastError'> {
  readonly #root: string;
  readonly #filtered: boolean;
  readonly #out: NodeJS.WritableStream;
  readonly #total = { passed: 0, failed: 0, skipped: 0 };
  /** The failures, to be printed once more at the end: people read, or keep, the end of a long log. */
  readonly #failures: string[] = [];

  constructor({ rootDir, testNamePattern = '', json, useStderr }: Options) {
    this.#root = rootDir;
    this.#filtered = testNamePattern !== '';
    // Editors and scripts that ask for JSON read it from standard output.
    this.#out = json || useStderr ? process.stderr : process.stdout;
  }

  onTestResult(_test: Test, result: TestResult): void {
    const { testFilePath, perfStats, failureMessage } = result;
    const counts = {
      passed: result.numPassingTests,
      // A file that cannot be loaded has no failing test.
      failed: Math.max(result.numFailingTests, result.testExecError === undefined ? 0 : 1),
      skipped: this.#filtered ? 0 : result.numPendingTests + result.numTodoTests,
    };
    for (const outcome of ['passed', 'failed', 'skipped'] as const) this.#total[outcome] += counts[outcome];
    const file = relative(this.#root, testFilePath);
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
    this.#out.write(`${this.#failures.join('')}${sentence(this.#total)}\n`);
  }

  /** Makes a run fail if nothing was tested, for example with a name that no test has. */
  getLastError(): Error | void {
    if (this.#total.passed + this.#total.failed > 0) return;
    return new Error(
      this.#filtered
        ? 'nothing was tested: no test has a name that matches (--only goes by the names of tests, not of files)'
        : 'nothing was tested',
    );
  }
}

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}
