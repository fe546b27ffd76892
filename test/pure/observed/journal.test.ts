import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { Journal, SNAPSHOT_LAG_MS } from '../../../src/observed/journal.ts';

const ARN = 'arn:aws:iam::222222222222:role/x';

test('a snapshot that started before a write is overlaid with what was written', () => {
  const journal = new Journal<string>();
  journal.record(ARN, 'written', 5_000);
  expect(journal.overlay(ARN, 1_000)).toStrictEqual({ kind: 'state', state: 'written', at: 5_000 });
});

test('a snapshot that started less than a minute after a write is overlaid, too', () => {
  const journal = new Journal<string>();
  journal.record(ARN, 'written', 5_000);
  expect(journal.overlay(ARN, 5_000 + SNAPSHOT_LAG_MS - 1)?.kind).toBe('state');
});

test('a snapshot that started a minute after a write is believed', () => {
  const journal = new Journal<string>();
  journal.record(ARN, 'written', 5_000);
  expect(journal.overlay(ARN, 5_000 + SNAPSHOT_LAG_MS)).toBeUndefined();
});

test('what was deleted stays deleted in a snapshot that still shows it', () => {
  const journal = new Journal<string>();
  journal.record(ARN, undefined, 5_000);
  expect(journal.overlay(ARN, 1_000)).toStrictEqual({ kind: 'deleted', at: 5_000 });
});

test('of two writes the later one counts, in whatever order they are noted', () => {
  const journal = new Journal<string>();
  journal.record(ARN, 'second', 6_000);
  journal.record(ARN, 'first', 5_000);
  expect(journal.overlay(ARN, 1_000)).toStrictEqual({ kind: 'state', state: 'second', at: 6_000 });
});

test('a snapshot may lag by a minute', () => {
  expect(SNAPSHOT_LAG_MS).toBe(60_000);
});

test('pruning keeps what the oldest snapshot in use still needs', () => {
  const journal = new Journal<string>();
  journal.record('old', 'written', 0);
  journal.record('new', 'written', 1);
  journal.prune(SNAPSHOT_LAG_MS);
  expect(journal.size).toBe(1);
  expect(journal.overlay('new', SNAPSHOT_LAG_MS)?.kind).toBe('state');
});

/** A world in which objects change at known times, and snapshots see any state of less than a minute ago. */
interface Change {
  readonly at: number;
  readonly value: number;
  readonly own: boolean;
}

const changes = fc
  .array(fc.record({ at: fc.integer({ min: 0, max: 300_000 }), value: fc.integer(), own: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  })
  .map((list) => list.sort((a, b) => a.at - b.at));
const lag = fc.integer({ min: 0, max: SNAPSHOT_LAG_MS - 1 });
const startedAt = fc.integer({ min: 0, max: 400_000 });
const readingMs = fc.integer({ min: 0, max: 30_000 });

function stateAt(history: readonly Change[], time: number): number | undefined {
  return history.findLast((change) => change.at <= time)?.value;
}

/** What one believes at the end of a reading that saw the object as it was `lagMs` before some moment of it. */
function believed(
  history: readonly Change[],
  begin: number,
  seenAt: number,
  end: number,
): number | undefined {
  const journal = new Journal<number>();
  for (const { at, value, own } of history) if (own && at <= end) journal.record(ARN, value, at);
  const overlay = journal.overlay(ARN, begin);
  if (overlay === undefined) return stateAt(history, seenAt);
  return overlay.kind === 'state' ? overlay.state : undefined;
}

test('however much a snapshot lags, and whatever is written while it is read, an own write is never taken for undone', () => {
  fc.assert(
    fc.property(changes, startedAt, readingMs, lag, (history, begin, ms, lagMs) => {
      const ownOnly = history.map((change) => ({ ...change, own: true }));
      const end = begin + ms;
      expect(believed(ownOnly, begin, begin - lagMs, end)).toBe(stateAt(ownOnly, end));
    }),
  );
});

test("somebody else's change is seen by every snapshot that starts a minute after our last write", () => {
  fc.assert(
    fc.property(changes, startedAt, (history, offset) => {
      const lastOwn = history.findLast((change) => change.own)?.at ?? 0;
      const begin = lastOwn + SNAPSHOT_LAG_MS + offset;
      expect(believed(history, begin, begin, begin)).toBe(stateAt(history, begin));
    }),
  );
});
