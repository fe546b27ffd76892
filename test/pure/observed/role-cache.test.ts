import { describe, expect, it } from '@jest/globals';
import { SNAPSHOT_LAG_MS, WRITE_SETTLES_MS } from '../../../src/observed/journal.ts';
import { RoleCache } from '../../../src/observed/role-cache.ts';
import type { AccountSnapshot } from '../../../src/observed/snapshot.ts';
import { bareRole } from './fixtures.ts';

const ARN = 'arn:aws:iam::222222222222:role/links/checkout';
/** Another role of that name, at another path. */
const HOLDER = 'arn:aws:iam::222222222222:role/checkout';

/** Roles that differ in their ID alone. */
const role = (roleId: string) => bareRole(ARN, { roleId });

/** A snapshot that shows the role, or that nothing has its name. */
function snapshot(startedAt: number, roleId?: string): AccountSnapshot {
  return {
    accountId: '222222222222',
    startedAt,
    roles: new Map(roleId === undefined ? [] : [[ARN, role(roleId)]]),
    roleNames: new Map(roleId === undefined ? [] : [['checkout', ARN]]),
    managedPolicies: new Map(),
    strayGrants: new Map(),
  };
}

/** The ID of the role that is found, or how it is not. */
function shown(cache: RoleCache, from: AccountSnapshot): string {
  const lookup = cache.lookUp(ARN, from);
  return lookup.kind === 'found' ? lookup.role.roleId : lookup.kind;
}

/** A snapshot in which a role at another path has the name. */
function taken(startedAt: number): AccountSnapshot {
  return { ...snapshot(startedAt), roleNames: new Map([['checkout', HOLDER]]) };
}

describe('which look at a role is believed', () => {
  const READ_AT = 10_000;
  const WROTE_AT = 20_000;

  it.each<readonly [what: string, prepare: (cache: RoleCache) => void, from: AccountSnapshot, then: string]>([
    ['a snapshot, when there is nothing else', () => {}, snapshot(0, 'SNAPSHOT'), 'SNAPSHOT'],
    [
      'a fresh read that is newer than the snapshot',
      (cache) => cache.read(ARN, { kind: 'found', role: role('READ') }, READ_AT),
      snapshot(READ_AT - 1, 'SNAPSHOT'),
      'READ',
    ],
    [
      'a snapshot that is newer than the fresh read',
      (cache) => cache.read(ARN, { kind: 'found', role: role('READ') }, READ_AT),
      snapshot(READ_AT, 'SNAPSHOT'),
      'SNAPSHOT',
    ],
    [
      'an own write, over a snapshot that may lag behind it',
      (cache) => cache.written(ARN, role('WRITTEN'), WROTE_AT),
      snapshot(WROTE_AT + WRITE_SETTLES_MS - 1, 'SNAPSHOT'),
      'WRITTEN',
    ],
    [
      'neither an own write nor a snapshot that contradicts it later: a fresh read decides',
      (cache) => cache.written(ARN, role('WRITTEN'), WROTE_AT),
      snapshot(WROTE_AT + WRITE_SETTLES_MS, 'SNAPSHOT'),
      'unknown',
    ],
    [
      'neither an own write nor a snapshot without the role, which stood before',
      (cache) => {
        cache.lookUp(ARN, snapshot(0, 'BEFORE'));
        cache.written(ARN, role('WRITTEN'), WROTE_AT);
      },
      snapshot(WROTE_AT + WRITE_SETTLES_MS),
      'unknown',
    ],
    [
      'an own write, over a snapshot that still shows what was before it',
      (cache) => {
        cache.written(ARN, role('FIRST'), WROTE_AT - 1);
        cache.written(ARN, role('WRITTEN'), WROTE_AT);
      },
      snapshot(WROTE_AT + WRITE_SETTLES_MS, 'FIRST'),
      'WRITTEN',
    ],
    [
      'neither an own write nor what was before it, once a snapshot has shown the write: somebody went back',
      (cache) => {
        cache.written(ARN, role('FIRST'), WROTE_AT - 1);
        cache.written(ARN, role('WRITTEN'), WROTE_AT);
        cache.lookUp(ARN, snapshot(WROTE_AT + 1, 'WRITTEN'));
      },
      snapshot(WROTE_AT + WRITE_SETTLES_MS, 'FIRST'),
      'unknown',
    ],
    [
      'neither an own creation nor an account without the role, once a fresh read has shown it',
      (cache) => {
        cache.written(ARN, role('WRITTEN'), WROTE_AT);
        cache.read(ARN, { kind: 'found', role: role('WRITTEN') }, WROTE_AT + 1);
      },
      snapshot(WROTE_AT + 1 + WRITE_SETTLES_MS),
      'unknown',
    ],
    [
      'an own creation, over a snapshot that does not show it yet',
      (cache) => cache.written(ARN, role('WRITTEN'), WROTE_AT),
      snapshot(WROTE_AT + WRITE_SETTLES_MS),
      'WRITTEN',
    ],
    [
      'an own write that a later snapshot confirms',
      (cache) => cache.written(ARN, role('WRITTEN'), WROTE_AT),
      snapshot(WROTE_AT + WRITE_SETTLES_MS, 'WRITTEN'),
      'WRITTEN',
    ],
    [
      'a snapshot that began when the write must have been visible',
      (cache) => cache.written(ARN, role('WRITTEN'), WROTE_AT),
      snapshot(WROTE_AT + SNAPSHOT_LAG_MS, 'SNAPSHOT'),
      'SNAPSHOT',
    ],
    [
      'an own deletion',
      (cache) => cache.written(ARN, undefined, WROTE_AT),
      snapshot(WROTE_AT, 'SNAPSHOT'),
      'absent',
    ],
    ['that another role has the name', () => {}, taken(READ_AT), 'nameTaken'],
    [
      'that another role was made here under the name since a snapshot that shows none',
      (cache) => cache.written(HOLDER, bareRole(HOLDER), WROTE_AT),
      snapshot(READ_AT),
      'nameTaken',
    ],
    [
      'that another role was made here under the name of one that was deleted here',
      (cache) => {
        cache.written(ARN, undefined, READ_AT);
        cache.written(HOLDER, bareRole(HOLDER), WROTE_AT);
      },
      snapshot(READ_AT),
      'nameTaken',
    ],
    [
      'not that one was, a minute later: somebody may have deleted it',
      (cache) => cache.written(HOLDER, bareRole(HOLDER), WROTE_AT),
      snapshot(WROTE_AT + SNAPSHOT_LAG_MS),
      'absent',
    ],
    [
      'nor once it was deleted here',
      (cache) => {
        cache.written(HOLDER, bareRole(HOLDER), WROTE_AT);
        cache.written(HOLDER, undefined, WROTE_AT + 1);
      },
      snapshot(READ_AT),
      'absent',
    ],
    [
      'not that another role has the name that was deleted here since: a fresh read decides',
      (cache) => cache.written(HOLDER, undefined, WROTE_AT),
      taken(READ_AT),
      'unknown',
    ],
    [
      'nor a fresh read of it from before',
      (cache) => {
        cache.read(ARN, { kind: 'nameTaken', arn: HOLDER }, READ_AT);
        cache.written(HOLDER, undefined, WROTE_AT);
      },
      snapshot(READ_AT - 1),
      'unknown',
    ],
    [
      'that another role has the name, a minute after it was deleted here: somebody made it again',
      (cache) => cache.written(HOLDER, undefined, WROTE_AT),
      taken(WROTE_AT + SNAPSHOT_LAG_MS),
      'nameTaken',
    ],
    [
      'a fresh read after an own write, since somebody else may have written',
      (cache) => {
        cache.written(ARN, role('WRITTEN'), WROTE_AT);
        cache.read(ARN, { kind: 'found', role: role('READ') }, WROTE_AT + 1);
      },
      snapshot(WROTE_AT, 'SNAPSHOT'),
      'READ',
    ],
    [
      'not a fresh read from before a write',
      (cache) => {
        cache.read(ARN, { kind: 'found', role: role('READ') }, READ_AT);
        cache.writing(ARN);
      },
      snapshot(0, 'SNAPSHOT'),
      'SNAPSHOT',
    ],
  ])('%s', (_what, prepare, from, then) => {
    const cache = new RoleCache();
    prepare(cache);
    expect(shown(cache, from)).toBe(then);
  });
});

