/** The largest definitions that AWS takes cost time that grows with their length, counted in steps and not in seconds. */
import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../testbed/set-credentials.ts';
import { finish } from '../../../src/base/parts.ts';
import { scopesInParts } from '../../../src/asl/flow/flow.ts';
import type { FlowState } from '../../../src/asl/flow/exits.ts';
import { piecesOf } from '../../../src/asl/definition/json-text.ts';
import { ROLE, task } from './machines.ts';

const COUNT = 5_000;
const NAMES = Array.from({ length: COUNT }, (_, at) => `T${at}`);

describe(`a definition of ${COUNT} Tasks`, () => {
  it('is copied once, however many edits it gets', () => {
    const text = 'x'.repeat(COUNT * 10);
    const edits = NAMES.map((_, at) => ({ start: at * 10, end: at * 10 + 1, text: 'new' }));
    const pieces = piecesOf(text, edits);
    expect(pieces).toHaveLength(2 * COUNT + 1);
    expect(pieces.join('')).toHaveLength(text.length + 2 * COUNT);
  });

  it('gets Credentials on every Task', () => {
    const states = NAMES.map((name) => [name, task('arn:aws:states:::sqs:sendMessage', {})]);
    const text = JSON.stringify({ StartAt: 'T0', States: Object.fromEntries(states) });
    const edited = setCredentials(text, new Map(NAMES.map((name) => [name, ROLE])));
    expect(edited.split('"Credentials"')).toHaveLength(COUNT + 1);
  });

  it('takes a few steps for each state where nothing flows back, and a bounded number of them where it does', () => {
    const chain = NAMES.map((name, at): [string, FlowState] => [name, passing(`T${at + 1}`)]);
    expect(stepsOf(chain)).toBeLessThan(COUNT * 2);
    const loop = NAMES.map((name, at): [string, FlowState] => [
      name,
      {
        ...passing(`T${(at + 1) % COUNT}`),
        state: { Type: 'Pass', Parameters: { 'before.$': '$' }, Next: `T${(at + 1) % COUNT}` },
      },
    ]);
    expect(stepsOf(loop)).toBeLessThan(COUNT * 20);
  });

  it('cannot grow what is known without end: each state holds its input twenty times', () => {
    const twenty: JsonObject = Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`k${at}.$`, '$']));
    const states = NAMES.slice(0, 100).map((name, at): [string, FlowState] => [
      name,
      { ...passing(`T${at + 1}`), state: { Type: 'Pass', Parameters: twenty, Next: `T${at + 1}` } },
    ]);
    expect(stepsOf(states)).toBeLessThan(200);
  });
});

function passing(next: string): FlowState {
  return {
    state: { Type: 'Pass', Result: { a: 'b' }, ResultPath: '$.a', Next: next },
    queryLanguage: 'JSONPath',
    inner: [],
  };
}

function stepsOf(states: readonly [string, FlowState][]): number {
  let steps = 0;
  finish(scopesInParts('T0', new Map(states)), () => {
    steps += 1;
  });
  return steps;
}
