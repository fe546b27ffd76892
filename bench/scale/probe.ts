/**
 * Loaded into the operator before its own code (`--import`): how much processor time of the main thread passes between two
 * turns of the event loop at most. Unlike the operator's own metric, which tells the time that passed, this does not depend
 * on what else the machine has to do. `probe.ts?to=FILE`: each SIGUSR2 writes what was found since the last one to FILE.
 */
import { renameSync, writeFileSync } from 'node:fs';

/** Holds are told apart to within this. */
const TICK_MS = 5;
const LONG_MS = 50;

const file = new URL(import.meta.url).searchParams.get('to') ?? '';
let longest = 0;
let long = 0;
let last = cpuMs();

setInterval(() => {
  const now = cpuMs();
  const held = now - last;
  last = now;
  longest = Math.max(longest, held);
  if (held > LONG_MS) long += 1;
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  writeFileSync(`${file}.part`, JSON.stringify({ longestMs: longest, overGoal: long }));
  renameSync(`${file}.part`, file);
  longest = 0;
  long = 0;
});

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
