/** Specs of a CrossAccountLink that the API server refuses, and what it says about each: the message tells what to write. */
import type { JsonObject } from '../../../src/base/json.ts';
import { hints, statements, tasks } from './largest.ts';

export interface Refusal {
  readonly what: string;
  /** JSON merge patch on the spec of a manifest that is admitted. */
  readonly spec: JsonObject;
  /** A part of what kubectl prints: the field's path and the advice. */
  readonly says: string;
}

const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:';
const ROLE = 'arn:aws:iam::222222222222:role/';

function tags(count: number, prefix: string): JsonObject {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`${prefix}${index}`, 'v']));
}

export const REFUSED_LINKS: readonly Refusal[] = [
  {
    what: 'no state machine',
    spec: { stateMachineARN: null },
    says: 'spec.stateMachineARN: Required value',
  },
  {
    what: 'a state machine that is no ARN',
    spec: { stateMachineARN: 'checkout' },
    says: 'must be the ARN of a Step Functions state machine: write arn:aws:states:REGION:ACCOUNT_ID:stateMachine:NAME',
  },
  {
    what: 'an ARN of another service for the state machine',
    spec: { stateMachineARN: 'arn:aws:lambda:us-east-1:111111111111:function:checkout' },
    says: 'must be the ARN of a Step Functions state machine',
  },
  {
    what: 'an execution for the state machine',
    spec: { stateMachineARN: 'arn:aws:states:us-east-1:111111111111:execution:checkout:1' },
    says: 'must be the ARN of a Step Functions state machine',
  },
  {
    what: 'a version of a state machine',
    spec: { stateMachineARN: `${MACHINE}checkout:7` },
    says: 'must name the state machine itself, not a version or an alias',
  },
  {
    what: 'an alias of a state machine',
    spec: { stateMachineARN: `${MACHINE}checkout:PROD` },
    says: 'must name the state machine itself, not a version or an alias',
  },
  {
    what: 'a colon behind the name of a state machine',
    spec: { stateMachineARN: `${MACHINE}checkout:` },
    says: 'must name the state machine itself, not a version or an alias',
  },
  {
    what: 'a state machine without a name, and a colon',
    spec: { stateMachineARN: `${MACHINE}:` },
    says: 'must name the state machine itself, not a version or an alias',
  },
  {
    what: 'a state machine name with an exclamation mark',
    spec: { stateMachineARN: `${MACHINE}check!out` },
    says: 'must end in a name that sts:ExternalId can carry',
  },
  {
    what: 'a state machine name of letters outside ASCII',
    spec: { stateMachineARN: `${MACHINE}zahlung-für` },
    says: 'must end in a name that sts:ExternalId can carry',
  },
  {
    what: 'a state machine name that is too long',
    spec: { stateMachineARN: `${MACHINE}${'x'.repeat(81)}` },
    says: 'must end in a name that sts:ExternalId can carry',
  },
  {
    what: 'a state machine with a blank behind its name',
    spec: { stateMachineARN: `${MACHINE}checkout ` },
    says: 'spec.stateMachineARN: Invalid value: "arn:aws:states:us-east-1:111111111111:stateMachine:checkout ": must have no blank',
  },
  {
    what: 'no target role',
    spec: { targetRole: null },
    says: 'spec.targetRole: Required value',
  },
  {
    what: 'a role that is no ARN',
    spec: { targetRole: { arn: 'checkout' } },
    says: 'must be the ARN of an IAM role: write arn:PARTITION:iam::ACCOUNT_ID:role/PATH/NAME',
  },
  {
    what: 'a role with a line break behind its name',
    spec: { targetRole: { arn: `${ROLE}checkout\n` } },
    says: 'must have no blank or line break before or after it',
  },
  {
    what: 'a user for the role',
    spec: { targetRole: { arn: 'arn:aws:iam::222222222222:user/checkout' } },
    says: 'must be the ARN of an IAM role',
  },
  {
    what: 'a state machine of a partition that is none',
    spec: { stateMachineARN: 'arn:aws-moon:states:us-east-1:111111111111:stateMachine:x' },
    says: 'must lie in an AWS partition: write arn:PARTITION:states:… with aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc',
  },
  {
    what: 'a Region of China in the commercial partition',
    spec: { stateMachineARN: 'arn:aws:states:cn-north-1:111111111111:stateMachine:x' },
    says: "must name a Region of the ARN's own partition",
  },
  {
    what: 'a commercial Region in the partition of China',
    spec: {
      stateMachineARN: 'arn:aws-cn:states:us-east-1:111111111111:stateMachine:x',
      targetRole: { arn: 'arn:aws-cn:iam::222222222222:role/checkout' },
    },
    says: "must name a Region of the ARN's own partition",
  },
  {
    what: 'a role of another partition',
    spec: { targetRole: { arn: 'arn:aws-cn:iam::222222222222:role/checkout' } },
    says: "spec.targetRole.arn: Invalid value: must lie in the state machine's partition",
  },
  {
    what: "a role of the state machine's own account",
    spec: { targetRole: { arn: 'arn:aws:iam::111111111111:role/checkout' } },
    says: "spec.targetRole.arn: Invalid value: must be a role of another account than the state machine's",
  },
  ...[
    'pay*/checkout',
    'pay?ments/checkout',
    '${aws:PrincipalTag}/checkout',
    'a//checkout',
    'x'.repeat(65),
  ].map((role) => ({
    what: `the role path or name ${role}`,
    spec: { targetRole: { arn: `${ROLE}${role}` } },
    says: 'must have a path and a name of letters, digits and _ + = , . @ - only',
  })),
  ...['aws-service-role/states.amazonaws.com/x', 'aws-reserved/sso.amazonaws.com/x'].map((role) => ({
    what: `a role under ${role}`,
    spec: { targetRole: { arn: `${ROLE}${role}` } },
    says: 'must not be a role that AWS reserves for itself',
  })),
  {
    what: 'a role ARN of more than 256 characters',
    spec: { targetRole: { arn: `${ROLE}${'p/'.repeat(120)}checkout` } },
    says: 'spec.targetRole.arn: Too long: may not be more than 256',
  },
  {
    what: 'adoption without saying what becomes of the unmanaged rest',
    spec: { targetRole: { adoptionPolicy: 'Adopt' } },
    says: 'spec.targetRole.unmanaged: Invalid value: must be written out together with adoptionPolicy Adopt: write Preserve',
  },
  {
    what: 'an unknown management policy',
    spec: { managementPolicy: 'Manage' },
    says: 'spec.managementPolicy: Unsupported value: "Manage": supported values: "Enforce", "Observe"',
  },
  {
    what: 'a management policy with what cannot be seen, which is written out',
    spec: { managementPolicy: 'Ob\u001B[31m\u202E\u00A0\u{E0041}\u0007"serve' },
    says: String.raw`Unsupported value: "Ob\x1b[31m\u202e\u00a0\U000e0041\a\"serve": supported values`,
  },
  {
    what: 'a boundary of a third account',
    spec: { targetRole: { permissionsBoundaryARN: 'arn:aws:iam::333333333333:policy/b' } },
    says: "spec.targetRole.permissionsBoundaryARN: Invalid value: must be a policy of the target role's own account",
  },
  {
    what: 'a managed policy of a third account',
    spec: {
      targetRole: {
        permissions: {
          managedPolicyARNs: ['arn:aws:iam::aws:policy/ReadOnlyAccess', 'arn:aws:iam::333333333333:policy/p'],
        },
      },
    },
    says: "spec.targetRole.permissions.managedPolicyARNs: Invalid value: must be policies of the target role's own account",
  },
  {
    what: 'a boundary that is no policy',
    spec: { targetRole: { permissionsBoundaryARN: `${ROLE}b` } },
    says: 'must be the ARN of an IAM policy: write arn:PARTITION:iam::ACCOUNT_ID:policy/NAME',
  },
  {
    what: 'a description that IAM does not take',
    spec: { targetRole: { description: '支払い' } },
    says: 'must hold only what IAM takes in a description',
  },
  ...[
    'crossaccountlink.dev/cluster-id',
    'CrossAccountLink.DEV/x',
    'crossaccountlinK.dev/namespace',
    'Croſſaccountlİnk.dev/adopted',
  ].map((key) => ({
    what: `the tag ${key}`,
    spec: { targetRole: { tags: { [key]: 'mine' } } },
    says: 'spec.targetRole.tags: Invalid value: must not hold keys under crossaccountlink.dev/, in any case of letters',
  })),
  {
    what: 'a tag that AWS keeps for itself',
    spec: { targetRole: { tags: { 'AWS:x': '1' } } },
    says: 'must not hold keys that begin with aws:',
  },
  {
    what: 'a tag whose key IAM does not take',
    spec: { targetRole: { tags: { 'R&D': 'x' } } },
    says: 'spec.targetRole.tags: Invalid value: must have keys of what IAM takes in a tag',
  },
  // IAM accepts letters, separators and digits of any script, and these nine characters: no marks, no controls, no emoji.
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html
  ...['evil\u202Eyek', 'zero\u200Bwidth', 'e\u0301', '\u{1F600}', 'c\u0085'].map((key) => ({
    what: `a tag whose key IAM does not take: ${encodeURIComponent(key)}`,
    spec: { targetRole: { tags: { [key]: 'x' } } },
    says: 'spec.targetRole.tags: Invalid value: must have keys of what IAM takes in a tag',
  })),
  ...['a\u202Eb', 'soft\u00ADhyphen', '\uFEFFbom', '5\u20AC', '\u2713'].map((value) => ({
    what: `a tag whose value IAM does not take: ${encodeURIComponent(value)}`,
    spec: { targetRole: { tags: { team: value } } },
    says: 'must hold only what IAM takes in a tag: letters',
  })),
  ...['50%', 'a,b', 'x\ty', '(old)', "it's", '[1]', 'a\\b'].map((value) => ({
    what: `a tag whose value IAM does not take: ${JSON.stringify(value)}`,
    spec: { targetRole: { tags: { team: value } } },
    says: 'must hold only what IAM takes in a tag: letters',
  })),
  {
    what: 'tags that differ in case only',
    spec: { targetRole: { tags: { team: 'a', Team: 'b' } } },
    says: 'must not hold two keys that differ only in the case of letters',
  },
  {
    what: 'a tag key that is too long',
    spec: { targetRole: { tags: { ['k'.repeat(129)]: 'a' } } },
    says: 'must have keys of 1 to 128 characters',
  },
  {
    what: "more tags than a role can carry beside the operator's own",
    spec: { targetRole: { tags: tags(41, 'k') } },
    says: 'spec.targetRole.tags: Too many: 41: must have at most 40 items',
  },
  {
    what: 'more letters in tag keys than the operator can record',
    spec: { targetRole: { tags: tags(10, 'k'.repeat(100)) } },
    says: 'must have keys of together at most 856 characters',
  },
  {
    what: 'a resource hint that is no ARN',
    spec: { targetRole: { permissions: { resources: [{ task: 'A', arns: ['orders'] }] } } },
    says: 'spec.targetRole.permissions.resources[0].arns[0]: Invalid value: "orders"',
  },
  {
    what: 'two resource hints for one Task',
    spec: {
      targetRole: {
        permissions: { resources: ['a', 'b'].map((name) => ({ task: 'A', arns: [`arn:aws:s3:::${name}`] })) },
      },
    },
    says: 'spec.targetRole.permissions.resources[1]: Duplicate value',
  },
  {
    what: 'more resource hints than the operator keeps',
    spec: { targetRole: { permissions: { resources: hints(1) } } },
    says: 'spec.targetRole.permissions.resources: Invalid value: must take at most 65536 bytes in all',
  },
  {
    what: 'more statements than the operator keeps',
    spec: { targetRole: { permissions: { statements: statements(1) } } },
    says: 'spec.targetRole.permissions.statements: Invalid value: must hold at most 32768 characters in all',
  },
  {
    what: 'longer names of Tasks than the operator keeps',
    spec: { stateMachineCredentials: { tasks: tasks(1) } },
    says: 'spec.stateMachineCredentials.tasks: Invalid value: must hold names of together at most 65536 bytes',
  },
  {
    what: 'a statement without resources',
    spec: { targetRole: { permissions: { statements: [{ actions: ['sqs:SendMessage'] }] } } },
    says: 'spec.targetRole.permissions.statements[0].resources: Required value',
  },
  {
    what: 'an action without a service',
    spec: { targetRole: { permissions: { statements: [{ actions: ['SendMessage'], resources: ['*'] }] } } },
    says: 'spec.targetRole.permissions.statements[0].actions[0]: Invalid value: "SendMessage"',
  },
  {
    what: 'an empty list of Tasks',
    spec: { stateMachineCredentials: { tasks: [] } },
    says: 'spec.stateMachineCredentials.tasks: Invalid value',
  },
  {
    what: 'a Task twice',
    spec: { stateMachineCredentials: { tasks: ['A', 'A'] } },
    says: 'spec.stateMachineCredentials.tasks[1]: Duplicate value: "A"',
  },
  ...['5 minutes', '', '29s', '24h1s', '1.5h', '30s5m', '-5m'].map((interval) => ({
    what: `the interval ${JSON.stringify(interval)}`,
    spec: { driftCheckInterval: interval },
    says: 'must be a duration from 30s to 24h: write hours, minutes and seconds as in 90s, 5m or 1h30m',
  })),
  {
    what: 'an unknown deletion policy',
    spec: { deletionPolicy: 'Orphan' },
    says: 'spec.deletionPolicy: Unsupported value: "Orphan": supported values: "Delete", "Retain"',
  },
];
