import { cut } from './cut.ts';
import { isJsonObject } from './json.ts';

/** A value from outside as JSON of at most this many characters, for a message; `nothing` for none. Never throws, however deep
 *  the value is nested. */
export function shownAsJson(value: unknown, most: number): string {
  return cut(JSON.stringify(withoutDepths(value, most)) ?? 'nothing', most);
}

/** What lies that many levels deep begins behind what is shown, and may be nested deeper than a text can be made of. */
function withoutDepths(value: unknown, levels: number): unknown {
  if (Array.isArray(value))
    return levels === 0 ? null : value.map((item: unknown) => withoutDepths(item, levels - 1));
  if (!isJsonObject(value)) return value;
  if (levels === 0) return null;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, withoutDepths(member, levels - 1)]),
  );
}
