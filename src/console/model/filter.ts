/** Which links somebody wants to see: by what was typed, and by tone. */
import type { LinkRow, Tone } from './contract.ts';
import { compareNames } from './text.ts';

export interface Filter {
  /** Words that all have to occur; `namespace:`, `account:`, `reason:`, `machine:` and `role:` limit a word to a field. */
  readonly query: string;
  /** Empty for all. */
  readonly tones: ReadonlySet<Tone>;
}

export const NO_FILTER: Filter = { query: '', tones: new Set() };

type Field = 'namespace' | 'account' | 'reason' | 'machine' | 'role';

interface Term {
  readonly field?: Field;
  readonly text: string;
}

/** The links that match.
 *  @param names what people call each account, by its ID; both are searched */
export function filterLinks(
  links: Iterable<LinkRow>,
  { query, tones }: Filter,
  names: ReadonlyMap<string, string>,
): readonly LinkRow[] {
  const terms = termsOf(query);
  return [...links]
    .filter((row) => tones.size === 0 || tones.has(row.tone))
    .filter((row) => terms.every((term) => matches(row, term, names)))
    .toSorted((a, b) => compareNames(a.key, b.key));
}

const PREFIXES: ReadonlyMap<string, Field> = new Map([
  ['ns', 'namespace'],
  ['namespace', 'namespace'],
  ['account', 'account'],
  ['reason', 'reason'],
  ['machine', 'machine'],
  ['role', 'role'],
]);

function termsOf(query: string): readonly Term[] {
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const colon = word.indexOf(':');
      const field = PREFIXES.get(word.slice(0, Math.max(colon, 0)));
      // An ARN contains colons, too: only known prefixes count.
      return field === undefined ? { text: word } : { field, text: word.slice(colon + 1) };
    });
}

function matches(row: LinkRow, { field, text }: Term, names: ReadonlyMap<string, string>): boolean {
  const fields = textsOf(row, names);
  if (field !== undefined) return fields[field].some((value) => value.toLowerCase().includes(text));
  return [...Object.values(fields).flat(), row.name, row.key, row.message].some((value) =>
    value.toLowerCase().includes(text),
  );
}

function textsOf(
  { namespace, machine, role, reason }: LinkRow,
  names: ReadonlyMap<string, string>,
): Readonly<Record<Field, readonly string[]>> {
  const nameOf = (account: string) => names.get(account) ?? '';
  return {
    namespace: [namespace],
    account: [machine.account, role.account, nameOf(machine.account), nameOf(role.account)],
    reason: [reason],
    machine: [machine.name],
    role: [`${role.path}${role.name}`],
  };
}
