import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../../src/kubernetes/client.ts';
import { systemClock, type Clock } from '../../../src/base/clock.ts';
import { Connection } from '../../../src/kubernetes/connection.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import { priority, WorkQueue } from '../../../src/kubernetes/work-queue.ts';
import { keyOf } from '../../../src/kubernetes/metadata.ts';
import { parseWidget, widgets } from './fixtures.ts';
import type { Widget } from './fixtures.ts';

/** The lease's timer lives on this thread, too: after a slice of 8 ms it gets its turn, or after the next one. */
const MOST = 16;
/** Each object takes a millisecond, however fast the machine is. */
let elapsedMs = 0;
const slow: Clock = { ...systemClock, monotonicMs: () => elapsedMs };

let worker: Worker;
let client: KubernetesClient;
const stop = new AbortController();
beforeAll(async () => {
  worker = new Worker(new URL('page-server.ts', import.meta.url));
  const [port]: unknown[] = await once(worker, 'message');
  const config = new KubeConfig();
  const cluster = { name: 'pages', server: `http://127.0.0.1:${String(port)}`, skipTLSVerify: true };
  config.loadFromClusterAndUser(cluster, { name: 'tester' });
  client = new KubernetesClient({
    connection: new Connection(config),
    clock: systemClock,
    userAgent: 'test/1',
  });
});
afterAll(async () => {
  stop.abort();
  await worker.terminate();
});

test('of a list of 5,000 objects, the event loop never has to take many at a time', async () => {
  const queue = new WorkQueue({ clock: systemClock, groupOf: (key) => key.split('/')[0] ?? '' });
  let atAStretch = 0;
  let longest = 0;
  const reflector = new Reflector<Widget>({
    client,
    resource: widgets,
    parse(object) {
      elapsedMs += 1;
      atAStretch += 1;
      longest = Math.max(longest, atAStretch);
      return parseWidget(object);
    },
    clock: slow,
  });
  reflector.addIndex('colour', ({ colour }) => [colour]);
  reflector.onChange((change) => {
    if (change.kind !== 'deleted') queue.add(keyOf(change.object.metadata), priority.resync);
  });
  const running = reflector.run(stop.signal);
  while (!reflector.hasSynced) {
    await setImmediate();
    atAStretch = 0;
  }
  expect(queue.depth).toBe(5000);
  expect(longest).toBeLessThanOrEqual(MOST);
  stop.abort();
  await running;
});
