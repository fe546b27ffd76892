/** What an object has beyond what it should have. */
import { isJsonArray, isJsonObject, membersOf } from '../base/json.ts';
import type { Json, JsonObject } from '../base/json.ts';

/** The merge patch that removes it: fields, and items of lists; undefined if there is nothing. A value that merely differs is
 *  no surplus: the API server may have changed it. */
export function surplusOf(found: JsonObject, wanted: JsonObject): JsonObject | undefined {
  const surplus = membersOf(found).flatMap(([key, value]): [string, Json][] => {
    const patch = surplusIn(value, wanted[key]);
    return patch === undefined ? [] : [[key, patch]];
  });
  return surplus.length === 0 ? undefined : Object.fromEntries(surplus);
}

function surplusIn(found: Json, wanted: Json | undefined): Json | undefined {
  if (wanted === undefined) return null;
  if (isJsonArray(found) && isJsonArray(wanted)) return found.length > wanted.length ? wanted : undefined;
  return isJsonObject(found) && isJsonObject(wanted) ? surplusOf(found, wanted) : undefined;
}
