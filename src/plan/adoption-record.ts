/**
 * What an adopted role was like before stands in tags on it: without them it could not be given back, and would pass for
 * one that the operator made. Whoever may tag the role can take them off, so a copy stands in the status of its links.
 */
import type { AdoptionRecord } from '../api/generated.ts';
import { isAdoptionTag, TAGS } from '../desired/names.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { withTags } from '../observed/tags.ts';
import type { ObjectPlan } from './action.ts';
import { tag } from './role-tags.ts';

/** The record as a role bears it; undefined where the role was not adopted. */
export function adoptionOn({ roleId, tags }: ObservedRole): AdoptionRecord | undefined {
  if (!tags.has(TAGS.adopted)) return undefined;
  const entries = [...tags].filter(([key]) => isAdoptionTag(key)).sort(([a], [b]) => (a < b ? -1 : 1));
  return { roleID: roleId, tags: Object.fromEntries(entries) };
}

/** A role with the tags that are on record of it and were taken off. What the role bears counts for more than its record,
 *  and what one of its links knows of for more than what another one remembers: a status may lag.
 *  @param records of the role's links, as far as they have any */
export function withAdoption(
  role: ObservedRole,
  records: readonly AdoptionRecord[],
): { readonly role: ObservedRole; readonly missing: ReadonlyMap<string, string> } {
  const [first, ...others] = records.filter(({ roleID }) => roleID === role.roleId);
  const missing = new Map(
    Object.entries(first?.tags ?? {}).filter(
      ([key]) => isAdoptionTag(key) && !role.tags.has(key) && others.every(({ tags }) => key in tags),
    ),
  );
  return missing.size === 0
    ? { role, missing }
    : { role: { ...role, tags: withTags(role.tags, missing) }, missing };
}

/** A plan for a role with its record, in which what is missing of that on the role comes first, with other tags that do. */
export function recordFirst(
  plan: ObjectPlan,
  observed: ObservedRole,
  missing: ReadonlyMap<string, string>,
): ObjectPlan {
  if (missing.size === 0) return plan;
  const [first, ...others] = plan.actions;
  const isTag = first?.operation === 'TagRole';
  const restored = isTag
    ? tag(observed, new Map([...missing, ...first.tags]), first.reason)
    : tag(observed, missing, 'its record of the adoption was taken off');
  return { ...plan, actions: [restored, ...(isTag ? others : plan.actions)] };
}
