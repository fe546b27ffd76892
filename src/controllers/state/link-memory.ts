/** What this process remembers of each link between two reconciles. Nothing here survives a restart, and nothing
 *  has to: a missing memory only makes the operator more careful. */

import { ChangeLog } from '../../base/change-log.ts';
import type { LastUpdate } from '../../plan/drift.ts';
import type { Evidence } from '../../report/denied-tasks.ts';
import type { Statement } from '../../policy/document.ts';
import type { Drift } from '../../report/drift.ts';
import type { Needs } from '../../desired/contribution.ts';
import type { AccessContext } from '../../desired/refusals.ts';

/** Shared objects in the order in which a deletion comes to them. */
const WAY_DOWN = ['stateMachine', 'executionRole', 'targetRole'] as const;

export type SharedObject = (typeof WAY_DOWN)[number];

export interface LinkMemory {
  /** The needs for which role, trust, permissions and grant are in place and have propagated. */
  rolesReadyFor: Needs | undefined;
  /** How far the link's deletion has come: what the link added to these objects may be removed. */
  wayDown: SharedObject | undefined;
  /** Monotonic time since when the link, which leaves AWS as it is when it goes, contributes nothing any more. */
  releasingSince: number | undefined;
  /** This process added the finalizer and was about to write for the link, or found out that the operator wrote. */
  wroteForLink: boolean;
  /** Only the finalizer suggested that the operator wrote for the link, and AWS showed nothing when it was asked. Whether the
   *  operator has written since is on record elsewhere. */
  provenUnwritten: boolean;
  /** AWS does not show the state machine of a link that gets no further than its status, and another try would not help. */
  machineUnreadable: boolean;
  /** Whether the link may use its target role, as its last reconcile found; undefined before the first. While it is false,
   *  nothing of the link is anywhere else. */
  roleClaimed: boolean | undefined;
  /** Whether the link had its target role at the last reconcile, or could not make it: another role has the name, or another link
   *  is to get it. `none` if it did not get that far; undefined before the first. */
  nameStanding: 'has' | 'awaits' | 'none' | undefined;
  /** Checks in a row that could not be finished. */
  failures: number;
  /** Monotonic time of the first of them. */
  failingSince: number | undefined;
  /** How many legs were in sync when a check last failed; undefined if the last one did not. */
  legsInSync: number | undefined;
  /** Monotonic time since when AWS has answered "not yet" to the same write. */
  waitingSince: number | undefined;
  /** Monotonic time at which a definition that was written for the link is to be read again. */
  readBackAt: number | undefined;
  /** The state machine's definition when the link was last in order, as `markOf` gives it. */
  definitionInOrder: string | undefined;
  /** The permissions that the link needed for that definition. */
  permissionsInOrder: readonly Statement[] | undefined;
  /** The spec was edited, and the link has not been in order since. */
  editedSince: boolean;
  /** Something happened to the link's objects: the next reconcile reads them afresh. */
  suspect: boolean;
  /** Repairs of one of its objects are paused, and the link waits for the end of the pause. */
  pausing: boolean;
  /** Version of each managed policy that decides about the access, as last seen. */
  policyVersions: ReadonlyMap<string, string>;
  /** The access rules at the last reconcile. If they have changed, a difference is not drift. */
  context: AccessContext | undefined;
  /** By ARN, the last update of each of its objects. If something else is wanted since, a difference is not drift. */
  readonly lastUpdates: Map<string, LastUpdate>;
  /** Drift that was reported in Events and is not in the status yet, which could not be written. */
  unrecordedDrift: readonly Drift[];
  /** Drift that this process has reported, and that the status did not show as reported when last seen. */
  reportedRepairs: readonly Drift[];
  /** Basis of the last check that found everything in sync (`CheckBasis`): a check with the same basis finds the same. */
  inSyncBasis: string | undefined;
  /** Digest of the spec at the last reconcile, without `suspend`. */
  specDigest: string | undefined;
  /** What executions show of the link's Tasks, and for which generation of the link. */
  evidence: { readonly generation: number; readonly byTask: Evidence };
  /** When the operator last wrote to AWS for the link, in milliseconds since 1970; undefined if this process has not. What was
   *  denied before may be allowed by now. */
  lastWriteAt: number | undefined;
}

/** The memory of a link that this process never reconciled. All such links share it, so nothing may write to it. */
const NOTHING: Readonly<LinkMemory> = Object.freeze({
  rolesReadyFor: undefined,
  wayDown: undefined,
  releasingSince: undefined,
  wroteForLink: false,
  provenUnwritten: false,
  machineUnreadable: false,
  roleClaimed: undefined,
  nameStanding: undefined,
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

/** How many changes are kept one by one. */
const CHANGES_KEPT = 4_096;

/** Memories by the UID of the link; no more than the cache has links. */
export class LinkMemories {
  readonly #byUid = new Map<string, LinkMemory>();
  readonly #changes = new ChangeLog<string>(CHANGES_KEPT);
  readonly #exists: (uid: string) => boolean;

  /** @param exists whether the cache has the link: a reconcile that outlives its link must leave nothing here */
  constructor(exists: (uid: string) => boolean) {
    this.#exists = exists;
  }

  /** UIDs of links that came to have a memory, or lost it. */
  get changes(): Pick<ChangeLog<string>, 'count' | 'since'> {
    return this.#changes;
  }

  /** Whether the link has a memory. */
  hasMet(uid: string): boolean {
    return this.#byUid.has(uid);
  }

  /** The memory of a link, to read only. */
  peek(uid: string): Readonly<LinkMemory> {
    return this.#byUid.get(uid) ?? NOTHING;
  }

  /** The memory of a link, to be written by whoever reconciles it. */
  of(uid: string): LinkMemory {
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
export function hasDeparted({ wayDown }: Readonly<LinkMemory>, object: SharedObject): boolean {
  return wayDown !== undefined && WAY_DOWN.indexOf(wayDown) >= WAY_DOWN.indexOf(object);
}

/** Notes that a link's deletion has come to this object. It never goes back. */
export function depart(memory: LinkMemory, object: SharedObject): void {
  if (!hasDeparted(memory, object)) memory.wayDown = object;
}

/** Whether a reconcile of the link has ended in this process, with whatever result. A reconcile that was put off by the pace of
 *  calls does not count: what stands for the link is as unknown as before. */
export function wasLookedAt({ specDigest, provenUnwritten }: Readonly<LinkMemory>): boolean {
  return specDigest !== undefined || provenUnwritten;
}
