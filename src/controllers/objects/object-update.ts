/** How an object that links share is brought in line for one of them, and the result. */
import { hash } from 'node:crypto';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { RoleArn } from '../../arn/arn.ts';
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
import type { NameWait, RoleNames } from '../state/role-names.ts';
import type { UncachedLinks } from './uncached-links.ts';
import type { UnreadLinks } from './unread-links.ts';

/** What the reconcilers of target role, grant and Credentials work with. */
export interface SharedObjectParts {
  readonly contributors: Contributors;
  readonly uncachedLinks: UncachedLinks;
  readonly roleNames: Pick<RoleNames, 'isAnothers'>;
  readonly unreadLinks: Pick<UnreadLinks, 'readUnrecorded'>;
  readonly objects: ObjectReconciler;
  readonly knownRoles: KnownRoles;
  readonly edits: Edits;
  readonly leftovers: Leftovers;
  readonly othersRoles: OthersRoles;
  readonly clusterId: string;
}

/** The input of every update of an object. */
export interface ObjectUpdate {
  readonly aws: AwsAccount;
  /** The link that is reconciled, for the audit line. */
  readonly linkKey: string;
  readonly options: UpdateOptions;
  /** Whether the plan is carried out. */
  readonly enforced: boolean;
}

export interface UpdateOptions {
  readonly callOptions: CallOptions;
  /** How old the read of a role may be if nothing has to be written. */
  readonly freshness: Freshness;
  /** The same for a state machine, in milliseconds. */
  readonly machineMaxAgeMs: number;
  /** Legs of the link that were in sync before, according to its status. If no update of the object is remembered, a difference
   *  in these legs is drift, unless it was asked for meanwhile. */
  readonly inSyncBefore: ReadonlySet<Leg>;
  /** By ARN, the last update of each object for the link. An update writes to it. */
  readonly lastUpdates: Map<string, LastUpdate>;
  /** Whether the link is being deleted. Then what only it needs is removed, and repairs are not paused: removing the object
   *  ends the fight over it. */
  readonly isDeletion: boolean;
  /** Called before the first write to an object: a link that writes to AWS has the finalizer, and its status records what
   *  nothing else would show after a crash. */
  readonly beforeWrites: (coming: ComingWrites) => Promise<void>;
}

/** For a role as it was last read; a check comes at least this often. */
export const LAST_READ: Freshness = { kind: 'snapshot', maxAgeMs: 600_000 };

/** What is about to be written to an object. */
export interface ComingWrites {
  readonly arn: string;
  /** Whether the role is created: then the RoleId of the former one is removed from the status. */
  readonly makesRole: boolean;
  /** What somebody else had changed, and these writes undo. */
  readonly drift: readonly ObjectChanges[];
  /** For a state machine: the Tasks of the link that are about to name its role. */
  readonly tasks?: readonly string[];
}

/** Legs of an object on which the operator itself may have caused a difference, by what is on record of the object's links.
 *  Worked out only when asked for. */
export interface LegsOnRecord {
  /** Legs for which links ask something else than their statuses say. */
  readonly edited: () => ReadonlySet<Leg>;
  /** Legs that other links only observe, or from which something is removed because one of the links was refused its role. */
  readonly observed: () => ReadonlySet<Leg>;
  /** Legs from which nothing could be removed while one of the links was refused. */
  readonly frozen: () => ReadonlySet<Leg>;
  /** Legs on which a deleted link left something. Its removal is not drift; what is missing from these legs is. */
  readonly left: ReadonlySet<Leg>;
}

/** A plan for an object, and what it means for the link that is reconciled. */
export interface SharedPlan<Plan extends ObjectPlan = ObjectPlan> {
  readonly plan: Plan;
  /** Digest of what is wanted of the object: equal digests want the same. */
  readonly wanted: string;
  /** Whether the link itself asks for something: not if the rules refuse it by now, or its state machine is gone. */
  readonly isAsking: boolean;
  /** Where this link has to give way to older ones. */
  readonly conflicts: readonly ContributorConflict[];
  /** Whether the state machine of a link that may share the object was not read yet. */
  readonly awaitsReads: boolean;
  /** Whether the plan may remove something once all state machines were read. */
  readonly mayShrinkLater: boolean;
  /** Whether something was kept for a link that the cache lacks or has in an older version. */
  readonly awaitsUncached?: boolean;
  /** Set if the role cannot be made: its name is another role's, or is free and another link's turn. */
  readonly awaitsName?: NameWait;
  readonly onRecord: LegsOnRecord;
  /** Whether the account's rules ask for another boundary than the links' statuses say, or may have done so in between. Left out
   *  if the object can have none. */
  readonly hasOtherBoundary?: () => boolean;
}

