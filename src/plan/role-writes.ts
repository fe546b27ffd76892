/** The single writes on a role, with the change that a person reads. */
import type { ObservedPolicy, ObservedRole } from '../observed/objects.ts';
import { diffPolicies } from '../policy/diff.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { printPolicy } from '../policy/print.ts';
import type { Action, FieldChange } from './action.ts';

export function updateTrust(observed: ObservedRole, trust: PolicyDocument, reason: string): Action {
  return {
    operation: 'UpdateAssumeRolePolicy',
    leg: 'trustPolicy',
    object: observed.arn,
    reason,
    changes: policyChanges(observed.trust, trust, 'trustPolicy'),
    trust,
  };
}

export function putPolicy(
  object: string,
  name: string,
  before: ObservedPolicy | undefined,
  document: PolicyDocument,
): Action {
  return {
    operation: 'PutRolePolicy',
    leg: 'permissions',
    object,
    reason: before === undefined ? `policy ${name} is missing` : `policy ${name} differs`,
    changes: policyChanges(before, document, `inlinePolicies[${name}]`),
    policyName: name,
    document,
  };
}

export function deletePolicy(object: string, name: string, before: ObservedPolicy): Action {
  return {
    operation: 'DeleteRolePolicy',
    leg: 'permissions',
    object,
    reason: `policy ${name} is not asked for`,
    changes: policyChanges(before, undefined, `inlinePolicies[${name}]`),
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

/** @param isOnRecord whether the role's tags say that the operator attached it */
export function detach(object: string, policyArn: string, isOnRecord: boolean): Action {
  return {
    operation: 'DetachRolePolicy',
    leg: 'permissions',
    object,
    reason: `managed policy ${policyArn} is not asked for`,
    changes: [change(`managedPolicies[${policyArn}]`, policyArn, undefined)],
    policyArn,
    isOnRecord,
  };
}

/** What a person reads when a policy changes: its statements, or the whole text if it cannot be parsed.
 *  @param path the policy's name among the role's fields */
export function policyChanges(
  before: ObservedPolicy | undefined,
  after: PolicyDocument | undefined,
  path: string,
): readonly FieldChange[] {
  const changes = before?.kind === 'unreadable' ? [] : diffPolicies(documentOf(before), after, path);
  return changes.length > 0 ? changes : [change(path, textOf(before), after && printPolicy(after))];
}

function textOf(policy: ObservedPolicy | undefined): string | undefined {
  return policy?.kind === 'parsed' ? printPolicy(policy.document) : policy?.text;
}

/** The document of a policy that exists and can be read. */
export function documentOf(policy: ObservedPolicy | undefined): PolicyDocument | undefined {
  return policy?.kind === 'parsed' ? policy.document : undefined;
}

export function change(path: string, before: string | undefined, after: string | undefined): FieldChange {
  return { path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

/** Removes the role from every instance profile, because each would block its deletion. */
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
