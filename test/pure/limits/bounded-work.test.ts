/**
 * Whatever definition AWS takes: others are let in after a bounded number of steps, and all of it is bounded. Counted in
 * steps; `make holds` prints milliseconds.
 */
import { describe, expect, it } from '@jest/globals';
import { credentialsInParts, credentialsSupport } from '../../../src/asl/definition/credentials.ts';
import { setCredentials } from '../../../testbed/set-credentials.ts';
import { definitionInParts, parseDefinition } from '../../../src/asl/definition/definition.ts';
import { stepsOfArguments } from '../../../src/asl/parameters.ts';
import { Effort, finish, type Parts } from '../../../src/base/parts.ts';
import { ROLE } from '../asl/machines.ts';
import { largestDefinitions } from './definitions.ts';

/** An eighth of what AWS takes: what grows with the length shows as well, and sooner. */
const DEFINITIONS = largestDefinitions(131_072);

/** Steps that no deep call exceeds: a step is less than a microsecond. */
const MOST_AT_A_TIME = 60_000;
/** Steps of everything that a definition computes. */
const MOST_IN_ALL = 1_100_000;
/** For each piece of text of this length, others get their turn at least once, if a definition has more than text. */
const CHARACTERS_A_PART = 2_048;

interface Work {
  readonly parts: number;
  /** The most steps between two parts. */
  readonly most: number;
}

function workOf(parts: Parts<unknown>, effort: Effort): Work {
  let before = 0;
  let most = 0;
  let count = 0;
  const note = () => {
    most = Math.max(most, effort.spent - before);
    before = effort.spent;
  };
  finish(parts, () => {
    note();
    count += 1;
  });
  note();
  return { parts: count, most };
}

describe.each(Object.entries(DEFINITIONS))('a definition of %s', (_, make) => {
  const text = make();

  it('is read in bounded work, and lets others in', () => {
    const effort = new Effort();
    const { most } = workOf(definitionInParts(text, effort), effort);
    expect(most).toBeLessThan(MOST_AT_A_TIME);
    expect(effort.spent).toBeLessThan(MOST_IN_ALL);
  });

  it('has no Task of which more than a bounded number of values is looked at', () => {
    const most = Math.max(...parseDefinition(text).tasks.map(stepsOfArguments));
    expect(most).toBeLessThan(MOST_AT_A_TIME);
  });

  it('gets Credentials, and is the same text again without them', () => {
    const tasks = parseDefinition(text).tasks.filter((task) => credentialsSupport(task).supported);
    const set = tasks.map((task) => ({ task, roleArn: ROLE }));
    const edited = finish(credentialsInParts(text, set));
    expect(edited.split(ROLE).length).toBe(tasks.length + 1);
    const taken = setCredentials(edited, new Map(tasks.map(({ name }) => [name, null])));
    // Not `toBe`: jest works out the difference of the texts, which takes minutes for a megabyte.
    expect(taken === text).toBe(true);
  });
});

it.each(['the shortest states', 'one state of many fields', 'one long list of objects', 'many Catchers'])(
  'a definition of %s is read and edited in parts, one for so many characters',
  (name) => {
    const text = DEFINITIONS[name]?.() ?? '';
    const { tasks } = parseDefinition(text);
    const set = tasks.map((task) => ({ task, roleArn: ROLE }));
    const least = text.length / CHARACTERS_A_PART;
    expect(workOf(definitionInParts(text), new Effort()).parts).toBeGreaterThan(least);
    expect(workOf(credentialsInParts(text, set), new Effort()).parts).toBeGreaterThan(least / 4);
  },
);
