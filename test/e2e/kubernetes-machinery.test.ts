/** `src/kubernetes` against a real API server: finds what the fake one in `test/machinery` might have got wrong. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../src/kubernetes/client.ts';
import { systemClock } from '../../src/base/clock.ts';
import { Connection } from '../../src/kubernetes/connection.ts';
import { EventRecorder } from '../../src/kubernetes/event-recorder.ts';
import { addFinalizer, removeFinalizer } from '../../src/kubernetes/finalizers.ts';
import { isJsonObject, objectAt } from '../../src/base/json.ts';
import type { JsonObject } from '../../src/base/json.ts';
import { LeaderElection } from '../../src/kubernetes/lease.ts';
import { parseMetadata } from '../../src/kubernetes/metadata.ts';
import type { KubernetesObject, ObjectMeta, ResourceType } from '../../src/kubernetes/metadata.ts';
import { Reflector } from '../../src/kubernetes/reflector.ts';
import { StatusWriter } from '../../src/kubernetes/status-writer.ts';
import type { WithStatus } from '../../src/kubernetes/status-writer.ts';
import { atMost, eventually } from '../../testbed/eventually.ts';
import { openControlPlane, type OpenControlPlane } from '../../testbed/stage.ts';
import { about, narrow } from '../expectations.ts';

const widgets: ResourceType = { group: 'example.com', version: 'v1', plural: 'widgets', kind: 'Widget' };
const configMaps: ResourceType = { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap' };

/** The smallest kind with a status, and with conditions that several can own. */
const widgetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: {
                type: 'object',
                properties: {
                  count: { type: 'integer' },
                  conditions: {
                    type: 'array',
                    'x-kubernetes-list-type': 'map',
                    'x-kubernetes-list-map-keys': ['type'],
                    items: {
                      type: 'object',
                      required: ['type', 'status'],
                      properties: { type: { type: 'string' }, status: { type: 'string' } },
                    },
                  },
                },
              },
            },
          },
        },
      },
    ],
  },
};

const refusedWith = (status: number) => ({ name: 'ApiError', status });

