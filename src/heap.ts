/**
 * Prefers a small heap to speed. V8 lets a heap grow with the memory of the machine, to four times of what is in use; after
 * making 200 links, 70 MB of garbage would stay. Some tens of MB are in use here, and AWS's quotas set the pace.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--optimize-for-size');
