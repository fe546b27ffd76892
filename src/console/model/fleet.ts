/** Everything that the page knows of the cluster, updated by the stream. */
import { compareText } from '../../base/compare-text.ts';
import type { AccountRow, LinkRow, SourceState, StreamMessage } from './contract.ts';

export interface Fleet {
  /** By `namespace/name`. */
  readonly links: ReadonlyMap<string, LinkRow>;
  /** By name of the AWSAccount. */
  readonly accounts: ReadonlyMap<string, AccountRow>;
  readonly sources: readonly SourceState[];
  readonly unreadable: readonly string[];
}

/** The fleet after a message. The former one is not changed. Undefined before the first snapshot. */
export function afterMessage(fleet: Fleet | undefined, message: StreamMessage): Fleet | undefined {
  if (message.kind === 'snapshot') {
    const { links, accounts, sources, unreadable } = message;
    return {
      links: new Map(links.map((row) => [row.key, row])),
      accounts: new Map(accounts.map((row) => [row.name, row])),
      sources,
      unreadable,
    };
  }
  if (fleet === undefined) return undefined;
  return {
    links: changed(fleet.links, message.links, message.goneLinks, ({ key }) => key),
    accounts: changed(fleet.accounts, message.accounts, message.goneAccounts, ({ name }) => name),
    sources: message.sources ?? fleet.sources,
    unreadable: message.unreadable ?? fleet.unreadable,
  };
}

function changed<Row>(
  before: ReadonlyMap<string, Row>,
  rows: readonly Row[],
  gone: readonly string[],
  keyOf: (row: Row) => string,
): ReadonlyMap<string, Row> {
  if (rows.length + gone.length === 0) return before;
  const after = new Map(before);
  for (const key of gone) after.delete(key);
  for (const row of rows) after.set(keyOf(row), row);
  return after;
}

/** What people call each account, by its ID. If two AWSAccounts have one ID, the first in the alphabet counts. */
export function accountNames(accounts: Iterable<AccountRow>): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const { account, name } of [...accounts].toSorted((a, b) => compareText(a.name, b.name))) {
    if (!names.has(account)) names.set(account, name);
  }
  return names;
}
