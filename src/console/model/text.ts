/** Numbers and times as people say them. */
import { compareText } from '../../base/compare-text.ts';

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1000, 's'],
];

/** `5m ago`; `now` for less than a second and for what a clock that runs ahead calls the future. */
export function ago(timeMs: number, nowMs: number): string {
  const passed = nowMs - timeMs;
  const unit = UNITS.find(([ms]) => passed >= ms);
  return unit === undefined ? 'now' : `${Math.floor(passed / unit[0])}${unit[1]} ago`;
}

/** Numbers in names count as numbers: `link-2` comes before `link-10`. */
const BY_NAME = new Intl.Collator('en', { numeric: true });

/** Orders names as people look for them; names that differ are never equal. */
export function compareNames(a: string, b: string): number {
  return BY_NAME.compare(a, b) || compareText(a, b);
}

/** `1 link`, `2 links`. */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;
}

/** Text that would reach further than `limit` characters, with its middle left out: both ends of a name tell more. */
export function shorten(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const head = Math.ceil((limit - 1) / 2);
  const [start, end] = [text.slice(0, head), text.slice(text.length - (limit - 1 - head))];
  // Either cut may go through a character of two code units.
  return `${start.toWellFormed()}…${end.toWellFormed()}`;
}

/** All parts in a line, or the first and the last where all of them are too much. */
export function lineOf(parts: readonly string[], fits: (line: string) => boolean): string {
  const whole = joined(parts);
  return parts.length < 3 || fits(whole) ? whole : joined([...parts.slice(0, 1), ...parts.slice(-1)]);
}

function joined(parts: readonly string[]): string {
  return parts.join(' · ');
}
