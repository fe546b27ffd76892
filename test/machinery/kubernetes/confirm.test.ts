import { describe, expect, test } from '@jest/globals';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { confirm } from '../../../src/kubernetes/confirm.ts';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import { widgets } from './fixtures.ts';

const SEEN = { namespace: 'a', name: 'one', uid: 'u1', resourceVersion: '1', generation: 1 };

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
    const confirmed = confirm(client, widgets, { metadata: parseMetadata({ metadata: SEEN }) });
    if (status === undefined) await expect(confirmed).resolves.toBeUndefined();
    else await expect(confirmed).rejects.toMatchObject({ status });
  });
});
