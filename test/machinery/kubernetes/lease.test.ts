import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { leaseFence, openFence } from '../../../src/kubernetes/fence.ts';
import { objectAt } from '../../../src/base/json.ts';
import { LeaderElection } from '../../../src/kubernetes/lease.ts';
import type { LeaseOptions } from '../../../src/kubernetes/lease.ts';
import { FakeApiServer, refuse } from './fake-api-server.ts';
import type { SeenRequest } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { Participant } from './participant.ts';
import { until } from './until.ts';

const collection = '/apis/coordination.k8s.io/v1/namespaces/ops/leases';
const path = `${collection}/leader`;
const isWrite = ({ method }: SeenRequest) => method !== 'GET';

class Candidate extends Participant {
  readonly election: LeaderElection;

  constructor(server: FakeApiServer, identity: string, options: Partial<LeaseOptions> = {}) {
    super(server);
    this.election = new LeaderElection({
      client: this.client,
      clock: this.clock,
      random: () => 0,
      name: { namespace: 'ops', name: 'leader' },
      identity,
      onElected: () => this.events.push('elected'),
      onLost: (reason) => this.events.push(`lost: ${reason}`),
      onError: (error) => this.events.push(String(error)),
      ...options,
    });
    this.run((signal) => this.election.run(signal));
  }

  /** Waits until the attempt under way is over and the pause before the next has begun. */
  async settled(): Promise<void> {
    const isPausing = () => this.underWay === 0 && this.clock.pending.length === 1;
    await until(isPausing, () => [this.events, this.underWay, this.clock.pending]);
  }

  /** Lets time pass in steps of 100 ms, so that each attempt gets its answer at once. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(100);
      await this.settled();
    }
  }
}

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
    server.put(collection, 'leader', { metadata: { labels: { app: 'x' } }, spec: { strategy: 'mine' } });
    await join('first').settled();
    expect(spec()['strategy']).toBe('mine');
    expect(objectAt(server.object(path), 'metadata')['labels']).toStrictEqual({ app: 'x' });
  });

  test('publishes annotations with each write, beside those of others', async () => {
    server.put(collection, 'leader', { metadata: { annotations: { theirs: 'a' } }, spec: {} });
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

  test('hands over at once when the leader stops cleanly', async () => {
    const first = join('first');
    await first.settled();
    const second = join('second');
    await second.settled();
    await first.stop();
    expect(first.events).toStrictEqual(['elected', 'lost: released']);
    expect(spec()['holderIdentity']).toBeUndefined();
    await second.pass(2500);
    expect([second.events, spec()['holderIdentity'], spec()['leaseTransitions']]).toStrictEqual([
      ['elected'],
      'second',
      1,
    ]);
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
    server.put(collection, 'leader', { spec: { holderIdentity: 'usurper', leaseDurationSeconds: 15 } });
    await first.stop();
    expect(spec()['holderIdentity']).toBe('usurper');
  });

  test('is not elected once it has been told to stop, and releases what it was about to take', async () => {
    const held = Promise.withResolvers<void>();
    server.fail(1, isWrite, (response) => {
      const lease = server.put(collection, 'leader', { spec: { holderIdentity: 'first' } });
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
    server.put(collection, 'leader', { spec: {} });
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
    expect(first.election.lastRenewedMonotonicMs()).toBeUndefined();
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
    server.put(collection, 'leader', { spec: { holderIdentity: 'usurper', leaseDurationSeconds: 15 } });
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
      server.put(collection, 'leader', request.body);
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
      server.put(collection, 'leader', { spec: { holderIdentity: 'first' } });
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
});

describe('the write fence', () => {
  const clock = new FakeClock();
  let renewedMs: number | undefined;
  const fence = leaseFence({ lease: { lastRenewedMonotonicMs: () => renewedMs }, clock });

  test('is closed while the lease is not held', () => {
    renewedMs = undefined;
    expect(fence.mayWrite()).toBe(false);
  });

  for (const [sinceMs, open] of [
    [0, true],
    [10_999, true],
    [11_000, false],
    [60_000, false],
  ] as const) {
    test(`is ${open ? 'open' : 'closed'} ${sinceMs} ms after the last renewal was begun`, () => {
      renewedMs = clock.monotonicMs() - sinceMs;
      expect(fence.mayWrite()).toBe(open);
    });
  }

  test('is always open for a process that runs alone', () => {
    expect(openFence.mayWrite()).toBe(true);
  });

  test('counts from the beginning of a renewal, not from its answer', async () => {
    const server = await new FakeApiServer().start();
    const slow = new Candidate(server, 'slow');
    await slow.settled();
    const beganMs = slow.clock.monotonicMs() + 2000;
    const held = Promise.withResolvers<void>();
    server.faults.push((request, response) => {
      server.faults.length = 0;
      void held.promise.then(() =>
        response.end(JSON.stringify(server.put(collection, 'leader', request.body))),
      );
      return true;
    });
    slow.clock.advance(2000);
    await until(
      () => server.requests.length === 3,
      () => server.requests.length,
    );
    slow.clock.advance(3000);
    held.resolve();
    await until(
      () => slow.election.lastRenewedMonotonicMs() === beganMs,
      () => slow.events,
    );
    await slow.stop();
    await server.stop();
  });

  test('is closed before the lease is released', async () => {
    const server = await new FakeApiServer().start();
    const leader = new Candidate(server, 'leader');
    await leader.settled();
    const seen: (number | undefined)[] = [];
    server.faults.push(() => {
      seen.push(leader.election.lastRenewedMonotonicMs());
      return false;
    });
    await leader.stop();
    expect(seen).toStrictEqual([undefined, undefined]);
    await server.stop();
  });
});
