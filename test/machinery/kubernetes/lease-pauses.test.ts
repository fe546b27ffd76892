/** When a candidate asks the API server, for how long at most, and what it says of answers that do not help. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Candidate, LEASES } from './candidate.ts';
import { FakeApiServer, refuse } from './fake-api-server.ts';
import { until } from '../../until.ts';

describe('a candidate for the lease', () => {
  let server: FakeApiServer;
  let candidate: Candidate | undefined;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
  });
  afterEach(async () => {
    server.faults.length = 0;
    server.cut();
    await candidate?.stop();
    await server.stop();
  });

  async function join(random: number): Promise<Candidate> {
    candidate = new Candidate(server, 'ours', { random: () => random });
    await candidate.settled();
    return candidate;
  }
  const heldByOther = () =>
    server.put(LEASES, 'leader', { spec: { holderIdentity: 'other', leaseDurationSeconds: 15 } });

  test('comes back up to a quarter later than every two seconds while another holds it', async () => {
    heldByOther();
    const { clock } = await join(1);
    expect(clock.pending).toStrictEqual([2500]);
  });

  test('comes back right after it runs out', async () => {
    heldByOther();
    const standby = await join(0.6);
    await standby.pass(13_800);
    expect(standby.clock.pending).toStrictEqual([1250]);
  });

  test('goes on at its pace once it has run out and cannot be had', async () => {
    heldByOther();
    const standby = await join(0);
    server.fail(
      20,
      ({ method }) => method !== 'GET',
      (response) => refuse(response, 500, 'InternalError'),
    );
    await standby.pass(15_100);
    expect([standby.events, standby.clock.pending]).toStrictEqual([
      ['ApiError: refused: InternalError'],
      [2000],
    ]);
  });

  test('tells of each answer that does not help, but not of one who was quicker', async () => {
    server.fail(
      2,
      () => true,
      (response) => refuse(response, 503, 'ServiceUnavailable'),
    );
    const first = await join(0);
    await first.pass(2000);
    server.fail(
      1,
      ({ method }) => method !== 'GET',
      (response) => refuse(response, 409, 'Conflict'),
    );
    await first.pass(4000);
    expect(first.events).toStrictEqual([
      'ApiError: refused: ServiceUnavailable',
      'ApiError: refused: ServiceUnavailable',
      'elected',
    ]);
  });

  test('waits for an answer for half of the deadline, or what is left of it', async () => {
    const { clock } = await join(0);
    server.faults.push(() => true);
    for (const [passesMs, thenPendingMs] of [
      [2000, 5000],
      [5000, 500],
      [500, 2500],
    ] as const) {
      clock.advance(passesMs);
      await until(
        () => clock.pending[0] === thenPendingMs,
        () => clock.pending,
      );
    }
  });

  test('tells that it could not release what it held', async () => {
    const first = await join(0);
    server.fail(
      1,
      ({ method }) => method !== 'GET',
      (response) => refuse(response, 500, 'InternalError'),
    );
    await first.stop();
    expect(first.events).toStrictEqual(['elected', 'lost: released', 'ApiError: refused: InternalError']);
  });
});
