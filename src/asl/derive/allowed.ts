/** What an account's rules allow, for resources that only run time knows: `permissions.unresolved: AllowedResources`. */
import { universalPrincipal } from '../../arn/partitions.ts';
import { isWholeArn, joinArn, splitArn } from '../../arn/parts.ts';
import { isActionWithinAny, isWithin } from '../../policy/pattern.ts';
import type { Place } from '../integrations/reading.ts';

/** One entry of an account's rules; entries add up, and what one allows never widens another. */
export interface AllowedAccess {
  readonly allowedActions: readonly string[];
  readonly allowedResources: readonly string[];
  readonly passRoles: readonly { readonly arn: string; readonly services: readonly string[] }[];
}

/** An action that misses its resource. */
interface OpenAction {
  readonly action: string;
  /** Forms of ARN with `*` for each name, as `Resource.types`. */
  readonly types: readonly string[];
  /** Whom a role is passed to, for `iam:PassRole`. */
  readonly services: readonly string[];
}

/**
 * The resources of these types on which the rules allow the action: never more than one of the rules' own patterns, never of
 * another type. Sorted.
 */
export function allowedFor(
  { action, types, services }: OpenAction,
  access: readonly AllowedAccess[],
  place: Place,
): string[] {
  const patterns = access.flatMap((entry) =>
    action === 'iam:PassRole' ? passable(entry, services) : allowedBy(entry, action),
  );
  const found = types.flatMap((type) =>
    patterns.flatMap((pattern) => intersect(located(type, place), pattern)),
  );
  return [...new Set(found)].sort();
}

function passable({ passRoles }: AllowedAccess, services: readonly string[]): string[] {
  const asked = services.map(universalPrincipal);
  return passRoles
    .filter((rule) => {
      const allowed = new Set(rule.services.map(universalPrincipal));
      return asked.length > 0 && asked.every((service) => allowed.has(service));
    })
    .map(({ arn }) => arn);
}

function allowedBy({ allowedActions, allowedResources }: AllowedAccess, action: string): readonly string[] {
  return isActionWithinAny(action, allowedActions) ? allowedResources : [];
}

/** `arn:*:sns:*:*:*` → `arn:aws:sns:us-east-1:222222222222:*`. */
export function located(type: string, { partition, region, accountId }: Place): string {
  const parts = splitArn(type);
  return joinArn({
    ...parts,
    partition,
    region: parts.region === '' ? '' : region,
    accountId: parts.accountId === '' ? '' : accountId,
  });
}

/** What lies in both patterns, as far as patterns can say it; each result is checked to lie in both. */
function intersect(type: string, pattern: string): string[] {
  if (isWithin(type, pattern)) return [type];
  if (!isWholeArn(pattern)) return [];
  const own = splitArn(type);
  const { resource: typeResource } = own;
  const { resource } = splitArn(pattern);
  const candidates = [
    resource,
    typeResource,
    resource.replace(/\*$/, '') + typeResource,
    typeResource.replace(/\*$/, '') + resource,
  ].map((candidate) => joinArn({ ...own, resource: candidate }));
  const inBoth = candidates.filter((candidate) => isWithin(candidate, type) && isWithin(candidate, pattern));
  return inBoth.slice(0, 1);
}
