/** The whole operator on models of both servers, under a scheduler that decides the order of everything. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readConfigureGlobal } from 'fast-check';
import { drawHistory } from '../../../testbed/simulation/draw.ts';
import { KINDS, type History, type Kind } from '../../../testbed/simulation/history.ts';
import { parseHistory } from '../../../testbed/simulation/kept.ts';
import { campaignLines, simulateMany } from '../../../testbed/simulation/many.ts';
import { shrink } from '../../../testbed/simulation/shrink.ts';
import { simulate } from '../../../testbed/simulation/simulation.ts';
import { remark } from '../../expectations.ts';

const KEPT = new URL('../../data/simulation/', import.meta.url);
/** Histories with each set of kinds. Each takes some 50 ms of a core. `make simulate` plays thousands and finds the rest; what it
 *  found is in test/data/simulation and is run here for ever. */
const HISTORIES = 12;
/** The seeds are the same in every run, unless PROPERTY_SEED says otherwise. */
const FIRST_SEED = readConfigureGlobal().seed ?? 1 + Math.floor(Math.random() * 1e9);

const KIND_SETS: readonly (readonly Kind[])[] = [
  [],
  ['crashes'],
  ['people', 'crashes'],
  ['outsiders'],
  ['storms', 'iam'],
  ['watches', 'crashes'],
  ['standby', 'crashes', 'storms'],
  ['skew', 'standby', 'crashes'],
];

/** Edits of specs and rules of every kind: by contract their outcome depends on more than can be drawn blindly, so new seeds are
 *  for `make simulate`, and these stay the same. */
const FIXED_SETS: readonly (readonly Kind[])[] = [
  ['observe', 'retain', 'people'],
  ['adoption', 'outsiders'],
  ['rules', 'crashes'],
  ['executions', 'people'],
  ['hold', 'people', 'crashes'],
  ['conflicts', 'fields', 'namespaces'],
  ['outages', 'tenancy', 'remakes', 'hosts'],
  ['clusters', 'people', 'crashes'],
  ['aims', 'credentials', 'backups', 'events'],
  KINDS,
];
const SAME_SEED = 1_000;

const drawn = [
  ...KIND_SETS.map((kinds, index) => ({ kinds, from: FIRST_SEED + index * 1_000_000 })),
  ...FIXED_SETS.map((kinds) => ({ kinds, from: SAME_SEED })),
];

describe('whatever happens, the laws hold:', () => {
  it.each(drawn.map(({ kinds, from }) => ({ kinds, from, named: ['edits', ...kinds].join(', ') })))(
    '$named',
    async ({ kinds, from }) => {
      const seeds = Array.from({ length: HISTORIES }, (_, at) => from + at);
      const campaign = await simulateMany(seeds, new Set(kinds));
      const [summary = '', ...failures] = campaignLines(campaign);
      remark(summary);
      expect(failures).toStrictEqual([]);
    },
  );
});

describe('a history that once broke a law', () => {
  const files = readdirSync(KEPT).filter((name) => name.endsWith('.json'));
  it.each(files)('%s', async (file) => {
    const { about, history } = parseHistory(readFileSync(new URL(file, KEPT), 'utf8'));
    remark(about);
    expect((await simulate(history)).violations).toStrictEqual([]);
  });
});

describe('a simulation', () => {
  it.each([
    { seed: 7, kinds: KINDS },
    // Calls that fail are repeated after random pauses.
    { seed: 24_260_103, kinds: ['storms', 'iam'] as const },
  ])('replays seed $seed exactly', async ({ seed, kinds }) => {
    const history = drawHistory(seed, new Set(kinds));
    const lines = await traced(history);
    expect(lines.length).toBeGreaterThan(50);
    expect(await traced(history)).toStrictEqual(lines);
  });

  it('shrinks a history to the steps that matter', async () => {
    const history = drawHistory(3, new Set(KINDS));
    const wanted: History = {
      ...history,
      steps: [...history.steps, { afterMs: 5, do: 'delete', link: 'payments/x' }],
    };
    const short = await shrink(wanted, (candidate) =>
      Promise.resolve(candidate.steps.some((step) => step.do === 'delete')),
    );
    expect(short.steps.map((step) => step.do)).toStrictEqual(['delete']);
  });
});

async function traced(history: History): Promise<readonly string[]> {
  const lines: string[] = [];
  await simulate(history, (line) => lines.push(line));
  return lines;
}