describe('what own writes are computed from', () => {
  it.each<readonly [what: string, prepare: (cache: RoleCache) => void, seen: string | undefined]>([
    ['nothing that was never looked at', () => {}, undefined],
    ['what a snapshot showed', (cache) => void cache.lookUp(ARN, snapshot(0, 'SNAPSHOT')), 'SNAPSHOT'],
    [
      'what a fresh read showed',
      (cache) => cache.read(ARN, { kind: 'found', role: role('READ') }, 0),
      'READ',
    ],
    ['what the last write left', (cache) => cache.written(ARN, role('WRITTEN'), 0), 'WRITTEN'],
    [
      'nothing once the role was seen to be absent',
      (cache) => {
        cache.lookUp(ARN, snapshot(0, 'SNAPSHOT'));
        cache.read(ARN, { kind: 'absent' }, 1);
      },
      undefined,
    ],
  ])('%s', (_what, prepare, seen) => {
    const cache = new RoleCache();
    prepare(cache);
    expect(cache.lastSeen(ARN)?.roleId).toBe(seen);
  });
});

it('a doubt lasts until the role is read afresh', () => {
  const cache = new RoleCache();
  expect(cache.isDoubtful(ARN)).toBe(false);
  cache.doubt(ARN);
  cache.lookUp(ARN, snapshot(1_000_000, 'SNAPSHOT'));
  expect(cache.isDoubtful(ARN)).toBe(true);
  cache.read(ARN, { kind: 'absent' }, 0);
  expect(cache.isDoubtful(ARN)).toBe(false);
});

it('own writes tell without a snapshot only while one that begins now would lag behind them', () => {
  const cache = new RoleCache();
  cache.written(ARN, role('WRITTEN'), 0);
  expect(cache.lookUpWritten(ARN, WRITE_SETTLES_MS - 1)?.kind).toBe('found');
  expect(cache.lookUpWritten(ARN, WRITE_SETTLES_MS)).toBeUndefined();
});

it('a difference to an older snapshot is no news where it was written here', () => {
  const cache = new RoleCache();
  cache.written(ARN, role('WRITTEN'), 20_000);
  expect(cache.isOwnWrite(ARN, 10_000)).toBe(true);
  expect(cache.isOwnWrite('arn:aws:iam::222222222222:role/other', 10_000)).toBe(false);
});