describe('the Kubernetes machinery on a real API server', () => {
  let plane: OpenControlPlane;
  let connection: Connection;
  let client: KubernetesClient;

  beforeAll(async () => {
    plane = await openControlPlane();
    const config = new KubeConfig();
    config.loadFromFile(plane.controlPlane.adminKubeconfig);
    connection = new Connection(config);
    client = new KubernetesClient({ connection, clock: systemClock, userAgent: 'machinery-test' });
    await kubectl(['apply', '-f', '-'], JSON.stringify(widgetDefinition));
    await kubectl(['wait', '--for=condition=Established', 'crd/widgets.example.com', '--timeout=30s']);
  });
  afterAll(async () => {
    connection.close();
    await plane.stop();
  });

  async function kubectl(args: readonly string[], input?: string): Promise<string> {
    const outcome = await plane.controlPlane.kubectl(args, input === undefined ? {} : { input });
    about(outcome.stderr, () => expect(outcome.exitCode).toBe(0));
    return outcome.stdout;
  }

  async function makeWidget(name: string): Promise<KubernetesObject> {
    const object = await client.create(widgets, { metadata: { namespace: 'default', name } });
    return { metadata: parseMetadata(object) };
  }
  const readWidget = (name: string) => client.get(widgets, { namespace: 'default', name });
  async function seenWidget(name: string): Promise<WithStatus> {
    const object = await readWidget(name);
    return { metadata: parseMetadata(object), status: objectAt(object, 'status') };
  }

  test('a reflector follows pages, watch events and a restart of the server', async () => {
    for (let n = 0; n < 7; n += 1) {
      await client.create(configMaps, {
        metadata: { namespace: 'default', name: `map-${n}`, labels: { app: 'machinery' } },
      });
    }
    const stop = new AbortController();
    const notified: string[] = [];
    const reflector = new Reflector<KubernetesObject>({
      client,
      resource: configMaps,
      labelSelector: 'app=machinery',
      pageSize: 3,
      clock: systemClock,
      parse: (object) => ({ metadata: parseMetadata(object) }),
    });
    reflector.onChange((change, origin) => {
      const { name } = (change.kind === 'deleted' ? change.old : change.object).metadata;
      notified.push(`${change.kind} ${name} ${origin}`);
    });
    const running = reflector.run(stop.signal);
    const notifiedOf = (what: string) =>
      eventually(what, () => expect(notified).toContain(what), { deadlineMs: 60_000 });
    try {
      await eventually('the reflector to have synced', () => expect(reflector.hasSynced).toBe(true));
      expect(notified).toStrictEqual([0, 1, 2, 3, 4, 5, 6].map((n) => `added map-${n} list`));

      await client.patch(configMaps, { namespace: 'default', name: 'map-1' }, { data: { changed: 'yes' } });
      await client.delete(configMaps, { namespace: 'default', name: 'map-2' });
      await notifiedOf('updated map-1 watch');
      await notifiedOf('deleted map-2 watch');

      await plane.restartApiServer();
      await client.delete(configMaps, { namespace: 'default', name: 'map-3' });
      await eventually(
        'map-3 to be gone',
        () => expect(reflector.cache.get('default/map-3')).toBeUndefined(),
        {
          deadlineMs: 60_000,
        },
      );
      expect(reflector.cache.size).toBe(5);
    } finally {
      stop.abort();
      await running;
    }
  });

  test('a standby takes the lease that a leader releases, within five seconds', async () => {
    const stops = [new AbortController(), new AbortController()] as const;
    const errors: unknown[] = [];
    const [first, second] = ['first', 'second'].map(
      (identity) =>
        new LeaderElection({
          client,
          clock: systemClock,
          name: { namespace: 'default', name: 'machinery' },
          identity,
          onError: (error) => errors.push(error),
        }),
    );
    narrow(first !== undefined && second !== undefined, { first, second });
    const firstRunning = first.run(stops[0].signal);
    await eventually('the first to be elected', () => expect(first.isLeader).toBe(true));
    const secondRunning = second.run(stops[1].signal);
    await eventually('the second to have looked', () => expect(second.holder).toBe('first'));
    stops[0].abort();
    await firstRunning;
    const releasedMs = performance.now();
    await eventually('the second to be elected', () => expect(second.isLeader).toBe(true));
    expect(performance.now() - releasedMs).toBeLessThan(atMost(5000));
    const lease = await kubectl([
      'get',
      'lease',
      'machinery',
      '-o',
      'jsonpath={.spec.holderIdentity} {.spec.leaseTransitions}',
    ]);
    expect(lease).toBe('second 1');
    stops[1].abort();
    await secondRunning;
    expect(errors).toStrictEqual([]);
  });

  test('status fields of others stay, ours go when we leave them out', async () => {
    const writer = new StatusWriter({
      client,
      fieldManager: 'ours',
      ownsCondition: (type) => type !== 'Foreign',
    });
    const made = await makeWidget('status');
    const foreign = { conditions: [{ type: 'Foreign', status: 'True' }] };
    const theirs = await client.applyStatus(
      widgets,
      made.metadata,
      { status: foreign },
      { fieldManager: 'theirs' },
    );
    expect(objectAt(theirs, 'status')).toStrictEqual(foreign);

    const early = {
      count: 1,
      conditions: [
        { type: 'Ready', status: 'False' },
        { type: 'Reconciling', status: 'True' },
      ],
    };
    expect(await writer.write(widgets, await seenWidget('status'), early)).toBe(true);
    expect(await writer.write(widgets, await seenWidget('status'), early)).toBe(false);

    const late = { conditions: [{ type: 'Ready', status: 'True' }] };
    expect(await writer.write(widgets, await seenWidget('status'), late)).toBe(true);
    expect(await writer.write(widgets, await seenWidget('status'), late)).toBe(false);
    const { conditions, count } = objectAt(await readWidget('status'), 'status');
    expect(count).toBeUndefined();
    expect(typesOf(conditions)).toStrictEqual(['Foreign', 'Ready']);
  });

  const holdOns: [string, (metadata: ObjectMeta) => Promise<unknown>][] = [
    [
      'whoever empties the managed fields',
      (metadata) => client.patch(widgets, metadata, { metadata: { managedFields: [{}] } }),
    ],
    [
      'a backup restored with its status',
      async (metadata) => {
        const { status = null } = await readWidget(metadata.name);
        await client.patch(widgets, metadata, { status: null }, { subresource: 'status' });
        await client.patch(widgets, metadata, { status }, { subresource: 'status' });
      },
    ],
  ];
  test.each(holdOns)('what we leave out goes, too, after %s', async (_, holdOn) => {
    const writer = new StatusWriter({
      client,
      fieldManager: 'ours',
      ownsCondition: (type) => type !== 'Foreign',
    });
    const made = await makeWidget('held');
    const conditions = [
      { type: 'Ready', status: 'False' },
      { type: 'Stalled', status: 'True' },
    ];
    await writer.write(widgets, made, { count: 1, conditions });
    const foreign = { conditions: [{ type: 'Foreign', status: 'True' }] };
    await client.applyStatus(widgets, made.metadata, { status: foreign }, { fieldManager: 'theirs' });
    await holdOn(made.metadata);
    const late = { conditions: [{ type: 'Ready', status: 'True' }] };
    expect(await writer.write(widgets, await seenWidget('held'), late)).toBe(true);
    expect(await writer.write(widgets, await seenWidget('held'), late)).toBe(false);
    const status = objectAt(await readWidget('held'), 'status');
    expect(Object.keys(status)).toStrictEqual(['conditions']);
    expect(typesOf(status['conditions'])).toStrictEqual(['Foreign', 'Ready']);
    await client.delete(widgets, made.metadata);
  });

  test('a status computed from an older spec is refused', async () => {
    const writer = new StatusWriter({ client, fieldManager: 'ours', ownsCondition: () => true });
    const { metadata } = await makeWidget('stale');
    await client.patch(widgets, metadata, { spec: { changed: true } });
    await expect(writer.write(widgets, { metadata }, { count: 1 })).rejects.toMatchObject(refusedWith(409));
    await client.patch(widgets, metadata, { metadata: { labels: { only: 'labels' } } });
    const now = parseMetadata(await readWidget('stale'));
    await client.patch(widgets, metadata, { metadata: { labels: { only: 'labels-again' } } });
    expect(await writer.write(widgets, { metadata: now }, { count: 1 })).toBe(true);
  });

  test('a finalizer holds an object, comes beside others and does not come late', async () => {
    const { metadata } = await makeWidget('held');
    await client.patch(widgets, metadata, { metadata: { finalizers: ['example.com/theirs'] } });
    const held = await addFinalizer(client, widgets, metadata, { finalizer: 'example.com/ours' });
    expect(held.finalizers).toStrictEqual(['example.com/theirs', 'example.com/ours']);
    await client.delete(widgets, metadata);
    // A deletion is another generation: a process that has not seen it may not know why the finalizer is needed.
    await expect(removeFinalizer(client, widgets, held, 'example.com/ours')).rejects.toMatchObject(
      refusedWith(409),
    );
    await removeFinalizer(client, widgets, parseMetadata(await readWidget('held')), 'example.com/ours');
    expect(parseMetadata(await readWidget('held')).finalizers).toStrictEqual(['example.com/theirs']);
    await expect(
      addFinalizer(client, widgets, metadata, { finalizer: 'example.com/ours' }),
    ).rejects.toMatchObject(refusedWith(409));
    await removeFinalizer(client, widgets, parseMetadata(await readWidget('held')), 'example.com/theirs');
    await expect(readWidget('held')).rejects.toMatchObject(refusedWith(404));
    await expect(
      addFinalizer(client, widgets, metadata, { finalizer: 'example.com/ours' }),
    ).rejects.toMatchObject(refusedWith(404));
  });

  function makeRecorder() {
    const errors: unknown[] = [];
    const recorder = new EventRecorder({
      client,
      clock: systemClock,
      component: 'example.com/widgets',
      instance: 'machinery-test',
      onError: (error) => errors.push(error),
    });
    return { recorder, errors };
  }

  test('kubectl describe shows an event once, with how often it happened', async () => {
    const { recorder, errors } = makeRecorder();
    const { metadata } = await makeWidget('painted');
    for (let n = 0; n < 5; n += 1) {
      recorder.record(widgets, metadata, {
        type: 'Warning',
        reason: 'Painted',
        message: `it is ${'very '.repeat(300)}red`,
      });
      await recorder.flush();
    }
    expect(errors).toStrictEqual([]);
    const description = await kubectl(['describe', 'widget', 'painted']);
    expect(description).toMatch(/Warning +Painted +\S+ \(x5 over \S+\) +example\.com\/widgets/);
  });

  test('an event in a namespace that is being deleted is let go without a word', async () => {
    const { recorder, errors } = makeRecorder();
    await kubectl(['create', 'namespace', 'ending']);
    const object = await client.create(widgets, { metadata: { namespace: 'ending', name: 'one' } });
    // Without a controller manager it stays in this state for ever.
    await kubectl(['delete', 'namespace', 'ending', '--wait=false']);
    recorder.record(widgets, parseMetadata(object), {
      type: 'Normal',
      reason: 'Painted',
      message: 'too late',
    });
    await recorder.flush();
    expect(errors).toStrictEqual([]);
    expect(await kubectl(['get', 'events', '-n', 'ending', '-o', 'name'])).toStrictEqual('');
  });
});

function typesOf(conditions: JsonObject[string]): string[] {
  const list = Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
  return list.map(({ type }) => String(type)).sort();
}
