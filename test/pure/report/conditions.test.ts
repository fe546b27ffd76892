import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { findCondition } from '../../../src/api/conditions.ts';
import type { Condition } from '../../../src/api/generated.ts';
import type { Leg } from '../../../src/desired/leg.ts';
import { readyMessage, readyState, type Outcome } from '../../../src/report/condition-states.ts';
import { reportConditions, reportReady, reportSuspended } from '../../../src/report/conditions.ts';
import {
  inSync,
  LEGS,
  progressing,
  stalled,
  type EffectiveOutcome,
  type LegOutcome,
  type LegOutcomes,
} from '../../../src/report/outcome.ts';

const NOON = '2026-01-31T12:00:00Z';
const LATER = '2026-01-31T12:05:00Z';
const DENIED: EffectiveOutcome = {
  kind: 'denied',
  reason: 'ExplicitlyDenied',
  message: 'Statement 0 of boundary denies it.',
  cause: { object: 'role', field: 'permissionsBoundary' },
};

/** Every leg in order, but those that are given. */
function legs(others: LegOutcomes = {}): LegOutcomes {
  return { ...Object.fromEntries(LEGS.map((leg) => [leg, inSync])), ...others };
}

function report(outcome: Outcome, before: readonly Condition[] = [], generation = 1, now = NOON) {
  return reportConditions(before, outcome, generation, now);
}

/** `Ready=False/RoleNotOwned Stalled` and the like: what a person sees first. */
function summary(conditions: readonly Condition[]): string {
  const ready = findCondition(conditions, 'Ready');
  const kstatus = conditions
    .map(({ type }) => type)
    .filter((type) => type === 'Reconciling' || type === 'Stalled');
  return [`Ready=${ready?.status}/${ready?.reason}`, ...kstatus].join(' ');
}

describe('the state of a link, as its Ready says it', () => {
  const STATES: readonly { state: string; outcome: Outcome; reads: string }[] = [
    { state: 'in order', outcome: { legs: legs() }, reads: 'Ready=True/InSync' },
    {
      state: 'creating',
      outcome: { legs: { targetRole: inSync } },
      reads: 'Ready=Unknown/Creating Reconciling',
    },
    {
      state: 'propagating',
      outcome: { legs: legs({ stateMachineCredentials: progressing('Propagating', 'x') }) },
      reads: 'Ready=Unknown/Propagating Reconciling',
    },
    {
      state: 'observed, with differences',
      outcome: { legs: legs({ permissions: { kind: 'differs', message: 'x' } }) },
      reads: 'Ready=False/DriftDetected Stalled',
    },
    {
      state: 'in need of a person',
      outcome: { legs: { targetRole: stalled('RoleNotOwned', 'x') } },
      reads: 'Ready=False/RoleNotOwned Stalled',
    },
    {
      state: 'denied although all legs stand',
      outcome: { legs: legs(), effective: DENIED },
      reads: 'Ready=False/ExplicitlyDenied Stalled',
    },
    {
      state: 'not decided, though nothing denies it',
      outcome: { legs: legs(), effective: { kind: 'unknown', message: 'x' } },
      reads: 'Ready=True/InSync',
    },
    {
      state: 'out of reach for longer than is tolerated',
      outcome: { legs: { targetRole: progressing('AccountNotReady', 'x') } },
      reads: 'Ready=Unknown/AccountNotReady Reconciling',
    },
  ];
  for (const { state, outcome, reads } of STATES) {
    test(`${state}: ${reads}`, () => expect(summary(report(outcome))).toBe(reads));
  }

  test('suspended, with a spec that changed since: Ready=Unknown/Suspended, and nobody at work', () => {
    const before = report({ legs: { targetRole: stalled('RoleNotOwned', 'x') } });
    expect(summary(reportSuspended(before, 2, LATER))).toBe('Ready=Unknown/Suspended');
  });

  test('created suspended: nothing is said of an edit that nobody made', () => {
    const ready = findCondition(reportSuspended([], 1, NOON), 'Ready');
    expect(ready?.message).toBe(
      'spec.suspend is true, and the operator has not looked at this spec: resume the link.',
    );
  });
});

