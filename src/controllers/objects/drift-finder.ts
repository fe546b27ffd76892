/** Tells changes by somebody else (drift) from what the operator is about to do, or has done for another link. */
import type { Leg } from '../../desired/leg.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import {
  driftAmong,
  namesOfChanges,
  ofDescriptions,
  type LastUpdate,
  type ObjectChanges,
} from '../../plan/drift.ts';
import { LEGS } from '../../report/outcome.ts';
import type { SharedPlan, UpdateOptions, UpdateResult } from './object-update.ts';

interface Writes {
  /** Number of the last write, counted over all objects. */
  readonly number: number;
  /** Digest of what the last write was to bring about. */
  readonly wanted: string;
  /** Number of the last write that was to bring about something else; 0 if none is remembered. */
  readonly lastOther: number;
}

export const NO_LEGS: ReadonlySet<Leg> = new Set();
/** The leg of a target role that holds its boundary, which is all that an account's rules ask for. */
const ROLE_ALONE: ReadonlySet<Leg> = new Set(['targetRole']);
const NO_NAMES: ReadonlySet<string> = new Set();
const ALL_LEGS: ReadonlySet<Leg> = new Set(LEGS);

export class DriftFinder {
  /** By ARN: legs with an edit that is not completely written. */
  readonly #unfinished = new Map<string, ReadonlySet<Leg>>();
  /** By ARN: what this process has written, for any link. */
  readonly #writes = new Map<string, Writes>();
  /** Counts the writes to all objects, so that no number comes twice even after an object was forgotten. */
  #count = 0;

  /** To be called before an object is reconciled for a link. If the writes since the link's last update were forgotten, the
   *  link's memory of that update says nothing any more: it is dropped, and the link knows as little as after a restart. */
  dropForgotten(object: string, lastUpdates: UpdateOptions['lastUpdates']): void {
    if ((lastUpdates.get(object)?.lastWrite ?? 0) > this.#lastOf(object)) lastUpdates.delete(object);
  }

  /** The part of a plan that undoes what somebody else did. */
  driftIn(
    object: string,
    { plan, wanted, onRecord, hasOtherBoundary }: SharedPlan,
    { inSyncBefore, lastUpdates }: UpdateOptions,
  ): readonly ObjectChanges[] {
    // While a plan withholds what an edit or a refused link left, its actions contain nothing of it: what it replaces then,
    // somebody else has changed.
    const withholds = plan.withheld.length > 0;
    const unfinished = withholds ? NO_LEGS : (this.#unfinished.get(object) ?? NO_LEGS);
    const inStatuses = () => ({
      inSync: inSyncBefore,
      edited: onRecord.edited(),
      observed: withholds ? onRecord.observed() : onRecord.observed().union(onRecord.frozen()),
      hasOtherBoundary: hasOtherBoundary?.() === true,
    });
    const last = lastUpdates.get(object);
    if (last !== undefined && this.#wasWrittenFor(object, wanted, last)) return [];
    return driftAmong(plan.actions, {
      wanted,
      last,
      onRecord: inStatuses,
      unfinished: unfinished.union(onRecord.left),
    });
  }

  /** To be called before an object is written.
   *  @param wanted digest of what the write is to bring about */
  writes(object: string, wanted: string): void {
    const before = this.#writes.get(object);
    const lastOther = before?.wanted === wanted ? before.lastOther : (before?.number ?? 0);
    this.#writes.set(object, { number: (this.#count += 1), wanted, lastOther });
  }

  /** To be called when an update has ended. Remembers what was wanted of the object and which changes were not made, unless a
   *  person has to decide first. */
  concluded(
    object: string,
    { lastUpdates, isDeletion }: UpdateOptions,
    { role, ...result }: UpdateResult & { readonly role?: ObservedRole | undefined },
  ): void {
    const { plan, wanted } = result;
    const last = lastUpdates.get(object);
    // A deletion removes what its own link had. What other links left is removed by their updates.
    if (!isDeletion || plan.withheld.length > 0) this.#noteUnfinished(object, result, last);
    if (plan.problem !== undefined || plan.blocked !== undefined) return;
    const isHidden = role !== undefined && role.description === undefined && last?.wanted === wanted;
    const left = plan.leaves === undefined ? [] : [{ object, changes: plan.leaves }];
    const unmade = namesOfChanges([...result.unmade, ...left]).union(
      isHidden ? ofDescriptions(last.unmade) : NO_NAMES,
    );
    // Nearly all sets are empty, and live as long as their links: an empty Set of its own for each would take 0.7 KB a link.
    const kept = unmade.size === 0 ? NO_NAMES : unmade;
    lastUpdates.set(object, { wanted, unmade: kept, lastWrite: this.#lastOf(object) });
  }

  /** To be called when a link goes and leaves the object as it is. What only this link asked for is removed with the next
   *  update of another one, and is not drift. */
  leave(object: string, legs: ReadonlySet<Leg>): void {
    this.#unfinished.set(object, legs.union(this.#unfinished.get(object) ?? NO_LEGS));
  }

  /** Whether an edit of the object is not completely written. */
  isUnfinished(object: string): boolean {
    return this.#unfinished.has(object);
  }

  /** To be called when no link writes the object any more. */
  forget(object: string): void {
    this.#unfinished.delete(object);
    this.#writes.delete(object);
  }

  /** Whether the operator has written something else since, for another link of the object. What that link asked for in between
   *  is removed or, if this link only observes, stays: neither is drift. */
  #wasWrittenFor(object: string, wanted: string, last: LastUpdate): boolean {
    const writes = this.#writes.get(object);
    if (writes === undefined) return false;
    return (writes.wanted === wanted ? writes.lastOther : writes.number) > last.lastWrite;
  }

  /** While not every link of the object is known, an edit removes nothing. Whichever link's update removes it in the end, that
   *  is not drift. */
  #noteUnfinished(object: string, result: UpdateResult, last: LastUpdate | undefined): void {
    const { plan, wanted, enforced, unmade } = result;
    if (plan.withheld.length === 0) {
      // A link that only observes may find everything as it wants it while other links still have to remove what the edit left.
      if (enforced && unmade.length === 0) this.#unfinished.delete(object);
      return;
    }
    const edited = last === undefined ? askedAnew(result) : this.#editedSince(object, wanted, last);
    if (edited.size > 0) this.#unfinished.set(object, edited.union(this.#unfinished.get(object) ?? NO_LEGS));
  }

  /** The same may be wanted as at the last update, and yet the operator may have written something else in between, for another
   *  link. */
  #editedSince(object: string, wanted: string, last: LastUpdate): ReadonlySet<Leg> {
    const isSame = last.wanted === wanted && !this.#wasWrittenFor(object, wanted, last);
    return isSame ? NO_LEGS : ALL_LEGS;
  }

  #lastOf(object: string): number {
    return this.#writes.get(object)?.number ?? 0;
  }
}

/** Legs for which other links ask, or asked, something else than what is on record. */
function askedAnew({ onRecord, hasOtherBoundary }: SharedPlan): ReadonlySet<Leg> {
  const { edited, observed, frozen, left } = onRecord;
  const legs = edited().union(observed()).union(frozen()).union(left);
  return hasOtherBoundary?.() === true ? legs.union(ROLE_ALONE) : legs;
}
