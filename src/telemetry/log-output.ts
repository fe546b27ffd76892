/**
 * Writes the lines of the log. A line that cannot be written, because the disk is full or nobody reads, is lost, and the
 * operator goes on: its work in AWS does not depend on who reads its log. (pino's own output ends the process in that case, and
 * before that tries for ever to write the line.)
 */
import { writeSync } from 'node:fs';

/** If a reader takes nothing, everything waits this often, once: the lease survives a second of that, but not one for each
 *  line. */
const ATTEMPTS = 100;
const PAUSE_MS = 10;

type Write = (bytes: Uint8Array) => number;

export class LogOutput {
  readonly #write: Write;
  readonly #pause: () => void;
  /** Whether the last write ended in the middle of a line. */
  #isTorn = false;
  /** Whether the reader took nothing of the last line in the time allowed: then the next lines do not wait. */
  #isStuck = false;

  /** @param write writes as many of the bytes as it can, and returns how many; throws as `fs.writeSync` does
   *  @param pause between two attempts */
  constructor(write: Write = toStandardOutput, pause: () => void = blockedPause) {
    this.#write = write;
    this.#pause = pause;
  }

  /** Writes a line, with its end. Never throws. */
  write(line: string): void {
    let rest: Uint8Array = Buffer.from(this.#isTorn ? `\n${line}` : line);
    for (let attempt = 1; rest.length > 0;) {
      const written = this.#tryWrite(rest);
      if (written === undefined) return;
      rest = rest.subarray(written);
      if (written > 0) {
        this.#isTorn = rest.length > 0;
        this.#isStuck = false;
      } else if (!this.#isStuck && attempt < ATTEMPTS) {
        attempt += 1;
        this.#pause();
      } else {
        this.#isStuck = true;
        return;
      }
    }
  }

  /** Undefined if it is of no use to try again at once. */
  #tryWrite(bytes: Uint8Array): number | undefined {
    try {
      return this.#write(bytes);
    } catch (error) {
      // The pipe is full, because its reader is slow.
      return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 0 : undefined;
    }
  }
}

const STANDARD_OUTPUT = 1;

function toStandardOutput(bytes: Uint8Array): number {
  return writeSync(STANDARD_OUTPUT, bytes);
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Blocks, because lines have to stay in order. */
function blockedPause(): void {
  Atomics.wait(nobody, 0, 0, PAUSE_MS);
}
