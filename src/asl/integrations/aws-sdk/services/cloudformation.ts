import { hasParameter, literalAt, readParameters } from '../../../parameters.ts';
import type { Task } from '../../../task.ts';
import type { Resource } from '../../reading.ts';
import { allow, note, rowOn } from '../../row.ts';
import type { Note, Row, ServiceTable } from '../../row.ts';
import { arn } from '../../resources.ts';
import { objectAt } from '../../s3-uri.ts';

/** A stack's ARN ends in an ID that CloudFormation makes. */
const stack = arn('cloudformation', 'stack/{StackName}/*');
const stackByArn = arn('cloudformation', 'stack/{StackName}');

const CALLER_NOTE = note(
  'CallerPermissionsNeeded',
  'without RoleARN, CloudFormation makes the stack’s resources with the target role’s own permissions, which the definition does not show: pass a RoleARN, or add statements',
  { unless: ['RoleARN'] },
);

/**
 * Transforms and macros are authorized as CreateChangeSet on their own ARNs, whichever call brings the template.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html
 */
const TRANSFORM_NOTE = note(
  'CallerPermissionsNeeded',
  'for each transform and macro in the template, the target role needs cloudformation:CreateChangeSet on …:aws:transform/NAME (AWS’s own, such as Serverless-2016-10-31) or …:ACCOUNT:transform/NAME: add a statement if the template has one',
  { where: mayTransform },
);

/** A stack that is made without a change set has no transform unless the call expects one. */
function mayTransform(task: Task): boolean {
  const body = literalAt(task, 'TemplateBody');
  if (body !== undefined) return /\bTransform["']?\s*:|Fn::Transform/.test(body);
  if (/:createChangeSet(?:\.|$)/.test(task.resource)) return !isSameTemplate(task);
  return readParameters(task, 'Capabilities[]').some(
    (value) => value.kind === 'dynamic' || (value.kind === 'text' && value.text === 'CAPABILITY_AUTO_EXPAND'),
  );
}

function isSameTemplate(task: Task): boolean {
  return !hasParameter(task, 'TemplateURL') && !hasParameter(task, 'TemplateBody');
}

/** Templates and policies of stacks are read from S3 with the caller's rights. */
export const STACK_FILES = ['TemplateURL', 'StackPolicyURL', 'StackPolicyDuringUpdateURL'].map((parameter) =>
  allow('s3:GetObject', objectAt(parameter), { when: parameter }),
);

function row(action: string, notes: readonly Note[] = [], resource: Resource = named): Row {
  return rowOn(`cloudformation:${action}`, resource, notes);
}

/** By name, or by the whole ARN that another call returned. */
const named = {
  types: stackByArn.types,
  read: (call: Parameters<typeof stack.read>[0]) => {
    const byArn = stackByArn.read(call);
    return byArn.arns.some(({ accountId }) => accountId !== undefined) ? byArn : stack.read(call);
  },
};

const everyStack = arn('cloudformation', 'stack/*/*');

/** Without a name the call describes all of them. https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const namedOrEvery: Resource = {
  types: named.types,
  read: (call) => (hasParameter(call.task, 'StackName') ? named : everyStack).read(call),
};

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/control-access-with-iam.html */
export const stacks: ServiceTable = {
  createStack: row('CreateStack', [CALLER_NOTE, TRANSFORM_NOTE]),
  updateStack: row('UpdateStack', [CALLER_NOTE, TRANSFORM_NOTE]),
  deleteStack: row('DeleteStack', [CALLER_NOTE]),
  createChangeSet: row('CreateChangeSet', [TRANSFORM_NOTE]),
  describeStacks: row('DescribeStacks', [], namedOrEvery),
  describeStackEvents: row('DescribeStackEvents'),
  describeStackResources: row('DescribeStackResources'),
  getTemplate: row('GetTemplate'),
};
