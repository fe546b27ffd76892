import { describe, expect, test } from '@jest/globals';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { confirm } from '../../../src/kubernetes/confirm.ts';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import { widgets } from './fixtures.ts';

const SEEN = { namespace: 'a', name: 'one', uid: 'u1', resourceVersion: '1', generation: 1 };

const CACHED = { metadata: parseMetadata({ metadata: SEEN }) };

/** A server whose answers arrive this many seconds after they were asked for, one after the other. */
const answering = (...seconds: readonly number[]) => {
  let now = 0;
  const live = { ...SEEN };
  const client = {
    get: () => {
      const answer = { metadata: { ...live } };
      now += (seconds[asked] ?? 0) * 1_000;
      asked += 1;
      return Promise.resolve(answer);
    },
  };
  let asked = 0;
  return { client, now: () => now, live };
};

describe('an object in a cache', () => {
  test.each([
    ['is as it was: confirmed', { ...SEEN }, undefined],
    ['has another status or label: confirmed', { ...SEEN, resourceVersion: '9' }, undefined],
    ['has another spec', { ...SEEN, generation: 2 }, 409],
    ['is being deleted', { ...SEEN, deletionTimestamp: '2026-01-01T00:00:00Z' }, 409],
    ['was made again under its name', { ...SEEN, uid: 'u2' }, 404],
    ['is gone', undefined, 404],
  ])('that %s', async (_what, live, status) => {
    const client = {
      get: () =>
        live === undefined
          ? Promise.reject(new ApiError(404, 'NotFound', 'gone'))
          : Promise.resolve({ metadata: live }),
    };
    const confirmed = confirm({ client, now: () => 5 }, widgets, CACHED);
    if (status === undefined) await expect(confirmed).resolves.toBe(5);
    else await expect(confirmed).rejects.toMatchObject({ status });
  });
});

describe('an answer that is heard late', () => {
  test('confirms nothing: the next one shows what has happened meanwhile', async () => {
    const server = answering(47, 0);
    const confirmed = confirm(server, widgets, CACHED);
    server.live.generation = 2;
    await expect(confirmed).rejects.toMatchObject({ status: 409 });
  });

  test('is followed by one in time, which counts from when it was asked for', async () => {
    await expect(confirm(answering(47, 1), widgets, CACHED)).resolves.toBe(47_000);
  });

  test('time and again leaves it to a later try', async () => {
    await expect(confirm(answering(20, 20, 20), widgets, CACHED)).rejects.toMatchObject({
      status: 0,
      reason: 'Late',
    });
  });
});
