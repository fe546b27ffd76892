/**
 * What AWS asks its policies about a call: actions, full ARNs and condition keys, according to the Service Authorization
 * Reference.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
 */
import { GetInstanceProfileCommand } from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand } from '@aws-sdk/client-sfn';
import { awsClients } from '../../../testbed/aws-clients.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { viewRole } from '../link/aws-views.ts';

export interface Authorization {
  readonly accountId: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

type Context = Readonly<Record<string, string | string[]>>;

/** A call may need several rights; AWS carries it out only if all are allowed.
 *  @param awsUrl where the objects that it names are looked up, as their owner */
export async function authorizationsOf(call: AwsCall, awsUrl: string): Promise<readonly Authorization[]> {
  const { service, accountId } = call;
  const asked = await (service === 'iam'
    ? iamAuthorizations(call, awsUrl)
    : service === 'states'
      ? statesAuthorizations(call, awsUrl)
      : queueAuthorizations(call));
  return asked.map(({ action, resource, context }) => ({ accountId, action, resource, context }));
}

type Asked = Omit<Authorization, 'accountId'>;

async function iamAuthorizations(call: AwsCall, awsUrl: string): Promise<readonly Asked[]> {
  const { operation, accountId, parameters } = call;
  const action = `iam:${operation}`;
  const name = parameters.get('RoleName') ?? '';
  if (operation === 'GetAccountAuthorizationDetails') return [{ action, resource: '*', context: {} }];
  if (operation === 'GetPolicy' || operation === 'GetPolicyVersion')
    return [{ action, resource: parameters.get('PolicyArn') ?? '', context: {} }];
  if (operation === 'RemoveRoleFromInstanceProfile')
    return [{ action, resource: await instanceProfileArn(call, awsUrl), context: {} }];
  if (operation === 'CreateRole') {
    const resource = `arn:aws:iam::${accountId}:role${parameters.get('Path') ?? '/'}${name}`;
    const tags = requestedTags(parameters);
    const boundary = boundaryKey(parameters.get('PermissionsBoundary'));
    // Tags at creation need the right to tag. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags_roles.html
    const tagging = { action: 'iam:TagRole', resource, context: tags };
    return [{ action, resource, context: { ...boundary, ...tags } }, ...(hasKeys(tags) ? [tagging] : [])];
  }
  const role = await viewRole(awsClients(awsUrl, accountId), name);
  // IAM knows no path for a role that does not exist.
  const resource = role?.arn ?? `arn:aws:iam::${accountId}:role/${name}`;
  const boundary =
    operation === 'PutRolePermissionsBoundary' ? parameters.get('PermissionsBoundary') : role?.boundary;
  const context = {
    ...resourceTags(role?.tags ?? {}),
    ...requestedTags(parameters),
    ...boundaryKey(boundary),
    ...optional('iam:PolicyARN', parameters.get('PolicyArn')),
  };
  return [{ action, resource, context }];
}

/** UpdateStateMachine may check whether the role may be passed, even if none is sent: the worse case is assumed. */
async function statesAuthorizations(
  { operation, accountId, parameters }: AwsCall,
  awsUrl: string,
): Promise<readonly Asked[]> {
  const machine = parameters.get('stateMachineArn') ?? '';
  const resource = parameters.get('executionArn') ?? parameters.get('stateMachineAliasArn') ?? machine;
  const own = { action: `states:${operation}`, resource, context: {} };
  if (operation !== 'UpdateStateMachine') return [own];
  const { sfn } = awsClients(awsUrl, accountId);
  const { roleArn = '' } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: machine }));
  const service = { 'iam:PassedToService': 'states.amazonaws.com' };
  const publishing = { action: 'states:PublishStateMachineVersion', resource: machine, context: {} };
  return [
    own,
    { action: 'iam:PassRole', resource: roleArn, context: service },
    ...(parameters.get('publish') === 'true' ? [publishing] : []),
  ];
}

function queueAuthorizations({ operation, region, parameters }: AwsCall): readonly Asked[] {
  const [name = '', owner = ''] = (parameters.get('QueueUrl') ?? '').split('/').toReversed();
  const action = `sqs:${operation.replace(/Batch$/, '')}`;
  return [{ action, resource: `arn:aws:sqs:${region}:${owner}:${name}`, context: {} }];
}

async function instanceProfileArn({ accountId, parameters }: AwsCall, awsUrl: string): Promise<string> {
  const InstanceProfileName = parameters.get('InstanceProfileName') ?? '';
  const { iam } = awsClients(awsUrl, accountId);
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }));
  return InstanceProfile?.Arn ?? '';
}

/** `Tags.member.1.Key=team&Tags.member.1.Value=payments`, or `TagKeys.member.1=team`. */
function requestedTags(parameters: AwsCall['parameters']): Context {
  const context: Record<string, string | string[]> = {};
  const keys: string[] = [];
  for (const [name, value] of parameters) {
    if (/^TagKeys\.member\.\d+$/.test(name)) keys.push(value);
    const index = /^Tags\.member\.(\d+)\.Key$/.exec(name)?.[1];
    if (index === undefined) continue;
    keys.push(value);
    context[`aws:RequestTag/${value}`] = parameters.get(`Tags.member.${index}.Value`) ?? '';
  }
  return keys.length === 0 ? {} : { ...context, 'aws:TagKeys': keys };
}

function resourceTags(tags: Readonly<Record<string, string>>): Context {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

function boundaryKey(arn: string | undefined): Context {
  return optional('iam:PermissionsBoundary', arn);
}

function optional(key: string, value: string | undefined): Context {
  return value === undefined ? {} : { [key]: value };
}

function hasKeys(context: Context): boolean {
  return Object.keys(context).length > 0;
}
