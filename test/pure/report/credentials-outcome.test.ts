/** What is said beside Credentials that are in order. */
import { expect, it } from '@jest/globals';
import { emptyPlan } from '../../../src/plan/action.ts';
import type { CredentialsPlan } from '../../../src/plan/credentials.ts';
import { credentialsOutcome } from '../../../src/report/credentials-outcome.ts';
import { link } from '../desired/fixtures.ts';

const IN_ORDER: CredentialsPlan = {
  ...emptyPlan,
  foreign: [],
  held: [],
  kept: [],
  waiting: new Map(),
  assigned: new Map(),
  overwritten: new Set(),
};

it.each([
  ['nothing', [], undefined],
  ['a note as a sentence, be it one or not', ['one', 'two.'], 'one. two.'],
  ['three notes at most, when there are three', ['1', '2', '3'], '1. 2. 3.'],
  ['three notes, and how many there are besides', ['1', '2', '3', '4', '5'], '1. 2. 3. And 2 more notes.'],
])('beside Credentials that are in order stands %s', (_, notes, note) => {
  expect(credentialsOutcome(link('a'), IN_ORDER, { notes })).toStrictEqual({
    kind: 'inSync',
    ...(note !== undefined && { note }),
  });
});
