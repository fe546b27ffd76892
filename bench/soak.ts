/**
 * `make soak`: a long life in a short time. Thousands of links are edited, deleted and recreated, AWS is changed behind the
 * operator's back, connections fail, and in the first half leaders are killed. The questions then are: does a leader grow, and
 * does AWS match what the links ask for? After that come a million simulated histories, mostly of other seeds in each run.
 */
import { fileURLToPath } from 'node:url';
import { readArguments, refuse } from '../testbed/arguments.ts';
import { eventually } from '../testbed/eventually.ts';
import { KINDS } from '../testbed/simulation/history.ts';
import { playCampaign } from './campaign.ts';
import { fleetOf, type Fleet } from './fleet.ts';
import { createInSync } from './in-sync.ts';
import { startRig, type Rig } from './rig.ts';
import { Crew } from './soak/crew.ts';
import { faultsUntil } from './soak/faults.ts';
import { inclusionProblems } from './soak/inclusions.ts';
import { People } from './soak/people.ts';
import { Random } from '../testbed/random.ts';
import { growthOf } from './soak/vitals.ts';
import { differences } from './soak/wanted.ts';

const USAGE = `make soak ARGS="[--minutes=60] [--links=5000] [--kills=6] [--inclusions=5000] [--histories=1000000] [--seed=N]"
  --histories: simulated after the time is over, some 3,500 a minute on two cores; 0 for none`;

