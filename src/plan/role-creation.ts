/** The writes that make a target role with everything that its links need of it. */
import { attachedTag, policyName } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import { diffPolicies } from '../policy/diff.ts';
import type { Action } from './action.ts';
import { tagsOf } from './role-tags.ts';
import { attach, putPolicy } from './role-writes.ts';
import { policyOf } from '../policy/document.ts';

export function creation(desired: DesiredTargetRole): readonly Action[] {
  const object = desired.arn.text;
  const trust = policyOf(desired.trust);
  const name = policyName(desired.ownership.clusterId);
  const { permissionsBoundaryArn, description } = desired;
  return [
    {
      operation: 'CreateRole',
      leg: 'targetRole',
      object,
      reason: 'the role does not exist',
      changes: [{ path: 'role', after: object }, ...diffPolicies(undefined, trust, 'trustPolicy')],
      trust,
      tags: new Map([...tagsOf(desired, desired.tags.keys()), ...attachedTag(desired.managedPolicyArns)]),
      ...(permissionsBoundaryArn !== undefined && { permissionsBoundaryArn }),
      ...(description !== undefined && { description }),
    },
    ...(desired.permissions.length > 0
      ? [putPolicy(object, name, undefined, policyOf(desired.permissions))]
      : []),
    ...desired.managedPolicyArns.map((policyArn) => attach(object, policyArn)),
  ];
}
