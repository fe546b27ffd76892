/** How an AWS object that links share is brought in line on behalf of one of them, and what came of it. */
import { hash } from 'node:crypto';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { AwsAccount, Freshness } from '../../aws/aws-account.ts';
import {
  asSeenBy,
  contributions,
  linkOf,
  type ContributorConflict,
  type ContributorState,
} from '../../desired/contribution.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Link } from '../../desired/link.ts';
import type { AwsFailure } from '../../aws/errors/errors.ts';
import type { Action, ObjectPlan } from '../../plan/action.ts';
import type { LastUpdate, ObjectChanges } from '../../plan/drift.ts';
import type { RepairPause } from '../../report/repair-pause.ts';
import type { Contributors } from './contributors.ts';
import type { KnownRoles } from '../state/known-roles.ts';
import { NO_LEGS } from './drift-finder.ts';
import type { Edits } from './edits.ts';
import type { Leftovers } from './leftovers.ts';
import type { OthersRoles } from './others-roles.ts';
import type { ObjectReconciler } from './object-reconciler.ts';
import type { UncachedLinks } from './uncached-links.ts';

/** What target role, grant and Credentials are reconciled with. */
export interface SharedObjectParts {
  readonly contributors: Contributors;
  readonly uncachedLinks: UncachedLinks;
  readonly objects: ObjectReconciler;
  readonly knownRoles: KnownRoles;
  readonly edits: Edits;
  readonly leftovers: Leftovers;
  readonly othersRoles: OthersRoles;
  readonly clusterId: string;
}

/** What every update of an object says. */
export interface ObjectUpdate {
  readonly aws: AwsAccount;
  /** On whose behalf, for the audit line. */
  readonly linkKey: string;
  readonly options: UpdateOptions;
  /** Whether the plan is carried out. */
  readonly enforced: boolean;
}

export interface UpdateOptions {
  readonly callOptions: CallOptions;
  /** How old the read of a role may be while nothing has to be written. */
  readonly freshness: Freshness;
  /** The same for a state machine, in milliseconds. */
  readonly machineMaxAgeMs: number;
  /** Legs of the link that were in sync before, going by its status. Of an object of which no update is remembered, a
   *  difference in them is drift, unless it was asked for meanwhile. */
  readonly inSyncBefore: ReadonlySet<Leg>;
  /** The last update of each object on the link's behalf, by ARN; the update keeps it. */
  readonly lastUpdates: Map<string, LastUpdate>;
  /** Whether the link is being deleted. Then what only it needs goes, and repairs are not paused: a removal ends
   *  whatever somebody keeps changing back. */
  readonly isDeletion: boolean;
  /** Called before the first write to an object: a link that writes to AWS carries the finalizer, and its status says
   *  of what would be known to nobody after a crash. */
  readonly beforeWrites: (coming: ComingWrites) => Promise<void>;
}

/** A role as it was last read: checks come at least so often. */
export const LAST_READ: Freshness = { kind: 'snapshot', maxAgeMs: 600_000 };

/** What is about to be written to an object. */
export interface ComingWrites {
  readonly arn: string;
  /** Whether the role is created: then the RoleId of the former one goes off the status. */
  readonly makesRole: boolean;
  /** What somebody else had changed, and these writes undo. */
  readonly drift: readonly ObjectChanges[];
  /** Of a state machine: the Tasks of the link that are about to name its role. */
  readonly tasks?: readonly string[];
}

/** A plan for an object, and what the links that it was made from mean for this one. */
export interface SharedPlan<Plan extends ObjectPlan = ObjectPlan> {
  readonly plan: Plan;
  /** Digest of what is wanted of the object: two that are the same want the same. */
  readonly wanted: string;
  /** Whether the link itself asks for something there: not once the rules refuse it, or its state machine is gone. */
  readonly isAsking: boolean;
  /** What this link has to leave to older ones. */
  readonly conflicts: readonly ContributorConflict[];
  /** Whether the state machine of a link that may share the object has not been read yet. */
  readonly awaitsReads: boolean;
  /** Whether the plan may take something away once they have: it has nothing to say until then. */
  readonly mayShrinkLater: boolean;
  /** Whether a link was not known as the API server has it, so that what may be its own was left. */
  readonly awaitsUncached?: boolean;
  /** Legs of which links of the object ask something else than their statuses knew of. */
  readonly editedLegs: () => ReadonlySet<Leg>;
  /** Legs that others of its links only observe, or on which what stood for one of them is taken back. */
  readonly observedLegs: () => ReadonlySet<Leg>;
  /** Legs that bear what a link that went has left there: that goes, and is no drift. What is missing from them is. */
  readonly leftLegs: ReadonlySet<Leg>;
  /** Whether the account's rules were edited since they were last reported on. Left out: they ask nothing of the object. */
  readonly hasNewRules?: boolean;
}

