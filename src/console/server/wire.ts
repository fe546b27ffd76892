/** What the page gets, as text. */
import { terminalSafe } from '../../base/printable.ts';

/**
 * JSON in whose texts nothing is hidden: what turns the direction of writing or cannot be seen, in names and messages that
 * others wrote, is shown as `\u202e`. On a page it would make `evil` of `live` as it does on a terminal.
 */
export function wireText(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? terminalSafe(part) : part,
  );
}
