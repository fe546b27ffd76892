import { describe, expect, test } from '@jest/globals';
import { momentOf, type Moment } from '../../../src/base/elapsed.ts';
import { leaseFence, openFence } from '../../../src/kubernetes/fence.ts';
import { Candidate, LEASES } from './candidate.ts';
import { FakeApiServer } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { until } from '../../until.ts';

describe('the write fence', () => {
  const clock = new FakeClock();
  let renewed: Moment | undefined;
  const fence = leaseFence({ lease: { lastRenewed: () => renewed }, clock });

  test('is closed while the lease is not held', () => {
    renewed = undefined;
    expect(fence.mayWrite()).toBe(false);
  });

  for (const [sinceMs, open] of [
    [0, true],
    [10_999, true],
    [11_000, false],
    [60_000, false],
  ] as const) {
    test(`is ${open ? 'open' : 'closed'} ${sinceMs} ms after the last renewal was begun`, () => {
      const now = momentOf(clock);
      renewed = {
        monotonicMs: now.monotonicMs - sinceMs,
        bootMs: now.bootMs - sinceMs,
        wallMs: now.wallMs - sinceMs,
      };
      expect(fence.mayWrite()).toBe(open);
    });
  }

  test('is closed where the machine was suspended since the last renewal, and its clock on the wall set back', () => {
    renewed = momentOf(clock);
    clock.setWall(-3_600_000);
    clock.suspend(60_000);
    expect(fence.mayWrite()).toBe(false);
  });

  test('is closed where the machine was stopped with all its clocks, and the one on the wall put right', () => {
    renewed = momentOf(clock);
    clock.stop(60_000);
    expect(fence.mayWrite()).toBe(false);
  });

  test('is no longer open because the clock on the wall was set back', () => {
    renewed = momentOf(clock);
    clock.setWall(-3_600_000);
    expect(fence.mayWrite()).toBe(true);
    clock.advance(11_000);
    expect(fence.mayWrite()).toBe(false);
  });

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
      void held.promise.then(() => response.end(JSON.stringify(server.put(LEASES, 'leader', request.body))));
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
      () => slow.election.lastRenewed()?.monotonicMs === beganMs,
      () => slow.events,
    );
    await slow.stop();
    await server.stop();
  });

  test('is closed before the lease is released', async () => {
    const server = await new FakeApiServer().start();
    const leader = new Candidate(server, 'leader');
    await leader.settled();
    const seen: (Moment | undefined)[] = [];
    server.faults.push(() => {
      seen.push(leader.election.lastRenewed());
      return false;
    });
    await leader.stop();
    expect(seen).toStrictEqual([undefined, undefined]);
    await server.stop();
  });
});
