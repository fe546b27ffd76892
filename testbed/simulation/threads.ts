/** Plays histories on all cores: a thread for each core, which plays some of them at a time. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Kind } from './history.ts';
import { inAll, play, type Played } from './many.ts';

/** How many histories a thread is given at a time: some seconds of work. */
const SHARE = 50;
/** Fewer histories than this are played before a thread has started. */
const FEW = 100;
/** In megabytes. What a history has made is garbage once it has ended: the less often the young generation is collected, the less
 *  of it is still in use then, and has to be moved. */
const YOUNG_MB = 192;

/** @param onProgress gets all that was played so far, and what was new in it
 *  @returns a function that plays histories on these threads */
export function onAllCores(onProgress: (soFar: Played, news: Played) => void): typeof play {
  return async (seeds, kinds) => {
    const all = [...seeds];
    const shares = Array.from({ length: Math.ceil(all.length / SHARE) }, (_, at) =>
      all.slice(at * SHARE, (at + 1) * SHARE),
    );
    let sum = await play([], kinds);
    const note = (news: Played) => {
      sum = inAll(sum, news);
      onProgress(sum, news);
    };
    const threads = all.length <= FEW ? 1 : Math.min(availableParallelism(), shares.length);
    if (threads === 1) for (const share of shares) note(await play(share, kinds));
    else await Promise.all(Array.from({ length: threads }, () => playInThread(shares, kinds, note)));
    return sum;
  };
}

/** Plays shares as long as there are any that no other thread has taken. */
async function playInThread(
  shares: (readonly number[])[],
  kinds: ReadonlySet<Kind>,
  note: (news: Played) => void,
): Promise<void> {
  const worker = new Worker(new URL('player.ts', import.meta.url), {
    workerData: kinds,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  });
  try {
    for (let share = shares.shift(); share !== undefined; share = shares.shift())
      note(await played(worker, share));
  } finally {
    await worker.terminate();
  }
}

/** @throws Error if the thread did */
function played(worker: Worker, share: readonly number[]): Promise<Played> {
  const { promise, resolve, reject } = Promise.withResolvers<Played>();
  worker.once('message', (news: Played) => {
    worker.off('error', reject);
    resolve(news);
  });
  worker.once('error', reject);
  worker.postMessage(share, []);
  return promise;
}
