/**
 * Loaded into the operator before its own code (`--import`): measures the longest processor time of the main thread between two
 * turns of the event loop. The operator's own metric measures elapsed time; this one does not depend on what else the machine has
 * to do. `probe.ts?to=FILE`: each SIGUSR2 writes what was found since the last one to FILE.
 */
import { renameSync, writeFileSync } from 'node:fs';

/** Precision with which holds are told apart. */
const TICK_MS = 5;
/** Shorter holds are not reported, and at most this many are. */
const LEAST_MS = 10;
const MOST_HOLDS = 10_000;

const file = new URL(import.meta.url).searchParams.get('to') ?? '';
const holds: { readonly beganAt: number; readonly ms: number }[] = [];
let last = cpuMs();
let lastAt = Date.now();

setInterval(() => {
  const now = cpuMs();
  const ms = now - last;
  if (ms >= LEAST_MS && holds.length < MOST_HOLDS) holds.push({ beganAt: lastAt, ms });
  last = now;
  lastAt = Date.now();
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  writeFileSync(`${file}.part`, JSON.stringify(holds.splice(0)));
  renameSync(`${file}.part`, file);
});

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}
