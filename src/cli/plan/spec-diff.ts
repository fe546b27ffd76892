/** The differences between two specs, field by field: lists of plain values as sets, everything else by position. */
import { isJsonObject, memberOf, type Json } from '../../base/json.ts';
import type { FieldChange } from '../../policy/diff.ts';

/** The changes that make `before` into `after`; paths begin with `path`. */
export function diffSpecs(
  before: Json | undefined,
  after: Json | undefined,
  path: string,
): readonly FieldChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) =>
      diffSpecs(memberOf(before, key), memberOf(after, key), `${path}.${key}`),
    );
  }
  if (Array.isArray(before) && Array.isArray(after)) return diffLists(before, after, path);
  const [was, is] = [shown(before), shown(after)];
  if (was === is) return [];
  return [{ path, ...(was !== undefined && { before: was }), ...(is !== undefined && { after: is }) }];
}

function diffLists(before: readonly Json[], after: readonly Json[], path: string): readonly FieldChange[] {
  if ([...before, ...after].some((item) => typeof item === 'object')) {
    const longer = before.length > after.length ? before : after;
    return longer.flatMap((_, index) => diffSpecs(before[index], after[index], `${path}[${index}]`));
  }
  const [old, next] = [new Set(before.map(shown)), new Set(after.map(shown))];
  return [
    ...[...old.difference(next)].flatMap((item) => (item === undefined ? [] : [{ path, before: item }])),
    ...[...next.difference(old)].flatMap((item) => (item === undefined ? [] : [{ path, after: item }])),
  ];
}

function shown(value: Json | undefined): string | undefined {
  return value === undefined || typeof value === 'string' ? value : JSON.stringify(value);
}
