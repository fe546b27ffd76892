/** What a process has logged lately, for people who read about a failure. */
import { existsSync } from 'node:fs';
import type { Service } from './process.ts';

const LINES = 20;
const LINE_LENGTH = 600;

export class LogNews {
  /** The last line of each log that was reported. */
  readonly #reported = new Map<string, string>();

  /** The last lines of its log, each shortened, as far as they were not reported before; nothing once the log is gone. */
  of({ name, pid, logFile, logTail }: Service): string {
    if (!existsSync(logFile)) return '';
    const lines = logTail(LINES).split('\n');
    const fresh = lines.slice(lines.indexOf(this.#reported.get(logFile) ?? '') + 1);
    this.#reported.set(logFile, lines.at(-1) ?? '');
    if (fresh.length === 0) return '';
    const shown = fresh.map((line) => `  ${line.slice(0, LINE_LENGTH)}\n`).join('');
    return `The end of the log of ${name} ${pid}:\n${shown}`;
  }
}
