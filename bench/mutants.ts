/** Reverts each fix, and requires that the histories that were kept for it then break a law. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { readArguments } from '../testbed/arguments.ts';
import type { History } from '../testbed/simulation/history.ts';
import type { Mutation } from '../testbed/simulation/mutation.ts';
import { MUTATIONS } from '../testbed/simulation/mutations.ts';
import type { Outcome } from '../testbed/simulation/simulation.ts';

const USAGE = `make mutants ARGS="[--only=WORDS] [--reseed] [--one=N [--trace]]"
  --only: the mutations whose names hold these words
  --reseed: keeps a history that shows nothing any more with the first order that does
  --one: of the table by its number, in this process; --trace tells its histories call by call`;

const { values } = readArguments(USAGE, {
  options: {
    one: { type: 'string' },
    only: { type: 'string', default: '' },
    trace: { type: 'boolean', default: false },
    reseed: { type: 'boolean', default: false },
  },
});
/** How many orders of a history's events are tried if its own order shows nothing. */
const ORDERS = 60;
type Simulate = (history: History) => Promise<Pick<Outcome, 'violations'>>;

const ROOT = new URL('../', import.meta.url);

if (values.one === undefined) all(values.only);
else await one(MUTATIONS[Number(values.one)]);

/** Starts a process for each, because modules are loaded only once. */
function all(only: string): void {
  const survived: string[] = [];
  for (const [index, { name }] of MUTATIONS.entries()) {
    if (!name.includes(only)) continue;
    const script = fileURLToPath(import.meta.url);
    const args = [script, `--one=${index}`, ...(values.reseed ? ['--reseed'] : [])];
    const child = spawnSync(process.execPath, args, { encoding: 'utf8' });
    const { status, stdout, stderr } = child;
    process.stdout.write(`${status === 0 ? 'found' : 'NOT FOUND'}: ${name}\n${stdout}${stderr}`);
    if (status !== 0) survived.push(name);
  }
  process.stdout.write(`${survived.length} of ${MUTATIONS.length} fixes can be reverted unseen\n`);
  process.exitCode = survived.length === 0 ? 0 : 1;
}

async function one(mutation: Mutation | undefined): Promise<void> {
  if (mutation === undefined) throw new Error('there is no such mutation');
  mutate(mutation);
  const { parseHistory } = await import('../testbed/simulation/kept.ts');
  const { simulate } = await import('../testbed/simulation/simulation.ts');
  for (const name of mutation.foundBy) {
    const file = new URL(`test/data/simulation/${name}.json`, ROOT);
    const { history } = parseHistory(readFileSync(file, 'utf8'));
    const trace = values.trace ? (line: string) => process.stdout.write(`${line}\n`) : undefined;
    const [violation] = (await simulate(history, trace)).violations;
    if (violation !== undefined) {
      process.stdout.write(`  ${name}: ${violation.law}: ${violation.message}\n`);
      continue;
    }
    const found = await otherOrders(history, simulate);
    process.stdout.write(
      `  ${name}: no law is broken; of seeds 1 to ${ORDERS} it is with ${found.join(', ') || 'none'}\n`,
    );
    process.exitCode = 1;
    if (values.reseed) reseed(file, found);
  }
}

/** If only the order of events has changed, the same steps in another order still break a law: then the history is kept with such
 *  a seed. If no order does, the fix may have become needless.
 *  @returns seeds */
async function otherOrders(history: History, simulate: Simulate): Promise<readonly number[]> {
  const found: number[] = [];
  for (let seed = 1; seed <= ORDERS; seed += 1)
    if ((await simulate({ ...history, seed })).violations.length > 0) found.push(seed);
  return found;
}

/** The test of the kept histories shows that the operator as it is breaks no law in this order. */
function reseed(file: URL, [seed]: readonly number[]): void {
  if (seed === undefined) return;
  const text = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    text.replace(/"seed": *\d+/u, () => `"seed": ${seed}`),
  );
  process.stdout.write(`  kept with seed ${seed} now: run test/machinery/simulation\n`);
}

/** Changes the files' text as they are loaded: nothing on the disk is touched. */
function mutate({ edits }: Mutation): void {
  const byUrl = Map.groupBy(edits, ([file]) => new URL(file, ROOT).href);
  registerHooks({
    load(url, context, next) {
      const result = next(url, context);
      const here = byUrl.get(url);
      if (here === undefined) return result;
      const text = readFileSync(new URL(url), 'utf8');
      const missing = here.find(([, from]) => text.split(from).length !== 2);
      if (missing !== undefined) throw new Error(`${missing[0]} has not once: ${missing[1]}`);
      return {
        ...result,
        source: here.reduce((source, [, from, to]) => source.replace(from, () => to), text),
      };
    },
  });
}
