/** Typed objects of ours → plain JSON, as the Kubernetes machinery takes it. */
import { isJsonObject, type JsonObject } from './json.ts';

/** Leaves out what is undefined. Throws TypeError when the value is no object. */
export function toJsonObject(value: object): JsonObject {
  const json: unknown = JSON.parse(JSON.stringify(value));
  if (!isJsonObject(json)) throw new TypeError('not a JSON object');
  return json;
}
