import { runOrThrow } from '../testbed/process.ts';

/** Resident memory of a process now, in MB. */
export async function rssMB(pid: number): Promise<number> {
  const kilobytes = await runOrThrow('ps', ['-o', 'rss=', '-p', String(pid)]);
  return Number(kilobytes.trim()) / 1024;
}
