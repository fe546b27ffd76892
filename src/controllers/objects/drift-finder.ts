/** Tells what somebody else did to an object from what the operator itself is about to do, or has done for another link. */
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
  /** Of all writes, which one the last of them was. */
  readonly number: number;
  /** Digest of what the last of them was to bring about. */
  readonly wanted: string;
  /** Which one the last write was that was to bring about something else than that; 0: none is remembered. */
  readonly lastOther: number;
}

export const NO_LEGS: ReadonlySet<Leg> = new Set();
export const GRANT_ALONE: ReadonlySet<Leg> = new Set(['executionRoleGrant']);
/** Of a target role, the leg of its boundary, which is all that rules ask for. */
const ROLE_ALONE: ReadonlySet<Leg> = new Set(['targetRole']);
const NO_NAMES: ReadonlySet<string> = new Set();
const ALL_LEGS: ReadonlySet<Leg> = new Set(LEGS);

export class DriftFinder {
  /** By ARN: legs of which an edit has not been brought about whole. */
  readonly #unfinished = new Map<string, ReadonlySet<Leg>>();
  /** By ARN: what this process has written, for whichever link. */
  readonly #writes = new Map<string, Writes>();
  /** Of any object: a number comes once, also where an object was forgotten meanwhile. */
  #count = 0;

  /** To be called before an object is looked at for a link. What a link remembers of an object says nothing any more once
   *  the writes since are forgotten: its last hand seemed to be gone. The link knows as little then as after a restart. */
  dropForgotten(object: string, lastUpdates: UpdateOptions['lastUpdates']): void {
    if ((lastUpdates.get(object)?.lastWrite ?? 0) > this.#lastOf(object)) lastUpdates.delete(object);
  }

  /** The part of a plan that undoes what somebody else did. */
  driftIn(
    object: string,
    { plan, wanted, editedLegs, observedLegs, leftLegs, hasNewRules = false }: SharedPlan,
    { inSyncBefore, lastUpdates }: UpdateOptions,
  ): readonly ObjectChanges[] {
    const onRecord = () => ({
      inSync: inSyncBefore,
      edited: editedLegs(),
      observed: observedLegs(),
      hasNewRules,
    });
    // While what an edit left is withheld, nothing of it is among these actions.
    const unfinished = plan.withheld.length === 0 ? (this.#unfinished.get(object) ?? NO_LEGS) : NO_LEGS;
    const last = lastUpdates.get(object);
    if (last !== undefined && this.#wasWrittenFor(object, wanted, last)) return [];
    return driftAmong(plan.actions, { wanted, last, onRecord, unfinished: unfinished.union(leftLegs) });
  }

  /** To be called before an object is written. @param wanted digest of what that is to bring about */
  writes(object: string, wanted: string): void {
    const before = this.#writes.get(object);
    const lastOther = before?.wanted === wanted ? before.lastOther : (before?.number ?? 0);
    this.#writes.set(object, { number: (this.#count += 1), wanted, lastOther });
  }

  /** To be called when an update has ended. Remembers what was wanted of the object and which of it was not made, unless a
   *  person has to decide first. */
  concluded(
    object: string,
    { lastUpdates, isDeletion }: UpdateOptions,
    { role, ...result }: UpdateResult & { readonly role?: ObservedRole | undefined },
  ): void {
    const { plan, wanted } = result;
    const last = lastUpdates.get(object);
    // A deletion takes off what its own link had: what others left there goes with their updates.
    if (!isDeletion || plan.withheld.length > 0) this.#noteUnfinished(object, result, last);
    if (plan.problem !== undefined || plan.blocked !== undefined) return;
    const isHidden = role !== undefined && role.description === undefined && last?.wanted === wanted;
    const left = plan.leaves === undefined ? [] : [{ object, changes: plan.leaves }];
    const unmade = namesOfChanges([...result.unmade, ...left]).union(
      isHidden ? ofDescriptions(last.unmade) : NO_NAMES,
    );
    // Of most objects, for as long as their links live: an empty Set of its own for each takes 0.7 KB a link.
    const kept = unmade.size === 0 ? NO_NAMES : unmade;
    lastUpdates.set(object, { wanted, unmade: kept, lastWrite: this.#lastOf(object) });
  }

  /** To be called when a link goes that leaves the object as it is. What it alone asked for there goes with the next update of
   *  another one, and is no drift. */
  leave(object: string, legs: ReadonlySet<Leg>): void {
    this.#unfinished.set(object, legs.union(this.#unfinished.get(object) ?? NO_LEGS));
  }

  /** Whether an edit of the object has not been brought about whole. */
  isUnfinished(object: string): boolean {
    return this.#unfinished.has(object);
  }

  /** To be called when no link has a hand in the object any more. */
  forget(object: string): void {
    this.#unfinished.delete(object);
    this.#writes.delete(object);
  }

  /** Whether the operator itself has brought about something else since, for another link of the object. What that link asked
   *  for in between goes, or stands where this one only observes: neither is drift. */
  #wasWrittenFor(object: string, wanted: string, last: LastUpdate): boolean {
    const writes = this.#writes.get(object);
    if (writes === undefined) return false;
    return (writes.wanted === wanted ? writes.lastOther : writes.number) > last.lastWrite;
  }

  /** An edit takes nothing away while not every link of the object is known: whichever link's update does that in the
   *  end, it is no drift. */
  #noteUnfinished(object: string, result: UpdateResult, last: LastUpdate | undefined): void {
    const { plan, wanted, enforced, unmade } = result;
    if (plan.withheld.length === 0) {
      // A link that only observes may find all as it would have it, and others may still have what it left to take away.
      if (enforced && unmade.length === 0) this.#unfinished.delete(object);
      return;
    }
    const edited = last === undefined ? askedAnew(result) : this.#editedSince(object, wanted, last);
    if (edited.size > 0) this.#unfinished.set(object, edited.union(this.#unfinished.get(object) ?? NO_LEGS));
  }

  /** What is wanted may be the same, and the operator have written something else meanwhile, for another link. */
  #editedSince(object: string, wanted: string, last: LastUpdate): ReadonlySet<Leg> {
    const isSame = last.wanted === wanted && !this.#wasWrittenFor(object, wanted, last);
    return isSame ? NO_LEGS : ALL_LEGS;
  }

  #lastOf(object: string): number {
    return this.#writes.get(object)?.number ?? 0;
  }
}

/** Legs of which others ask, or asked, something else than what is on record. */
function askedAnew({ editedLegs, observedLegs, leftLegs, hasNewRules }: SharedPlan): ReadonlySet<Leg> {
  const legs = editedLegs().union(observedLegs()).union(leftLegs);
  return hasNewRules === true ? legs.union(ROLE_ALONE) : legs;
}
