/** Has an operator meet and check as many links as the argument says, all of them in sync, and prints how many bytes of the heap it takes
 *  from before it begins, compiled code left out. To be run with `--expose-gc`. */
import v8 from 'node:v8';
import { FleetInMemory } from '../../../bench/scale/fleet-in-memory.ts';

const INTERVAL = { text: '2m', ms: 120_000 };
const INTERVALS = 4;

/** Where V8 keeps bytecode and machine code. They grow with what has run often, up to an end: no link holds any of it. */
const CODE = new Set([
  'code_space',
  'code_large_object_space',
  'trusted_space',
  'trusted_large_object_space',
]);

/** What is only weakly held is given up between two turns of the event loop. */
async function used(): Promise<number> {
  for (let times = 0; times < 3; times += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  const spaces = v8.getHeapSpaceStatistics().filter(({ space_name }) => !CODE.has(space_name));
  return spaces.reduce((bytes, { space_used_size }) => bytes + space_used_size, 0);
}

const links = Number(process.argv[2]);
const fleet = await FleetInMemory.of({ links, accounts: 1, driftCheckInterval: INTERVAL.text });
const before = await used();
await fleet.run(INTERVALS * INTERVAL.ms);
if (fleet.read < links) throw new Error(`${fleet.read} of ${links} links were met`);
process.stdout.write(`${(await used()) - before}\n`);
