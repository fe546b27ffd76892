/** A CrossAccountLink of the API → a link of the pure core. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import type { PermissionsSpec as ApiPermissions } from '../api/generated.ts';
import { UnexpectedStructure } from '../api/structure.ts';
import { parseRoleArn, parseStateMachineArn } from '../arn/arn.ts';
import { resemblesOwnTag } from '../observed/tags.ts';
import type { Legs, Link, PermissionsSpec } from './link.ts';

/** Fills in every default.
 *  @throws UnexpectedStructure for ARNs that the CRD's rules would have refused */
export function linkFromSpec({ metadata, spec }: CrossAccountLink): Link {
  // V8 keeps a text from a template in two forms once it was used as a key; a joined text is kept once.
  const key = [metadata.namespace, metadata.name].join('/');
  const stateMachine = parseStateMachineArn(spec.stateMachineARN);
  const targetRole = parseRoleArn(spec.targetRole.arn);
  if (stateMachine === undefined)
    throw new UnexpectedStructure(`${key}: spec.stateMachineARN is not the ARN of a state machine`);
  if (targetRole === undefined)
    throw new UnexpectedStructure(`${key}: spec.targetRole.arn is not the ARN of a role`);
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
    legs: legsOf({
      targetRole: role.managementPolicy ?? overall,
      executionRoleGrant: spec.executionRoleGrant?.managementPolicy ?? overall,
      stateMachineCredentials: credentials?.managementPolicy ?? overall,
    }),
    adopt: role.adoptionPolicy === 'Adopt',
    ...(role.unmanaged !== undefined && { unmanaged: role.unmanaged }),
    permissions: role.permissions === undefined ? NO_PERMISSIONS : permissionsFromSpec(role.permissions),
    ...(role.permissionsBoundaryARN !== undefined && { permissionsBoundaryArn: role.permissionsBoundaryARN }),
    ...(role.description !== undefined && { description: descriptionFromSpec(role.description) }),
    tags: role.tags === undefined ? NO_TAGS : withoutOwnTags(role.tags),
    ...(credentials?.tasks !== undefined && { tasks: credentials.tasks }),
    publishVersion: credentials?.publishVersion ?? false,
    retain: spec.deletionPolicy === 'Retain',
  };
}

/** Values that most links share, kept once: there may be tens of thousands of links. */
const NO_TAGS: Link['tags'] = Object.freeze({});
const NO_PERMISSIONS = Object.freeze(permissionsFromSpec({}));
const ALL_ENFORCED: Legs = Object.freeze({
  targetRole: 'Enforce',
  executionRoleGrant: 'Enforce',
  stateMachineCredentials: 'Enforce',
});

/** Without the tags that say whose the role is, which no link may set. The CRD refuses them; an older CRD let some through. */
function withoutOwnTags(tags: Link['tags']): Link['tags'] {
  const entries = Object.entries(tags);
  const others = entries.filter(([key]) => !resemblesOwnTag(key));
  return others.length === entries.length ? tags : Object.fromEntries(others);
}

function legsOf(legs: Legs): Legs {
  return Object.values(legs).every((policy) => policy === 'Enforce') ? ALL_ENFORCED : legs;
}

/** IAM's answer shows a description of nothing but blanks and line breaks as none: the SDK's XML reader takes it for layout. */
function descriptionFromSpec(text: string): string {
  return text.trim() === '' ? '' : text;
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
