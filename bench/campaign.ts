/** Simulated histories on all cores, as many as somebody has time for, with their progress and what broke a law. */
import { KINDS, type Kind } from '../testbed/simulation/history.ts';
import { campaignLines, simulateMany, type Played } from '../testbed/simulation/many.ts';
import { onAllCores } from '../testbed/simulation/threads.ts';

export interface CampaignPlan {
  readonly histories: number;
  /** Seed of the first history; each further one has the next seed. */
  readonly firstSeed: number;
  readonly kinds: ReadonlySet<Kind>;
}

export interface CampaignResult {
  readonly failures: number;
  /** The totals, what broke a law, and how to play that again. */
  readonly lines: readonly string[];
}

/** Progress is printed this often, and at each tenth of the way. */
const PROGRESS_EVERY_MS = 5 * 60_000;
const MS_PER_MINUTE = 60_000;

/** Plays them, and prints on standard error how far it is. */
export async function playCampaign(plan: CampaignPlan): Promise<CampaignResult> {
  const { histories, firstSeed, kinds } = plan;
  const began = performance.now();
  const seeds = Array.from({ length: histories }, (_, index) => firstSeed + index);
  const campaign = await simulateMany(seeds, kinds, onAllCores(progressTeller(histories, began)));
  process.stderr.write(`${((performance.now() - began) / MS_PER_MINUTE).toFixed(1)} minutes\n`);
  const again = campaign.failures.map(
    ({ history }) =>
      `again: make simulate ARGS="--histories=1 --seed=${history.seed}${kindsAskedFor(kinds)}"`,
  );
  return { failures: campaign.failures.length, lines: [...campaignLines(campaign), ...again] };
}

/** The arguments for kinds that are not the usual ones. */
function kindsAskedFor(kinds: ReadonlySet<Kind>): string {
  const areUsual = kinds.size === KINDS.length && KINDS.every((kind) => kinds.has(kind));
  return areUsual ? '' : ` --kinds=${[...kinds].join(',')}`;
}

/** A line for each law that was broken, one for each tenth of the way, and one every five minutes. */
function progressTeller(histories: number, began: number): (soFar: Played, news: Played) => void {
  let toldAt = began;
  return (soFar, news) => {
    for (const { history, violation } of news.failures)
      process.stderr.write(`${history.seed}: ${violation.law}: ${violation.message}\n`);
    const now = performance.now();
    const tenth = (played: number) => Math.floor((10 * played) / histories);
    const isNextTenth = tenth(soFar.histories) > tenth(soFar.histories - news.histories);
    if (!isNextTenth && now - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = now;
    process.stderr.write(`${progressLine(soFar, histories, now - began)}\n`);
  };
}

function progressLine({ histories: played, failures }: Played, histories: number, elapsedMs: number): string {
  const minutesLeft = ((elapsedMs / played) * (histories - played)) / MS_PER_MINUTE;
  const rssMB = process.memoryUsage.rss() / 1024 / 1024;
  return (
    `${played} of ${histories} histories, ${failures.length} broke a law; ` +
    `${rssMB.toFixed(0)} MB, about ${minutesLeft.toFixed(0)} minutes left`
  );
}
