/** A CrossAccountLink of the API → a link of the pure core. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import type { PermissionsSpec as ApiPermissions } from '../api/generated.ts';
import { UnexpectedStructure } from '../api/structure.ts';
import { parseRoleArn, parseStateMachineArn } from '../arn/arn.ts';
import type { Link, PermissionsSpec } from './link.ts';

/** Fills in every default. Throws UnexpectedStructure for ARNs that the CRD's rules would have refused. */
export function linkFromSpec({ metadata, spec }: CrossAccountLink): Link {
  const key = `${metadata.namespace}/${metadata.name}`;
  const stateMachine = parseStateMachineArn(spec.stateMachineARN);
  const targetRole = parseRoleArn(spec.targetRole.arn);
  if (stateMachine === undefined)
    throw new UnexpectedStructure(`${key}: spec.stateMachineARN is no state machine`);
  if (targetRole === undefined) throw new UnexpectedStructure(`${key}: spec.targetRole.arn is no role`);
  const overall = spec.managementPolicy ?? 'Enforce';
  const { targetRole: role, stateMachineCredentials: credentials } = spec;
  return {
    key,
    namespace: metadata.namespace,
    name: metadata.name,
    uid: metadata.uid,
    createdAt: metadata.creationTimestamp,
    deleting: metadata.deletionTimestamp !== undefined,
    ...(metadata.deletionTimestamp !== undefined && { deletedAt: metadata.deletionTimestamp }),
    suspended: spec.suspend ?? false,
    stateMachine,
    targetRole,
    legs: {
      targetRole: role.managementPolicy ?? overall,
      executionRoleGrant: spec.executionRoleGrant?.managementPolicy ?? overall,
      stateMachineCredentials: credentials?.managementPolicy ?? overall,
    },
    adopt: role.adoptionPolicy === 'Adopt',
    unmanaged: role.unmanaged ?? 'Remove',
    permissions: permissionsFromSpec(role.permissions ?? {}),
    ...(role.permissionsBoundaryARN !== undefined && { permissionsBoundaryArn: role.permissionsBoundaryARN }),
    ...(role.description !== undefined && { description: role.description }),
    tags: role.tags ?? {},
    ...(credentials?.tasks !== undefined && { tasks: credentials.tasks }),
    publishVersion: credentials?.publishVersion ?? false,
    retain: spec.deletionPolicy === 'Retain',
  };
}

function permissionsFromSpec(spec: ApiPermissions): PermissionsSpec {
  return {
    derive: spec.derive ?? true,
    ...(spec.unresolved === 'AllowedResources' && { unresolved: spec.unresolved }),
    resources: spec.resources ?? [],
    statements: (spec.statements ?? []).map(({ actions, resources, conditions }) => ({
      actions,
      resources,
      conditions: conditions ?? {},
    })),
    managedPolicyArns: spec.managedPolicyARNs ?? [],
  };
}
