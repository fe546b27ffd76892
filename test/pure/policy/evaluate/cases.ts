/** Requests and policies made up at random, from few enough parts that every rule of evaluation decides some. */
import * as fc from 'fast-check';
import type {
  Conditions,
  Patterns,
  PolicyDocument,
  Principals,
  Statement,
} from '../../../../src/policy/document.ts';

export interface Case {
  readonly roleName: string;
  readonly action: string;
  readonly resource: string;
  readonly resourceAccount: string;
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  /** Only for sts:AssumeRole. */
  readonly trust: PolicyDocument | undefined;
  readonly context: Readonly<Record<string, string | readonly string[]>>;
  /** Keys that an evaluation with gaps is not told of. */
  readonly hidden: readonly string[];
}

export const SOURCE = '111111111111';
const TARGET = '222222222222';
export const SESSION = 'session';

const QUEUE = `arn:aws:sqs:us-east-1:${TARGET}:orders`;
const TABLE = `arn:aws:dynamodb:us-east-1:${TARGET}:table/orders`;
const FUNCTION = `arn:aws:lambda:us-east-1:${TARGET}:function:charge`;

/** What is called, with patterns around it: some match, some just do not. */
const CALLS = [
  {
    action: 'sqs:SendMessage',
    resource: QUEUE,
    actions: ['sqs:SendMessage', 'SQS:sendmessage', 'sqs:Send*', 'sqs:?endMessage', 'sqs:Receive*'],
    resources: [
      QUEUE,
      `${QUEUE}*`,
      `arn:aws:sqs:*:${TARGET}:*`,
      QUEUE.toUpperCase(),
      `${QUEUE}-dlq`,
      'arn:aws:sqs:*:*:order?',
    ],
  },
  {
    action: 'dynamodb:PutItem',
    resource: TABLE,
    actions: ['dynamodb:PutItem', 'dynamodb:*Item', 'dynamodb:Get*', 'dynamodb:*'],
    resources: [
      TABLE,
      `${TABLE}/index/*`,
      'arn:aws:dynamodb:*:*:table/*',
      `arn:aws:dynamodb:us-east-1:${TARGET}:table/\${aws:PrincipalTag/team}`,
    ],
  },
  {
    action: 'lambda:InvokeFunction',
    resource: FUNCTION,
    actions: ['lambda:InvokeFunction', 'lambda:Invoke*', 'lambda:*Function', 'lambda:InvokeFunctionUrl'],
    resources: [
      FUNCTION,
      `${FUNCTION}:*`,
      `arn:aws:lambda:us-east-1:${TARGET}:function:\${aws:PrincipalTag/team, 'charge'}`,
      'arn:aws:lambda:us-*-1:*:function:*',
      `arn:aws:lambda:us-east-1:${TARGET}:function:ch\${*}`,
    ],
  },
] as const;

const ASSUME = {
  action: 'sts:AssumeRole',
  actions: ['sts:AssumeRole', 'sts:Assume*', 'STS:*', 'sts:TagSession'],
} as const;

