import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { LiveScreen } from '../../../src/cli/output/live-screen.ts';

/** As much of a terminal as the live screen uses. */
class Emulator {
  readonly rows: number;
  written = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(rows = 24) {
    this.rows = rows;
  }

  write(text: string): void {
    this.written += text;
    // oxlint-disable-next-line no-control-regex
    for (const [part, count, code] of text.matchAll(/\u001b\[(\d*)([A-Z])|[^]/g)) {
      if (code === 'A') this.#row = Math.max(0, this.#row - Number(count || 1));
      else if (code === 'B') this.#row += Number(count || 1);
      else if (code === 'K') this.#lines[this.#row] = '';
      else if (code === 'J' && count === '2') this.#lines = [''];
      else if (code === 'J')
        this.#lines.splice(this.#row, Infinity, (this.#lines[this.#row] ?? '').slice(0, this.#column));
      else if (code === 'H') this.#row = this.#column = 0;
      else if (part === '\r') this.#column = 0;
      else if (part === '\n') {
        this.#row += 1;
        this.#column = 0;
      } else this.#put(part);
    }
  }

  get screen(): readonly string[] {
    return Array.from({ length: this.#row }, (_, index) => this.#lines[index] ?? '');
  }

  #put(character: string): void {
    const line = this.#lines[this.#row] ?? '';
    this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
    this.#column += 1;
  }
}

describe('rows that change in place', () => {
  it('are those that were asked for last, whatever was there before', () => {
    const rows = fc.array(fc.constantFrom('a', 'b', 'longer', ''), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 1, maxLength: 6 }), (shows) => {
        const terminal = new Emulator();
        const screen = new LiveScreen(terminal);
        for (const show of shows) screen.show(show);
        expect(terminal.screen).toStrictEqual(shows.at(-1));
      }),
    );
  });

  it('are written only where they differ', () => {
    const terminal = new Emulator();
    const screen = new LiveScreen(terminal);
    screen.show(['one', 'two', 'three']);
    terminal.written = '';
    screen.show(['one', 'TWO', 'three']);
    expect(terminal.written).toMatch(/TWO/);
    expect(terminal.written).not.toMatch(/one|three/);
    terminal.written = '';
    screen.show(['one', 'TWO', 'three']);
    expect(terminal.written).toBe('');
  });

  it('are no more than the terminal is high, and the others are counted', () => {
    const terminal = new Emulator(4);
    new LiveScreen(terminal).show(['1', '2', '3', '4', '5']);
    expect(terminal.screen).toStrictEqual(['1', '2', '… and 3 rows more: a taller terminal shows them']);
  });

  it('are all written again after the terminal changed its size', () => {
    const terminal = new Emulator();
    const screen = new LiveScreen(terminal);
    screen.show(['one', 'two']);
    screen.forget();
    screen.show(['one', 'two']);
    expect(terminal.screen).toStrictEqual(['one', 'two']);
  });
});
