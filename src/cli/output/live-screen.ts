/** Rows at the end of a terminal that change in place: only those that differ are written again. */

export interface LiveTerminal {
  /** Height of the terminal in rows; undefined if it is not known. */
  readonly rows?: number;
  write(text: string): unknown;
}

/** `\u001b[`: the beginning of sequences that move the cursor. https://invisible-island.net/xterm/ctlseqs/ctlseqs.html */
const CSI = '\u001b[';
/** The height if the terminal does not say. */
const USUAL_ROWS = 24;

export class LiveScreen {
  readonly #terminal: LiveTerminal;
  #shown: readonly string[] = [];

  constructor(terminal: LiveTerminal) {
    this.#terminal = terminal;
  }

  /** Makes the screen show these rows. Each has to fit into one row of the terminal, and is written as it is. Rows for which
   *  the terminal is too low are left out, and counted, because nothing that has scrolled away can be changed. */
  show(rows: readonly string[]): void {
    const next = fitting(rows, (this.#terminal.rows ?? USUAL_ROWS) - 1);
    const before = this.#shown;
    const first = next.findIndex((row, index) => row !== before[index]);
    if (first === -1 && next.length === before.length) return;
    const text =
      next.length === before.length
        ? next.map((row, index) => (row === before[index] ? '' : replaced(row, next.length - index))).join('')
        : rewritten(next, before.length, first === -1 ? next.length : first);
    this.#shown = next;
    this.#terminal.write(text);
  }

  /** To be called when the terminal changes its size: nobody knows what that did to the rows. */
  forget(): void {
    this.#shown = [];
    this.#terminal.write(`${CSI}H${CSI}2J`);
  }
}

function fitting(rows: readonly string[], room: number): readonly string[] {
  if (rows.length <= room) return rows;
  const kept = rows.slice(0, Math.max(0, room - 1));
  return [...kept, `… and ${rows.length - kept.length} rows more: a taller terminal shows them`];
}

/** Replaces one row; the cursor is below the last row before and after. */
function replaced(row: string, up: number): string {
  return `${CSI}${up}A\r${CSI}2K${row}${CSI}${up}B\r`;
}

/** All rows from the first that differs. */
function rewritten(next: readonly string[], shown: number, from: number): string {
  const up = shown - from;
  const back = up > 0 ? `${CSI}${up}A\r` : '\r';
  return `${back}${CSI}J${next
    .slice(from)
    .map((row) => `${row}\n`)
    .join('')}`;
}
