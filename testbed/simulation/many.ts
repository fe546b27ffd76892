/** Simulates many histories, and shortens the first of those that fail until they can be read. */
import { drawHistory } from './draw.ts';
import type { History, Kind } from './history.ts';
import type { Violation } from './laws.ts';
import { shrink } from './shrink.ts';
import { simulate } from './simulation.ts';

export interface Campaign extends Played {
  /** Of all threads. */
  readonly cpuMs: number;
}

export interface Failure {
  /** The shortest that was found to fail. */
  readonly history: History;
  readonly violation: Violation;
}

/** How many failures are shortened. Of further ones, the seeds are reported as they are. */
const MOST_SHRUNK = 3;

/** What some histories came to. */
export interface Played {
  readonly histories: number;
  readonly steps: number;
  /** How many things happened in all of them, one after the other. */
  readonly turns: number;
  readonly calls: number;
  readonly writes: number;
  readonly simulatedMs: number;
  /** As they were drawn. */
  readonly failures: readonly Failure[];
}

/** Plays a history for each seed, in this thread. */
export async function play(seeds: Iterable<number>, kinds: ReadonlySet<Kind>): Promise<Played> {
  const failures: Failure[] = [];
  const sum = { histories: 0, steps: 0, turns: 0, calls: 0, writes: 0, simulatedMs: 0 };
  for (const seed of seeds) {
    const history = drawHistory(seed, kinds);
    const outcome = await simulate(history);
    sum.histories += 1;
    sum.steps += history.steps.length;
    sum.turns += outcome.turns;
    sum.calls += outcome.calls;
    sum.writes += outcome.writes;
    sum.simulatedMs += outcome.simulatedMs;
    const [violation] = outcome.violations;
    if (violation !== undefined) failures.push({ history, violation });
  }
  return { ...sum, failures };
}

/** What both parts came to together. */
export function inAll(a: Played, b: Played): Played {
  return {
    histories: a.histories + b.histories,
    steps: a.steps + b.steps,
    turns: a.turns + b.turns,
    calls: a.calls + b.calls,
    writes: a.writes + b.writes,
    simulatedMs: a.simulatedMs + b.simulatedMs,
    failures: [...a.failures, ...b.failures],
  };
}

/** @param player plays them: in this thread, unless it says otherwise */
export async function simulateMany(
  seeds: readonly number[],
  kinds: ReadonlySet<Kind>,
  player: typeof play = play,
): Promise<Campaign> {
  const began = process.cpuUsage();
  const { failures: drawn, ...sum } = await player(seeds, kinds);
  const { user, system } = process.cpuUsage(began);
  const failures: Failure[] = [];
  // The order is the same, whichever thread was quicker.
  for (const [index, failure] of drawn.toSorted((a, b) => a.history.seed - b.history.seed).entries())
    failures.push(index < MOST_SHRUNK ? await shorter(failure) : failure);
  return { ...sum, cpuMs: (user + system) / 1000, failures };
}

async function shorter({ history, violation }: Failure): Promise<Failure> {
  const breaksIt = async (candidate: History) =>
    (await simulate(candidate)).violations[0]?.law === violation.law;
  const short = await shrink(history, breaksIt);
  const [again] = (await simulate(short)).violations;
  return { history: short, violation: again ?? violation };
}

/** One line, and a line for each failure: its history can be kept and run again as it is. */
export function campaignLines(campaign: Campaign): readonly string[] {
  const { histories, steps, turns, calls, writes, simulatedMs, cpuMs, failures } = campaign;
  const perMinute = Math.round((histories * 60_000) / Math.max(cpuMs, 1));
  return [
    `${histories} histories of ${steps} steps: ${turns} turns, ${calls} calls, ${writes} writes, ` +
      `${(simulatedMs / 3_600_000).toFixed(0)} hours of the operator's time in ${(cpuMs / 1000).toFixed(1)} s of CPU ` +
      `(${perMinute} histories a minute); ${failures.length} broke a law`,
    ...failures.map(
      ({ history, violation }) => `${violation.law}: ${violation.message}\n  ${JSON.stringify(history)}`,
    ),
  ];
}