const { values } = readArguments(USAGE, {
  options: {
    minutes: { type: 'string', default: '60' },
    links: { type: 'string', default: '5000' },
    kills: { type: 'string' },
    inclusions: { type: 'string', default: '5000' },
    histories: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const minutes = Number(values.minutes);
const links = Number(values.links);
const kills = Number(values.kills ?? Math.max(2, Math.round(minutes / 10)));
const inclusions = Number(values.inclusions);
const histories = Number(values.histories);
const seed = Number(values.seed);

const PROGRAM = fileURLToPath(new URL('../dist/operator.mjs', import.meta.url));
/** Accounts of each kind: enough that their quotas are not what is measured here. */
const ACCOUNTS = 10;
/** How many checks two cores can do, beside everything else that runs on them. */
const CHECKS_PER_SECOND = 20;
const CHECK_SECONDS = Math.max(30, Math.round(links / CHECKS_PER_SECOND));
/** The seeds of histories have 32 bits, that of a soak has six digits: most soaks play different histories. */
const SEEDS_APART = 4_000;
/** Time for the last changes to be found, and for the last failures to be tried again. */
const CALM_DEADLINE_MS = 180_000 + 4_000 * CHECK_SECONDS;
/** In addition to the time asked for: the start, the calm and the end. */
const ALLOWANCE_MINUTES = 15 + (2 * CALM_DEADLINE_MS) / 60_000;

if (![minutes, links, kills, inclusions, seed].every((number) => number > 0)) {
  refuse('each is a number above 0, but for --histories', USAGE);
} else if (!(Number.isInteger(histories) && histories >= 0)) {
  refuse('--histories is how many, or 0', USAGE);
} else {
  // Before the clock runs, and before anything is measured.
  const disagreements = await inclusionProblems(inclusions, seed);
  say(`soak: ${inclusions} inclusions of patterns compared with Z3, ${disagreements.length} problems`);
  const problems = [...disagreements, ...(await lifeProblems())];
  for (const problem of problems) say(`  ✗ ${problem}`);
  const broken = histories === 0 ? 0 : await brokenHistories();
  const isPassed = problems.length === 0 && broken === 0;
  say(`soak: ${isPassed ? 'passed' : `${problems.length} problems, ${broken} histories broke a law`}`);
  process.exitCode = isPassed ? 0 : 1;
}

/** A long life, on a real API server. */
async function lifeProblems(): Promise<readonly string[]> {
  const deadline = setTimeout(failTooLate, (minutes + ALLOWANCE_MINUTES) * 60_000).unref();
  const fleet = fleetOf({
    links,
    sources: ACCOUNTS,
    targets: ACCOUNTS,
    namespace: 'soak',
    prefix: 'link',
    iamRate: { burst: 500, perSecond: 50 },
    driftCheckInterval: `${CHECK_SECONDS}s`,
  });
  say(`soak: ${links} links, ${minutes} min, ${kills} leaders killed, seed ${seed}`);
  const rig = await startRig({ fleets: [fleet], latencyMs: 0, program: PROGRAM });
  try {
    return await soak(rig, fleet);
  } finally {
    clearTimeout(deadline);
    await rig.stop();
  }
}

/** How many of the simulated histories broke a law; each of them is printed. */
async function brokenHistories(): Promise<number> {
  const firstSeed = seed * SEEDS_APART;
  const { failures, lines } = await playCampaign({ histories, firstSeed, kinds: new Set(KINDS) });
  for (const line of lines) say(`  ${line}`);
  return failures;
}

async function soak(rig: Rig, fleet: Fleet): Promise<readonly string[]> {
  await createInSync(rig.emulatorUrl, fleet);
  await rig.register();
  const crew = await Crew.start(rig);
  await rig.apply(fleet);
  await rig.watch.untilReady(fleet, 600_000);
  say(`  ${links} links are Ready`);

  const random = new Random(seed);
  const people = new People(rig, fleet, random);
  const endsAt = performance.now() + minutes * 60_000;
  const [, , faults] = await Promise.all([
    people.actUntil(endsAt, Math.max(1, Math.min(10, Math.round(links / 100)))),
    crew.watchUntil(endsAt, Math.min(5_000, minutes * 500)),
    faultsUntil(endsAt, rig, random),
    killLeaders(crew, (minutes * 60_000) / 2),
  ]);
  rig.aws.rules.clear();
  rig.kubernetes.rules.clear();
  say(`  done: ${listed(people.done)}`);
  say(`  came too late: ${listed(people.missed)}`);
  say(`  faults: ${listed(faults)}`);
  const problems = [...(await leaksOf(crew)), ...(await untilRepaired(rig, fleet, people))];
  await people.close();
  return problems;
}

/** Spread over the given time. Every second leader is killed without a chance to clean up. */
async function killLeaders(crew: Crew, withinMs: number): Promise<void> {
  const beganAt = performance.now();
  for (let index = 0; index < kills; index += 1) {
    const at = beganAt + (withinMs * (index + 1)) / (kills + 1);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
    await crew.replaceLeader(index % 2 === 0 ? 'SIGKILL' : 'SIGTERM');
  }
  const takeoverTimes = crew.takeovers.map(({ signal, seconds }) => `${signal} ${seconds.toFixed(1)} s`);
  say(`  taken over after ${takeoverTimes.join(', ')}`);
}

async function leaksOf(crew: Crew): Promise<readonly string[]> {
  const growth = growthOf(crew.life);
  const metrics = await crew.metrics();
  const lifeMinutes = ((crew.life.at(-1)?.at ?? 0) - (crew.life[0]?.at ?? 0)) / 60;
  say(
    `  the last leader, ${lifeMinutes.toFixed(1)} min: RSS ${range([growth.rssStartMB, growth.rssEndMB], 1)} MB ` +
      `(${growth.rssSlopeMBPerHour.toFixed(1)} MB/h), least heap ${range(growth.heapFloorsMB, 1)} MB, ` +
      `open files ${range(growth.fds)}, handles ${range(growth.handles)}`,
  );
  const total = (name: string) => metrics.get(name) ?? 0;
  say(
    `  it made ${total('controller_runtime_reconcile_total')} reconciles, ` +
      `${total('controller_runtime_reconcile_errors_total')} of them failed, ${total('crossaccountlink_aws_calls_total')} ` +
      `calls to AWS, and repaired ${total('crossaccountlink_drift_repaired_total')} fields`,
  );
  return growth.problems;
}

/** Everybody rests: now AWS has to reach what the links ask for. */
async function untilRepaired(rig: Rig, fleet: Fleet, people: People): Promise<readonly string[]> {
  const present = fleet.links.filter(({ name }) => people.wanted.get(name)?.present === true);
  const restsAt = performance.now();
  try {
    await rig.watch.untilReady({ ...fleet, links: present }, CALM_DEADLINE_MS);
    await eventually(
      'AWS to be as the links ask for',
      async () => {
        const missed = await differences(rig.emulatorUrl, fleet, people.wanted);
        if (missed.length > 0)
          throw new Error([`${missed.length} missed:`, ...missed.slice(0, 20)].join('\n    '));
      },
      { deadlineMs: CALM_DEADLINE_MS, everyMs: 2_000 },
    );
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
  const seconds = (performance.now() - restsAt) / 1000;
  say(
    `  all ${present.length} links are Ready and AWS is as they ask for, ${seconds.toFixed(1)} s after the last act`,
  );
  return [];
}

function range([from, to]: readonly [number, number], digits = 0): string {
  return `${from.toFixed(digits)} → ${to.toFixed(digits)}`;
}

function listed(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].toSorted(([, a], [, b]) => b - a);
  return sorted.length === 0 ? 'nothing' : sorted.map(([name, count]) => `${count} × ${name}`).join(', ');
}

function failTooLate(): void {
  process.stderr.write('soak: the soak does not come to its end\n');
  process.exit(1);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
