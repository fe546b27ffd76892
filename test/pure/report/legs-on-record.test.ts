/** Which legs ask for something that was not brought about yet, going by a status. */
import { describe, expect, it } from '@jest/globals';
import type { CrossAccountLinkStatus } from '../../../src/api/generated.ts';
import { LEG_CONDITIONS } from '../../../src/api/conditions.ts';
import type { Legs } from '../../../src/desired/link.ts';
import { asksOtherBoundary, editedLegs, wasFrozen } from '../../../src/report/legs-on-record.ts';
import { LEGS } from '../../../src/report/outcome.ts';
import { machine as definitionOf, sendTo } from '../asl/machines.ts';
import { ENFORCE, EXECUTION_ROLE } from '../desired/fixtures.ts';
import { viewOf } from '../desired/views.ts';

/** @param missing conditions that are Unknown */
function statusOf(missing: readonly string[], generation = 2): CrossAccountLinkStatus {
  const conditions = LEG_CONDITIONS.map((type) => ({
    type,
    status: missing.includes(type) ? ('Unknown' as const) : ('True' as const),
    reason: 'InSync',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
    observedGeneration: generation,
  }));
  return { observedGeneration: generation, conditions };
}

function edited(status: CrossAccountLinkStatus, legs: Partial<Legs> = {}) {
  const link = { legs: { ...ENFORCE, ...legs } };
  return [...editedLegs({ status, metadata: { generation: 2 }, link }, undefined)];
}

const observed = { executionRoleGrant: 'Observe' } as const;

describe('after a restart, of a link something else is asked', () => {
  it('in no leg, where each was in sync with this spec', () => {
    expect(edited(statusOf([]))).toStrictEqual([]);
  });

  it('in all legs, where the status is of another spec', () => {
    expect(edited(statusOf([], 1))).toStrictEqual(LEGS);
  });

  it('in the legs that were not brought about yet, although a status says so of this spec', () => {
    expect(edited(statusOf(['ExecutionRoleGrantReady']))).toStrictEqual(['executionRoleGrant']);
  });

  it('in legs of which only an older spec is told, observed or not', () => {
    expect(edited({ ...statusOf([], 1), observedGeneration: 2 }, observed)).toStrictEqual(LEGS);
  });

  it('in all that a state machine asks for, where there was none: other links of its objects may have taken that away', () => {
    const { conditions = [], ...status } = statusOf([]);
    const withoutMachine = conditions.map((one) => {
      const isIts = one.type === 'StateMachineCredentialsReady';
      return Object.assign(one, isIts && { status: 'False' as const, reason: 'StateMachineNotFound' });
    });
    expect(edited({ ...status, conditions: withoutMachine }).toSorted()).toStrictEqual(
      LEGS.filter((leg) => leg !== 'targetRole').toSorted(),
    );
  });

  it('but not in a leg that is only observed, and of which nothing is known', () => {
    expect(edited(statusOf(['ExecutionRoleGrantReady']), observed)).toStrictEqual([]);
  });

  it.each([
    ['nothing, where no execution role is on record', undefined, []],
    ['nothing, where the execution role is the one on record', EXECUTION_ROLE, []],
    [
      'to let another execution role in, and to grant it',
      `${EXECUTION_ROLE}-2`,
      ['trustPolicy', 'executionRoleGrant'],
    ],
  ])('%s', (_, executionRoleARN, legs) => {
    const now = {
      view: viewOf(definitionOf({ A: sendTo('a') })),
      tasks: undefined,
    };
    const status = {
      ...statusOf([]),
      ...(executionRoleARN !== undefined && { executionRoleARN }),
    };
    const metadata = { generation: 2 };
    expect([...editedLegs({ status, metadata, link: { legs: ENFORCE } }, now)]).toStrictEqual(legs);
  });
});

/** In sync, except for what one leg says. */
function saying(status: 'True' | 'False' | 'Unknown', reason: string): CrossAccountLinkStatus {
  const { conditions = [], ...rest } = statusOf([]);
  const leg = conditions.find(({ type }) => type === 'StateMachineCredentialsReady');
  const others = conditions.filter((one) => one !== leg);
  return {
    ...rest,
    conditions: [...others, ...(leg === undefined ? [] : [{ ...leg, status, reason }])],
  };
}

describe('nothing was taken off what a link shares, by its status', () => {
  it.each(['TaskNotFound', 'TooManyLinks', 'StateMachineNotFound', 'DefinitionUnreadable'])(
    'while it says %s: nobody knew what it needs',
    (reason) => {
      expect(wasFrozen(saying('False', reason))).toBe(true);
    },
  );

  it.each([
    ['a leg differs', 'False', 'ForeignCredentials'],
    ['a leg waits', 'Unknown', 'TaskNotFound'],
    ['all is in sync', 'True', 'InSync'],
  ] as const)('but not where %s: what it needs was known', (_, status, reason) => {
    expect(wasFrozen(saying(status, reason))).toBe(false);
  });
});

const linkWith = (recorded: string | undefined, stopped = {}, missing: readonly string[] = []) => ({
  status: {
    ...statusOf(missing),
    ...(recorded !== undefined && { accountBoundaryARN: recorded }),
  },
  link: { suspended: false, deleting: false, ...stopped },
});

describe('after a restart, rules ask for another boundary than before', () => {
  const [OURS, OTHER] = ['boundary', 'other'].map((name) => `arn:aws:iam::222222222222:policy/${name}`);
  it.each([
    ['where none was on record', [linkWith(undefined)], OURS, true],
    ['where another one was', [linkWith(OTHER)], OURS, true],
    ['where one was on record, and none is asked for', [linkWith(OURS)], undefined, true],
    ['where only another link of the role had it', [linkWith(OURS), linkWith(undefined)], OURS, true],
    ['but not where it was', [linkWith(OURS)], OURS, false],
    ['but not where there was none', [linkWith(undefined)], undefined, false],
    ['whatever a suspended link had', [linkWith(OURS), linkWith(OTHER, { suspended: true })], OURS, false],
    ['whatever a leaving link had', [linkWith(OURS), linkWith(OTHER, { deleting: true })], OURS, false],
    [
      'whatever a link had that never had its role',
      [linkWith(OURS), linkWith(undefined, {}, ['TargetRoleReady'])],
      OURS,
      false,
    ],
  ])('%s', (_, objects, asked, expected) => {
    expect(asksOtherBoundary(objects, asked)).toBe(expected);
  });
});
