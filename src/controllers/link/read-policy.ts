/** How closely a reconcile looks at AWS, and when the next one comes. */
import { findCondition } from '../../api/conditions.ts';
import { parseDuration } from '../../api/duration.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { LinkRequirements } from '../../desired/requirements.ts';
import type { UpdateOptions } from '../objects/object-update.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { legsInSync } from '../../report/legs-on-record.ts';
import { growthWaitsForEdit } from '../state/definition-growth.ts';
import { callsFor, firstCallFor } from './call-options.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { requestOf, wasReady } from './status-facts.ts';

/** A state machine as it was read, and what a link needs of it. */
export interface Needed {
  readonly view: MachineView;
  readonly requirements: LinkRequirements;
}

export interface ReadPolicy extends UpdateOptions {
  /** Of the call that a reconcile begins with. */
  readonly firstCallOptions: UpdateOptions['callOptions'];
  /** Whether all of the link was in sync before: then what stands in its way is news. */
  readonly wasInSync: boolean;
  /** Plan the definition although legs that are only observed differ: what `plan` prints. */
  readonly asIfReady: boolean;
  /** Whether what the link needs beyond what stands waits until somebody edits it. */
  readonly growthWaits: (view: MachineView) => boolean;
  /** Whether a check found the link in sync that went by the same as this one. */
  readonly isAsBefore: (needed: Needed) => Promise<boolean>;
  /** Whether the definition relied on the roles before this process began. */
  readonly reliedOnBefore: boolean;
  /** The target role's RoleId in the link's status. */
  readonly knownRoleId: string | undefined;
}

/** A new link has nothing to be compared with: a snapshot of this age will do, and what it gets wrong AWS refuses. */
const SNAPSHOT_FOR_NEW_LINKS_MS = 60_000;

/** A drift check comes after 90 to 100 % of its interval, and a snapshot is used for at most 90 % of it. With an
 *  interval of 10 minutes: a snapshot that began at 0:00 is used until 9:00, and the next check comes between 9:00 and
 *  10:00. So it never uses the snapshot of the check before, which would let drift wait for a second interval. */
const EARLIEST = 0.9;

/** How long after one link's read of a state machine others may use it. */
const MACHINE_REUSE_MS = 2_000;

/** People apply a link and then create its state machine: for so long after the link was made it is looked for often. */
const AWAITS_STATE_MACHINE_MS = 600_000;
const STATE_MACHINE_RECHECK_MS = 30_000;

interface ReadPolicyContext {
  readonly memory: LinkRecollection;
  /** Whether something happened to the link's objects since they were last read. */
  readonly suspect: boolean;
  /** Between two drift checks, where the link does not say. */
  readonly defaultDriftCheckMs: number;
  /** What was written by then, in milliseconds since 1970, AWS shows by now. */
  readonly shownUntilMs: number;
  readonly beforeWrites: UpdateOptions['beforeWrites'];
  readonly isAsBefore: ReadPolicy['isAsBefore'];
}

/** A new spec, a request or a change event calls for fresh reads; a routine check does not. */
export function readPolicyFor(
  resolved: ResolvedLink,
  { memory, suspect, defaultDriftCheckMs, shownUntilMs, beforeWrites, isAsBefore }: ReadPolicyContext,
): ReadPolicy {
  const { object, link, context } = resolved;
  const { status, metadata } = object;
  const sameRules = memory.context === undefined || memory.context === context;
  const wasInSync = wasReady(object) && status.observedGeneration === metadata.generation && sameRules;
  const fresh = isEdited(object) || suspect || requestOf(object) !== undefined;
  const maxAgeMs = wasInSync
    ? checkIntervalMs(resolved, defaultDriftCheckMs) * EARLIEST
    : SNAPSHOT_FOR_NEW_LINKS_MS;
  const urgency = wasInSync ? 'repair' : 'make';
  const isRoutine = wasInSync && !fresh && memory.context !== undefined;
  return {
    callOptions: callsFor(link.namespace, urgency),
    firstCallOptions: { ...firstCallFor(link.namespace, urgency), yields: isRoutine },
    freshness: fresh ? { kind: 'fresh' } : { kind: 'snapshot', maxAgeMs },
    machineMaxAgeMs: fresh ? 0 : MACHINE_REUSE_MS,
    asIfReady: false,
    wasInSync,
    inSyncBefore: sameRules ? legsInSync(status, metadata.generation, shownUntilMs) : new Set(),
    lastUpdates: memory.lastUpdates,
    isDeletion: false,
    growthWaits: (view) => growthWaitsForEdit(resolved, memory, view),
    isAsBefore,
    reliedOnBefore: findCondition(status.conditions ?? [], 'StateMachineCredentialsReady')?.status === 'True',
    knownRoleId: status.targetRoleID,
    beforeWrites,
  };
}

/** Whether the spec says something else than the one that the role was last looked at for. A status speaks of a spec, too, of
 *  which nothing was looked at: a refused one. */
function isEdited({ status, metadata: { generation } }: LinkObject): boolean {
  const { observedGeneration = -1, conditions = [] } = status;
  const lookedAt = findCondition(conditions, 'TrustPolicyReady')?.observedGeneration ?? observedGeneration;
  return observedGeneration > 0 && (observedGeneration !== generation || lookedAt !== generation);
}

/** Milliseconds until the next drift check, spread so that links made together are not checked together for ever.
 *  @param random between 0 and 1 */
export function nextCheckMs(
  resolved: ResolvedLink,
  defaultDriftCheckMs: number,
  random: () => number,
): number {
  const intervalMs = checkIntervalMs(resolved, defaultDriftCheckMs);
  return Math.round(intervalMs * (EARLIEST + (1 - EARLIEST) * random()));
}

/** Milliseconds between two drift checks, before they are spread. */
export function checkIntervalMs(
  { object, source, target }: Pick<ResolvedLink, 'object'> & Partial<Pick<ResolvedLink, 'source' | 'target'>>,
  defaultDriftCheckMs: number,
): number {
  const own = parseDuration(object.spec.driftCheckInterval ?? '') ?? defaultDriftCheckMs;
  return Math.max(own, source?.driftFloorMs ?? 0, target?.driftFloorMs ?? 0);
}

/** Milliseconds after which a state machine that was not found is looked for again, at the latest.
 *  @param ageMs of the link */
export function stateMachineRecheckMs(ageMs: number): number {
  return ageMs < AWAITS_STATE_MACHINE_MS ? STATE_MACHINE_RECHECK_MS : Infinity;
}

/** One reconcile on the way up: the link, how closely it is looked at, and what was found and done so far. */
export interface EnsureRun {
  readonly resolved: ResolvedLink;
  readonly readPolicy: ReadPolicy;
  /** Grows. */
  readonly record: ReconcileRecord;
}
