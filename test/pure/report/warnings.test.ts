/** Warning Events: when each is due, and when it would say what has been said. */
import { describe, expect, it } from '@jest/globals';
import type { Condition } from '../../../src/api/generated.ts';
import { attach } from '../../../src/plan/role-writes.ts';
import { readyMessage } from '../../../src/report/condition-states.ts';
import { warningsOf } from '../../../src/report/warnings.ts';
import { ROLE } from '../desired/fixtures.ts';
import { observed } from '../plan/fixtures.ts';

const WROTE = [attach(ROLE.text, 'arn:aws:iam::aws:policy/Asked')];
const READY: Condition = {
  type: 'Ready',
  status: 'True',
  reason: 'InSync',
  message: readyMessage(['live']),
  lastTransitionTime: '2026-01-01T00:00:00Z',
};

type Facts = Parameters<typeof warningsOf>[1];

function warned(facts: Partial<Facts>, before: readonly Condition[] = []): readonly string[] {
  return warningsOf(before, {
    stateMachine: 'checkout',
    applied: [],
    executionRole: undefined,
    targetRole: undefined,
    formerRoleId: undefined,
    kept: [],
    onTrack: true,
    aliasesWithout: undefined,
    ...facts,
  }).map(({ reason }) => reason);
}

describe('a warning is due', () => {
  it.each<[string, Partial<Facts>, readonly string[]]>([
    ['of nothing, where nothing is to be told', {}, []],
    ['of an alias without the Credentials', { aliasesWithout: ['live'] }, ['AliasWithoutCredentials']],
    ['of no alias before all legs are in sync', { aliasesWithout: ['live'], onTrack: false }, []],
    ['of no alias where all have the Credentials', { aliasesWithout: [] }, []],
    [
      'of Credentials that stay, once something was written',
      { kept: ['A'], applied: WROTE },
      ['CredentialsKept'],
    ],
    ['of Credentials that stay, not at each check', { kept: ['A'] }, []],
    ['of no Credentials, where none stay', { applied: WROTE }, []],
    [
      'of a target role that was made again',
      { targetRole: observed(), formerRoleId: 'AROAFORMER' },
      ['TargetRoleRemade'],
    ],
    ['of no target role that is the same', { targetRole: observed() }, []],
  ])('%s', (_, facts, expected) => {
    expect(warned(facts)).toStrictEqual(expected);
  });

  it('of an alias only once', () => {
    expect(warned({ aliasesWithout: ['live'] }, [READY])).toStrictEqual([]);
    expect(warned({ aliasesWithout: ['live', 'next'] }, [READY])).toStrictEqual(['AliasWithoutCredentials']);
  });
});
