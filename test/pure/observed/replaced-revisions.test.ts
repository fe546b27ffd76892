import { describe, expect, it } from '@jest/globals';
import type { ObservedStateMachine } from '../../../src/observed/objects.ts';
import { isReplaced, replacedBy } from '../../../src/observed/replaced-revisions.ts';
import { observedMachine } from './fixtures.ts';

function machine(revisionId: string | undefined, creationDate = '2026-01-01'): ObservedStateMachine {
  return observedMachine('{}', { ...(revisionId !== undefined && { revisionId }), creationDate });
}

const FIRST = replacedBy(machine('2'), machine('1'), undefined, 1_000);

describe('a read shows the past', () => {
  it.each([
    ['the revision that a write replaced', machine('1'), 1_000, true],
    ['it a minute later, for AWS shows no such thing for so long', machine('1'), 61_000, false],
    ['the revision that was written', machine('2'), 1_000, false],
    ['one that nobody here wrote', machine('3'), 1_000, false],
    ['no revision', machine(undefined), 1_000, false],
    ['a machine that was deleted and recreated', machine('1', '2026-02-02'), 1_000, false],
  ])('where it shows %s', (_what, shown, now, expected) => {
    expect(isReplaced(shown, FIRST, now)).toBe(expected);
  });

  it('where it shows any revision of several writes in a row, up to twelve', () => {
    let replaced = FIRST;
    for (let revision = 2; revision < 20; revision += 1)
      replaced = replacedBy(machine(`${revision + 1}`), machine(`${revision}`), replaced, 1_000);
    const shown = ['19', '8', '7'].map((revision) => isReplaced(machine(revision), replaced, 1_000));
    expect(shown).toStrictEqual([true, true, false]);
  });
});

describe('nothing is known to be replaced', () => {
  it.each([
    ['nothing was read before', machine('2'), undefined],
    ['the read before showed no revision', machine('2'), machine(undefined)],
    ['AWS gave no revision', machine(undefined), machine('1')],
    ['AWS kept the revision, for nothing changed', machine('1'), machine('1')],
  ])('where %s', (_why, written, former) => {
    expect(replacedBy(written, former, FIRST, 1_000)).toBeUndefined();
  });
});
