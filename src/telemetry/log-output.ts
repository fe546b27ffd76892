/**
 * Where the lines of the log go. One that cannot be written, to a full disk or to nobody, is lost, and the operator goes on:
 * what it does in AWS does not depend on who reads. (What pino brings along takes such a line for a fault that ends the process,
 * and then tries for ever to write it before that ends.)
 */
import { writeSync } from 'node:fs';

/** A reader that takes nothing holds up everything for so long, once: the lease outlives a second, and not one for each line. */
const ATTEMPTS = 100;
const PAUSE_MS = 10;

type Write = (bytes: Uint8Array) => number;

export class LogOutput {
  readonly #write: Write;
  readonly #pause: () => void;
  /** Whether what was written last ends in the middle of a line. */
  #isTorn = false;
  /** Whether the reader took nothing of the last line for as long as it is waited for: the next lines do not wait. */
  #isStuck = false;

  /** @param write takes as many of the bytes as it can, and returns how many; throws as `fs.writeSync` does
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

  /** Undefined where trying again at once is no use. */
  #tryWrite(bytes: Uint8Array): number | undefined {
    try {
      return this.#write(bytes);
    } catch (error) {
      // A pipe that is full, and whose reader is slow.
      return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 0 : undefined;
    }
  }
}

const STANDARD_OUTPUT = 1;

function toStandardOutput(bytes: Uint8Array): number {
  return writeSync(STANDARD_OUTPUT, bytes);
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Lines have to be in order, so nothing else goes on meanwhile. */
function blockedPause(): void {
  Atomics.wait(nobody, 0, 0, PAUSE_MS);
}