describe('Ready', () => {
  test('speaks for the first leg that needs a person, before any that is under way', () => {
    const outcome = {
      legs: legs({
        targetRole: progressing('Propagating', 'x'),
        permissions: stalled('GrantTooLarge', 'y'),
        stateMachineCredentials: stalled('Conflict', 'z'),
      }),
    };
    expect(readyState(outcome)).toStrictEqual({ status: 'False', reason: 'GrantTooLarge', message: 'y' });
  });

  test('Ready says why a leg is under way rather than that another waits for it', () => {
    const waiting: LegOutcome = { kind: 'interrupted', reason: 'Repairing', message: 'Not written yet.' };
    const outcome = {
      legs: legs({
        trustPolicy: waiting,
        permissions: progressing('Propagating', 'denied, not yet'),
        stateMachineCredentials: progressing('Creating', 'Waits.'),
      }),
    };
    expect(readyState(outcome)).toStrictEqual({
      status: 'Unknown',
      reason: 'Propagating',
      message: 'denied, not yet',
    });
    expect(readyState({ legs: legs({ trustPolicy: waiting }) }).reason).toBe('Repairing');
  });

  test('goes on saying why the last write failed, where the next one fails, too', () => {
    const reason = 'NotFound';
    const message = 'there is no such boundary';
    const refused = { legs: legs({ targetRole: { kind: 'interrupted', reason, message } }) };
    const first = report(refused, report({ legs: legs() }));
    const second = report(refused, first, 1, LATER);
    expect(findCondition(second, 'Ready')).toMatchObject({ status: 'Unknown', reason, message });
  });

  test.each(['Creating', 'Propagating'] as const)(
    'of a link in the making, %s, says so while a write is put off',
    (reason) => {
      const before = report({ legs: { targetRole: progressing(reason, 'x') } });
      const putOff = {
        legs: legs({ permissions: { kind: 'interrupted', reason: 'Throttled', message: 'y' } }),
      };
      expect(findCondition(report(putOff, before), 'Ready')).toMatchObject({ reason: 'Creating' });
    },
  );

  test('is not True while a leg was not reached', () => {
    for (const leg of LEGS) {
      const reached = Object.fromEntries(Object.entries(legs()).filter(([name]) => name !== leg));
      expect(readyState({ legs: reached }).status).toBe('Unknown');
    }
  });

  test('names the aliases that still run a version without the Credentials', () => {
    expect(readyState({ legs: legs(), aliasesWithout: ['live'] }).message).toMatch(
      /alias live, .*publish a version/,
    );
    expect(readyMessage(['a', 'b', 'c', 'd', 'e', 'f', 'g'])).toMatch(/alias a, b, c, d, e and 2 more,/);
  });

  test('keeps what it said of aliases until they are looked at again', () => {
    const named = report({ legs: legs(), aliasesWithout: ['live'] });
    expect(report({ legs: legs() }, named, 1, LATER)).toBe(named);
    const message = findCondition(report({ legs: legs(), aliasesWithout: [] }, named), 'Ready')?.message;
    expect(message).toBe(readyMessage([]));
  });
});