export interface UpdateResult<Plan extends ObjectPlan = ObjectPlan> extends SharedPlan<Plan> {
  /** ARN of the object. */
  readonly object: string;
  /** Whether the link has the object written; if not, it was only planned. */
  readonly enforced: boolean;
  /** Writes that were made. */
  readonly applied: readonly Action[];
  /** Writes that failed, or were left out because they depend on one that failed. */
  readonly unmade: readonly Action[];
  readonly failures: readonly FailedWrite[];
  /** What somebody else had changed: undone, and not undone. */
  readonly repairs: readonly ObjectChanges[];
  readonly unrepaired: readonly ObjectChanges[];
  /** Set when nothing was written because somebody keeps changing the object back. */
  readonly pause?: RepairPause;
  /** Set if AWS still showed the state before an own write: milliseconds until its answers can be trusted. */
  readonly lagsForMs?: number;
}

export interface FailedWrite {
  readonly action: Action;
  readonly failure: AwsFailure;
}

/** The states as they count for this link: as {@link asSeenBy} says, or unchanged if the link is being deleted. */
export function countedFor(
  link: Link,
  { isDeletion }: UpdateOptions,
  contributorStates: readonly ContributorState[],
): readonly ContributorState[] {
  return isDeletion ? contributorStates : asSeenBy(link, contributorStates);
}

/** A plan with its input. */
interface PlannedObject<Plan extends ObjectPlan> extends Pick<SharedPlan<Plan>, 'plan' | 'onRecord'> {
  /** What the plan brings about. */
  readonly desired: { readonly conflicts: readonly ContributorConflict[] };
  /** The link that is reconciled. */
  readonly link: Link;
  readonly states: readonly ContributorState[];
}

/** Adds to a plan what it means for the link that is reconciled. */
export function sharedPlan<Plan extends ObjectPlan>({
  plan,
  desired,
  link,
  states,
  onRecord,
}: PlannedObject<Plan>): SharedPlan<Plan> {
  const awaitsReads = states.some(({ kind }) => kind === 'unread');
  return {
    plan,
    wanted: digestOf(desired),
    isAsking: contributions(states).some((one) => one.link.uid === link.uid),
    conflicts: desired.conflicts.filter(({ linkKey }) => linkKey === link.key),
    awaitsReads,
    mayShrinkLater: awaitsReads,
    onRecord,
  };
}

/** A plan with nothing but a problem, made without looking at any link. */
function problemPlan(problem: NonNullable<ObjectPlan['problem']>): SharedPlan {
  return {
    plan: { actions: [], withheld: [], problem },
    wanted: '',
    isAsking: true,
    conflicts: [],
    awaitsReads: false,
    mayShrinkLater: false,
    onRecord: { edited: () => NO_LEGS, observed: () => NO_LEGS, frozen: () => NO_LEGS, left: NO_LEGS },
  };
}

/** The plan for a role that cannot be made, because IAM knows a name only once in an account. */
export function nameTaken({ name }: RoleArn, awaitsName: NameWait): SharedPlan {
  const why =
    awaitsName === 'taken'
      ? `The name ${name} is taken by another role of the account`
      : `The name ${name} goes to the role of another link of the account`;
  const message = `${why}, and role names are unique in an account: create a link with another role in targetRole.arn.`;
  return { ...problemPlan({ leg: 'targetRole', reason: 'RoleNotOwned', message }), awaitsName };
}

/** Fields of a desired object that do not say what is wanted: how much may be written now, whose drift a difference would be,
 *  and who has to give way. */
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

/** Reads what is still in use before anything is removed, because running executions and versions behind aliases keep what they
 *  began with. Reads nothing for a deletion, which has waited for them already. Returns whether anything new was learned.
 *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 *  @throws AwsFailure */
export async function readWhatIsInUse(
  contributors: Contributors,
  link: Link,
  { isDeletion, callOptions }: UpdateOptions,
  contributorStates: readonly ContributorState[],
): Promise<boolean> {
  if (isDeletion) return false;
  return contributors.readDefinitionsInUse([link, ...contributorStates.map(linkOf)], callOptions);
}
