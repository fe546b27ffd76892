/** How fresh the reads of a reconcile have to be, and when the next drift check comes. */
import { findCondition, isTrue } from '../../api/conditions.ts';
import { parseDuration } from '../../api/duration.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { LinkRequirements } from '../../desired/requirements.ts';
import type { UpdateOptions } from '../objects/object-update.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkMemory } from '../state/link-memory.ts';
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
  /** For the call that a reconcile begins with. */
  readonly firstCallOptions: UpdateOptions['callOptions'];
  /** Whether every leg of the link was in sync before: then what is in its way now is news. */
  readonly wasInSync: boolean;
  /** Plan the definition although legs that are only observed differ, as `plan` prints it. */
  readonly asIfReady: boolean;
  /** Whether additional needs of the link wait until somebody edits it (`definitionGrowth: Hold`). */
  readonly growthWaits: (view: MachineView) => boolean;
  /** Whether an earlier check with the same basis found the link in sync. */
  readonly isAsBefore: (needed: Needed) => Promise<boolean>;
  /** Whether the definition relied on the roles before this process began. */
  readonly reliedOnBefore: boolean;
  /** The target role's RoleId in the link's status. */
  readonly knownRoleId: string | undefined;
}

/** A new link has no earlier state to be compared with, so a snapshot of this age will do: if it is wrong, AWS refuses the
 *  write. */
const SNAPSHOT_FOR_NEW_LINKS_MS = 60_000;

/** A drift check comes after 90 to 100 % of its interval, and a snapshot is used for at most 90 % of it. With an
 *  interval of 10 minutes: a snapshot that began at 0:00 is used until 9:00, and the next check comes between 9:00 and
 *  10:00. So it never uses the snapshot of the check before, which would let drift wait for a second interval. */
const EARLIEST = 0.9;

/** How long after one link's read of a state machine others may use it. */
const MACHINE_REUSE_MS = 2_000;

/** People apply a link and then create its state machine. For this long after the link was made, the state machine is looked
 *  for often. */
const AWAITS_STATE_MACHINE_MS = 600_000;
const STATE_MACHINE_RECHECK_MS = 30_000;

interface ReadPolicyContext {
  readonly memory: LinkMemory;
  /** Whether something happened to the link's objects since they were last read. */
  readonly suspect: boolean;
  /** Milliseconds between two drift checks of a link that sets no interval. */
  readonly defaultDriftCheckMs: number;
  /** Milliseconds since 1970: AWS shows by now whatever was written before this time. */
  readonly shownUntilMs: number;
  readonly beforeWrites: UpdateOptions['beforeWrites'];
  readonly isAsBefore: ReadPolicy['isAsBefore'];
}

/** Decides how fresh the reads have to be. A new spec, a request or a change event calls for fresh reads; a routine check does
 *  not. */
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
    reliedOnBefore: isTrue(status.conditions, 'StateMachineCredentialsReady'),
    knownRoleId: status.targetRoleID,
    beforeWrites,
  };
}

/** Whether the spec has changed since the role was last checked for it. The generation in the status is not enough: a status
 *  may also speak of a spec that was refused before anything was read. */
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

/** One reconcile on the way up: the link, how fresh its reads are, and what was found and done so far. */
export interface EnsureRun {
  readonly resolved: ResolvedLink;
  readonly readPolicy: ReadPolicy;
  /** Filled as the reconcile goes on. */
  readonly record: ReconcileRecord;
}
