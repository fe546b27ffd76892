import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { KubeConfig } from '@kubernetes/client-node';
import { KubernetesClient } from '../../../src/kubernetes/client.ts';
import { systemClock } from '../../../src/base/clock.ts';
import { Connection } from '../../../src/kubernetes/connection.ts';
import { Reflector } from '../../../src/kubernetes/reflector.ts';
import { priority, WorkQueue } from '../../../src/kubernetes/work-queue.ts';
import { keyOf } from '../../../src/kubernetes/metadata.ts';
import { parseWidget, widgets } from './fixtures.ts';
import type { Widget } from './fixtures.ts';
import { remark } from '../../expectations.ts';

/** The lease's timer lives on this thread, too. */
const longestStretchMs = 50;

let worker: Worker;
let client: KubernetesClient;
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
afterAll(() => worker.terminate());

/** Processor time that this thread has used: what others on the machine do is not counted. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

test('a list of 5,000 objects never keeps the event loop for 50 ms', async () => {
  const stop = new AbortController();
  const queue = new WorkQueue({ clock: systemClock, groupOf: (key) => key.split('/')[0] ?? '' });
  const reflector = new Reflector<Widget>({
    client,
    resource: widgets,
    parse: parseWidget,
    clock: systemClock,
  });
  reflector.addIndex('colour', ({ colour }) => [colour]);
  reflector.onChange((change) => {
    if (change.kind !== 'deleted') queue.add(keyOf(change.object.metadata), priority.resync);
  });
  const running = reflector.run(stop.signal);
  let longest = 0;
  const startedMs = performance.now();
  for (let since = threadMs(); !reflector.hasSynced; since = threadMs()) {
    await setImmediate();
    longest = Math.max(longest, threadMs() - since);
  }
  remark(`${Math.round(performance.now() - startedMs)} ms in all, ${longest.toFixed(1)} ms at a stretch`);
  expect(queue.depth).toBe(5000);
  expect(longest).toBeLessThan(longestStretchMs);
  stop.abort();
  await running;
});
