/** A thread that plays the histories of the seeds that it is sent, with the kinds that it was started with. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Kind } from './history.ts';
import { play } from './many.ts';

const kinds: ReadonlySet<Kind> = workerData;
parentPort?.on('message', (seeds: readonly number[]) => {
  void play(seeds, kinds).then((played) => parentPort?.postMessage(played, []));
});
