/** An object that a server removes although it has a finalizer stays in the cache as one that is being deleted, until its
 *  finalizer is taken off. */
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { objectAt, type JsonObject } from '../../../src/base/json.ts';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import type { KubernetesApi } from '../../../src/kubernetes/client.ts';
import { removeFinalizer } from '../../../src/kubernetes/finalizers.ts';
import { parseMetadata } from '../../../src/kubernetes/metadata.ts';
import { Removals } from '../../../src/kubernetes/removals.ts';
import { parseWidget, widgets, widgetsIn } from './fixtures.ts';
import { isList, red, ReflectorHarness } from './reflector-harness.ts';

const a = widgetsIn('a');
const NAME = { namespace: 'a', name: 'two' };
const OURS = 'example.com/cleanup';

describe('an object that was removed although it has the finalizer', () => {
  let harness: ReflectorHarness;
  let server: ReflectorHarness['server'];
  let api: KubernetesApi;
  let removals: Removals;
  /** Called with the name of each object that is read. */
  let read: (name: string) => void;

  beforeEach(async () => {
    harness = await ReflectorHarness.begin();
    ({ server } = harness);
    read = () => undefined;
    removals = new Removals({
      resource: widgets,
      finalizer: OURS,
      mayEnd: (object) => !('stopped' in objectAt(object, 'spec')),
      annotationsOf: ({ read: kept = 'nothing' }) => ({ read: kept }),
      wallMs: () => 0,
      changed: (event) => harness.reflector.heldChanged(event),
    });
    api = removals.over(server.client(harness.clock));
    const parse = (value: unknown) => {
      const widget = parseWidget(value);
      read(widget.metadata.name);
      return widget;
    };
    harness.start({ removals, parse });
    await harness.watching();
  });
  afterEach(() => harness.end());

  const cached = () => harness.reflector.cache.get('a/two')?.metadata;

  /** Two more changes are told: the object comes and goes. */
  async function removed(metadata: JsonObject): Promise<void> {
    server.put(a, 'two', { ...red, metadata });
    server.remove(a, 'two');
    await harness.notifiedOf(3);
  }

  test('counts as one that is being deleted', async () => {
    await removed({ finalizers: ['other', OURS] });
    expect(cached()).toMatchObject({
      deletionTimestamp: '1970-01-01T00:00:00Z',
      finalizers: ['other', OURS],
    });
    expect(await api.get(widgets, NAME)).toMatchObject({ metadata: { finalizers: ['other', OURS] } });
  });

  test('has its status written nowhere but in the cache', async () => {
    await removed({ finalizers: [OURS] });
    const { uid = '' } = cached() ?? {};
    const body = { metadata: { uid }, status: { phase: 'leaving' } };
    const applied = await api.applyStatus(widgets, NAME, body, { fieldManager: 'test' });
    expect(applied).toMatchObject({ status: { phase: 'leaving' }, metadata: { finalizers: [OURS] } });
    expect(await api.get(widgets, NAME)).toStrictEqual(applied);
    expect(server.object(`${a}/two`)).toStrictEqual({});
  });

  test('is gone once the finalizer is taken off', async () => {
    await removed({ finalizers: ['other', OURS] });
    const metadata = cached();
    if (metadata === undefined) throw new Error('it is not in the cache');
    await removeFinalizer(api, widgets, metadata, OURS);
    expect(cached()).toBeUndefined();
    expect(harness.notified.at(-1)).toBe('deleted two red watch');
    await expect(api.get(widgets, NAME)).rejects.toMatchObject({ status: 404 });
  });

  test('stays in the cache when everything is listed again', async () => {
    await removed({ finalizers: [OURS] });
    const before = harness.lists;
    await harness.reflector.refresh('0');
    expect(harness.lists).toBeGreaterThan(before);
    expect(server.requests.filter(isList)).toHaveLength(harness.lists);
    expect(harness.cached.toSorted()).toStrictEqual(['one', 'two']);
  });

  test('gives way to another one of its name, whether a watch or a list shows that', async () => {
    await removed({ finalizers: [OURS] });
    const { uid } = cached() ?? {};
    server.put(a, 'two', red);
    await harness.notifiedOf(5);
    await harness.reflector.refresh('0');
    expect(cached()).toStrictEqual(parseMetadata(server.object(`${a}/two`)));
    expect(cached()?.uid).not.toBe(uid);
    await harness.watching();
    server.remove(a, 'two');
    await harness.notifiedOf(6);
    expect(cached()).toBeUndefined();
  });

  test('takes no write that is meant for another one of its name', async () => {
    await removed({ finalizers: [OURS] });
    const another = { metadata: { resourceVersion: '999', uid: 'another', finalizers: [] } };
    await expect(api.patch(widgets, NAME, another)).rejects.toMatchObject({ status: 404 });
    const options = { fieldManager: 'test' };
    await expect(api.applyStatus(widgets, NAME, another, options)).rejects.toMatchObject({ status: 404 });
    expect(cached()?.finalizers).toStrictEqual([OURS]);
  });

  test('is gone, too, if its finalizer is taken off while a list is being taken in', async () => {
    await removed({ finalizers: [OURS] });
    const { uid = '', resourceVersion = '' } = cached() ?? {};
    const sent = Promise.withResolvers<JsonObject>();
    const slow = server.client(harness.clock);
    slow.patch = () => sent.promise;
    const body = { metadata: { uid, resourceVersion, finalizers: [] } };
    const patched = removals.over(slow).patch(widgets, NAME, body);
    read = (name) => {
      if (name === 'two') sent.reject(new ApiError(404, 'NotFound', 'it is gone'));
    };
    await harness.reflector.refresh('0');
    await patched;
    expect(harness.cached).toStrictEqual(['one']);
    expect(harness.notified.at(-1)).toBe('deleted two red list');
  });

  test('is let go if it cannot be read, and nothing waits for it', async () => {
    server.put(a, 'two', { ...red, metadata: { finalizers: [OURS] } });
    await harness.notifiedOf(2);
    read = () => {
      throw new Error('it cannot be read');
    };
    server.remove(a, 'two');
    await harness.notifiedOf(3);
    expect([harness.cached, harness.reflector.refused.size, removals.held]).toStrictEqual([['one'], 0, []]);
  });

  test('is let go if nothing could be done for it as it is', async () => {
    server.put(a, 'two', { spec: { colour: 'red', stopped: true }, metadata: { finalizers: [OURS] } });
    await harness.notifiedOf(2);
    server.remove(a, 'two');
    await harness.notifiedOf(3);
    expect([harness.cached, removals.held]).toStrictEqual([['one'], []]);
  });

  test('is kept without what only its author reads', async () => {
    const metadata = { annotations: { read: 'yes', other: 'no' }, labels: { a: 'b' }, managedFields: [{}] };
    await removed({ finalizers: [OURS], ...metadata });
    const kept = objectAt(await api.get(widgets, NAME), 'metadata');
    expect([kept['labels'], kept['managedFields'], kept['annotations'], cached()?.annotations]).toStrictEqual(
      [undefined, undefined, { read: 'yes' }, { read: 'yes' }],
    );
  });

  test('gives way to newer ones when there are a thousand', async () => {
    await removed({ finalizers: [OURS] });
    for (let at = 1; at <= 1_000; at += 1) {
      const metadata = { name: `more-${at}`, uid: `uid-${at}`, resourceVersion: '1', finalizers: [OURS] };
      removals.removed({ ...red, metadata });
    }
    expect(removals.held).toHaveLength(1_000);
    expect(cached()).toBeUndefined();
    expect(harness.notified.at(-1)).toBe('deleted two red watch');
  });

  test.each([
    ['if its deletion had been asked for', { finalizers: [OURS], deletionTimestamp: '2026-01-01T00:00:00Z' }],
    ["if only others' finalizers are on it", { finalizers: ['other'] }],
  ])('is gone at once %s', async (_, metadata) => {
    await removed(metadata);
    expect(cached()).toBeUndefined();
    await expect(api.get(widgets, NAME)).rejects.toMatchObject({ status: 404 });
  });
});
