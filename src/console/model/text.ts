/** Numbers and times in words for people. */
import { compareText } from '../../base/compare-text.ts';

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
];

/** `5m ago`; `now` for less than a second, and for times that are in the future because clocks differ. */
export function ago(timeMs: number, nowMs: number): string {
  const passed = nowMs - timeMs;
  const unit = UNITS.find(([ms]) => passed >= ms);
  return unit === undefined ? 'now' : `${Math.floor(passed / unit[0])}${unit[1]} ago`;
}

/** Numbers in names count as numbers: `link-2` comes before `link-10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Orders names as people look for them; different names are never equal. */
export function compareNames(a: string, b: string): number {
  return BY_NAME.compare(a, b) || compareText(a, b);
}

/** `1 link`, `2 links`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** The text or, if it is longer than `limit` characters, without its middle: both ends of a name matter. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  const [start, end] = [text.slice(0, head), text.slice(text.length - (limit - 1 - head))];
  // A cut may divide a character of two code units.
  return `${start.toWellFormed()}…${end.toWellFormed()}`;
}

/** All parts in a line or, if they do not fit, only the first and the last. */
export function lineOf(parts: readonly string[], fits: (line: string) => boolean): string {
  const whole = joined(parts);
  return parts.length < 3 || fits(whole) ? whole : joined([...parts.slice(0, 1), ...parts.slice(-1)]);
}

function joined(parts: readonly string[]): string {
  return parts.join(' · ');
}
