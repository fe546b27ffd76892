/** The line of a field in a YAML text, for people who look for a mistake. */
import { isMap, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';

/** Names of members and places in lists: `['spec', 'legs', 0]`. */
export type FieldPath = readonly (string | number)[];

/** `spec.legs[0].arn` → `['spec', 'legs', 0, 'arn']`. */
export function fieldPath(text: string): FieldPath {
  return [...text.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, place]) =>
    place === undefined ? name : Number(place),
  );
}

/** The line, from 1 on, of the last step of the path that exists in the text; undefined if not even the first does.
 *  @param text one document, already parsed as YAML */
export function lineOf(text: string, path: FieldPath): number | undefined {
  const [document] = parseAllDocuments(text, { uniqueKeys: false, merge: true });
  let node: unknown = document !== undefined && 'contents' in document ? document.contents : undefined;
  let offset: number | undefined;
  for (const step of path) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset === undefined ? undefined : text.slice(0, offset).split('\n').length;
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
}

function stepInto(node: unknown, step: string | number): Step | undefined {
  if (isSeq(node) && typeof step === 'number') {
    const item = node.items[step];
    return item === undefined ? undefined : { node: item, offset: startOf(item) };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find(({ key }) => (isScalar(key) ? key.value : key) === step);
  return pair === undefined ? undefined : { node: pair.value, offset: startOf(pair.key) };
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key);
  const hasRange = typeof node === 'object' && node !== null && 'range' in node;
  const [start]: readonly unknown[] = hasRange && Array.isArray(node.range) ? node.range : [];
  return typeof start === 'number' ? start : undefined;
}
