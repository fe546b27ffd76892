/** JSON inside a text of the definition. */
import type { Json } from '../../base/json.ts';
import { nestingDepth } from '../definition/json-text.ts';
import { fromJson, unknown } from './known.ts';
import type { Known } from './known.ts';

/** How many levels are followed. */
const MAX_DEPTH = 32;

/** Its value; unknown for a text that is not JSON. */
export function parseJson(text: string): Known {
  if (nestingDepth(text) > MAX_DEPTH) return unknown('');
  try {
    const value: Json = JSON.parse(text);
    return fromJson(value);
  } catch {
    return unknown('');
  }
}
