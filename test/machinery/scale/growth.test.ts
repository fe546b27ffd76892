/** What grows faster than links: each function is counted at two sizes. Work is counted, not time, on one operator in simulated time. */
import { expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { runOrThrow } from '../../../testbed/process.ts';

const PROGRAM = fileURLToPath(new URL('growth.ts', import.meta.url));
/** Fewer than the smallest of the operator's caches has room for, with all that is made of a link. */
const FEW = 15;
const TIMES = 4;
/** For each link, from the smaller to the larger size: what is sorted grows a little, what walks all others by {@link TIMES}. */
const MOST_GROWTH = 2.5;
/** For each link: what is called rarely tells nothing. */
const LEAST_CALLS = 10;

/** The models of both servers call these as well: a server looks through all links if a list asks for some. */
const OF_MODELS = /^src\/(?:base\/json|kubernetes\/field-selector)\.ts /;

type Calls = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Optimized code is not counted. */
async function callsOf(links: number): Promise<Calls> {
  const flags = ['--no-opt', '--no-maglev', '--no-flush-bytecode'];
  const printed = await runOrThrow(process.execPath, [...flags, PROGRAM, String(links)], {
    timeoutMs: 300_000,
  });
  return Object(JSON.parse(printed));
}

it('no function is called more often for each link where there are more links', async () => {
  const [few, many] = [await callsOf(FEW), await callsOf(FEW * TIMES)];
  const faster = Object.entries(many).flatMap(([phase, calls]) =>
    Object.entries(calls).flatMap(([name, count]) => {
      const perLink = count / (FEW * TIMES);
      const before = (few[phase]?.[name] ?? 0) / FEW;
      const grows = perLink >= LEAST_CALLS && perLink > MOST_GROWTH * before && !OF_MODELS.test(name);
      return grows ? [`${phase}: ${name}, ${before} times a link and then ${perLink}`] : [];
    }),
  );
  expect(Object.keys(many)).toStrictEqual(['make', 'check', 'edit', 'remove']);
  expect(faster).toStrictEqual([]);
});
