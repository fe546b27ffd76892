import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ApiError } from '../../../src/kubernetes/api-error.ts';
import { EventRecorder } from '../../../src/kubernetes/event-recorder.ts';
import { objectAt } from '../../../src/base/json.ts';
import type { ObjectMeta } from '../../../src/kubernetes/metadata.ts';
import { FakeApiServer, refuse } from './fake-api-server.ts';
import type { SeenRequest } from './fake-api-server.ts';
import { FakeClock } from './fake-clock.ts';
import { widgets } from './fixtures.ts';
import { until } from '../../until.ts';

const events = (namespace = 'a') => `/api/v1/namespaces/${namespace}/events`;
const one: ObjectMeta = {
  name: 'one',
  namespace: 'a',
  uid: 'uid-1',
  resourceVersion: '7',
  labels: {},
  annotations: {},
  finalizers: [],
};
const isPost = ({ method }: SeenRequest) => method === 'POST';

describe('the event recorder', () => {
  let server: FakeApiServer;
  let clock: FakeClock;
  let recorder: EventRecorder;
  let errors: string[];
  let dropped: number;
  let mayRecord: boolean;
  beforeEach(async () => {
    server = await new FakeApiServer().start();
    clock = new FakeClock();
    [errors, dropped, mayRecord] = [[], 0, true];
    let serial = 0;
    recorder = new EventRecorder({
      client: server.client(clock),
      clock,
      random: () => (serial += 1) / 10_000,
      mayRecord: () => mayRecord,
      component: 'example.com/widgets',
      instance: 'pod-1',
      onError: (error) => errors.push(error instanceof ApiError ? error.reason : String(error)),
      onDropped: () => (dropped += 1),
    });
  });
  afterEach(() => server.stop());

  /** Records this many events, each with its own message if `message` asks for the number. */
  async function record(
    times: number,
    message: (n: number) => string = () => 'was painted',
    regarding = one,
  ): Promise<void> {
    for (let n = 0; n < times; n += 1) {
      recorder.record(widgets, regarding, { type: 'Normal', reason: 'Painted', message: message(n) });
      await recorder.flush();
    }
  }
  const stored = (namespace?: string) => server.objects(events(namespace));

  test('writes what kubectl describe shows', async () => {
    await record(1);
    const [{ metadata, ...event } = {}] = stored();
    expect(event).toStrictEqual({
      apiVersion: 'v1',
      kind: 'Event',
      involvedObject: {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        namespace: 'a',
        name: 'one',
        uid: 'uid-1',
        resourceVersion: '7',
      },
      type: 'Normal',
      reason: 'Painted',
      message: 'was painted',
      count: 1,
      firstTimestamp: '2026-01-01T00:00:01Z',
      lastTimestamp: '2026-01-01T00:00:01Z',
      source: { component: 'example.com/widgets', host: 'pod-1' },
      reportingComponent: 'example.com/widgets',
      reportingInstance: 'pod-1',
    });
    expect(String(objectAt({ metadata }, 'metadata')['name'])).toMatch(/^one\.[0-9a-f]+$/);
  });

  test('records nothing of a process that may not tell it any more', async () => {
    mayRecord = false;
    await record(1);
    expect([stored(), dropped, errors]).toStrictEqual([[], 0, []]);
  });

  test('counts a repetition up instead of adding an event', async () => {
    await record(1);
    clock.advance(60_000);
    await record(2);
    expect(
      stored().map(({ count, firstTimestamp, lastTimestamp }) => [count, firstTimestamp, lastTimestamp]),
    ).toStrictEqual([[3, '2026-01-01T00:00:01Z', '2026-01-01T00:01:01Z']]);
  });

  test('writes repetitions that come faster than the server answers in one request', async () => {
    for (let n = 0; n < 10; n += 1)
      recorder.record(widgets, one, { type: 'Normal', reason: 'Painted', message: 'was painted' });
    await recorder.flush();
    expect(stored().map(({ count }) => count)).toStrictEqual([10]);
    expect(server.requests.length).toBeLessThanOrEqual(2);
  });

  test('tells different things apart', async () => {
    recorder.record(widgets, one, { type: 'Normal', reason: 'Painted', message: 'red' });
    recorder.record(widgets, one, { type: 'Normal', reason: 'Painted', message: 'blue' });
    recorder.record(widgets, one, { type: 'Warning', reason: 'Painted', message: 'red' });
    recorder.record(widgets, one, { type: 'Normal', reason: 'Washed', message: 'red' });
    recorder.record(widgets, { ...one, uid: 'uid-2' }, { type: 'Normal', reason: 'Painted', message: 'red' });
    await recorder.flush();
    expect(stored().map(({ count }) => count)).toStrictEqual([1, 1, 1, 1, 1]);
  });

  test('starts again when the event has expired in the API', async () => {
    await record(2);
    server.remove(events(), String(objectAt(stored()[0] ?? {}, 'metadata')['name']));
    clock.advance(3_600_000);
    await record(1);
    expect(stored().map(({ count, firstTimestamp }) => [count, firstTimestamp])).toStrictEqual([
      [1, '2026-01-01T01:00:01Z'],
    ]);
  });

  test('cuts a message to 1,024 bytes without breaking a character', async () => {
    await record(1, () => 'ä€😀'.repeat(400));
    const message = String(stored()[0]?.['message']);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(1024);
    expect(Buffer.byteLength(message)).toBeGreaterThan(1010);
    expect(message).toMatch(/^(ä€😀)+ä?€?…$/u);
  });

  test('leaves a message of 1,024 bytes whole', async () => {
    await record(1, () => 'x'.repeat(1024));
    expect(stored()[0]?.['message']).toBe('x'.repeat(1024));
  });

  test('makes a valid name for an event about an object with the longest of names', async () => {
    const name = `${'x'.repeat(229)}.${'y'.repeat(23)}`;
    await record(1, undefined, { ...one, name });
    const written = String(objectAt(stored()[0] ?? {}, 'metadata')['name']);
    expect(written.length).toBeLessThanOrEqual(253);
    expect(written).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });

  test('puts events about cluster-scoped objects into default', async () => {
    const { namespace: _, ...clusterScoped } = one;
    await record(1, undefined, clusterScoped);
    expect(stored('default')).toHaveLength(1);
  });

  test('lets an object have 25 events, then one in five minutes', async () => {
    await record(30, (n) => `number ${n}`);
    expect([stored().length, dropped]).toStrictEqual([25, 5]);
    clock.advance(300_000);
    await record(2, (n) => `later ${n}`);
    expect([stored().length, dropped]).toStrictEqual([26, 6]);
  });

  test('does not let one talkative object silence another', async () => {
    await record(30, (n) => `number ${n}`);
    await record(1, undefined, { ...one, uid: 'uid-2', namespace: 'b' });
    expect(stored('b')).toHaveLength(1);
  });

  test('gives up on events when too many wait, and goes on counting those that do', async () => {
    server.fail(1, isPost, () => {});
    const paint = (n: number): void =>
      recorder.record(
        widgets,
        { ...one, uid: `uid-${n}` },
        { type: 'Normal', reason: 'Painted', message: 'was painted' },
      );
    for (let n = 0; n < 1100; n += 1) paint(n);
    paint(500);
    expect(dropped).toBe(99);
    await until(
      () => server.requests.length === 1,
      () => server.requests.length,
    );
    clock.advance(30_000);
    await recorder.flush();
    expect(stored()).toHaveLength(1000);
    expect(stored().filter(({ count }) => count === 2)).toHaveLength(1);
  });

  test('is silent about a namespace that is being deleted', async () => {
    server.fail(1, isPost, (response) => {
      refuse(response, 403, 'Forbidden', { causes: [{ reason: 'NamespaceTerminating' }] });
    });
    await record(1);
    expect([errors, stored().length]).toStrictEqual([[], 0]);
  });

  test('is silent about a namespace that is gone', async () => {
    server.fail(1, isPost, (response) => refuse(response, 404, 'NotFound'));
    await record(1);
    expect(errors).toStrictEqual([]);
  });

  test('reports a 403 that means missing rights', async () => {
    server.fail(1, isPost, (response) => refuse(response, 403, 'Forbidden'));
    await record(1);
    expect(errors).toStrictEqual(['Forbidden']);
  });

  test('goes on after a failure, and counts what it could not write', async () => {
    server.fail(1, isPost, (response) => refuse(response, 500, 'InternalError'));
    await record(2);
    expect([errors, stored().map(({ count }) => count)]).toStrictEqual([['InternalError'], [2]]);
  });
});
