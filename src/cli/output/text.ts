/**
 * Lines for people: pieces of text with a meaning, which becomes a colour if the output is a terminal. Every piece is escaped
 * when it is drawn, so that no name, message or value from outside can colour, break or add a line.
 */
import { printable } from '../../base/printable.ts';

/** What a piece means. */
type Style = 'good' | 'bad' | 'warning' | 'faint' | 'strong' | 'added' | 'removed';

export type Piece = string | { readonly text: string; readonly style: Style };

export interface Line {
  readonly pieces: readonly Piece[];
  /** The beginning of each further row of a line that is too long for the terminal: blanks, and branches of a tree. */
  readonly hang: string;
}

/** How lines are drawn. */
export interface Drawing {
  readonly colour: boolean;
  /** Width of the terminal in columns, at which lines are wrapped between words; left out: not wrapped. */
  readonly columns?: number | undefined;
  /** Whether to break words that are wider than the terminal, so that each row is one of the terminal's. */
  readonly breakWords?: boolean;
}

export const good = (text: string): Piece => ({ text, style: 'good' });
export const bad = (text: string): Piece => ({ text, style: 'bad' });
export const warning = (text: string): Piece => ({ text, style: 'warning' });
export const faint = (text: string): Piece => ({ text, style: 'faint' });
export const strong = (text: string): Piece => ({ text, style: 'strong' });
export const added = (text: string): Piece => ({ text, style: 'added' });
export const removed = (text: string): Piece => ({ text, style: 'removed' });

/** A line whose further rows begin with two blanks. */
export function line(...pieces: readonly Piece[]): Line {
  return { pieces, hang: '  ' };
}

/** A line whose further rows begin with `hang`. */
export function hanging(hang: string, ...pieces: readonly Piece[]): Line {
  return { pieces, hang };
}

export const EMPTY_LINE: Line = line();

/** The lines as text, each with its line break. */
export function draw(lines: readonly Line[], drawing: Drawing): string {
  return lines.map((each) => `${rowsOf(each, drawing).join('\n')}\n`).join('');
}

/** The rows of a line. A word that is wider than the terminal is left to the terminal: an ARN in two parts could not be copied. */
export function rowsOf({ pieces, hang }: Line, drawing: Drawing): readonly string[] {
  const { colour, columns, breakWords = false } = drawing;
  const longest = breakWords && columns !== undefined ? columns - widthOf(hang) : Infinity;
  const words = pieces.flatMap(wordsOf).flatMap((word) => broken(word, longest));
  const rows: string[] = [];
  let row = '';
  let width = 0;
  let begun = false;
  for (const { text, style } of words) {
    const wide = widthOf(text);
    if (columns !== undefined && begun && width + wide > columns && text.trim() !== '') {
      rows.push(row.trimEnd());
      row = colour ? paint(hang, 'faint') : hang;
      width = widthOf(hang);
      begun = false;
    }
    row += colour ? paint(text, style) : text;
    width += wide;
    begun ||= text.trim() !== '';
  }
  return [...rows, row];
}

interface Word {
  readonly text: string;
  readonly style: Style | undefined;
}

/** The words of the escaped text, and the blanks between them. */
function wordsOf(piece: Piece): readonly Word[] {
  const { text, style } = typeof piece === 'string' ? { text: piece, style: undefined } : piece;
  return (printable(text).match(/ +|[^ ]+/g) ?? []).map((word) => ({ text: word, style }));
}

/** A word in parts of at most this many columns. */
function broken({ text, style }: Word, longest: number): readonly Word[] {
  if (widthOf(text) <= longest) return [{ text, style }];
  const parts: Word[] = [];
  let part = '';
  for (const character of text) {
    if (part !== '' && widthOf(part + character) > longest) {
      parts.push({ text: part, style });
      part = '';
    }
    part += character;
  }
  return [...parts, { text: part, style }];
}

/** How many columns a text without control characters takes. */
export function widthOf(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}

function columnsOf(character: string): number {
  if (NARROW.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

const NARROW = /\p{Mn}/u;
/** East Asian wide and full-width characters, and emoji. https://www.unicode.org/reports/tr11/ */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Select Graphic Rendition: the codes that switch a style on and off, in the terminal's own palette. */
const CODES: Readonly<Record<Style, readonly [number, number]>> = {
  good: [32, 39],
  bad: [31, 39],
  warning: [33, 39],
  faint: [2, 22],
  strong: [1, 22],
  added: [32, 39],
  removed: [31, 39],
};

function paint(text: string, style: Style | undefined): string {
  if (style === undefined || text.trim() === '') return text;
  const [on, off] = CODES[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
