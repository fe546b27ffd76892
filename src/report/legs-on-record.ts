/**
 * What a link's status says of the time before this process began: which legs were in sync, and for which of them something
 * else is asked since, which is not drift.
 */
import type { CrossAccountLinkStatus } from '../api/generated.ts';
import type { Reason } from '../api/reasons.ts';
import type { MachineView } from '../desired/machine-view.ts';
import { REFUSALS } from '../desired/refusals.ts';
import type { Leg } from '../desired/leg.ts';
import type { Link } from '../desired/link.ts';
import { LEG_CONDITIONS } from './conditions.ts';
import { listedTasks } from './task-record.ts';
import { LEGS } from './outcome.ts';

/** Legs that were in sync with this generation of the spec. A leg that came to be so, or was repaired, a moment ago is left
 *  out: AWS may still show the former state, which nobody remembers.
 *  @param shownUntilMs AWS shows by now whatever was written before this time, in milliseconds since 1970 */
export function legsInSync(
  { conditions = [], drift }: CrossAccountLinkStatus,
  generation: number,
  shownUntilMs: number,
): ReadonlySet<Leg> {
  if (Date.parse(drift?.lastRepairedTime ?? '') > shownUntilMs) return new Set();
  const inSync = conditions.filter(
    ({ status, observedGeneration, lastTransitionTime }) =>
      status === 'True' &&
      observedGeneration === generation &&
      !(Date.parse(lastTransitionTime) > shownUntilMs),
  );
  return new Set(LEGS.filter((leg) => inSync.some(({ type }) => type === LEG_CONDITIONS[leg])));
}

type Legs = Link['legs'];

interface StateMachineNow {
  readonly view: MachineView;
  /** The Tasks that the link selects; undefined if it is refused. */
  readonly tasks: readonly string[] | undefined;
}

/** Legs for which the spec or the definition asks something else than what was last in sync.
 *  @param now undefined if the state machine is not known */
export function editedLegs(
  {
    status,
    metadata,
    link: { legs },
  }: {
    readonly status: CrossAccountLinkStatus;
    readonly metadata: { readonly generation: number };
    readonly link: Pick<Link, 'legs'>;
  },
  now: StateMachineNow | undefined,
): ReadonlySet<Leg> {
  if (status.observedGeneration !== metadata.generation) return new Set(LEGS);
  const edited = new Set(unfinishedLegs(status, legs));
  if (hadNoMachine(status)) for (const leg of ASKED_BY_MACHINES) edited.add(leg);
  if (now === undefined) return edited;
  const { executionRoleARN, stateMachineRevisionID, tasks = [] } = status;
  const { executionRole, machine } = now.view;
  const otherRole = executionRoleARN !== undefined && executionRoleARN !== executionRole.text;
  const otherTasks = now.tasks !== undefined && listedTasks(now.tasks).join('\n') !== tasks.join('\n');
  const otherDefinition =
    otherTasks || (stateMachineRevisionID !== undefined && stateMachineRevisionID !== machine.revisionId);
  if (otherRole) edited.add('trustPolicy').add('executionRoleGrant');
  if (otherDefinition) edited.add('permissions');
  if (otherTasks) edited.add('stateMachineCredentials');
  return edited;
}

/** Whether the account's rules ask for another boundary than when one of these links, which share a target role, last had it as
 *  wanted. Links that are stopped look at nothing, and their statuses say nothing of a boundary that others changed since.
 *  @param asked ARN of the boundary that the rules ask for; undefined for none */
export function asksOtherBoundary(
  objects: readonly {
    readonly status: CrossAccountLinkStatus;
    readonly link: Pick<Link, 'suspended' | 'deleting'>;
  }[],
  asked: string | undefined,
): boolean {
  return objects.some(
    ({ status, link }) =>
      status.accountBoundaryARN !== asked && hadRole(status) && !link.suspended && !link.deleting,
  );
}

function hadRole({ conditions = [] }: CrossAccountLinkStatus): boolean {
  return conditions.some(({ type, status }) => type === LEG_CONDITIONS.targetRole && status === 'True');
}

/** Legs whose conditions are about an older spec, and legs that the link writes and that were never in sync with this one: a
 *  status is written also for a spec for which nothing was written or checked yet. */
function unfinishedLegs(
  { conditions = [], observedGeneration }: CrossAccountLinkStatus,
  legs: Legs,
): readonly Leg[] {
  return LEGS.filter((leg) => {
    const one = conditions.find(({ type }) => type === LEG_CONDITIONS[leg]);
    if (one !== undefined && one.observedGeneration !== observedGeneration) return true;
    return legs[WRITTEN_WITH[leg]] === 'Enforce' && one?.status !== 'True';
  });
}

/** Whether the link had no state machine. Then it asked for nothing, and other links that came or went meanwhile removed what
 *  it had had from shared objects; no record of this link shows that. */
function hadNoMachine({ conditions = [] }: CrossAccountLinkStatus): boolean {
  const { reason } = conditions.find(({ type }) => type === LEG_CONDITIONS.stateMachineCredentials) ?? {};
  return reason === ('StateMachineNotFound' satisfies Reason);
}

/** Whether nobody knew what the link needs when its status was written: it was refused, or there was no state machine to go by.
 *  What other links of its objects dropped meanwhile, or left when they went, stands there still, and is on nobody's record. */
export function wasFrozen({ conditions = [] }: CrossAccountLinkStatus): boolean {
  return LEGS.some((leg) => {
    const { status, reason } = conditions.find(({ type }) => type === LEG_CONDITIONS[leg]) ?? {};
    return status === 'False' && reason !== undefined && FREEZING.has(reason);
  });
}

const FREEZING: ReadonlySet<string> = new Set([
  ...REFUSALS,
  'StateMachineNotFound',
  'DefinitionUnreadable',
] satisfies readonly Reason[]);

const ASKED_BY_MACHINES = [
  'trustPolicy',
  'permissions',
  'executionRoleGrant',
  'stateMachineCredentials',
] as const satisfies readonly Leg[];

/** The legs, each with a condition of its own, that are written with one leg of the spec. */
export function legsWrittenWith(part: keyof Legs): ReadonlySet<Leg> {
  return new Set(LEGS.filter((leg) => WRITTEN_WITH[leg] === part));
}

const WRITTEN_WITH = {
  targetRole: 'targetRole',
  trustPolicy: 'targetRole',
  permissions: 'targetRole',
  executionRoleGrant: 'executionRoleGrant',
  stateMachineCredentials: 'stateMachineCredentials',
} as const satisfies Readonly<Record<Leg, keyof Legs>>;
