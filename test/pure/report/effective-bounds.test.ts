/** How much work the evaluation of a link's access may be made: counted in steps, so that every machine says the same. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import type { Statement } from '../../../src/policy/document.ts';
import { EVALUATION_STEPS } from '../../../src/policy/evaluate/evaluation.ts';
import { POLICY_QUOTAS, policySize } from '../../../src/policy/size.ts';
import { StepBudget } from '../../../src/policy/steps.ts';
import { effectiveOutcome } from '../../../src/report/effective-access.ts';
import { allow, EXECUTION_ROLE, link, ROLE } from '../desired/fixtures.ts';
import { required } from '../desired/views.ts';
import { observed, parsed, STATES_TRUST } from '../plan/fixtures.ts';
import { identityStatement } from '../policy/generators.ts';

const GRANT = allow(['sts:AssumeRole'], [ROLE.text]);

function evaluated(
  permissions: readonly Statement[],
  policies: readonly (readonly Statement[])[],
  budget = new StepBudget(EVALUATION_STEPS),
  execution: readonly Statement[] = [GRANT],
) {
  const executionRole: ObservedRole = {
    ...observed({ arn: EXECUTION_ROLE, trust: parsed(STATES_TRUST), tags: new Map() }),
    inlinePolicies: new Map([['grant', parsed(...execution)]]),
  };
  const role = observed({
    inlinePolicies: new Map(policies.map((statements, index) => [`p${index}`, parsed(...statements)])),
  });
  return effectiveOutcome(
    link('a'),
    required({ permissions }),
    { executionRole, targetRole: role, managed: new Map() },
    budget,
  );
}

function list<Item>(count: number, item: (index: number) => Item): readonly Item[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

const queues = (count: number) => list(count, (index) => `arn:aws:sqs:us-east-1:222222222222:queue-${index}`);

/** Statements that fill what a role can hold. */
const FULL: readonly Statement[] = [
  allow(['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], queues(105)),
  ...list(40, (index) =>
    allow([`lambda:Invoke${index}`], [`arn:aws:lambda:us-east-1:222222222222:function:f-${index}`]),
  ),
];

const BOMB = allow(
  ['*'],
  list(5, (index) => `arn:*${'?*'.repeat(900)}${index}`),
);
const DISGUISED = allow(
  ['sqs:SendMessage'],
  list(5, (index) => `arn:${'*?'.repeat(900)}${index}`),
);
const MANY_PAIRS = allow(
  list(600, (index) => `s:A${index}`),
  list(600, (index) => `arn:a::::${index}`),
);
const MANY_STATEMENTS = list(100, (index) => allow(['*'], [`arn:a::::${index}*`]));

describe('the access of a link whose permissions fill its role', () => {
  it('is reported within a third of the steps', () => {
    const size = policySize({ version: '2012-10-17', statements: FULL });
    expect(size).toBeGreaterThan(POLICY_QUOTAS.inlineTotal * 0.9);
    const budget = new StepBudget(EVALUATION_STEPS / 3);
    expect(evaluated(FULL, [FULL], budget)).toStrictEqual({ kind: 'effective' });
  });

  it('is worked out of 22,500 pairs of action and resource as of a few, where no statement tells them apart', () => {
    const pairs = [
      allow(
        list(150, (index) => `s:A${index}`),
        list(150, (index) => `arn:a::::${index}`),
      ),
    ];
    const budget = new StepBudget(EVALUATION_STEPS / 3);
    expect(evaluated(pairs, [pairs], budget)).toStrictEqual({ kind: 'effective' });
  });
});

describe('the access of a link is unknown, and the message says what to do, when', () => {
  for (const [what, permissions, policies] of [
    ['patterns are bombs on both sides', [DISGUISED], [[BOMB]]],
    ['there are 360,000 pairs', [MANY_PAIRS], [[MANY_PAIRS]]],
    ['twenty policies are full of statements', [MANY_PAIRS], list(20, () => MANY_STATEMENTS)],
  ] as const) {
    it(what, () => {
      expect(evaluated(permissions, policies)).toStrictEqual({
        kind: 'unknown',
        message: expect.stringMatching(
          /^Whether checkout makes every call of the Tasks takes more than 2000000 steps to compare .*: give some/,
        ),
      });
    });
  }

  it('the execution role carries bombs', () => {
    const bombs = list(2_000, () => ({
      ...allow(['*'], ['a']),
      resources: { negated: false, values: [`*${'a*'.repeat(1_000)}b`] },
    }));
    const outcome = evaluated(FULL, [FULL], new StepBudget(EVALUATION_STEPS), bombs);
    expect(outcome).toMatchObject({
      kind: 'unknown',
      message: expect.stringContaining('more than can be compared'),
    });
  });
});

it('a denial that was found before the steps ran out is reported', () => {
  const outcome = evaluated(
    [allow(['sns:Publish'], queues(1)), DISGUISED],
    [[{ ...BOMB, actions: DISGUISED.actions }]],
  );
  expect(outcome).toMatchObject({ kind: 'denied', reason: 'NotGranted' });
});

it('of calls that nothing tells apart one speaks for all: as if each pair were asked by itself', () => {
  fc.assert(
    fc.property(
      fc.array(identityStatement, { maxLength: 6 }),
      fc.array(identityStatement, { minLength: 1, maxLength: 3 }),
      (held, asked) => {
        const permissions = asked.map((statement) =>
          allow(statement.actions.values, statement.resources?.values ?? []),
        );
        const single = permissions.flatMap(({ actions, resources }) =>
          actions.values.flatMap((action) =>
            (resources?.values ?? []).map((resource) => allow([action], [resource])),
          ),
        );
        expect(evaluated(permissions, [held])).toStrictEqual(evaluated(single, [held]));
      },
    ),
  );
});
