/** What this process remembers of each link between two reconciles. Nothing here survives a restart, and nothing
 *  has to: a missing memory only makes the operator more careful. */

import { ChangeLog } from '../../base/change-log.ts';
import type { LastUpdate } from '../../plan/drift.ts';
import type { Evidence } from '../../report/denied-tasks.ts';
import type { Statement } from '../../policy/document.ts';
import type { Drift } from '../../report/drift.ts';
import type { Needs } from '../../desired/contribution.ts';
import type { AccessContext } from '../../desired/refusals.ts';

/** What links share, in the order in which a deletion lets go of it. */
const WAY_DOWN = ['stateMachine', 'executionRole', 'targetRole'] as const;

export type SharedObject = (typeof WAY_DOWN)[number];

export interface LinkRecollection {
  /** What role, trust, permissions and grant stand and have propagated for. */
  rolesReadyFor: Needs | undefined;
  /** How far down the link's deletion has got: what it added there may go. */
  wayDown: SharedObject | undefined;
  /** Monotonic time since when the link, which leaves AWS as it is when it goes, has no say any more. */
  releasingSince: number | undefined;
  /** This process has put the finalizer on the link and was about to write for it, or has found that it wrote. */
  wroteForLink: boolean;
  /** Nothing but the finalizer spoke of writes for the link, and AWS showed none when it was asked. Whether the operator has written
   *  since, its record says. */
  provenUnwritten: boolean;
  /** AWS does not show the state machine of a link that gets no further than its status, and another try would not help. */
  machineUnreadable: boolean;
  /** Whether the target role is the link's to use, as its last reconcile found; undefined before the first. Until it
   *  is, nothing of the link stands anywhere else. */
  roleClaimed: boolean | undefined;
  /** Checks in a row that could not be finished. */
  failures: number;
  /** Monotonic time of the first of them. */
  failingSince: number | undefined;
  /** Legs that were in sync when a check last failed; undefined when the last one did not. */
  legsInSync: number | undefined;
  /** Monotonic time since when AWS says "not yet" to the same write. */
  waitingSince: number | undefined;
  /** Monotonic time at which a definition that was written for the link is to be read again. */
  readBackAt: number | undefined;
  /** The machine's definition when the link was last in order. */
  definitionInOrder: string | undefined;
  /** What the link needed of it. */
  permissionsInOrder: readonly Statement[] | undefined;
  /** The spec was edited, and the link has not been in order since. */
  editedSince: boolean;
  /** Something happened to the link's objects: the next reconcile reads them afresh. */
  suspect: boolean;
  /** Repairs of one of its objects are paused, and the link waits for the end of the pause. */
  pausing: boolean;
  /** Version of each managed policy that decides about the access, as last seen. */
  policyVersions: ReadonlyMap<string, string>;
  /** The access rules of the last reconcile: where they changed, a difference is no drift. */
  context: AccessContext | undefined;
  /** The last update of each of its objects, by ARN: a difference that comes with another wish is no drift. */
  readonly lastUpdates: Map<string, LastUpdate>;
  /** Drift that was reported in Events, and whose status could not be written yet. */
  unrecordedDrift: readonly Drift[];
  /** Drift that this process has reported, and that the status as last seen did not show as reported. */
  reportedRepairs: readonly Drift[];
  /** What the last check went by that found all in sync (`CheckBasis`): one that goes by the same finds the same. */
  inSyncBasis: string | undefined;
  /** Tells the spec of the last reconcile from others, `suspend` left out. */
  specDigest: string | undefined;
  /** What executions show of the link's Tasks, and for which generation of the link. */
  evidence: { readonly generation: number; readonly byTask: Evidence };
  /** When the operator last wrote to AWS for the link, in milliseconds since 1970: what was denied before may be allowed
   *  by now. Undefined while this process has not. */
  lastWriteAt: number | undefined;
}

/** What is known of a link that was never reconciled here. Shared by all of them, so nothing may write to it. */
const NOTHING: Readonly<LinkRecollection> = Object.freeze({
  rolesReadyFor: undefined,
  wayDown: undefined,
  releasingSince: undefined,
  wroteForLink: false,
  provenUnwritten: false,
  machineUnreadable: false,
  roleClaimed: undefined,
  failures: 0,
  failingSince: undefined,
  legsInSync: undefined,
  waitingSince: undefined,
  readBackAt: undefined,
  definitionInOrder: undefined,
  permissionsInOrder: undefined,
  editedSince: false,
  suspect: false,
  pausing: false,
  policyVersions: new Map(),
  context: undefined,
  lastUpdates: new Map(),
  unrecordedDrift: [],
  reportedRepairs: [],
  inSyncBasis: undefined,
  specDigest: undefined,
  evidence: { generation: 0, byTask: new Map() },
  lastWriteAt: undefined,
});

/** So many are kept one by one. */
const CHANGES_KEPT = 4_096;

/** By UID. It holds no more than the cache of links does. */
export class LinkMemory {
  readonly #byUid = new Map<string, LinkRecollection>();
  readonly #changes = new ChangeLog<string>(CHANGES_KEPT);
  readonly #exists: (uid: string) => boolean;

  /** @param exists whether the cache has the link: a reconcile may outlive it, and notes nothing then */
  constructor(exists: (uid: string) => boolean) {
    this.#exists = exists;
  }

  /** UIDs of those of which something is remembered for the first time, or nothing any more. */
  get changes(): Pick<ChangeLog<string>, 'count' | 'since'> {
    return this.#changes;
  }

  /** Whether anything may be remembered of a link. */
  hasMet(uid: string): boolean {
    return this.#byUid.has(uid);
  }

  /** What is remembered, to be looked at. */
  seen(uid: string): Readonly<LinkRecollection> {
    return this.#byUid.get(uid) ?? NOTHING;
  }

  /** What is remembered, to be written to by whoever works on the link. */
  of(uid: string): LinkRecollection {
    const known = this.#byUid.get(uid);
    if (known !== undefined) return known;
    const memory = { ...NOTHING, lastUpdates: new Map() };
    if (this.#exists(uid)) {
      this.#byUid.set(uid, memory);
      this.#changes.add(uid);
    }
    return memory;
  }

  /** To be called when the link is gone from the cache. */
  forget(uid: string): void {
    if (this.#byUid.delete(uid)) this.#changes.add(uid);
  }
}

/** Whether a link's deletion has come to this object. */
export function hasDeparted({ wayDown }: Readonly<LinkRecollection>, object: SharedObject): boolean {
  return wayDown !== undefined && WAY_DOWN.indexOf(wayDown) >= WAY_DOWN.indexOf(object);
}

/** Notes that a link's deletion comes to this object. There is no way back. */
export function depart(memory: LinkRecollection, object: SharedObject): void {
  if (!hasDeparted(memory, object)) memory.wayDown = object;
}

/** Whether a reconcile of the link has come to an end in this process, one way or the other. One that the pace of calls put off has
 *  not: what stands for the link is as unknown as before. */
export function wasLookedAt({ specDigest, provenUnwritten }: Readonly<LinkRecollection>): boolean {
  return specDigest !== undefined || provenUnwritten;
}