export interface UpdateResult<Plan extends ObjectPlan = ObjectPlan> extends SharedPlan<Plan> {
  /** ARN of the object. */
  readonly object: string;
  /** Whether the link has the object written; otherwise it was only planned. */
  readonly enforced: boolean;
  /** Writes that were made. */
  readonly applied: readonly Action[];
  /** Writes that failed, or were left out because they rely on one that did. */
  readonly unmade: readonly Action[];
  readonly failures: readonly FailedWrite[];
  /** What somebody else had changed: undone, and not undone. */
  readonly repairs: readonly ObjectChanges[];
  readonly unrepaired: readonly ObjectChanges[];
  /** Set when nothing was written because somebody keeps changing the object back. */
  readonly pause?: RepairPause;
  /** Set where AWS still showed what was before an own write: milliseconds until what it shows would be believed. */
  readonly lagsForMs?: number;
}

export interface FailedWrite {
  readonly action: Action;
  readonly failure: AwsFailure;
}

/** The contributors as this link counts them: as {@link asSeenBy} says, or as they are when it is being deleted. */
export function countedFor(
  link: Link,
  { isDeletion }: UpdateOptions,
  contributorStates: readonly ContributorState[],
): readonly ContributorState[] {
  return isDeletion ? contributorStates : asSeenBy(link, contributorStates);
}

/** A plan with what it was made from. */
interface PlannedObject<Plan extends ObjectPlan> extends Pick<
  SharedPlan<Plan>,
  'plan' | 'editedLegs' | 'observedLegs' | 'leftLegs'
> {
  /** What the plan brings about. */
  readonly desired: { readonly conflicts: readonly ContributorConflict[] };
  /** On whose behalf. */
  readonly link: Link;
  readonly states: readonly ContributorState[];
}

/** What a plan means for the link that it was made for. */
export function sharedPlan<Plan extends ObjectPlan>({
  plan,
  desired,
  link,
  states,
  editedLegs,
  observedLegs,
  leftLegs,
}: PlannedObject<Plan>): SharedPlan<Plan> {
  const awaitsReads = states.some(({ kind }) => kind === 'unread');
  return {
    plan,
    wanted: digestOf(desired),
    isAsking: contributions(states).some((one) => one.link.uid === link.uid),
    conflicts: desired.conflicts.filter(({ linkKey }) => linkKey === link.key),
    awaitsReads,
    mayShrinkLater: awaitsReads,
    editedLegs,
    observedLegs,
    leftLegs,
  };
}

/** A plan that was made from no link: there is nothing to say but its problem. */
export function problemPlan(problem: NonNullable<ObjectPlan['problem']>): SharedPlan {
  return {
    plan: { actions: [], withheld: [], problem },
    wanted: '',
    isAsking: true,
    conflicts: [],
    awaitsReads: false,
    mayShrinkLater: false,
    editedLegs: () => NO_LEGS,
    observedLegs: () => NO_LEGS,
    leftLegs: NO_LEGS,
  };
}

/** What a desired object says besides what is wanted of it: how much may be brought about now, whose drift a difference
 *  would be, and who has to give way. */
const NOT_WANTED: ReadonlySet<string> = new Set([
  'mayShrink',
  'policyStays',
  'tasksInSyncBefore',
  'tasksByRole',
  'held',
  'conflicts',
]);

function digestOf(desired: object): string {
  const wanted = Object.entries(desired).filter(([field]) => !NOT_WANTED.has(field));
  return hash('sha1', JSON.stringify(wanted.map(([field, value]) => [field, itemsOf(value)])), 'base64');
}

function itemsOf(value: unknown): unknown {
  return value instanceof Map || value instanceof Set ? [...value] : value;
}

/**
 * Running executions and versions behind aliases keep what they began with: before anything is taken away, it is read
 * what they still need. A deletion has waited for them already. Returns whether anything was learned.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 * @throws AwsFailure
 */
export async function readWhatIsInUse(
  contributors: Contributors,
  link: Link,
  { isDeletion, callOptions }: UpdateOptions,
  contributorStates: readonly ContributorState[],
): Promise<boolean> {
  if (isDeletion) return false;
  return contributors.readDefinitionsInUse([link, ...contributorStates.map(linkOf)], callOptions);
}
