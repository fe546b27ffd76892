import { describe, expect, it } from '@jest/globals';
import type { AccountRow, SourceState } from '../../../src/console/model/contract.ts';
import {
  accountSummaries,
  blindSpots,
  driftOverTime,
  needPerson,
  nothingListed,
  reasonCounts,
} from '../../../src/console/model/overview.ts';
import { row } from './fixtures.ts';

const HOUR = 3_600_000;

const account = (name: string, id: string, tone: AccountRow['tone']): readonly [string, AccountRow] => [
  name,
  { name, account: id, tone, reason: '', message: '' },
];

const source = (parts: Partial<SourceState>): SourceState => ({ kind: 'links', state: 'live', ...parts });

describe('the overview', () => {
  it('counts reasons, worst first, and the frequent before the rare', () => {
    const links = [
      row({ name: 'a' }),
      row({ name: 'b', tone: 'trouble', reason: 'Conflict' }),
      row({ name: 'c', tone: 'trouble', reason: 'AccessDenied' }),
      row({ name: 'd', tone: 'trouble', reason: 'AccessDenied' }),
    ];
    expect(reasonCounts(links).map(({ reason, count }) => [reason, count])).toStrictEqual([
      ['AccessDenied', 2],
      ['Conflict', 1],
      ['InSync', 1],
    ]);
  });

  it('puts first what needs a person, the longest waiting before', () => {
    const links = [
      row({ name: 'retries', tone: 'trouble', sinceMs: 1 }),
      row({ name: 'new', tone: 'trouble', stalled: true, sinceMs: 9 }),
      row({ name: 'old', tone: 'trouble', stalled: true, sinceMs: 3 }),
      row({ name: 'fine' }),
    ];
    expect(needPerson(links).map(({ name }) => name)).toStrictEqual(['old', 'new', 'retries']);
  });

  it('counts drifts by the hour; older ones are left out, ones from a clock ahead are of the last hour', () => {
    const links = [row({ driftTimes: [-HOUR, 0.5 * HOUR, 2.5 * HOUR] }), row({ driftTimes: [9 * HOUR] })];
    const buckets = driftOverTime(links, { nowMs: 3 * HOUR, spanMs: 3 * HOUR, buckets: 3 });
    expect(buckets.map(({ count }) => count)).toStrictEqual([1, 0, 2]);
  });

  it('shows of each account its links, registered or not, trouble first', () => {
    const summaries = accountSummaries({
      links: new Map([['payments/checkout', row()]]),
      accounts: new Map([
        account('a-unused', '444444444444', 'ready'),
        account('b', '111111111111', 'trouble'),
      ]),
    });
    expect(summaries.map(({ name, account: id, links }) => [name ?? id, links.ready])).toStrictEqual([
      ['b', 1],
      ['222222222222', 1],
      ['a-unused', 0],
    ]);
  });
});

describe('what cannot be seen', () => {
  it('is nothing while everything is live', () => {
    expect(blindSpots({ sources: [source({}), source({ kind: 'events' })], unreadable: [] })).toStrictEqual(
      [],
    );
  });

  it('is named: a refused kind, a narrowed one, and objects that cannot be read', () => {
    const sources = [
      source({ namespace: 'payments', message: 'Only payments.' }),
      source({ kind: 'accounts', state: 'refused', message: 'No accounts.' }),
    ];
    const spots = blindSpots({ sources, unreadable: ['a/1', 'a/2', 'a/3', 'a/4'] });
    expect(spots.slice(0, 2)).toStrictEqual(['Only payments.', 'No accounts.']);
    expect(spots[2]).toContain('a/1, a/2, a/3 and 1 more');
  });

  it('is named first where it may pass', () => {
    const sources = [
      source({ state: 'refused', message: 'Refused.' }),
      source({ kind: 'events', state: 'lost', message: 'Lost.' }),
    ];
    expect(blindSpots({ sources, unreadable: [] })).toStrictEqual(['Lost.', 'Refused.']);
  });

  it('is named once for one cause, whatever it takes away', () => {
    const why = 'The cluster does not answer';
    const kinds = ['links', 'accounts', 'events'] as const;
    const sources = kinds.map((kind) => source({ kind, state: 'lost', why, namespace: 'payments' }));
    expect(blindSpots({ sources, unreadable: [] })).toStrictEqual([
      'The cluster does not answer: links, accounts and events are shown as they were. Trying again …',
    ]);
    expect(blindSpots({ sources: sources.slice(2), unreadable: [] })).toStrictEqual([
      'The cluster does not answer: events are shown as they were. Trying again …',
    ]);
  });
});

describe('an empty list', () => {
  const none = new Map();
  it('says whether links are still read, where there are none, or that none matches', () => {
    expect(nothingListed({ links: none, sources: [source({ state: 'connecting' })] })).toBe(
      'Reading links …',
    );
    expect(nothingListed({ links: none, sources: [source({})] })).toMatch(
      /^There is no link in this cluster/,
    );
    expect(nothingListed({ links: none, sources: [source({ namespace: 'payments' })] })).toMatch(
      /^There is no link in namespace payments yet\./,
    );
    const links = new Map([['payments/a', row({ name: 'a' })]]);
    expect(nothingListed({ links, sources: [source({})] })).toBe('No link matches the search.');
  });
});
