/** What is sent to the page, as text. */
import { terminalSafe } from '../../base/printable.ts';

/** JSON with visible texts: characters that change the direction of writing or cannot be seen, in names and messages that
 *  others wrote, are shown as `\u202e`. On a page, as on a terminal, they would turn `live` into `evil`. */
export function wireText(value: object): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'string' ? terminalSafe(part) : part,
  );
}
