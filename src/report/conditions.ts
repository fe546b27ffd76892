/**
 * Outcome → conditions, by the API conventions and as kstatus reads them: `Reconciling` and `Stalled` stand only
 * while True, and `Ready` is never False for something that a retry mends.
 * https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
import {
  findCondition,
  removeCondition,
  setCondition,
  type ConditionType,
  type LegCondition,
} from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import type { Reason } from '../api/reasons.ts';
import type { Leg } from '../desired/leg.ts';
import { LEGS, type EffectiveOutcome, type LegOutcome, type LegOutcomes } from './outcome.ts';

export const LEG_CONDITIONS: Readonly<Record<Leg, LegCondition>> = {
  targetRole: 'TargetRoleReady',
  trustPolicy: 'TrustPolicyReady',
  permissions: 'PermissionsReady',
  executionRoleGrant: 'ExecutionRoleGrantReady',
  stateMachineCredentials: 'StateMachineCredentialsReady',
};

const LEG_WORDS: Readonly<Record<Leg, string>> = {
  targetRole: 'The target role is as wanted.',
  trustPolicy: 'The trust policy lets in exactly the execution role, with the state machine as external ID.',
  permissions: 'The target role holds exactly the permissions that its links need.',
  executionRoleGrant: 'The execution role may assume the target role.',
  stateMachineCredentials: 'Every selected Task names the target role.',
};

export interface ConditionState {
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: Reason;
  readonly message: string;
}

/** What a reconcile came to; parts that it did not reach are left out. */
export interface Outcome {
  readonly legs: LegOutcomes;
  readonly effective?: EffectiveOutcome;
  /** Aliases of the machine by which its Tasks run without the Credentials; left out while that is not known. */
  readonly aliasesWithout?: readonly string[];
}

/** Writes an outcome into the conditions that stood before.
 *  @param now RFC 3339; only used where a status moves */
export function reportConditions(
  before: readonly Condition[],
  outcome: Outcome,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const ready = asBefore(before, outcome) ?? stillBeingMade(before, outcome) ?? readyState(outcome);
  const set = (conditions: readonly Condition[], type: ConditionType, state: ConditionState) =>
    setCondition(conditions, { type, ...state, observedGeneration }, now);
  let conditions = before;
  for (const leg of LEGS) {
    const state = legOrUnreached(outcome.legs, leg, before);
    if (state !== undefined) conditions = set(conditions, LEG_CONDITIONS[leg], state);
  }
  if (outcome.effective !== undefined)
    conditions = set(conditions, 'Effective', effectiveState(outcome.effective));
  else if (ready.status === 'False' && findCondition(before, 'Effective') !== undefined)
    conditions = set(conditions, 'Effective', NOT_EVALUATED);
  return reportReady(conditions, ready, observedGeneration, now);
}

/** What is said only for the time being: it does not hold any more once something else keeps the leg from being looked at. */
const PASSING: readonly string[] = ['DriftDetected', 'Propagating', 'Conflict'] satisfies readonly Reason[];

/** A leg that was not reached keeps its condition; one that never had any waits. */
function legOrUnreached(legs: LegOutcomes, leg: Leg, before: readonly Condition[]): ConditionState | undefined {
  const outcome = legs[leg];
  const condition = findCondition(before, LEG_CONDITIONS[leg]);
  const asItWas = outcome?.kind === 'interrupted' && condition?.status !== 'True';
  if (outcome !== undefined && !asItWas) return legState(leg, outcome);
  if (condition !== undefined && (outcome !== undefined || !PASSING.includes(condition.reason)))
    return undefined;
  return { status: 'Unknown', reason: 'Creating', message: 'Waits for what comes before it.' };
}

/** Sets Ready with Stalled and Reconciling, and leaves the legs as they were: for links that were not read. */
export function reportReady(
  before: readonly Condition[],
  ready: ConditionState,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const conditions = setCondition(before, { type: 'Ready', ...ready, observedGeneration }, now);
  return withKstatus(conditions, ready, observedGeneration, now);
}

/** For a link that is being deleted: what was as wanted is on its way out. */
export function reportDeleting(
  before: readonly Condition[],
  ready: ConditionState,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const types: readonly ConditionType[] = [...Object.values(LEG_CONDITIONS), 'Effective'];
  const message = 'The link is being deleted.';
  const leaving = types
    .filter((type) => findCondition(before, type)?.status === 'True')
    .reduce(
      (conditions, type) =>
        setCondition(
          conditions,
          { type, status: 'Unknown', reason: 'Deleting', message, observedGeneration },
          now,
        ),
      before,
    );
  return reportReady(leaving, ready, observedGeneration, now);
}

/** For a suspended link whose spec changed since Ready was set: its state is unknown, and nothing is under way. */
export function reportSuspended(
  before: readonly Condition[],
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const message = 'spec.suspend is true, and the spec changed since the link was last looked at: resume it.';
  const ready = {
    type: 'Ready',
    status: 'Unknown',
    reason: 'Suspended',
    message,
    observedGeneration,
  } as const;
  return removeCondition(removeCondition(setCondition(before, ready, now), 'Stalled'), 'Reconciling');
}

