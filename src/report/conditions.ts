/**
 * Outcome → conditions, by the API conventions and as kstatus reads them: `Reconciling` and `Stalled` are there only while
 * True, and `Ready` is never False for something that a retry resolves.
 * https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
import {
  findCondition,
  isTrue,
  removeCondition,
  setCondition,
  type ConditionType,
  type LegCondition,
} from '../api/conditions.ts';
import type { Condition } from '../api/generated.ts';
import type { Reason } from '../api/reasons.ts';
import type { Leg } from '../desired/leg.ts';
import { REFUSALS } from '../desired/refusals.ts';
import {
  BEING_MADE,
  effectiveState,
  legState,
  NOT_EVALUATED,
  readyState,
  type ConditionState,
  type Outcome,
} from './condition-states.ts';
import { LEGS, type LegOutcomes } from './outcome.ts';

export const LEG_CONDITIONS: Readonly<Record<Leg, LegCondition>> = {
  targetRole: 'TargetRoleReady',
  trustPolicy: 'TrustPolicyReady',
  permissions: 'PermissionsReady',
  executionRoleGrant: 'ExecutionRoleGrantReady',
  stateMachineCredentials: 'StateMachineCredentialsReady',
};

/** Updates the conditions with an outcome.
 *  @param now RFC 3339; only used if a status changes */
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

/** Reasons that hold only for a while: they are dropped once something else keeps the leg from being checked. */
const PASSING: readonly string[] = ['DriftDetected', 'Propagating', 'Conflict'] satisfies readonly Reason[];

/** Refusals that tell what the API server answered, or what all links of the object ask for together. */
const NOT_OF_SPEC_AND_RULES: readonly string[] = [
  'FinalizerRefused',
  'GrantTooLarge',
] satisfies readonly (typeof REFUSALS)[number][];

/** Reasons that follow from the spec, the definition and the rules alone, or are given before these are known. Once another leg
 *  needs a person, nothing checks whether they still hold: they may be about a former spec. All other reasons tell what AWS
 *  holds, and this condition is the record of it. */
const OF_SPEC_AND_RULES: ReadonlySet<string> = new Set<Reason>([
  ...REFUSALS.filter((reason) => !NOT_OF_SPEC_AND_RULES.includes(reason)),
  'AccountNotReady',
  'NoTasks',
]);

/** A leg that was not reached keeps its condition; if it has none, it waits. */
function legOrUnreached(
  legs: LegOutcomes,
  leg: Leg,
  before: readonly Condition[],
): ConditionState | undefined {
  const outcome = legs[leg];
  const condition = findCondition(before, LEG_CONDITIONS[leg]);
  const asItWas = outcome?.kind === 'interrupted' && condition?.status !== 'True';
  if (outcome !== undefined && !asItWas) return legState(leg, outcome);
  if (condition !== undefined && (outcome !== undefined || staysSaid(legs, condition))) return undefined;
  return { status: 'Unknown', reason: 'Creating', message: 'Waits for an earlier leg.' };
}

/** Whether what was said of a leg that was not reached stays. */
function staysSaid(legs: LegOutcomes, { status, reason }: Condition): boolean {
  if (status === 'True') return true;
  if (PASSING.includes(reason)) return false;
  const needsPerson = Object.values(legs).some(({ kind }) => kind === 'stalled');
  return !needsPerson || !OF_SPEC_AND_RULES.has(reason);
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

/** For a link that is being deleted: what was as wanted is being removed. */
export function reportDeleting(
  before: readonly Condition[],
  ready: ConditionState,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const types: readonly ConditionType[] = [...Object.values(LEG_CONDITIONS), 'Effective'];
  const message = 'The link is being deleted.';
  const leaving = types
    .filter((type) => isTrue(before, type))
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

/** For a suspended link whose spec Ready does not speak of: its state is unknown, and nothing is under way. */
export function reportSuspended(
  before: readonly Condition[],
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const message = 'spec.suspend is true, and the operator has not looked at this spec: resume the link.';
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

/** What Ready says while a link is made, until its first write fails for longer. */
const IN_THE_MAKING: readonly string[] = ['Creating', 'Repairing', 'Propagating'] satisfies readonly Reason[];

/** If a link was not Ready in any case, a write that was put off does not change what it says. A link that says why its last
 *  write failed goes on saying why. */
function stillBeingMade(before: readonly Condition[], { legs }: Outcome): ConditionState | undefined {
  const kinds = Object.values(legs).map(({ kind }) => kind);
  const onlyInterrupted =
    kinds.includes('interrupted') && kinds.every((kind) => kind === 'inSync' || kind === 'interrupted');
  const ready = findCondition(before, 'Ready');
  const saysWhy = ready?.status === 'Unknown' && !IN_THE_MAKING.includes(ready.reason);
  return onlyInterrupted && ready?.status !== 'True' && !saysWhy ? BEING_MADE : undefined;
}

/** These conditions are there, and True, while Ready has that status. */
const KSTATUS = [
  { type: 'Stalled', when: 'False' },
  { type: 'Reconciling', when: 'Unknown' },
] as const;

function withKstatus(
  before: readonly Condition[],
  ready: ConditionState,
  observedGeneration: number,
  now: string,
): readonly Condition[] {
  const { reason, message } = ready;
  return KSTATUS.reduce(
    (conditions, { type, when }) =>
      ready.status === when
        ? setCondition(conditions, { type, status: 'True', reason, message, observedGeneration }, now)
        : removeCondition(conditions, type),
    before,
  );
}
