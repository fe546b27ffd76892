/**
 * A role's description and permissions boundary. On a role that the operator made they are the spec's. An adopted role had
 * its own before: what that was stands in tags before it is changed, and comes back when no link asks for another, or
 * when the role is given back.
 */
import { formerTags, formerText, type FormerField } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import type { ObservedRole } from '../observed/objects.ts';
import type { Action } from './action.ts';
import type { RoleClaim } from './ownership.ts';
import { change } from './role-writes.ts';

export interface Scalars {
  readonly actions: readonly Action[];
  /** Tags that record what the role had: before anything is changed, and after what is no longer asked for is back. */
  readonly recordBefore: ReadonlyMap<string, string>;
  readonly recordAfter: ReadonlyMap<string, string>;
}

export function scalars(desired: DesiredTargetRole, observed: ObservedRole, claim: RoleClaim): Scalars {
  const fields = [
    scalar('boundary', desired.permissionsBoundaryArn, observed.permissionsBoundaryArn ?? ''),
    scalar('description', desired.description, observed.description),
  ];
  return {
    actions: fields.flatMap(({ actions }) => actions),
    recordBefore: union(fields.map(({ before }) => before)),
    recordAfter: union(fields.map(({ after }) => after)),
  };

  function scalar(field: FormerField, asked: string | undefined, found: string | undefined) {
    const former = formerText(observed.tags, field);
    const record = former === undefined ? NOTHING : formerTags(field, former);
    const wanted = asked ?? (desired.mayShrink ? unasked(claim, former) : undefined);
    const actions =
      wanted === undefined || found === undefined || found === wanted
        ? []
        : [write(observed, field, found, wanted)];
    const isOurs = claim.kind === 'made' || claim.kind === 'untagged';
    if (isOurs || found === undefined) return { actions, before: record, after: isOurs ? NOTHING : record };
    const before = actions.length > 0 && former === undefined ? formerTags(field, found) : record;
    return { actions, before, after: asked === undefined && desired.mayShrink ? NOTHING : before };
  }
}

/** The writes that give an adopted role back what it had. The boundary that the account's administrators put on every role
 *  stays. */
export function restored(desired: DesiredTargetRole, observed: ObservedRole): readonly Action[] {
  const found = { description: observed.description, boundary: observed.permissionsBoundaryArn ?? '' };
  return (['description', 'boundary'] as const).flatMap((field) => {
    const former = formerText(observed.tags, field);
    const present = found[field];
    const isTheAccounts = field === 'boundary' && desired.permissionsBoundaryArn !== undefined;
    return former === undefined || present === undefined || present === former || isTheAccounts
      ? []
      : [write(observed, field, present, former)];
  });
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** What a role has where no link asks for anything. */
function unasked({ kind }: RoleClaim, former: string | undefined): string | undefined {
  return kind === 'made' ? '' : former;
}

function union(maps: readonly ReadonlyMap<string, string>[]): ReadonlyMap<string, string> {
  return new Map(maps.flatMap((map) => [...map]));
}

/** @param after empty: none */
function write({ arn: object }: ObservedRole, field: FormerField, before: string, after: string): Action {
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
