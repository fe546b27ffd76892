/** What `expect` lacks: words about the subject of an expectation, and conditions from which the compiler learns. */
import { inspect } from 'node:util';

/** Runs `check`, and puts `what` before the message of its failure: for expectations in loops over many cases. */
export function about(what: string, check: () => void): void;
export function about(what: string, check: () => Promise<void>): Promise<void>;
export function about(what: string, check: () => void | Promise<void>): void | Promise<void> {
  const fail = (error: unknown): never => {
    if (error instanceof Error) error.message = `${what}\n${error.message}`;
    throw error;
  };
  try {
    return check()?.catch(fail);
  } catch (error) {
    return fail(error);
  }
}

/** Fails unless `condition` holds, and says what was `seen`. The code after it is compiled as if it did. */
export function narrow(condition: unknown, seen: unknown): asserts condition {
  if (condition) return;
  const words = typeof seen === 'string' ? seen : `not as expected: ${inspect(seen, { depth: 5 })}`;
  throw seenFrom(narrow, words);
}

/** The value, unless it is missing: then the test fails with `otherwise`. */
export function present<T>(value: T | null | undefined, otherwise: string): T {
  if (value === undefined || value === null) throw seenFrom(present, otherwise);
  return value;
}

/** An error whose stack begins where `helper` was called: jest shows this line. */
function seenFrom(helper: (...args: never[]) => unknown, message: string): Error {
  const error = new Error(message);
  Error.captureStackTrace(error, helper);
  return error;
}

/** Processor time of this thread that `work` takes, in milliseconds, without what others do on the machine. */
export function threadMs(work: () => unknown): number {
  const { user, system } = process.threadCpuUsage();
  work();
  const after = process.threadCpuUsage();
  return (after.user + after.system - user - system) / 1000;
}

/** Prints something with a passing test, such as a measured figure. */
export function remark(text: string): void {
  process.stderr.write(`  ${text}\n`);
}
