/** Whether the access works: policies as they were read → the verdict, and what forbids it. */
import { describe, expect, it } from '@jest/globals';
import type { ObservedPolicy, ObservedRole } from '../../../src/observed/objects.ts';
import type { Statement } from '../../../src/policy/document.ts';
import { decidingPolicies, effectiveOutcome } from '../../../src/report/effective-access.ts';
import { allow, EXECUTION_ROLE, link, QUEUE, ROLE } from '../desired/fixtures.ts';
import { required } from '../desired/views.ts';
import { observed, parsed, STATES_TRUST } from '../plan/fixtures.ts';

const MANAGED = 'arn:aws:iam::111111111111:policy/extra';
const BOUNDARY = 'arn:aws:iam::111111111111:policy/boundary';
const ASSUME = allow(['sts:AssumeRole'], [ROLE.text]);
/** Lets these in, and nobody else. */
const letsIn = (byType: Readonly<Record<string, readonly string[]>>): ObservedPolicy =>
  parsed({ ...STATES_TRUST, principals: { negated: false, anyone: false, byType } });
const UNREADABLE: ObservedPolicy = { kind: 'unreadable', text: '{', problem: 'is not JSON' };

/** The execution role with its grant. */
function execution(fields: Partial<ObservedRole> = {}): ObservedRole {
  return {
    ...observed({ arn: EXECUTION_ROLE, trust: parsed(STATES_TRUST), tags: new Map() }),
    inlinePolicies: new Map([['grant', parsed(ASSUME)]]),
    ...fields,
  };
}

function deny(actions: readonly string[]): Statement {
  return { ...allow(actions, ['*']), effect: 'Deny' };
}

interface Situation {
  readonly given: string;
  readonly execution?: ObservedRole | 'unread';
  readonly target?: ObservedRole | 'unread';
  readonly managed?: Readonly<Record<string, ObservedPolicy>>;
  /** `denied NotGranted` and the like. */
  readonly verdict: string;
  readonly says?: RegExp;
  /** Field of the drift record. */
  readonly field?: string;
}

