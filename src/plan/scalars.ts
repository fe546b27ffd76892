/**
 * A role's description and permissions boundary. On a role that the operator made, they are the spec's. An adopted role had its
 * own before: these are recorded in tags before they are changed, and come back when no link asks for others, or when the role
 * is given back.
 */
import { formerRecord, formerTags, formerText, type FormerField } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Action } from './action.ts';
import type { RoleClaim } from './ownership.ts';
import { change } from './role-writes.ts';

interface Scalars {
  readonly actions: readonly Action[];
  /** The tags that record what the role had: before anything is changed, and after what no link asks for is restored. */
  readonly recordBefore: ReadonlyMap<string, string>;
  readonly recordAfter: ReadonlyMap<string, string>;
}

/** Plans description and boundary, with the record for them. */
export function scalars(desired: DesiredTargetRole, observed: ObservedRole, claim: RoleClaim): Scalars {
  const plans = FIELDS.map((field) => planScalar(field, desired, observed, claim));
  return {
    actions: plans.flatMap(({ actions }) => actions),
    recordBefore: union(plans.map(({ before }) => before)),
    recordAfter: union(plans.map(({ after }) => after)),
  };
}

type ScalarField = Exclude<FormerField, 'tags'>;

const FIELDS: readonly ScalarField[] = ['boundary', 'description'];

interface ScalarPlan {
  readonly actions: readonly Action[];
  /** Tags of its record, as in {@link Scalars}. */
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
}

function planScalar(
  field: ScalarField,
  desired: DesiredTargetRole,
  observed: ObservedRole,
  claim: RoleClaim,
): ScalarPlan {
  const asked = field === 'boundary' ? desired.permissionsBoundaryArn : desired.description;
  const found = foundOn(observed, field);
  const former = formerText(observed.tags, field);
  const record = formerRecord(observed.tags, field);
  const mayGo = desired.mayShrink && !desired.untouched[field];
  const wanted = asked ?? (mayGo ? unasked(claim, former) : undefined);
  const differs = wanted !== undefined && found !== undefined && found !== wanted;
  const actions = differs ? [write(observed, field, found, wanted)] : [];
  // A role that the operator made has no former values.
  if (claim.kind === 'made' || claim.kind === 'untagged') return { actions, before: record, after: NOTHING };
  if (found === undefined) return { actions, before: record, after: record };
  const before = differs && former === undefined ? formerTags(field, found) : record;
  const isBack = asked === undefined && mayGo;
  return { actions, before, after: isBack ? NOTHING : before };
}

/** The value that the role has, empty for none; undefined for a description that was not read, because a snapshot has none. */
function foundOn(
  { description, permissionsBoundaryArn }: ObservedRole,
  field: ScalarField,
): string | undefined {
  return field === 'boundary' ? (permissionsBoundaryArn ?? '') : description;
}

/** The writes that give an adopted role back what it had. A boundary that the account's administrators put on every role stays. */
export function restored(desired: DesiredTargetRole, observed: ObservedRole): readonly Action[] {
  return (['description', 'boundary'] as const).flatMap((field) => {
    const former = formerText(observed.tags, field);
    const present = foundOn(observed, field);
    const isTheAccounts = field === 'boundary' && desired.permissionsBoundaryArn !== undefined;
    return former === undefined || present === undefined || present === former || isTheAccounts
      ? []
      : [write(observed, field, present, former)];
  });
}

export function setsBoundary({ operation }: Action): boolean {
  return operation === 'PutRolePermissionsBoundary' || operation === 'DeleteRolePermissionsBoundary';
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** The value of a role for which no link asks for anything. */
function unasked({ kind }: RoleClaim, former: string | undefined): string | undefined {
  return kind === 'made' ? '' : former;
}

function union(maps: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  return new Map(maps.flatMap((map) => [...map]));
}

/** @param after empty for none */
function write({ arn: object }: ObservedRole, field: ScalarField, before: string, after: string): Action {
  const common = { leg: 'targetRole', object } as const;
  if (field === 'description') {
    return {
      ...common,
      operation: 'UpdateRoleDescription',
      reason: 'the description differs',
      changes: [change('description', before, after)],
      description: after,
    };
  }
  const changes = [change('permissionsBoundary', before || undefined, after || undefined)];
  return after === ''
    ? {
        ...common,
        operation: 'DeleteRolePermissionsBoundary',
        reason: 'no permissions boundary is asked for',
        changes,
      }
    : {
        ...common,
        operation: 'PutRolePermissionsBoundary',
        reason: 'the permissions boundary differs',
        changes,
        boundaryArn: after,
      };
}
