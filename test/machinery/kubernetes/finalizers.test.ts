import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { addFinalizer, FinalizerRefused, removeFinalizer } from '../../../src/kubernetes/finalizers.ts';
import type { JsonObject } from '../../../src/base/json.ts';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import type { ObjectMeta } from '../../../src/kubernetes/metadata.ts';
import { FakeApiServer, refuse, respond } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { widgets, widgetsIn } from './fixtures.ts';

const collection = widgetsIn('a');
const path = `${collection}/one`;
const ours = 'example.com/cleanup';

const withStatus = (status: number) => ({ name: 'ApiError', status });

const patched = ({ method }: { readonly method: string }) => method === 'PATCH';

/** What was thrown. */
const caught = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

function expectRefused(error: unknown, change: 'added' | 'removed', message = /./): void {
  expect(error).toBeInstanceOf(FinalizerRefused);
  expect(error).toMatchObject({ change, message: expect.stringMatching(message) });
}

describe('finalizers', () => {
  let server: FakeApiServer;
  let client: ReturnType<FakeApiServer['client']>;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
    client = server.client(new FakeClock());
  });
  afterEach(() => server.stop());

  const put = (finalizers: string[], more: JsonObject = {}): ObjectMeta =>
    parseMetadata(server.put(collection, 'one', { metadata: { finalizers, ...more } }));
  const finalizers = () => parseMetadata(server.object(path)).finalizers;

  test("adds ours beside others' and answers the metadata as it then is", async () => {
    const after = await addFinalizer(client, widgets, put(['other']), { finalizer: ours });
    expect(finalizers()).toStrictEqual(['other', ours]);
    expect(after).toStrictEqual(parseMetadata(server.object(path)));
  });

  test("removes ours and leaves others'", async () => {
    await removeFinalizer(client, widgets, put(['other', ours, 'third']), ours);
    expect(finalizers()).toStrictEqual(['other', 'third']);
  });

  test.each([
    ['added', ['one', 'two', 'three'], ['one', 'two', 'three', ours]],
    ['removed', ['one', 'two', ours, 'three'], ['one', 'two', 'three']],
  ])("is %s and keeps others' of which the cache kept only some", async (to, before, after) => {
    const whole = put(before);
    const kept: ObjectMeta = {
      ...whole,
      finalizers: ['one', ...whole.finalizers.filter((name) => name === ours)],
      hasMoreFinalizers: true,
    };
    if (to === 'added') await addFinalizer(client, widgets, kept, { finalizer: ours });
    else await removeFinalizer(client, widgets, kept, ours);
    expect(finalizers()).toStrictEqual(after);
  });

  test('asks nothing of the server when there is nothing to do', async () => {
    await addFinalizer(client, widgets, put([ours]), { finalizer: ours });
    await removeFinalizer(client, widgets, put([]), ours);
    expect(server.requests).toHaveLength(0);
  });

  test('keeps a finalizer that someone added since the object was read', async () => {
    const stale = put([]);
    put(['other']);
    await addFinalizer(client, widgets, stale, { finalizer: ours });
    expect(finalizers()).toStrictEqual(['other', ours]);
  });

  test('does not bring back a finalizer that someone removed since the object was read', async () => {
    const stale = put(['other', ours]);
    put([ours]);
    await removeFinalizer(client, widgets, stale, ours);
    expect(finalizers()).toStrictEqual([]);
  });

  test('is done when someone else removed ours meanwhile', async () => {
    const stale = put([ours]);
    put([]);
    await removeFinalizer(client, widgets, stale, ours);
    expect(finalizers()).toStrictEqual([]);
  });

  test('has removed it from an object that is gone', async () => {
    const stale = put([ours]);
    server.remove(collection, 'one');
    await removeFinalizer(client, widgets, stale, ours);
  });

  test('leaves an object alone that was made again under the same name', async () => {
    const stale = put([ours]);
    server.remove(collection, 'one');
    put([ours]);
    await removeFinalizer(client, widgets, stale, ours);
    expect(finalizers()).toStrictEqual([ours]);
    await expect(
      addFinalizer(client, widgets, { ...stale, finalizers: [] }, { finalizer: ours }),
    ).rejects.toMatchObject(withStatus(404));
  });

  test('adds nothing to an object that is gone', async () => {
    const stale = put([]);
    server.remove(collection, 'one');
    await expect(addFinalizer(client, widgets, stale, { finalizer: ours })).rejects.toMatchObject(
      withStatus(404),
    );
  });

  test('adds nothing to an object that is being deleted', async () => {
    const stale = put([]);
    put(['other'], { deletionTimestamp: '2026-01-01T00:00:00Z' });
    await expect(addFinalizer(client, widgets, stale, { finalizer: ours })).rejects.toMatchObject(
      withStatus(409),
    );
    expect(finalizers()).toStrictEqual(['other']);
  });

  test('adds nothing to, and removes nothing from, an object whose spec changed since it was read', async () => {
    const without = put([], { generation: 1 });
    put([], { generation: 2 });
    await expect(addFinalizer(client, widgets, without, { finalizer: ours })).rejects.toMatchObject(
      withStatus(409),
    );
    expect(finalizers()).toStrictEqual([]);
    const withOurs = put([ours], { generation: 2 });
    put([ours], { generation: 3 });
    await expect(removeFinalizer(client, widgets, withOurs, ours)).rejects.toMatchObject(withStatus(409));
    expect(finalizers()).toStrictEqual([ours]);
  });

  test('gives up on an object that changes faster than it can be written', async () => {
    const stale = put([]);
    server.fail(
      99,
      ({ method }) => method === 'PATCH',
      (response) => refuse(response, 409, 'Conflict'),
    );
    await expect(addFinalizer(client, widgets, stale, { finalizer: ours })).rejects.toMatchObject(
      withStatus(409),
    );
    expect(server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(5);
  });

  test('reports any other failure', async () => {
    server.fail(
      1,
      () => true,
      (response) => refuse(response, 403, 'Forbidden'),
    );
    await expect(removeFinalizer(client, widgets, put([ours]), ours)).rejects.toMatchObject(withStatus(403));
  });

  describe('are refused', () => {
    test.each([400, 403, 422])('where the cluster answers %i: again that is no use', async (status) => {
      server.fail(2, patched, (response) => refuse(response, status, 'Denied'));
      expectRefused(await caught(addFinalizer(client, widgets, put([]), { finalizer: ours })), 'added');
      expectRefused(await caught(removeFinalizer(client, widgets, put([ours]), ours)), 'removed');
    });

    test('where a webhook takes ours off in the very write that brings it', async () => {
      const seen = put(['other']);
      const without = { metadata: { finalizers: ['other'] } };
      server.fail(1, patched, (response) => respond(response, 200, server.put(collection, 'one', without)));
      const error = await caught(addFinalizer(client, widgets, seen, { finalizer: ours }));
      expectRefused(error, 'added', /takes it off in the same write/);
    });

    test('where a webhook puts ours back in the very write that takes it off', async () => {
      const seen = put([ours]);
      const again = { metadata: { finalizers: [ours] } };
      server.fail(1, patched, (response) => respond(response, 200, server.put(collection, 'one', again)));
      const error = await caught(removeFinalizer(client, widgets, seen, ours));
      expectRefused(error, 'removed', /puts it back on in the same write/);
    });
  });
});