describe('each leg', () => {
  const CONDITIONS: Readonly<Record<Leg, string>> = {
    targetRole: 'TargetRoleReady',
    trustPolicy: 'TrustPolicyReady',
    permissions: 'PermissionsReady',
    executionRoleGrant: 'ExecutionRoleGrantReady',
    stateMachineCredentials: 'StateMachineCredentialsReady',
  };
  for (const leg of LEGS) {
    test(`${leg} has a condition of its own, ${CONDITIONS[leg]}`, () => {
      const conditions = report({ legs: legs({ [leg]: stalled('AccessDenied', 'no') }) });
      const untrue = conditions.filter(({ status, type }) => status === 'False' && type !== 'Ready');
      expect(untrue.map(({ type, reason, message }) => [type, reason, message])).toStrictEqual([
        [CONDITIONS[leg], 'AccessDenied', 'no'],
      ]);
    });
  }

  test('that was not reached keeps its condition', () => {
    const before = report({ legs: legs() });
    const after = report({ legs: { targetRole: stalled('RoleNotOwned', 'x') } }, before, 2, LATER);
    for (const type of ['PermissionsReady', 'StateMachineCredentialsReady'] as const) {
      expect(findCondition(after, type)).toBe(findCondition(before, type));
    }
  });

  test.each([
    'AccountNotAllowed',
    'AccountNotReady',
    'CallerPermissionsNeeded',
    'KeyPermissionUnknown',
    'KubernetesAccessNeeded',
    'ListingNotGranted',
    'NoPermissionNeeded',
    'NoTasks',
    'ResourceNotStatic',
    'ServiceLinkedRoleNeeded',
    'TaskNotFound',
    'TaskTokenWorker',
    'TooManyLinks',
  ] as const)('that was not reached because of another says no more that a former spec had %s', (reason) => {
    const before = report({ legs: { permissions: stalled(reason, 'of the former spec') } });
    const refused = { stateMachineCredentials: stalled('ResourceElsewhere', 'x') };
    const after = report({ legs: refused }, before, 2, LATER);
    const leg = findCondition(after, 'PermissionsReady');
    expect([leg?.status, leg?.reason, leg?.observedGeneration]).toStrictEqual(['Unknown', 'Creating', 2]);
  });

  test.each([
    ['because a call failed', 'NoTasks', progressing('Throttled', 'x')],
    ['and of which AWS was asked', 'RoleNotOwned', stalled('AccountNotAllowed', 'x')],
    ['and of which all its links were asked', 'GrantTooLarge', stalled('AccountNotAllowed', 'x')],
  ] as const)('that was not reached %s keeps what it lacks', (_, reason, targetRole) => {
    const before = report({ legs: { stateMachineCredentials: stalled(reason, 'y') } });
    const after = report({ legs: { targetRole } }, before, 1, LATER);
    const type = 'StateMachineCredentialsReady';
    expect(findCondition(after, type)).toBe(findCondition(before, type));
  });

  test('that never was reached is said to wait', () => {
    const conditions = report({ legs: { targetRole: stalled('RoleNotOwned', 'x') } });
    const { status, reason } = findCondition(conditions, 'StateMachineCredentialsReady') ?? {};
    expect([status, reason]).toStrictEqual(['Unknown', 'Creating']);
  });
});

describe('Effective', () => {
  const VERDICTS: readonly { effective: EffectiveOutcome; status: string; reason: string }[] = [
    { effective: { kind: 'effective' }, status: 'True', reason: 'Reachable' },
    { effective: DENIED, status: 'False', reason: 'ExplicitlyDenied' },
    { effective: { ...DENIED, reason: 'NotGranted' }, status: 'False', reason: 'NotGranted' },
    { effective: { kind: 'unknown', message: 'x.' }, status: 'Unknown', reason: 'NotEvaluated' },
  ];
  for (const { effective, status, reason } of VERDICTS) {
    test(`is ${status} with ${reason}, and always says what is not seen`, () => {
      const condition = findCondition(report({ legs: legs(), effective }), 'Effective');
      expect([condition?.status, condition?.reason]).toStrictEqual([status, reason]);
      expect(condition?.message ?? '').toMatch(/Organization, resource and key policies are not seen\.$/);
    });
  }

  test('claims nothing once a leg needs a person', () => {
    const before = report({ legs: legs(), effective: { kind: 'effective' } });
    const after = report({ legs: legs({ permissions: stalled('AccessDenied', 'x') }) }, before, 1, LATER);
    expect(findCondition(after, 'Effective')).toMatchObject({ status: 'Unknown', reason: 'NotEvaluated' });
  });

  test('stays as it was while it is not evaluated', () => {
    const before = report({ legs: legs(), effective: { kind: 'effective' } });
    const after = report({ legs: legs({ targetRole: progressing('Repairing', 'x') }) }, before, 1, LATER);
    expect(findCondition(after, 'Effective')).toBe(findCondition(before, 'Effective'));
  });
});

