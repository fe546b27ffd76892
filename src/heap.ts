/**
 * Prefer a small heap to speed. V8 lets a heap grow by what the machine has, to four times of what is alive; after making 200
 * links that is 70 MB of garbage that stays. What is alive here is some tens of MB, and AWS's quotas set the pace.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--optimize-for-size');
