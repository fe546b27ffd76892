/** What a test run says: one line a file, every failure in full, and the totals alone on the last line. */
import { relative } from 'node:path';
import { inspect } from 'node:util';

/** The part of node:test's pass and fail events that is read here. */
export interface TestEnd {
  readonly name: string;
  readonly nesting: number;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  readonly skip?: string | boolean | undefined;
  readonly details: {
    readonly duration_ms: number;
    readonly type?: string | undefined;
    readonly error?: Error & { readonly cause?: unknown; readonly failureType?: unknown };
  };
}

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Collects the events of one run. Each method gives the text to print for its event. */
export class TestReport {
  readonly #root: string;
  readonly #filtered: boolean;
  readonly #total: Counts = { passed: 0, failed: 0, skipped: 0 };
  readonly #files = new Map<string, Counts>();
  /** Names of the suites that are open in a file, outermost first. */
  readonly #open = new Map<string, string[]>();
  /** What failed, to be said once more at the end: of a long log, the end is what is read, or kept. */
  readonly #failures: string[] = [];

  /** Files are named relative to `root`. With a name filter (`filtered`), a file may have nothing to run. */
  constructor(root: string, filtered: boolean) {
    this.#root = root;
    this.#filtered = filtered;
  }

  started({ file = '', nesting, name }: Pick<TestEnd, 'file' | 'nesting' | 'name'>): void {
    this.#open.set(file, [...(this.#open.get(file) ?? []).slice(0, nesting), name]);
  }

  passed(end: TestEnd): string {
    if (end.details.type === 'suite') return '';
    // A file in which nothing is tested is reported as a passing test of the file's own name.
    if (this.#isFile(end)) return this.#filtered ? '' : this.#fail(end, 'holds no test');
    this.#count(end, end.skip === undefined || end.skip === false ? 'passed' : 'skipped');
    return '';
  }

  failed(end: TestEnd): string {
    const { error } = end.details;
    // A suite or file fails with its tests, which have told why.
    if (error?.failureType === 'subtestsFailed') return '';
    if (this.#isFile(end) && this.#counts(end.file).failed > 0) return '';
    return this.#fail(end, describe(error?.cause ?? error));
  }

  fileEnded(file: string, durationMs: number): string {
    const counts = this.#counts(file);
    const mark = counts.failed === 0 ? '✔' : '✘';
    return `${mark} ${relative(this.#root, file)}  ${sentence(counts)}  ${(durationMs / 1000).toFixed(1)} s\n`;
  }

  /** The failures once more, and the last line. */
  totals(): string {
    return `${this.#failures.join('')}${sentence(this.#total)}\n`;
  }

  /** Whether something was tested and nothing failed. */
  get succeeded(): boolean {
    return this.#total.failed === 0 && this.#total.passed > 0;
  }

  #fail(end: TestEnd, why: string): string {
    this.#count(end, 'failed');
    const file = relative(this.#root, end.file ?? '');
    const path = this.#isFile(end)
      ? file
      : [...(this.#open.get(end.file ?? '') ?? []).slice(0, end.nesting), end.name].join(' › ');
    const where = end.line === undefined ? file : `${file}:${end.line}`;
    const failure = `\n✘ ${path}\n  at ${where}\n${indent(why)}\n\n`;
    this.#failures.push(failure);
    return failure;
  }

  #isFile({ name, file }: TestEnd): boolean {
    return file !== undefined && (name === file || name === relative(this.#root, file));
  }

  #counts(file = ''): Counts {
    const counts = this.#files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    this.#files.set(file, counts);
    return counts;
  }

  #count({ file }: TestEnd, what: keyof Counts): void {
    this.#counts(file)[what] += 1;
    this.#total[what] += 1;
  }
}

function sentence({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
}

/** The error as its author meant it: the message (with the diff that assert makes), then where it came from. */
function describe(error: unknown): string {
  if (error instanceof Error) return withoutRunner(error.stack ?? error.message);
  return typeof error === 'string' ? error : inspect(error, { depth: 5 });
}

/** Leaves out the stack's frames within node itself: they are the same in every failure. */
function withoutRunner(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !/^\s+at .*\bnode:internal\/|^\s+at .*\(<anonymous>\)$|node:async_hooks/.test(line))
    .join('\n');
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`.trimEnd())
    .join('\n');
}