const SITUATIONS: readonly Situation[] = [
  { given: 'everything is in place', verdict: 'effective' },
  {
    given: 'the execution role may not assume the target role',
    execution: execution({ inlinePolicies: new Map() }),
    verdict: 'denied NotGranted',
    says: /^Nothing in its own policies allows that checkout-exec assumes checkout\.$/,
    field: 'inlinePolicies',
  },
  {
    given: 'a Deny of the execution role forbids it',
    execution: execution({
      inlinePolicies: new Map([
        ['grant', parsed(ASSUME)],
        ['freeze', parsed({ ...deny(['sts:*']), sid: 'Freeze' })],
      ]),
    }),
    verdict: 'denied ExplicitlyDenied',
    says: /^Statement Freeze of freeze denies that/,
    field: 'inlinePolicies[freeze].Statement[Freeze]',
  },
  {
    given: 'the boundary of the execution role leaves it out',
    execution: execution({ permissionsBoundaryArn: BOUNDARY }),
    managed: { [BOUNDARY]: parsed(allow(['s3:*'], ['*'])) },
    verdict: 'denied NotGranted',
    says: /its permissions boundary/,
    field: 'permissionsBoundary',
  },
  {
    given: 'a boundary could not be read',
    execution: execution({ permissionsBoundaryArn: BOUNDARY }),
    verdict: 'unknown',
    says: /is not decided by its permissions boundary/,
  },
  {
    given: 'an attached policy denies it',
    execution: execution({ managedPolicyArns: [MANAGED] }),
    managed: { [MANAGED]: parsed(deny(['sts:AssumeRole'])) },
    verdict: 'denied ExplicitlyDenied',
    field: `managedPolicies[${MANAGED}].Statement[0]`,
  },
  {
    given: 'the trust policy does not let the execution role in',
    target: observed({ trust: parsed() }),
    verdict: 'denied NotGranted',
    says: /the trust policy/,
    field: 'trustPolicy',
  },
  {
    given: 'the target role may not make the call of the Task',
    target: observed({ inlinePolicies: new Map() }),
    verdict: 'denied NotGranted',
    says: /^Nothing in its own policies allows that checkout calls sqs:SendMessage on /,
    field: 'inlinePolicies',
  },
  {
    given: 'one policy of the target role cannot be read, and another denies the call',
    target: observed({
      inlinePolicies: new Map([
        ['odd', UNREADABLE],
        ['freeze', parsed(deny(['sqs:*']))],
      ]),
    }),
    verdict: 'denied ExplicitlyDenied',
  },
  {
    given: 'the only policy of the target role cannot be read',
    target: observed({ inlinePolicies: new Map([['odd', UNREADABLE]]) }),
    verdict: 'unknown',
  },
  {
    given: 'the execution role lets another service in',
    execution: execution({ trust: letsIn({ Service: ['lambda.amazonaws.com'] }) }),
    verdict: 'denied ExecutionRoleNotAssumable',
    says: /^Nothing in the trust policy allows that Step Functions assumes checkout-exec\. No execution of the state machine starts/,
    field: 'trustPolicy',
  },
  {
    given: 'the execution role lets a service named * in, of which AWS says nothing',
    execution: execution({ trust: letsIn({ Service: ['*'] }) }),
    verdict: 'unknown',
  },
  {
    given: 'the trust policy of the execution role names no service: nothing follows from that',
    execution: execution({ trust: letsIn({ AWS: ['arn:aws:iam::111111111111:root'] }) }),
    verdict: 'effective',
  },
  {
    given: 'a Deny keeps Step Functions from the execution role, whatever else is undecided',
    execution: execution({
      trust: parsed(STATES_TRUST, { ...STATES_TRUST, effect: 'Deny', sid: 'Freeze' }),
      inlinePolicies: new Map([['odd', UNREADABLE]]),
    }),
    verdict: 'denied ExecutionRoleNotAssumable',
    says: /^Statement Freeze of trust policy denies that Step Functions assumes checkout-exec\./,
    field: 'trustPolicy.Statement[Freeze]',
  },
  {
    given: 'the trust policy of the execution role cannot be read',
    execution: execution({ trust: UNREADABLE }),
    verdict: 'unknown',
    says: /^Whether Step Functions assumes checkout-exec is not decided by the trust policy/,
  },
  {
    given: 'it is undecided whether the role may be assumed, and the call is denied',
    execution: execution({ inlinePolicies: new Map([['odd', UNREADABLE]]) }),
    target: observed({ inlinePolicies: new Map([['freeze', parsed(deny(['sqs:*']))]]) }),
    verdict: 'denied ExplicitlyDenied',
  },
  {
    given: 'a boundary allows the Region and account of the resource alone',
    target: observed({ permissionsBoundaryArn: BOUNDARY }),
    managed: {
      [BOUNDARY]: parsed(
        allow(['*'], ['*']),
        { ...deny(['*']), conditions: { StringNotEquals: { 'aws:RequestedRegion': ['us-east-1'] } } },
        { ...deny(['*']), conditions: { StringNotEquals: { 'aws:ResourceAccount': ['222222222222'] } } },
      ),
    },
    verdict: 'effective',
  },
  {
    given: 'a boundary denies the Region of the resource',
    target: observed({ permissionsBoundaryArn: BOUNDARY }),
    managed: {
      [BOUNDARY]: parsed(allow(['*'], ['*']), {
        ...deny(['*']),
        conditions: { StringNotEquals: { 'aws:RequestedRegion': ['eu-west-1'] } },
      }),
    },
    verdict: 'denied ExplicitlyDenied',
  },
  { given: 'the target role was not read', target: 'unread', verdict: 'unknown' },
  { given: 'the execution role was not read', execution: 'unread', verdict: 'unknown' },
];

describe('the access of a link, when', () => {
  for (const situation of SITUATIONS) {
    const { given, verdict, says, field, managed = {} } = situation;
    it(`${given}: ${verdict}`, () => {
      const outcome = effectiveOutcome(link('a'), required(), {
        executionRole: roleOr(situation.execution, execution()),
        targetRole: roleOr(situation.target, observed()),
        managed: new Map(Object.entries(managed).map(([arn, policy]) => [arn, { name: arn, policy }])),
      });
      const seen = outcome.kind === 'denied' ? `denied ${outcome.reason}` : outcome.kind;
      expect(seen).toBe(verdict);
      if (says !== undefined) expect('message' in outcome ? outcome.message : '').toMatch(says);
      if (field !== undefined)
        expect(outcome.kind === 'denied' ? outcome.cause.field : undefined).toBe(field);
    });
  }
});

function causeWith(executionRole: ObservedRole, targetRole: ObservedRole): string {
  const outcome = effectiveOutcome(link('a'), required(), { executionRole, targetRole, managed: new Map() });
  return outcome.kind === 'denied' ? outcome.cause.object : outcome.kind;
}

it('what keeps the execution role out is told of the role that says so', () => {
  expect(causeWith(execution(), observed({ trust: parsed(STATES_TRUST) }))).toBe(ROLE.text);
  expect(causeWith(execution({ inlinePolicies: new Map() }), observed())).toBe(EXECUTION_ROLE);
});

