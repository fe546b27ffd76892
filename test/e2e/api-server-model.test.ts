/** The simulation's model of the API server is compared with a real one: the same requests, one after the other, have the same
 *  results on both, and watches report the same. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import { CROSS_ACCOUNT_LINK } from '../../src/api/crossaccountlink.ts';
import { systemClock } from '../../src/base/clock.ts';
import { objectAt, stringAt, type Json, type JsonObject } from '../../src/base/json.ts';
import { liveLinksOf } from '../../src/controllers/state/live-links.ts';
import { ApiError, isUnknownSelector } from '../../src/kubernetes/api-error.ts';
import { KubernetesClient, type WatchEvent } from '../../src/kubernetes/client.ts';
import { Connection } from '../../src/kubernetes/connection.ts';
import { openControlPlane, type OpenControlPlane } from '../../testbed/stage.ts';
import { Random } from '../../testbed/random.ts';
import { BASE_LINK } from '../../testbed/simulation/edits.ts';
import { KubernetesModel } from '../../testbed/simulation/kubernetes-model.ts';
import { Scheduler } from '../../testbed/simulation/scheduler.ts';

const NAMESPACE = 'default';
const NAME = { namespace: NAMESPACE, name: 'held-to' };
const ABSENT = { namespace: NAMESPACE, name: 'absent' };
const FINALIZER = 'crossaccountlink.dev/cleanup';
const NOT_MADE = '11111111-2222-3333-4444-555555555555';
/** About every fourth try shows it. */
const MOST_RACES = 200;
const FIELD_MANAGER = { fieldManager: 'crossaccountlink', force: true };

/** Both servers, as the test calls them. */
interface Server {
  get(name: typeof NAME): Promise<JsonObject>;
  create(body: JsonObject): Promise<JsonObject>;
  update(body: JsonObject): Promise<JsonObject>;
  patch(name: typeof NAME, body: JsonObject): Promise<JsonObject>;
  applyStatus(name: typeof NAME, body: JsonObject): Promise<JsonObject>;
  delete(name: typeof NAME): Promise<JsonObject>;
}

/** @param found the object as it was when the step before had ended, and before its first change */
type Step = (server: Server, found: JsonObject, first: JsonObject) => Promise<JsonObject>;

const versioned = (object: JsonObject, metadata: JsonObject = {}) => {
  const { resourceVersion } = objectAt(object, 'metadata');
  return { metadata: { resourceVersion, ...metadata } };
};
const withUid = (uid: string) => ({ metadata: { uid } });
const ready = (status: string, more: JsonObject = {}) => ({
  status: {
    observedGeneration: 1,
    conditions: [
      {
        type: 'Ready',
        status,
        reason: 'InSync',
        message: '',
        observedGeneration: 1,
        lastTransitionTime: '2026-01-01T00:00:00Z',
      },
    ],
    ...more,
  },
});
const DESCRIBED = { targetRole: { description: 'one' } };

