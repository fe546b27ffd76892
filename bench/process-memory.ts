import { setTimeout as pause } from 'node:timers/promises';
import { runOrThrow } from '../testbed/process.ts';

/** After this time, V8 has collected what a burst of work left behind. */
const SETTLED_MS = 10_000;

/** Resident memory of a process once it is idle, in MB. */
export async function rssMB(pid: number): Promise<number> {
  await pause(SETTLED_MS);
  const kilobytes = await runOrThrow('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(kilobytes.trim()) / 1024;
}
