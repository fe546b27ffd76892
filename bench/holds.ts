/**
 * `make holds`: reconciles a link to each of the largest definitions that AWS accepts, on accounts in memory, and prints for how
 * long each holds the event loop at most, and in all. It measures this thread's CPU time, so that other processes do not count.
 */
import { readArguments, refuse } from '../testbed/arguments.ts';
import { ReconcilerHarness } from '../test/pure/controllers/link/reconciler-harness.ts';
import { EXEC, untouchedRole } from '../test/pure/controllers/test-cluster.ts';
import { ROLE } from '../test/pure/desired/fixtures.ts';
import { largestDefinitions, LONGEST_DEFINITION } from '../test/pure/limits/definitions.ts';

const GOAL_MS = { atATime: 50, inAll: 2_000 } as const;

interface Holds {
  readonly longestMs: number;
  readonly totalMs: number;
  readonly turns: number;
}

function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Runs `work`, and notes the CPU time between any two turns of the event loop. */
async function holdsOf(work: () => Promise<unknown>): Promise<Holds> {
  const holds: number[] = [];
  let running = true;
  let last = cpuMs();
  const began = last;
  const tick = () => {
    const now = cpuMs();
    holds.push(now - last);
    last = now;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  const totalMs = cpuMs() - began;
  running = false;
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
  return { longestMs: Math.max(...holds), totalMs, turns: holds.length };
}

/** A link whose state machine has this definition. Like a real call, each call to AWS lets other work run. */
function harnessWith(definition: string): ReconcilerHarness {
  const harness = new ReconcilerHarness();
  const { source, target } = harness.cluster;
  harness.cluster.put('checkout', EXEC.text, definition);
  source.roles.set(EXEC.text, untouchedRole());
  for (const account of [source, target]) {
    Object.defineProperty(account, 'gate', {
      get: () =>
        new Promise((resolve) => {
          setImmediate(resolve);
        }),
    });
  }
  harness.create('a');
  return harness;
}

/** This many links to one state machine, all waiting to be reconciled. */
function withSiblings(harness: ReconcilerHarness, count: number): ReconcilerHarness {
  for (let at = 0; at < count; at += 1)
    harness.create(`b${at}`, { targetRole: { arn: `${ROLE.text}-${at}` } });
  return harness;
}

const SIBLINGS = 200;

const USAGE = 'make holds [ARGS=WORD]: only the definitions in whose names the word stands';

let missed = 0;
const { positionals } = readArguments(USAGE, { allowPositionals: true });
const [only = ''] = positionals;
const chosen = Object.entries(largestDefinitions(LONGEST_DEFINITION)).filter(([name]) => name.includes(only));
if (chosen.length === 0) refuse(`no definition's name holds ${only}`, USAGE);
for (const [name, make] of chosen) {
  const definition = make();
  // The first run also compiles the code.
  await harnessWith(definition).reconcile('a');
  const harness = withSiblings(
    harnessWith(definition),
    name === 'as many Tasks as fit with Credentials' ? SIBLINGS : 0,
  );
  const { longestMs, totalMs, turns } = await holdsOf(() => harness.reconcile('a'));
  const isMissed = longestMs > GOAL_MS.atATime || totalMs > GOAL_MS.inAll;
  if (isMissed) missed += 1;
  const figures = `${longestMs.toFixed(0).padStart(5)} ms ${totalMs.toFixed(0).padStart(6)} ms in all ${String(turns).padStart(6)} turns`;
  process.stdout.write(
    `${name.padEnd(56)}${figures}  ${harness.condition('a', 'Ready') ?? ''}${isMissed ? '  MISSED' : ''}\n`,
  );
}
process.exitCode = missed > 0 ? 1 : 0;
