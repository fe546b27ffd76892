import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import { MissedChanges } from '../../../src/kubernetes/missed-changes.ts';

const CACHED = { name: 'one', uid: 'u1', resourceVersion: '1', generation: 1 };

describe('what the API server refuses time and again as outdated', () => {
  let nowMs = 0;
  let doubts = 0;
  let missed: MissedChanges;

  beforeEach(() => {
    nowMs = 0;
    doubts = 0;
    missed = new MissedChanges({ now: () => nowMs, doubt: () => void (doubts += 1) });
  });

  /** Refuses an object once a second, as it is tried. */
  const refuse = (seconds: number, metadata: Partial<typeof CACHED> = {}) => {
    for (let second = 0; second < seconds; second += 1) {
      missed.refused({ metadata: parseMetadata({ metadata: { ...CACHED, ...metadata } }) });
      nowMs += 1_000;
    }
  };

  test('is waited for a while: the change is on its way', () => {
    refuse(15);
    expect(doubts).toBe(0);
  });

  test('has the cache doubted when nothing new came of the object', () => {
    refuse(16);
    expect(doubts).toBe(1);
  });

  test('has the cache doubted no sooner again', () => {
    refuse(31);
    expect(doubts).toBe(1);
    refuse(1);
    expect(doubts).toBe(2);
  });

  test('counts again with each change that is told', () => {
    refuse(10);
    refuse(10, { resourceVersion: '2' });
    refuse(10, { uid: 'u2', resourceVersion: '2' });
    expect(doubts).toBe(0);
  });

  test('is each object by itself', () => {
    refuse(10);
    refuse(10, { name: 'two' });
    expect(doubts).toBe(0);
  });

  test('is forgotten when it is long ago', () => {
    refuse(1);
    nowMs += 60_000;
    refuse(1);
    expect(doubts).toBe(0);
  });
});
