/** Every field of both kinds is changed and changed back, alone and in pairs: AWS and the status must end as a fresh object with
 *  the last spec would have made them. All pairs: `bench/simulate.ts --edits`. */
import { describe, expect, it } from '@jest/globals';
import { readConfigureGlobal } from 'fast-check';
import {
  allVariants,
  editProblems,
  pairProblem,
  pairsOf,
  described,
  VARIANTS,
} from '../../../testbed/simulation/edit-runs.ts';
import { fieldsOf, IMMUTABLE, type Kind } from '../../../testbed/simulation/edits.ts';
import { Random } from '../../../testbed/random.ts';
import { remark } from '../../expectations.ts';

const KINDS: readonly Kind[] = ['CrossAccountLink', 'AWSAccount'];
/** How many of the pairs are tried, so that the file takes twenty seconds: another PROPERTY_SEED tries others. */
const PAIRS = 30;
const random = new Random(readConfigureGlobal().seed ?? Math.floor(Math.random() * 1e9));

describe.each(KINDS)('%s', (kind) => {
  it('has variants of every field that the schema has', () => {
    const known = [...Object.keys(VARIANTS[kind]), ...IMMUTABLE[kind]];
    expect(known.toSorted()).toStrictEqual(fieldsOf(kind).toSorted());
  });

  it.each(allVariants(kind).map((variant) => [described(variant), variant] as const))(
    '%s, and back',
    async (_described, variant) => {
      if (variant.keepsWhatStands !== true) expect(await editProblems(kind, [variant])).toStrictEqual([]);
      expect(await editProblems(kind, [variant], [])).toStrictEqual([]);
    },
  );

  it('any two of them, one after the other', async () => {
    const pairs = pairsOf(kind);
    const wrong: string[] = [];
    for (let at = 0; at < PAIRS; at += 1) wrong.push(...(await pairProblem(kind, random.pick(pairs))));
    remark(`${PAIRS} of ${pairs.length} pairs of edits of ${kind}`);
    expect(wrong).toStrictEqual([]);
  });
});

it('the comparison sees a difference: a leg that is no longer enforced keeps what a fresh link would not make', async () => {
  const observed = { path: 'targetRole.managementPolicy', value: 'Observe' };
  expect(await editProblems('CrossAccountLink', [observed])).toStrictEqual(
    expect.arrayContaining([expect.stringContaining('AWS ends as a fresh operator would make it')]),
  );
});