/** Values of each condition key that requests and policies draw from. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  'sts:ExternalId': [
    `arn:aws:states:us-east-1:${SOURCE}:stateMachine:a`,
    `arn:aws:states:us-east-1:${SOURCE}:stateMachine:b`,
  ],
  'aws:PrincipalArn': [`arn:aws:iam::${SOURCE}:role/exec`, `arn:aws:iam::${SOURCE}:role/service/exec`],
  'aws:PrincipalTag/team': ['orders', 'charge', 'Orders'],
  'aws:RequestedRegion': ['us-east-1', 'us-east-2', 'eu-west-1'],
};
const MULTI_KEY = 'aws:TagKeys';
const MULTI_VALUES = ['one', 'two', 'three'];
const BOOL_KEY = 'aws:SecureTransport';
const NUMBER_KEY = 'aws:MultiFactorAuthAge';
const NUMBERS = ['5', '10', '10.5', '300'];
const DATE_KEY = 'aws:CurrentTime';
const DATES = ['2026-01-01T00:00:00Z', '2026-06-01T12:00:00Z', '2027-01-01T00:00:00Z'];

export const ALL_KEYS = [...Object.keys(KEYS), MULTI_KEY, BOOL_KEY, NUMBER_KEY, DATE_KEY];

const isOneIn = (n: number) => fc.nat({ max: n - 1 }).map((drawn) => drawn === 0);

function someOf(values: readonly string[], maxLength = 2): fc.Arbitrary<readonly string[]> {
  return fc.array(fc.constantFrom(...values), { minLength: 1, maxLength });
}

function patterns(values: readonly string[]): fc.Arbitrary<Patterns> {
  return fc.record({ negated: isOneIn(6), values: someOf(['*', ...values]) });
}

type Condition = readonly [operator: string, key: string, values: readonly string[]];

const SUFFIX = fc.constantFrom('', '', 'IfExists');
const ORDER = ['Equals', 'NotEquals', 'LessThan', 'LessThanEquals', 'GreaterThan', 'GreaterThanEquals'];
const TEXT_OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringLike',
  'StringNotLike',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
];
const ARN_OPERATORS = ['ArnEquals', 'ArnNotEquals', 'ArnLike', 'ArnNotLike'];

function textCondition(operators: readonly string[], keys: readonly string[]): fc.Arbitrary<Condition> {
  return fc.constantFrom(...keys).chain((key) => {
    const values = KEYS[key] ?? [];
    const widened = [
      ...values,
      ...values.map((value) => `${value.slice(0, -1)}*`),
      `${values[0]?.slice(0, -1)}?`,
      '${aws:PrincipalTag/team}',
    ];
    return fc.tuple(
      fc.tuple(fc.constantFrom(...operators), SUFFIX).map(([operator, suffix]) => operator + suffix),
      fc.constant(key),
      someOf(operators === ARN_OPERATORS ? widened.slice(0, -1) : widened),
    );
  });
}

function condition(
  operators: readonly string[],
  key: string,
  values: readonly string[],
): fc.Arbitrary<Condition> {
  return fc.tuple(
    fc.tuple(fc.constantFrom(...operators), SUFFIX).map(([operator, suffix]) => operator + suffix),
    fc.constant(key),
    someOf(values),
  );
}

const anyCondition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 6, arbitrary: textCondition(TEXT_OPERATORS, Object.keys(KEYS)) },
  { weight: 2, arbitrary: textCondition(ARN_OPERATORS, ['aws:PrincipalArn', 'sts:ExternalId']) },
  { weight: 1, arbitrary: condition(['Bool'], BOOL_KEY, ['true', 'false', 'True']) },
  {
    weight: 1,
    arbitrary: condition(
      ORDER.map((order) => `Numeric${order}`),
      NUMBER_KEY,
      NUMBERS,
    ),
  },
  {
    weight: 1,
    arbitrary: condition(
      ORDER.map((order) => `Date${order}`),
      DATE_KEY,
      DATES,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constant('Null'), fc.constantFrom(...ALL_KEYS), someOf(['true', 'false'], 1)),
  },
  {
    weight: 2,
    arbitrary: condition(
      [
        'ForAllValues:StringEquals',
        'ForAnyValue:StringEquals',
        'ForAnyValue:StringLike',
        'ForAllValues:StringNotEquals',
        'ForAnyValue:StringNotEquals',
      ],
      MULTI_KEY,
      [...MULTI_VALUES, 't*'],
    ),
  },
);

const someConditions: fc.Arbitrary<Conditions> = fc.array(anyCondition, { maxLength: 2 }).map((list) => {
  const result: Record<string, Record<string, readonly string[]>> = {};
  for (const [operator, key, values] of list) result[operator] = { ...result[operator], [key]: values };
  return result;
});

const conditions: fc.Arbitrary<Conditions> = fc.oneof(fc.constant({}), someConditions);

const effect = fc.constantFrom('Allow', 'Allow', 'Allow', 'Deny');

function statement(actions: readonly string[], resources: readonly string[]): fc.Arbitrary<Statement> {
  return fc.record({ effect, actions: patterns(actions), resources: patterns(resources), conditions });
}

function document(statements: fc.Arbitrary<Statement>, maxLength: number): fc.Arbitrary<PolicyDocument> {
  return fc
    .array(statements, { minLength: 1, maxLength })
    .map((list) => ({ version: '2012-10-17', statements: list }));
}

function trustStatement(roleArn: string, roleName: string): fc.Arbitrary<Statement> {
  const identifiers = [
    roleArn,
    roleArn,
    SOURCE,
    `arn:aws:iam::${SOURCE}:root`,
    '333333333333',
    `arn:aws:iam::${SOURCE}:role/other`,
    `arn:aws:iam::${SOURCE}:user/${roleName}`,
    '*',
  ];
  const principals: fc.Arbitrary<Principals> = fc.oneof(
    {
      weight: 20,
      arbitrary: someOf(identifiers).map((AWS) => ({ negated: false, anyone: false, byType: { AWS } })),
    },
    { weight: 2, arbitrary: fc.constant({ negated: false, anyone: true, byType: { AWS: ['*'] } }) },
    {
      weight: 2,
      arbitrary: fc.constant({
        negated: false,
        anyone: false,
        byType: { Service: ['states.amazonaws.com'] },
      }),
    },
    {
      weight: 1,
      arbitrary: fc.constant({
        negated: false,
        anyone: false,
        byType: { AWS: [`arn:aws:sts::${SOURCE}:assumed-role/${roleName}/${SESSION}`] },
      }),
    },
    {
      weight: 1,
      arbitrary: someOf(identifiers.slice(0, -1)).map((AWS) => ({
        negated: true,
        anyone: false,
        byType: { AWS },
      })),
    },
  );
  return fc.record({ effect, principals, actions: patterns(ASSUME.actions), conditions });
}

/** Each key with a value or without one. `sts:ExternalId` comes with sts:AssumeRole alone. */
function contextOf(keys: readonly string[]): fc.Arbitrary<Case['context']> {
  const values: Readonly<Record<string, fc.Arbitrary<string | readonly string[]>>> = {
    ...Object.fromEntries(Object.entries(KEYS).map(([key, drawn]) => [key, fc.constantFrom(...drawn)])),
    [MULTI_KEY]: fc.subarray(MULTI_VALUES, { minLength: 1 }),
    [BOOL_KEY]: fc.constantFrom('true', 'false'),
    [NUMBER_KEY]: fc.constantFrom(...NUMBERS),
    [DATE_KEY]: fc.constantFrom(...DATES),
  };
  return fc
    .subarray(Object.entries(values).filter(([key]) => keys.includes(key)))
    .chain((entries) => fc.record(Object.fromEntries(entries)));
}

