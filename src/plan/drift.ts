/** Which planned changes undo what somebody else did. What is wanted may have changed, too: that is no drift. */
import type { Action, FieldChange } from './action.ts';

/** Changes of one object. */
export interface ObjectChanges {
  readonly object: string;
  readonly changes: readonly FieldChange[];
}

/** What is remembered of the last update of an object. */
export interface LastUpdate {
  /** Digest of what was wanted of it. */
  readonly wanted: string;
  /** The changes that were planned and not made: they are still to be made, and say nothing new. */
  readonly unmade: ReadonlySet<string>;
}

/** The drift among planned actions.
 *  @param wanted digest of what they bring about
 *  @param last undefined: nothing is known, the operator has just begun; then `wasInSync` decides */
export function driftAmong(
  actions: readonly Action[],
  wanted: string,
  last: LastUpdate | undefined,
  wasInSync: boolean,
): readonly ObjectChanges[] {
  if (last === undefined) return wasInSync ? actions : [];
  if (last.wanted !== wanted) return [];
  return withoutChanges(actions, last.unmade);
}

/** The changes of these actions, by name. */
export function namesOfChanges(actions: readonly ObjectChanges[]): ReadonlySet<string> {
  return new Set(actions.flatMap(({ changes }) => changes.map(nameOf)));
}

/** Those changes whose names are not among the given; objects without any are left out. */
export function withoutChanges(
  actions: readonly ObjectChanges[],
  names: ReadonlySet<string>,
): readonly ObjectChanges[] {
  return actions
    .map(({ object, changes }) => ({
      object,
      changes: changes.filter((change) => !names.has(nameOf(change))),
    }))
    .filter(({ changes }) => changes.length > 0);
}

function nameOf({ path, before, after }: FieldChange): string {
  return JSON.stringify([path, before ?? null, after ?? null]);
}