const STEPS: Readonly<Record<string, Step>> = {
  'get what is not there': (server) => server.get(ABSENT),
  'patch what is not there': (server) => server.patch(ABSENT, { metadata: { labels: { a: 'b' } } }),
  'delete what is not there': (server) => server.delete(ABSENT),
  create: (server) => server.create({ metadata: NAME, spec: BASE_LINK }),
  'create it again': (server) => server.create({ metadata: NAME, spec: BASE_LINK }),
  'add a finalizer': (server, found) => server.patch(NAME, versioned(found, { finalizers: [FINALIZER] })),
  'add it once more': (server) => server.patch(NAME, { metadata: { finalizers: [FINALIZER] } }),
  'patch with an old version': (server, _found, first) =>
    server.patch(NAME, versioned(first, { labels: { a: 'b' } })),
  'patch with another uid': (server) => server.patch(NAME, withUid(NOT_MADE)),
  'patch a label': (server) => server.patch(NAME, { metadata: { labels: { a: 'b' } } }),
  'patch the spec': (server) => server.patch(NAME, { spec: DESCRIBED }),
  'patch the spec to what it is': (server) => server.patch(NAME, { spec: DESCRIBED }),
  'patch the status, which has a resource of its own': (server) => server.patch(NAME, ready('True')),
  'take a field away': (server) => server.patch(NAME, { spec: { targetRole: { description: null } } }),
  'replace with an old version': (server, found, first) =>
    server.update({ ...found, ...mergedVersion(found, first) }),
  'replace the spec': (server, found) =>
    server.update({ ...found, spec: { ...objectAt(found, 'spec'), driftCheckInterval: '10m' } }),
  'apply the status': (server) => server.applyStatus(NAME, ready('True', { taskCount: 1 })),
  'apply it once more': (server) => server.applyStatus(NAME, ready('True', { taskCount: 1 })),
  'apply it without a field': (server) => server.applyStatus(NAME, ready('False')),
  'apply it with an old version': (server, _found, first) =>
    server.applyStatus(NAME, { ...versioned(first), ...ready('True') }),
  'apply it to another uid': (server) => server.applyStatus(NAME, { ...withUid(NOT_MADE), ...ready('True') }),
  'apply it to what is not there': (server) => server.applyStatus(ABSENT, ready('True')),
  'delete it': (server) => server.delete(NAME),
  'delete it again': (server) => server.delete(NAME),
  'add a finalizer while it leaves': (server) =>
    server.patch(NAME, { metadata: { finalizers: [FINALIZER, 'example.com/more'] } }),
  'patch the spec while it leaves': (server) => server.patch(NAME, { spec: DESCRIBED }),
  'apply the status while it leaves': (server) => server.applyStatus(NAME, ready('True')),
  'take the last finalizer off': (server) => server.patch(NAME, { metadata: { finalizers: null } }),
  'get it when it is gone': (server) => server.get(NAME),
  'apply the status when it is gone': (server) => server.applyStatus(NAME, ready('True')),
  'create another under its name': (server) => server.create({ metadata: NAME, spec: BASE_LINK }),
  'patch with the uid of the former': (server, _found, first) =>
    server.patch(NAME, withUid(stringAt(objectAt(first, 'metadata'), 'uid') ?? '')),
  'delete what has no finalizer': (server) => server.delete(NAME),
  'get that': (server) => server.get(NAME),
};

function mergedVersion(found: JsonObject, first: JsonObject): JsonObject {
  const { resourceVersion } = objectAt(first, 'metadata');
  return { metadata: { ...objectAt(found, 'metadata'), resourceVersion } };
}

let plane: OpenControlPlane;
let connection: Connection;
let client: KubernetesClient;

beforeAll(async () => {
  plane = await openControlPlane();
  const config = new KubeConfig();
  config.loadFromFile(plane.controlPlane.adminKubeconfig);
  connection = new Connection(config);
  client = new KubernetesClient({ connection, clock: systemClock, userAgent: 'model-test' });
});

afterAll(async () => {
  connection.close();
  await plane.stop();
});

it('the model of the API server answers like a real one, request by request', async () => {
  const model = new KubernetesModel(new Scheduler(new Random(1)));
  const { resourceVersion } = await client.list(CROSS_ACCOUNT_LINK);
  const modelled = await outcomesOf(serverOf(model));
  const real = await outcomesOf(serverOf(client));
  expect(modelled).toStrictEqual(real);
  const notified: WatchEvent[] = [];
  model.watch(CROSS_ACCOUNT_LINK, '0', (event) => notified.push(event));
  expect(notified.map(seenOf)).toStrictEqual((await watched(resourceVersion, notified.length)).map(seenOf));
});

/** Which of two requests at once is first, nobody decides: they are sent again until the server removes what has a finalizer. */
it('a real API server removes a link although a finalizer was added, and the model reports that like it', async () => {
  const withFinalizer = { metadata: { finalizers: [FINALIZER] } };
  const { resourceVersion } = await client.list(CROSS_ACCOUNT_LINK);
  let removed: typeof NAME | undefined;
  for (let attempt = 0; attempt < MOST_RACES && removed === undefined; attempt += 1) {
    const name = { namespace: NAMESPACE, name: `raced-${attempt}` };
    await client.create(CROSS_ACCOUNT_LINK, { metadata: name, spec: BASE_LINK });
    const [patched] = await Promise.allSettled([
      client.patch(CROSS_ACCOUNT_LINK, name, withFinalizer),
      client.delete(CROSS_ACCOUNT_LINK, name),
    ]);
    const found = await client.get(CROSS_ACCOUNT_LINK, name).catch(() => undefined);
    if (patched.status === 'fulfilled' && found === undefined) removed = name;
    if (found !== undefined) await client.patch(CROSS_ACCOUNT_LINK, name, { metadata: { finalizers: null } });
  }
  if (removed === undefined) throw new Error(`${MOST_RACES} links kept their finalizers`);

  const scheduler = new Scheduler(new Random(1));
  const model = new KubernetesModel(scheduler);
  const notified: WatchEvent[] = [];
  model.watch(CROSS_ACCOUNT_LINK, '0', (event) => notified.push(event));
  model.create(CROSS_ACCOUNT_LINK, { metadata: NAME, spec: BASE_LINK });
  model.deleteWithin(CROSS_ACCOUNT_LINK, NAME, 10);
  model.patch(CROSS_ACCOUNT_LINK, NAME, withFinalizer);
  await scheduler.run(20);
  expect(notified.map(seenOf)).toStrictEqual(
    (await watched(resourceVersion, notified.length, removed.name)).map(seenOf),
  );
  expect(notified.at(-1)).toMatchObject({
    type: 'DELETED',
    object: { metadata: { finalizers: [FINALIZER] } },
  });
});

