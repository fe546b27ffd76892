import { setTimeout as pause } from 'node:timers/promises';
import { runOrThrow } from '../testbed/process.ts';

/** V8 has collected what a burst of work left behind by then. */
const SETTLED_MS = 10_000;

/** Resident memory of a process that has come to rest, in MB. */
export async function rssMB(pid: number): Promise<number> {
  await pause(SETTLED_MS);
  const kilobytes = await runOrThrow('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(kilobytes.trim()) / 1024;
}
