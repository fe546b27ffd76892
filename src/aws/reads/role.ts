/** Fresh reads of single roles. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListInstanceProfilesForRoleCommand,
  ListRolePoliciesCommand,
  type Role,
} from '@aws-sdk/client-iam';
import { parseRoleArn, type RoleArn } from '../../arn/arn.ts';
import type { RoleReading } from '../../observed/role-cache.ts';
import { observedTags } from '../../observed/tags.ts';
import type { ObservedPolicy } from '../../policy/document.ts';
import { parseObservedPolicy } from '../../policy/parse.ts';
import type { AccountCalls } from '../calls/calls.ts';
import { allPages, nextMarker, type IamPaging } from '../calls/pages.ts';
import { AwsFailure, changedMeanwhile, incompleteAnswer, invalidArn } from '../errors/errors.ts';
import { toFinish, type CallOptions } from '../pace/lanes.ts';
import { absentIfGone } from './absent.ts';

/** Reads a role completely: four IAM calls, and one for each inline policy.
 *  @throws AwsFailure */
export async function readRole(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: string,
): Promise<RoleReading> {
  const parsed = parseRoleArn(arn);
  if (parsed === undefined) throw invalidArn(calls.config.accountId, 'GetRole', arn);
  const role = await absentIfGone(undefined, () => getRole(calls, callOptions, parsed));
  if (role === undefined) return { kind: 'absent' };
  if (role.Arn !== arn) return { kind: 'nameTaken', arn: role.Arn };
  const onward = toFinish(callOptions);
  const [inlinePolicies, managedPolicyArns, instanceProfiles] = await whileItStands(
    Promise.all([
      readInlinePolicies(calls, onward, parsed),
      readAttachedPolicies(calls, onward, parsed),
      readInstanceProfiles(calls, onward, parsed),
    ]),
  );
  const boundary = role.PermissionsBoundary?.PermissionsBoundaryArn;
  const whole = {
    arn,
    roleId: role.RoleId ?? '',
    trust: parseObservedPolicy(role.AssumeRolePolicyDocument ?? ''),
    inlinePolicies,
    managedPolicyArns,
    ...(boundary !== undefined && { permissionsBoundaryArn: boundary }),
    tags: tagsOf(role),
    instanceProfiles,
    description: role.Description ?? '',
  };
  return { kind: 'found', role: whole };
}

/** Reads the role itself, without its policies.
 *  @throws AwsFailure of kind `notFound` if there is no role of that name */
export async function getRole(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: RoleArn,
): Promise<Role & { readonly Arn: string }> {
  const { Role: role } = await calls.iam('GetRole', arn.text, callOptions, (iam, options) =>
    iam.send(new GetRoleCommand({ RoleName: arn.name }), options),
  );
  if (role?.Arn === undefined) throw incompleteAnswer(calls.subjectOf('GetRole', arn.text), 'the role');
  return { ...role, Arn: role.Arn };
}

export function tagsOf({ Tags = [] }: Role): ReturnType<typeof observedTags> {
  return observedTags(Tags.map(({ Key: key = '', Value: value = '' }) => ({ key, value })));
}

async function readInlinePolicies(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: RoleArn,
): Promise<ReadonlyMap<string, ObservedPolicy>> {
  const names = await listOfRole(calls, 'ListRolePolicies', arn, async (RoleName, Marker) => {
    const page = await calls.iam('ListRolePolicies', arn.text, callOptions, (iam, options) =>
      iam.send(new ListRolePoliciesCommand({ RoleName, Marker }), options),
    );
    return { ...page, items: page.PolicyNames };
  });
  const policies = names.map(async (PolicyName) => {
    const answer = await calls.iam('GetRolePolicy', arn.text, callOptions, (iam, options) =>
      iam.send(new GetRolePolicyCommand({ RoleName: arn.name, PolicyName }), options),
    );
    if (answer.PolicyDocument === undefined)
      throw incompleteAnswer(calls.subjectOf('GetRolePolicy', arn.text), 'the policy');
    return [PolicyName, parseObservedPolicy(answer.PolicyDocument)] as const;
  });
  return new Map(await Promise.all(policies));
}

function readAttachedPolicies(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: RoleArn,
): Promise<readonly string[]> {
  return listOfRole(calls, 'ListAttachedRolePolicies', arn, async (RoleName, Marker) => {
    const page = await calls.iam('ListAttachedRolePolicies', arn.text, callOptions, (iam, options) =>
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName, Marker }), options),
    );
    return { ...page, items: page.AttachedPolicies?.map(({ PolicyArn = '' }) => PolicyArn) };
  });
}

function readInstanceProfiles(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: RoleArn,
): Promise<readonly string[]> {
  return listOfRole(calls, 'ListInstanceProfilesForRole', arn, async (RoleName, Marker) => {
    const page = await calls.iam('ListInstanceProfilesForRole', arn.text, callOptions, (iam, options) =>
      iam.send(new ListInstanceProfilesForRoleCommand({ RoleName, Marker }), options),
    );
    return {
      ...page,
      items: page.InstanceProfiles?.map(({ InstanceProfileName = '' }) => InstanceProfileName),
    };
  });
}

/** A page as IAM words it. */
interface RolePage extends IamPaging {
  readonly items: readonly string[] | undefined;
}

/** Reads a list that belongs to a role, to its end. */
function listOfRole(
  calls: AccountCalls,
  operation: string,
  arn: RoleArn,
  read: (roleName: string, marker: string | undefined) => Promise<RolePage>,
): Promise<readonly string[]> {
  const subject = calls.subjectOf(operation, arn.text);
  return allPages(subject, async (token) => {
    const { items = [], ...paging } = await read(arn.name, token);
    return { items, next: nextMarker(subject, paging) };
  });
}

/** If a part vanishes between two reads of an object, that says nothing about the object as a whole: it is read again. */
async function whileItStands<Reading>(reading: Promise<Reading>): Promise<Reading> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AwsFailure && error.kind === 'notFound') throw changedMeanwhile(error);
    throw error;
  }
}
