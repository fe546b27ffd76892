/** The fleet in numbers: how many links are Ready and why others are not, where a person has to look first, drift over time. */
import { compareText } from '../../base/compare-text.ts';
import type { AccountRow, LinkRow, SourceState, Tone } from './contract.ts';
import type { Fleet } from './fleet.ts';
import { compareNames } from './text.ts';
import { countTones, TONES, type ToneCounts } from './tones.ts';

interface ReasonCount {
  readonly reason: string;
  readonly tone: Tone;
  readonly count: number;
}

/** Reasons by tone, worst first, and in each tone the most frequent first. */
export function reasonCounts(links: Iterable<LinkRow>): readonly ReasonCount[] {
  const counts = new Map<string, ReasonCount>();
  for (const { reason, tone } of links) {
    const key = `${tone} ${reason}`;
    counts.set(key, { reason, tone, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].toSorted(
    (a, b) =>
      TONES.indexOf(a.tone) - TONES.indexOf(b.tone) || b.count - a.count || compareText(a.reason, b.reason),
  );
}

/** Links that need a person, the longest waiting first; then the others that are not Ready. */
export function needPerson(links: Iterable<LinkRow>): readonly LinkRow[] {
  return [...links]
    .filter(({ tone }) => tone === 'trouble')
    .toSorted(
      (a, b) =>
        Number(b.stalled) - Number(a.stalled) ||
        (a.sinceMs ?? Infinity) - (b.sinceMs ?? Infinity) ||
        compareText(a.key, b.key),
    );
}

export interface Bucket {
  /** Milliseconds since 1970 */
  readonly startMs: number;
  readonly count: number;
}

/** Drifts by the time they were found, in `buckets` equal stretches that end at `nowMs`. */
export function driftOverTime(
  links: Iterable<LinkRow>,
  { nowMs, spanMs, buckets }: { readonly nowMs: number; readonly spanMs: number; readonly buckets: number },
): readonly Bucket[] {
  const width = spanMs / buckets;
  const startMs = nowMs - spanMs;
  const counts: number[] = Array.from({ length: buckets }, () => 0);
  for (const { driftTimes } of links) {
    for (const time of driftTimes) {
      // The cluster's clock may be ahead of this one: what has just happened belongs to the last interval.
      const index = Math.min(Math.floor((time - startMs) / width), buckets - 1);
      if (index >= 0) counts[index] = (counts[index] ?? 0) + 1;
    }
  }
  return counts.map((count, index) => ({ startMs: startMs + index * width, count }));
}

export interface AccountSummary {
  readonly account: string;
  /** Name of the AWSAccount, if one is known. */
  readonly name?: string;
  readonly row?: AccountRow;
  /** How many links start from it or end in it, of those that the caller may see. */
  readonly links: ToneCounts;
}

/** Accounts that are registered or that a link names, those in trouble first. */
export function accountSummaries({
  links,
  accounts,
}: Pick<Fleet, 'links' | 'accounts'>): readonly AccountSummary[] {
  const touching = new Map<string, LinkRow[]>();
  for (const row of links.values()) {
    for (const account of new Set([row.machine.account, row.role.account])) {
      const rows = touching.get(account);
      if (rows === undefined) touching.set(account, [row]);
      else rows.push(row);
    }
  }
  const registered = [...accounts.values()].map((row): AccountSummary => ({
    account: row.account,
    name: row.name,
    row,
    links: countTones(touching.get(row.account) ?? []),
  }));
  const ids = new Set(registered.map(({ account }) => account));
  const unregistered = [...touching]
    .filter(([account]) => !ids.has(account))
    .map(([account, rows]): AccountSummary => ({ account, links: countTones(rows) }));
  return [...registered, ...unregistered].toSorted(
    (a, b) => urgencyOf(a) - urgencyOf(b) || compareNames(a.name ?? a.account, b.name ?? b.account),
  );
}

function urgencyOf({ row }: AccountSummary): number {
  return TONES.indexOf(row?.tone ?? 'ready');
}

/** What the caller does not see, in sentences. Empty when nothing is missing. */
export function blindSpots({
  sources,
  unreadable,
}: Pick<Fleet, 'sources' | 'unreadable'>): readonly string[] {
  // A loss that may pass is more urgent than a missing right.
  const inOrder = sources.toSorted((a, b) => Number(b.state === 'lost') - Number(a.state === 'lost'));
  const spots = [...stale(sources), ...inOrder.flatMap(blindSpot)];
  if (unreadable.length === 0) return spots;
  const named = unreadable.slice(0, 3).join(', ');
  const more = unreadable.length > 3 ? ` and ${unreadable.length - 3} more` : '';
  return [...spots, `Cannot be read, and left out: ${named}${more}. Is this plugin older than the CRDs?`];
}

/** A sentence for each cause: if one takes all kinds away, it is reported once. */
function stale(sources: Fleet['sources']): readonly string[] {
  const byCause = Map.groupBy(
    sources.filter(({ why }) => why !== undefined),
    ({ why }) => why,
  );
  return [...byCause].map(([why, of]) => {
    const kinds = listed(of.map(({ kind }) => kind));
    return `${why}: ${kinds} are shown as they were. Trying again …`;
  });
}

function listed(words: readonly string[]): string {
  const [last = '', ...before] = words.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}

function blindSpot({ state, namespace, kind, message }: SourceState): readonly string[] {
  if (state === 'refused' || state === 'lost') return message === undefined ? [] : [message];
  if (namespace === undefined || kind !== 'links') return [];
  return [message ?? `Only namespace ${namespace} is shown.`];
}

/** The message in place of an empty list of links. */
export function nothingListed({ links, sources }: Pick<Fleet, 'links' | 'sources'>): string {
  if (links.size > 0) return 'No link matches the search.';
  const source = sources.find(({ kind }) => kind === 'links');
  if (source?.state === 'connecting') return 'Reading links …';
  const where = source?.namespace === undefined ? 'in this cluster' : `in namespace ${source.namespace}`;
  return `There is no link ${where} yet. Apply a CrossAccountLink, and it appears here.`;
}
