/**
 * The state of an object after a write, without reading it again. The journal lays it over reads that lag, and a test uses it
 * for the law that after a plan is applied nothing is left to plan.
 */
import type { Action } from './action.ts';
import type { PolicyDocument } from '../policy/document.ts';
import type { ObservedPolicy, ObservedRole } from '../observed/objects.ts';
import { withoutTags, withTags } from '../observed/tags.ts';

/** @param roleId from the answer of CreateRole; other writes leave it as it is
 *  @returns undefined if the role is gone */
export function roleAfter(
  role: ObservedRole | undefined,
  action: Action,
  roleId: string | undefined,
): ObservedRole | undefined {
  if (action.operation === 'CreateRole') {
    return {
      arn: action.object,
      roleId: roleId ?? '',
      trust: parsed(action.trust),
      inlinePolicies: new Map(),
      managedPolicyArns: [],
      tags: action.tags,
      instanceProfiles: [],
      ...(action.permissionsBoundaryArn !== undefined && {
        permissionsBoundaryArn: action.permissionsBoundaryArn,
      }),
      description: action.description ?? '',
    };
  }
  return role === undefined ? undefined : changedRole(role, action);
}

function changedRole(role: ObservedRole, action: Action): ObservedRole | undefined {
  const { permissionsBoundaryArn: _, ...unbounded } = role;
  switch (action.operation) {
    case 'UpdateAssumeRolePolicy':
      return { ...role, trust: parsed(action.trust) };
    case 'UpdateRoleDescription':
      return { ...role, description: action.description };
    case 'PutRolePolicy':
      return {
        ...role,
        inlinePolicies: new Map([...role.inlinePolicies, [action.policyName, parsed(action.document)]]),
      };
    case 'DeleteRolePolicy':
      return { ...role, inlinePolicies: without(role.inlinePolicies, [action.policyName]) };
    case 'AttachRolePolicy':
      return { ...role, managedPolicyArns: [...role.managedPolicyArns, action.policyArn] };
    case 'DetachRolePolicy':
      return { ...role, managedPolicyArns: role.managedPolicyArns.filter((arn) => arn !== action.policyArn) };
    case 'PutRolePermissionsBoundary':
      return { ...role, permissionsBoundaryArn: action.boundaryArn };
    case 'DeleteRolePermissionsBoundary':
      return unbounded;
    case 'TagRole':
      return { ...role, tags: withTags(role.tags, action.tags) };
    case 'UntagRole':
      return { ...role, tags: withoutTags(role.tags, action.keys) };
    case 'RemoveRoleFromInstanceProfile':
      return {
        ...role,
        instanceProfiles: role.instanceProfiles.filter((name) => name !== action.instanceProfile),
      };
    case 'DeleteRole':
      return undefined;
    case 'CreateRole':
    case 'UpdateStateMachine':
      return role;
  }
}

function parsed(document: PolicyDocument): ObservedPolicy {
  return { kind: 'parsed', document };
}

function without<Value>(
  map: ReadonlyMap<string, Value>,
  keys: readonly string[],
): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([key]) => !keys.includes(key)));
}