const hidden = fc.subarray(ALL_KEYS, { maxLength: 3 });

function maybe<T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof(fc.constant(undefined), value);
}

/** A session of a role calls a service in its own account. */
const serviceCall: fc.Arbitrary<Case> = fc.constantFrom(...CALLS).chain((call) =>
  fc.record({
    roleName: fc.constant('target'),
    action: fc.constant(call.action),
    resource: fc.constant(call.resource),
    resourceAccount: fc.constant(TARGET),
    identity: fc.array(document(statement(call.actions, call.resources), 3), { minLength: 1, maxLength: 2 }),
    boundary: maybe(document(statement(call.actions, call.resources), 2)),
    trust: fc.constant(undefined),
    context: contextOf(ALL_KEYS.filter((key) => key !== 'sts:ExternalId')),
    hidden,
  }),
);

/** A session of the execution role assumes a role, mostly in another account. */
const assumption: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(TARGET, TARGET, TARGET, SOURCE), fc.constantFrom('', 'service/'))
  .chain(([resourceAccount, path]) => {
    const resource = `arn:aws:iam::${resourceAccount}:role/crossaccountlink/target`;
    const resources = [
      resource,
      `arn:aws:iam::${resourceAccount}:role/*`,
      'arn:aws:iam::*:role/*target',
      `${resource}s`,
    ];
    return fc.record({
      roleName: fc.constant(`${path}exec`),
      action: fc.constant(ASSUME.action),
      resource: fc.constant(resource),
      resourceAccount: fc.constant(resourceAccount),
      identity: fc.array(document(statement(ASSUME.actions, resources), 3), { minLength: 1, maxLength: 2 }),
      boundary: maybe(document(statement(ASSUME.actions, resources), 2)),
      trust: document(trustStatement(`arn:aws:iam::${SOURCE}:role/${path}exec`, 'exec'), 3),
      context: contextOf(ALL_KEYS),
      hidden,
    });
  });

export const accessCase: fc.Arbitrary<Case> = fc.oneof(
  { weight: 3, arbitrary: assumption },
  { weight: 2, arbitrary: serviceCall },
);