/** What Ready says of aliases stays until they are read again. */
function asBefore(before: readonly Condition[], outcome: Outcome): ConditionState | undefined {
  const ready = readyState(outcome);
  const readyBefore = findCondition(before, 'Ready');
  return outcome.aliasesWithout === undefined && ready.status === 'True' && readyBefore?.status === 'True'
    ? { ...ready, message: readyBefore.message }
    : undefined;
}

/** A write that was put off changes nothing in what is said of a link that was not Ready anyhow. */
function stillBeingMade(before: readonly Condition[], { legs }: Outcome): ConditionState | undefined {
  const kinds = Object.values(legs).map(({ kind }) => kind);
  const onlyInterrupted =
    kinds.includes('interrupted') && kinds.every((kind) => kind === 'inSync' || kind === 'interrupted');
  return onlyInterrupted && findCondition(before, 'Ready')?.status !== 'True' ? BEING_MADE : undefined;
}

const BEING_MADE: ConditionState = { status: 'Unknown', reason: 'Creating', message: 'The link is being made.' };

/** At most so many aliases are named in a message; a machine has a hundred at most. */
const NAMED_ALIASES = 5;

/** What Ready says of a link that is in order. */
export function readyMessage(aliasesWithout: readonly string[]): string {
  const works = 'The state machine can call into the target account';
  if (aliasesWithout.length === 0) return `${works}.`;
  const named = aliasesWithout.slice(0, NAMED_ALIASES).join(', ');
  const more =
    aliasesWithout.length > NAMED_ALIASES ? ` and ${aliasesWithout.length - NAMED_ALIASES} more` : '';
  return (
    `${works}, but not through alias ${named}${more}, which runs a version without the Credentials: ` +
    `publish a version and move the alias to it.`
  );
}

/** Reasons of legs that only wait for another. */
const WAITING: readonly string[] = ['Creating', 'Repairing'] satisfies readonly Reason[];

/** The link as a whole: the first leg that needs a person decides, then the first that says why it is under way, then the
 *  first that waits or was not reached. */
export function readyState({ legs, effective, aliasesWithout = [] }: Outcome): ConditionState {
  const states = LEGS.flatMap((leg) => {
    const outcome = legs[leg];
    return outcome === undefined ? [] : [legState(leg, outcome)];
  });
  const needsPerson = states.find(({ status }) => status === 'False');
  if (needsPerson !== undefined) return needsPerson;
  const underWay = states.filter(({ status }) => status === 'Unknown');
  const [first] = [...underWay.filter(({ reason }) => !WAITING.includes(reason)), ...underWay];
  if (first !== undefined) return first;
  if (states.length < LEGS.length) return BEING_MADE;
  if (effective?.kind === 'denied' || effective?.kind === 'deniedInExecution')
    return effectiveState(effective);
  return { status: 'True', reason: 'InSync', message: readyMessage(aliasesWithout) };
}

function legState(leg: Leg, outcome: LegOutcome): ConditionState {
  switch (outcome.kind) {
    case 'inSync':
      return {
        status: 'True',
        reason: 'InSync',
        message: [LEG_WORDS[leg], outcome.note ?? ''].join(' ').trimEnd(),
      };
    case 'progressing':
    case 'interrupted':
      return { status: 'Unknown', reason: outcome.reason, message: outcome.message };
    case 'stalled':
      return { status: 'False', reason: outcome.reason, message: outcome.message };
    case 'differs':
      return { status: 'False', reason: 'DriftDetected', message: outcome.message };
  }
}

/** While a leg is not as wanted nothing can be said of the access, and nothing that was said before holds. */
const NOT_EVALUATED: ConditionState = {
  status: 'Unknown',
  reason: 'NotEvaluated',
  message: 'Not evaluated while a leg is not as wanted.',
};

const NOT_SEEN = 'Organization, resource and key policies are not seen.';

function effectiveState(effective: EffectiveOutcome): ConditionState {
  switch (effective.kind) {
    case 'effective':
      return {
        status: 'True',
        reason: 'Reachable',
        message: `Nothing that was read denies the access. ${NOT_SEEN}`,
      };
    case 'denied':
      return { status: 'False', reason: effective.reason, message: `${effective.message} ${NOT_SEEN}` };
    case 'deniedInExecution':
      return { status: 'False', reason: 'ExecutionDenied', message: effective.message };
    case 'unknown':
      return { status: 'Unknown', reason: 'NotEvaluated', message: `${effective.message} ${NOT_SEEN}` };
  }
}

function withKstatus(
  before: readonly Condition[],
  ready: ConditionState,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const { reason, message } = ready;
  const toggle = (conditions: readonly Condition[], type: ConditionType, on: boolean) =>
    on
      ? setCondition(conditions, { type, status: 'True', reason, message, observedGeneration }, now)
      : removeCondition(conditions, type);
  const withStalled = toggle(before, 'Stalled', ready.status === 'False');
  return toggle(withStalled, 'Reconciling', ready.status === 'Unknown');
}
