/** Has an operator make, check, edit and delete as many links as the argument says, and prints how often each function of the operator
 *  was called meanwhile, by what was done: `{"make": {"src/base/buckets.ts of": 400}}`. */
import { Session } from 'node:inspector/promises';
import { FleetAlive } from '../../../bench/scale/fleet-alive.ts';

const links = Number(process.argv[2]);
/** One source, in which all links meet, and more and more accounts. */
const fleet = new FleetAlive({ links, sources: 1, targets: links / 5, driftCheckInterval: '5m' });
const INTERVAL_MS = 300_000;
const APART_MS = 100;
const PATIENCE_MS = 3_600_000;

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });

/** Since it was last asked. */
async function calls(): Promise<Record<string, number>> {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const counts: Record<string, number> = {};
  for (const { url, functions } of result.filter((script) => script.url.includes('/src/'))) {
    const file = url.slice(url.lastIndexOf('/src/') + 1);
    for (const { functionName, ranges } of functions) {
      const [whole] = ranges;
      if (whole !== undefined && whole.count > 0)
        counts[`${file} ${functionName}@${whole.startOffset}`] = whole.count;
    }
  }
  return counts;
}

async function callsDuring(work: () => Promise<void>): Promise<Record<string, number>> {
  await calls();
  await work();
  return calls();
}

await fleet.run(INTERVAL_MS / 10);
const make = await callsDuring(async () => {
  await fleet.each('make', APART_MS);
  await fleet.run(PATIENCE_MS, () => fleet.count().ready === links);
});
await fleet.run(INTERVAL_MS);
const check = await callsDuring(() => fleet.run(INTERVAL_MS));
const edit = await callsDuring(async () => {
  await fleet.each('describe', APART_MS);
  await fleet.run(INTERVAL_MS / 2);
});
const remove = await callsDuring(async () => {
  await fleet.each('delete', 0);
  await fleet.run(PATIENCE_MS, () => fleet.count().links === 0);
});
const { links: left } = fleet.count();
if (left > 0) throw new Error(`${left} links are left`);
fleet.end();
process.stdout.write(JSON.stringify({ make, check, edit, remove }));
