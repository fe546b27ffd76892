/**
 * Keeps a small heap small, and a large one without long pauses.
 *
 * V8 lets a heap grow with the memory of the machine, to four times of what is in use; after making 200 links, 70 MB of garbage
 * would stay. Some tens of MB are in use here, and AWS's quotas set the pace.
 *
 * A preference for a small heap is more than a low limit, though: each collection moves all it can, and stops the program to
 * finish marking as soon as the limit is reached. With 20,000 links this took up to 95 ms. A heap that is large in any case gets
 * the low limit alone.
 *
 * V8 destroys the jobs of its compiler Maglev in a thread of low priority, which gets no turn while there is much to do. At a
 * start, thousands of them lay there, and held up to 20 MB of malloc's memory, which glibc does not give back. So each is destroyed when its
 * code is installed.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';

/** Some 2,000 links. */
const LARGE_BYTES = 64 * 1024 * 1024;
/** Above what is alive; V8's own choice when it frees memory. */
const GROWING_PERCENT = 10;
const LOOK_EVERY_MS = 1_000;

setFlagsFromString('--no-maglev-destroy-on-background');
followHeap();

/** Tells V8 what it is to prefer, now and whenever the heap has become large, or small again. */
function followHeap(): void {
  let isLarge = false;
  tellV8(isLarge);
  setInterval(() => {
    const wasLarge = isLarge;
    isLarge = getHeapStatistics().used_heap_size > LARGE_BYTES;
    if (isLarge !== wasLarge) tellV8(isLarge);
  }, LOOK_EVERY_MS).unref();
}

function tellV8(isLarge: boolean): void {
  setFlagsFromString(isLarge ? '--no-optimize-for-size' : '--optimize-for-size');
  // 0: by V8's own choice.
  setFlagsFromString(`--heap-growing-percent=${isLarge ? GROWING_PERCENT : 0}`);
}