it('what a boundary does not allow is told with the boundary that was found', () => {
  const targetRole = observed({ permissionsBoundaryArn: BOUNDARY });
  const managed = new Map([[BOUNDARY, { name: BOUNDARY, policy: parsed(allow(['s3:*'], ['*'])) }]]);
  const found = (roles: { targetRole: ObservedRole }) =>
    effectiveOutcome(link('a'), required(), { executionRole: execution(), managed, ...roles });
  expect(found({ targetRole })).toMatchObject({ cause: { field: 'permissionsBoundary', found: BOUNDARY } });
  const bare = found({ targetRole: observed({ inlinePolicies: new Map() }) });
  expect(bare.kind === 'denied' && Object.keys(bare.cause)).not.toContain('found');
});

function roleOr(given: ObservedRole | 'unread' | undefined, usual: ObservedRole): ObservedRole | undefined {
  return given === 'unread' ? undefined : (given ?? usual);
}

it.each<readonly [operator: string, key: string, value: string]>([
  ['StringEquals', 'aws:PrincipalArn', 'arn:aws:iam::222222222222:role/another'],
  ['StringEquals', 'aws:PrincipalAccount', '999999999999'],
  ['stringequals', 'AWS:RequestedRegion', 'eu-west-1'],
  ['StringEquals', 'aws:ResourceAccount', '999999999999'],
  ['StringEquals', 'aws:PrincipalTag/team', 'others'],
  ['StringLike', 'aws:PrincipalType', 'User*'],
  ['StringEquals', 'aws:SourceArn', QUEUE],
  ['StringEquals', 'aws:MultiFactorAuthPresent', 'true'],
  ['StringEquals', 'sts:ExternalId', 'x'],
])(
  'a statement of the spec that wants no call that there is (%s %s %s) allows none',
  (operator, key, value) => {
    const statement = allow(['sqs:SendMessage'], [QUEUE], { [operator]: { [key]: [value] } });
    const targetRole = observed({ inlinePolicies: new Map([['own', parsed(statement)]]) });
    const roles = { executionRole: execution(), targetRole, managed: new Map() };
    expect(effectiveOutcome(link('a'), { permissions: [statement] }, roles)).toMatchObject({
      kind: 'denied',
      reason: 'NotGranted',
    });
  },
);

const SEND = allow(['sqs:SendMessage'], [QUEUE]);

function outcomeOfUnasked(...statements: readonly Statement[]) {
  return outcomeOfCalls([SEND], ...statements);
}

function outcomeOfCalls(calls: readonly Statement[], ...statements: readonly Statement[]) {
  return effectiveOutcome(
    link('a'),
    { permissions: [], calls },
    {
      executionRole: execution(),
      targetRole: observed({ inlinePolicies: new Map([['theirs', parsed(...statements)]]) }),
      managed: new Map(),
    },
  );
}

describe('a call of a Task that the link asks no permission for (derive: false)', () => {
  it('works where the role may make it', () =>
    expect(outcomeOfUnasked(SEND)).toStrictEqual({ kind: 'effective' }));

  it('is not known to work where nothing that is read allows it', () => {
    const message =
      /^Nothing in its own policies allows that checkout calls sqs:SendMessage on .*derive: false/;
    expect(outcomeOfUnasked(ASSUME)).toStrictEqual({
      kind: 'unknown',
      message: expect.stringMatching(message),
    });
  });

  it('is denied where a statement says so', () =>
    expect(outcomeOfUnasked(SEND, deny(['sqs:*']))).toMatchObject({
      kind: 'denied',
      reason: 'ExplicitlyDenied',
    }));

  it('is denied, too, where another one comes first of which that is not known', () => {
    const publish = allow(['sns:Publish'], ['arn:aws:sns:us-east-1:222222222222:orders']);
    for (const calls of [
      [publish, SEND],
      [SEND, publish],
      [allow(['sqs:GetQueueUrl', 'sqs:SendMessage'], [QUEUE])],
    ])
      expect(outcomeOfCalls(calls, deny(['sqs:SendMessage']))).toMatchObject({
        kind: 'denied',
        reason: 'ExplicitlyDenied',
      });
  });
});

it('the policies that decide are those attached and the boundary, each once', () => {
  const role = observed({ managedPolicyArns: [MANAGED], permissionsBoundaryArn: BOUNDARY });
  expect(decidingPolicies([role, role, undefined])).toStrictEqual([MANAGED, BOUNDARY]);
});