describe('the times and generations', () => {
  test('a transition time moves when the status does, and only then', () => {
    const before = report({ legs: legs() });
    const after = report({ legs: legs({ permissions: stalled('AccessDenied', 'x') }) }, before, 2, LATER);
    const moved = after
      .filter(({ lastTransitionTime }) => lastTransitionTime === LATER)
      .map(({ type }) => type);
    expect(moved).toStrictEqual(['PermissionsReady', 'Ready', 'Stalled']);
  });

  test('every condition that is set speaks of the generation that was looked at', () => {
    const conditions = report(
      { legs: legs(), effective: { kind: 'effective' } },
      report({ legs: legs() }),
      7,
    );
    expect(conditions.every(({ observedGeneration }) => observedGeneration === 7)).toBe(true);
  });

  test('a link that could not be looked at keeps its legs', () => {
    const before = report({ legs: legs() });
    const ready = { status: 'Unknown', reason: 'AccountNotReady', message: 'x' } as const;
    const after = reportReady(before, ready, 1, LATER);
    expect(summary(after)).toBe('Ready=Unknown/AccountNotReady Reconciling');
    expect(findCondition(after, 'PermissionsReady')).toBe(findCondition(before, 'PermissionsReady'));
  });
});

const legOutcome: fc.Arbitrary<LegOutcome> = fc.constantFrom(
  inSync,
  inSync,
  progressing('Creating', 'x'),
  progressing('Propagating', 'y'),
  stalled('AccessDenied', 'z'),
  { kind: 'differs', message: 'd' },
);
const outcome: fc.Arbitrary<Outcome> = fc.record(
  {
    legs: fc.record(
      {
        targetRole: legOutcome,
        trustPolicy: legOutcome,
        permissions: legOutcome,
        executionRoleGrant: legOutcome,
        stateMachineCredentials: legOutcome,
      },
      { requiredKeys: [] },
    ),
    effective: fc.constantFrom<EffectiveOutcome[]>({ kind: 'effective' }, DENIED, {
      kind: 'unknown',
      message: 'u',
    }),
    aliasesWithout: fc.subarray(['live', 'test']),
  },
  { requiredKeys: ['legs'] },
);

/** The conditions after a history of outcomes. */
const history = fc
  .array(outcome, { maxLength: 4 })
  .map((all) => all.reduce<readonly Condition[]>((before, one) => report(one, before), []));

describe('whatever happened before and happens now', () => {
  test('Reconciling and Stalled stand only while True, and never together', () => {
    fc.assert(
      fc.property(history, outcome, (before, now) => {
        const conditions = report(now, before);
        const kstatus = conditions.filter(({ type }) => type === 'Reconciling' || type === 'Stalled');
        expect(kstatus.length).toBeLessThanOrEqual(1);
        expect(kstatus.every(({ status }) => status === 'True')).toBe(true);
        const ready = findCondition(conditions, 'Ready')?.status;
        expect(kstatus[0]?.type).toBe(
          { True: undefined, False: 'Stalled', Unknown: 'Reconciling' }[ready ?? 'True'],
        );
      }),
    );
  });

  test('Ready is never True beside a leg that is not', () => {
    fc.assert(
      fc.property(history, outcome, (before, now) => {
        const conditions = report(now, before);
        if (findCondition(conditions, 'Ready')?.status !== 'True') return;
        const notReady = conditions.filter(({ type, status }) => type.endsWith('Ready') && status !== 'True');
        expect(notReady).toStrictEqual([]);
      }),
    );
  });

  test('the same outcome again is no change at all, so that nothing is written', () => {
    fc.assert(
      fc.property(history, outcome, (before, now) => {
        const conditions = report(now, before);
        expect(report(now, conditions, 1, LATER)).toBe(conditions);
      }),
    );
  });

  test('no type of condition stands twice', () => {
    fc.assert(
      fc.property(history, outcome, (before, now) => {
        const types = report(now, before).map(({ type }) => type);
        expect(new Set(types).size).toBe(types.length);
      }),
    );
  });
});