/** The simulation itself selects links by their target role. */
it('a real API server selects links by their target role, and refuses what it cannot select by', async () => {
  const { arn } = objectAt(BASE_LINK, 'targetRole');
  const roles = { one: `${String(arn)}=1,x`, two: String(arn) };
  for (const [name, role] of Object.entries(roles))
    await client.create(CROSS_ACCOUNT_LINK, {
      metadata: { namespace: NAMESPACE, name },
      spec: { ...BASE_LINK, targetRole: { arn: role } },
    });
  const live = liveLinksOf(client);
  for (const [name, targetRole] of Object.entries(roles))
    for (const namespace of [NAMESPACE, undefined])
      expect((await live({ targetRole, namespace })).map(({ link }) => link.name)).toStrictEqual([name]);
  expect(await live({ targetRole: roles.one, namespace: 'elsewhere' })).toStrictEqual([]);
  const refused = await client
    .list(CROSS_ACCOUNT_LINK, { fieldSelector: 'spec.deletionPolicy=Retain' })
    .catch((error: unknown) => error);
  expect(isUnknownSelector(refused)).toBe(true);
});

/** The first events about the object, this many, without bookmarks. */
async function watched(
  resourceVersion: string,
  count: number,
  name = NAME.name,
): Promise<readonly WatchEvent[]> {
  const stop = new AbortController();
  const events: WatchEvent[] = [];
  const query = { resourceVersion, timeoutSeconds: 60 };
  for await (const event of client.watch(CROSS_ACCOUNT_LINK, query, 60_000, stop.signal)) {
    if (objectAt(event.object, 'metadata')['name'] === name) events.push(event);
    if (events.length === count) break;
  }
  stop.abort();
  return events;
}

function serverOf(api: KubernetesClient | KubernetesModel): Server {
  const at = CROSS_ACCOUNT_LINK;
  return {
    get: async (name) => api.get(at, name),
    create: async (body) => api.create(at, body),
    update: async (body) => api.update(at, NAME, body),
    patch: async (name, body) => api.patch(at, name, body),
    applyStatus: async (name, body) => api.applyStatus(at, name, body, FIELD_MANAGER),
    delete: async (name) => api.delete(at, name),
  };
}

async function outcomesOf(server: Server): Promise<Readonly<Record<string, Json>>> {
  const outcomes: Record<string, Json> = {};
  let found: JsonObject = {};
  let first: JsonObject | undefined;
  for (const [name, step] of Object.entries(STEPS)) {
    const before = found;
    outcomes[name] = await outcomeOf(() => step(server, before, first ?? before));
    found = await server.get(NAME).catch(() => found);
    if (Object.keys(found).length > 0) first ??= found;
    outcomes[`${name}: the version`] = versionOf(found) === versionOf(before) ? 'the same' : 'another';
  }
  return outcomes;
}

async function outcomeOf(step: () => Promise<JsonObject>): Promise<Json> {
  try {
    const answer = await step();
    // A deletion answers with a Status if nothing is left.
    return answer['kind'] === 'Status' ? 'gone' : factsOf(answer);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.status} ${error.reason}`;
  }
}

/** The parts that the operator uses. */
function factsOf(object: JsonObject): JsonObject {
  const metadata = objectAt(object, 'metadata');
  return {
    generation: metadata['generation'] ?? null,
    finalizers: metadata['finalizers'] ?? [],
    labels: metadata['labels'] ?? {},
    leaving: metadata['deletionTimestamp'] !== undefined,
    status: object['status'] ?? null,
    description: objectAt(objectAt(object, 'spec'), 'targetRole')['description'] ?? null,
    interval: objectAt(object, 'spec')['driftCheckInterval'] ?? null,
  };
}

function seenOf({ type, object }: WatchEvent): JsonObject {
  return { type, ...factsOf(object) };
}

function versionOf(object: JsonObject): Json {
  return objectAt(object, 'metadata')['resourceVersion'] ?? null;
}
