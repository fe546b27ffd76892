import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { objectAt } from '../../../src/base/json.ts';
import type { LeaseOptions } from '../../../src/kubernetes/lease.ts';
import { Candidate, LEASES } from './candidate.ts';
import { FakeApiServer, refuse } from './fake-api-server.ts';
import type { SeenRequest } from './fake-api-server.ts';
import { until } from '../../until.ts';

const path = `${LEASES}/leader`;
const isWrite = ({ method }: SeenRequest) => method !== 'GET';

describe('leader election', () => {
  let server: FakeApiServer;
  const candidates: Candidate[] = [];
  beforeEach(async () => {
    server = await new FakeApiServer().start();
  });
  afterEach(async () => {
    await Promise.all(candidates.splice(0).map((candidate) => candidate.stop()));
    await server.stop();
  });

  function join(identity: string, options: Partial<LeaseOptions> = {}): Candidate {
    const candidate = new Candidate(server, identity, options);
    candidates.push(candidate);
    return candidate;
  }
  const spec = () => objectAt(server.object(path), 'spec');

  test('elects the first who comes and keeps others out', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    expect([first.events, second.events]).toStrictEqual([['elected'], []]);
    expect([first.election.isLeader, second.election.isLeader]).toStrictEqual([true, false]);
    expect(second.election.holder).toBe('first');
  });

  test('writes the Lease as client-go does', async () => {
    const first = join('first');
    await first.settled();
    expect(spec()).toStrictEqual({
      holderIdentity: 'first',
      leaseDurationSeconds: 15,
      acquireTime: '2026-01-01T00:00:01.000000Z',
      renewTime: '2026-01-01T00:00:01.000000Z',
      leaseTransitions: 0,
    });
    await first.pass(2000);
    expect(spec()['renewTime']).toBe('2026-01-01T00:00:03.000000Z');
    expect(spec()['acquireTime']).toBe('2026-01-01T00:00:01.000000Z');
  });

  test('keeps what others have put into the Lease', async () => {
    server.put(LEASES, 'leader', { metadata: { labels: { app: 'x' } }, spec: { strategy: 'mine' } });
    await join('first').settled();
    expect(spec()['strategy']).toBe('mine');
    expect(objectAt(server.object(path), 'metadata')['labels']).toStrictEqual({ app: 'x' });
  });

  test('publishes annotations with each write, beside those of others', async () => {
    server.put(LEASES, 'leader', { metadata: { annotations: { theirs: 'a' } }, spec: {} });
    const first = join('first', { annotations: { ours: 'b' } });
    await first.settled();
    await first.pass(2000);
    expect(objectAt(server.object(path), 'metadata')['annotations']).toStrictEqual({
      theirs: 'a',
      ours: 'b',
    });
  });

  test('renews every two seconds, with one request each', async () => {
    const first = join('first');
    await first.settled();
    const before = server.requests.length;
    await first.pass(20_000);
    expect(server.requests.length - before).toBe(10);
    expect(first.events).toStrictEqual(['elected']);
  });

  test('lets a standby take over 15 s after the last renewal that it saw, and not before', async () => {
    await join('first').settled();
    const second = join('second');
    await second.settled();
    await second.pass(14_900);
    expect(second.election.isLeader).toBe(false);
    await second.pass(200);
    expect(second.election.isLeader).toBe(true);
    expect(spec()['leaseTransitions']).toBe(1);
  });

  test('waits from a renewal to the next, whatever the times in the Lease say', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    for (let n = 0; n < 20; n += 1) {
      await first.pass(2000);
      await second.pass(2000);
    }
    expect([first.events, second.events]).toStrictEqual([['elected'], []]);
  });

  test('respects the duration that the holder asked for', async () => {
    await join('first', { durationMs: 60_000 }).settled();
    const second = join('second');
    await second.settled();
    await second.pass(59_000);
    expect(second.election.isLeader).toBe(false);
    await second.pass(1100);
    expect(second.election.isLeader).toBe(true);
  });

  test('grants its own duration to a holder that asked for none', async () => {
    server.put(LEASES, 'leader', { spec: { holderIdentity: 'first', leaseTransitions: 4 } });
    const second = join('second');
    await second.settled();
    await second.pass(14_900);
    expect(second.election.isLeader).toBe(false);
    await second.pass(200);
    expect([second.election.isLeader, spec()['leaseTransitions']]).toStrictEqual([true, 5]);
  });

  test('hands over at once when the leader stops cleanly', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    await first.stop();
    expect(first.events).toStrictEqual(['elected', 'lost: released']);
    expect([spec()['holderIdentity'], spec()['leaseTransitions']]).toStrictEqual([undefined, 0]);
    await second.pass(2500);
    expect([second.events, spec()['holderIdentity'], spec()['leaseTransitions']]).toStrictEqual([
      ['elected'],
      'second',
      1,
    ]);
  });

  test('keeps what others have put into the Lease when it releases it, too', async () => {
    server.put(LEASES, 'leader', { metadata: { labels: { app: 'x' } }, spec: { strategy: 'mine' } });
    const first = join('first');
    await first.settled();
    await first.stop();
    expect([spec()['holderIdentity'], spec()['strategy']]).toStrictEqual([undefined, 'mine']);
    expect(objectAt(server.object(path), 'metadata')['labels']).toStrictEqual({ app: 'x' });
  });

  test('does not release what another holds', async () => {
    await join('first').settled();
    const second = join('second');
    await second.settled();
    await second.stop();
    expect(spec()['holderIdentity']).toBe('first');
  });

  test('does not release what was taken from it unseen', async () => {
    const first = join('first');
    await first.settled();
    server.put(LEASES, 'leader', { spec: { holderIdentity: 'usurper', leaseDurationSeconds: 15 } });
    await first.stop();
    expect(spec()['holderIdentity']).toBe('usurper');
  });

  test('is not elected once it is stopped, and releases what it was about to take', async () => {
    const held = Promise.withResolvers<void>();
    server.fail(1, isWrite, (response) => {
      const lease = server.put(LEASES, 'leader', { spec: { holderIdentity: 'first' } });
      void held.promise.then(() => response.end(JSON.stringify(lease)));
    });
    const first = join('first');
    await until(
      () => server.requests.length === 2,
      () => server.requests,
    );
    const stopped = first.stop();
    held.resolve();
    await stopped;
    expect(first.events).toStrictEqual([]);
    expect(spec()['holderIdentity']).toBeUndefined();
    expect(spec()['leaseDurationSeconds']).toBe(1);
  });

  test('elects one of two who find the lease free at the same time', async () => {
    server.put(LEASES, 'leader', { spec: {} });
    const both = [join('first'), join('second')];
    for (const candidate of both) await candidate.settled();
    expect(both.filter(({ election }) => election.isLeader)).toHaveLength(1);
  });

  test('elects one of two who make the Lease at the same time', async () => {
    const both = [join('first'), join('second')];
    for (const candidate of both) await candidate.settled();
    expect(both.filter(({ election }) => election.isLeader)).toHaveLength(1);
  });

  test('gives up when it could not renew for 10 s, and leads again when it can', async () => {
    const first = join('first');
    await first.settled();
    server.fail(17, isWrite, (response) => refuse(response, 500, 'InternalError'));
    await first.pass(9900);
    expect(first.election.isLeader).toBe(true);
    await first.pass(200);
    expect(first.election.lastRenewed()).toBeUndefined();
    await first.pass(2500);
    expect(first.events.filter((event) => !event.startsWith('ApiError'))).toStrictEqual([
      'elected',
      'lost: could not renew the lease for 10000 ms',
      'elected',
    ]);
    expect(spec()['leaseTransitions']).toBe(0);
  });

  test('gives up in time although its requests hang', async () => {
    const first = join('first');
    await first.settled();
    server.faults.push(() => true);
    for (let passed = 0; passed < 10_000; passed += 100) {
      first.clock.advance(100);
      await until(
        () => first.clock.pending.length === 1,
        () => first.clock.pending,
      );
    }
    await until(
      () => first.events.length > 1 && !first.election.isLeader,
      () => first.events,
    );
    expect(first.events).toContain('lost: could not renew the lease for 10000 ms');
    server.faults.length = 0;
    server.cut();
  });

  test('notices a usurper with its next attempts', async () => {
    const first = join('first');
    await first.settled();
    server.put(LEASES, 'leader', { spec: { holderIdentity: 'usurper', leaseDurationSeconds: 15 } });
    await first.pass(4100);
    expect(first.events).toStrictEqual(['elected', 'lost: usurper holds the lease']);
  });

  test('goes on leading when the answer to a renewal is lost', async () => {
    const first = join('first');
    await first.settled();
    const transitions = spec()['leaseTransitions'];
    server.faults.push((request, response) => {
      if (!isWrite(request)) return false;
      server.faults.length = 0;
      server.put(LEASES, 'leader', request.body);
      response.socket?.destroy();
      return true;
    });
    await first.pass(4100);
    expect(first.election.isLeader).toBe(true);
    expect(first.events.filter((event) => event === 'elected')).toHaveLength(1);
    expect(spec()['leaseTransitions']).toBe(transitions);
  });

  test('gets over a server that fails before it ever led', async () => {
    server.fail(
      2,
      () => true,
      (response) => refuse(response, 503, 'ServiceUnavailable'),
    );
    const first = join('first');
    await first.settled();
    await first.pass(4100);
    expect(first.election.isLeader).toBe(true);
  });

  test('is not elected by an answer that waited while the process was stopped', async () => {
    const held = Promise.withResolvers<void>();
    server.fail(1, isWrite, (response) => {
      server.put(LEASES, 'leader', { spec: { holderIdentity: 'first' } });
      void held.promise.then(() => response.end(JSON.stringify(server.object(path))));
    });
    const first = join('first');
    await until(
      () => server.requests.length === 2,
      () => server.requests,
    );
    first.clock.freeze(20_000);
    held.resolve();
    await first.settled();
    expect(first.events).toStrictEqual([]);
    await first.pass(2500);
    expect(first.events).toStrictEqual(['elected']);
  });

  test('lets the leader put back a Lease that somebody deleted, for as long as it holds it', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    server.remove(LEASES, 'leader');
    await second.pass(10_000);
    expect(second.events).toStrictEqual([]);
    await first.pass(3000);
    expect([spec()['holderIdentity'], first.election.isLeader]).toStrictEqual(['first', true]);
  });

  test('makes a deleted Lease again once it would have run out', async () => {
    server.put(LEASES, 'leader', { spec: { holderIdentity: 'first', leaseDurationSeconds: 15 } });
    const second = join('second');
    await second.settled();
    server.remove(LEASES, 'leader');
    await second.pass(10_000);
    expect(second.events).toStrictEqual([]);
    await second.pass(6000);
    expect(second.events).toStrictEqual(['elected']);
  });

  test('knows that a lease has run out even before it could notice', async () => {
    const first = join('first');
    await first.settled();
    first.clock.freeze(14_999);
    expect(first.election.isLeader).toBe(true);
    first.clock.freeze(1);
    expect(first.election.isLeader).toBe(false);
  });

  test('steps down after a pause in which another took over', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    await second.pass(15_100);
    first.clock.freeze(60_000);
    first.clock.advance(0);
    await first.settled();
    expect(first.events).toStrictEqual(['elected', 'lost: could not renew the lease for 10000 ms']);
    expect(first.election.holder).toBe('second');
  });

  test('does not believe after a suspension that it leads: only the clock on the wall has seen it', async () => {
    const first = join('first');
    await first.settled();
    first.clock.suspend(60_000);
    expect(first.election.isLeader).toBe(false);
    server.put(LEASES, 'leader', { spec: { holderIdentity: 'heir', leaseDurationSeconds: 15 } });
    await first.pass(2000);
    expect(first.events).toStrictEqual(['elected', 'lost: could not renew the lease for 10000 ms']);
  });

  test('does not take up again after a suspension what another has had and released meanwhile', async () => {
    const first = join('first');
    await first.settled();
    first.clock.suspend(60_000);
    server.put(LEASES, 'leader', { spec: { leaseDurationSeconds: 1 } });
    await first.pass(2000);
    expect(first.events).toStrictEqual(['elected', 'lost: could not renew the lease for 10000 ms']);
  });

  test('does not take it up again either where its last renewal before the suspension failed', async () => {
    const first = join('first');
    await first.settled();
    server.fail(1, isWrite, (response) => refuse(response, 500, 'InternalError'));
    await first.pass(2000);
    first.clock.suspend(60_000);
    server.put(LEASES, 'leader', { spec: { leaseDurationSeconds: 1 } });
    await first.pass(500);
    expect(first.events).toContain('lost: could not renew the lease for 10000 ms');
  });

  test('goes on leading where its clock on the wall is set far forward and nobody has had the lease since', async () => {
    const first = join('first');
    await first.settled();
    first.clock.setWall(3_600_000);
    expect(first.election.isLeader).toBe(false);
    await first.pass(2000);
    expect([first.election.isLeader, first.events]).toStrictEqual([true, ['elected']]);
  });

  test('goes on leading where its clock on the wall is set back, or forward by less than the deadline', async () => {
    const first = join('first');
    await first.settled();
    for (const byMs of [-3_600_000, 5000, -1]) {
      first.clock.setWall(byMs);
      await first.pass(4000);
      expect(first.election.isLeader).toBe(true);
    }
    expect(first.events).toStrictEqual(['elected']);
  });

  test('does not take what another holds because its own clock on the wall is set forward', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    second.clock.setWall(3_600_000);
    await second.pass(4000);
    expect([second.events, second.election.holder]).toStrictEqual([[], 'first']);
  });
});
