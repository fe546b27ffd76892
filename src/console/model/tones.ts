/** Tones in the order in which they matter, and their names. */
import type { Tone } from './contract.ts';

export const TONES: readonly Tone[] = ['trouble', 'working', 'paused', 'ready'];

export const TONE_NAMES: Readonly<Record<Tone, string>> = {
  trouble: 'Not ready',
  working: 'Working',
  paused: 'Suspended',
  ready: 'Ready',
};

export type ToneCounts = Readonly<Record<Tone, number>>;

/** How many rows have each tone. */
export function countTones(rows: Iterable<{ readonly tone: Tone }>): ToneCounts {
  const counts = { trouble: 0, working: 0, paused: 0, ready: 0 };
  for (const { tone } of rows) counts[tone] += 1;
  return counts;
}

/** The tone of several things together: the worst. */
export function worstTone(counts: ToneCounts): Tone {
  return TONES.find((tone) => counts[tone] > 0) ?? 'ready';
}
