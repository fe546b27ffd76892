/** The single writes on a role, with the change that a person reads. */
import type { ObservedPolicy, ObservedRole } from '../observed/objects.ts';
import { diffPolicies } from '../policy/diff.ts';
import type { PolicyDocument } from '../policy/document.ts';
import type { Action, FieldChange } from './action.ts';

export function updateTrust(
  observed: ObservedRole,
  before: PolicyDocument | undefined,
  trust: PolicyDocument,
  reason: string,
): Action {
  return {
    operation: 'UpdateAssumeRolePolicy',
    leg: 'trustPolicy',
    object: observed.arn,
    reason,
    changes: diffPolicies(before, trust, 'trustPolicy'),
    trust,
  };
}

export function putPolicy(
  object: string,
  name: string,
  before: PolicyDocument | undefined,
  document: PolicyDocument,
): Action {
  return {
    operation: 'PutRolePolicy',
    leg: 'permissions',
    object,
    reason: before === undefined ? `policy ${name} is missing` : `policy ${name} differs`,
    changes: diffPolicies(before, document, `inlinePolicies[${name}]`),
    policyName: name,
    document,
  };
}

export function deletePolicy(object: string, name: string, before: PolicyDocument | undefined): Action {
  return {
    operation: 'DeleteRolePolicy',
    leg: 'permissions',
    object,
    reason: `policy ${name} is not asked for`,
    changes: diffPolicies(before, undefined, `inlinePolicies[${name}]`),
    policyName: name,
  };
}

export function attach(object: string, policyArn: string): Action {
  return {
    operation: 'AttachRolePolicy',
    leg: 'permissions',
    object,
    reason: `managed policy ${policyArn} is not attached`,
    changes: [change(`managedPolicies[${policyArn}]`, undefined, policyArn)],
    policyArn,
  };
}

export function detach(object: string, policyArn: string): Action {
  return {
    operation: 'DetachRolePolicy',
    leg: 'permissions',
    object,
    reason: `managed policy ${policyArn} is not asked for`,
    changes: [change(`managedPolicies[${policyArn}]`, policyArn, undefined)],
    policyArn,
  };
}

/** The document of a policy that stands and can be read. */
export function documentOf(policy: ObservedPolicy | undefined): PolicyDocument | undefined {
  return policy?.kind === 'parsed' ? policy.document : undefined;
}

export function change(path: string, before: string | undefined, after: string | undefined): FieldChange {
  return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

export function leaveInstanceProfiles(observed: ObservedRole): readonly Action[] {
  return observed.instanceProfiles.map((instanceProfile) => ({
    operation: 'RemoveRoleFromInstanceProfile',
    leg: 'targetRole',
    object: observed.arn,
    reason: 'the role is in an instance profile',
    changes: [change(`instanceProfiles[${instanceProfile}]`, instanceProfile, undefined)],
    instanceProfile,
  }));
}
