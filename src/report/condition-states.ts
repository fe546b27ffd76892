/** The outcome of a reconcile → what each condition says: status, reason and message. */
import { firstFew } from '../base/first-few.ts';
import type { Reason } from '../api/reasons.ts';
import type { Leg } from '../desired/leg.ts';
import { LEGS, type EffectiveOutcome, type LegOutcome, type LegOutcomes } from './outcome.ts';

const LEG_WORDS: Readonly<Record<Leg, string>> = {
  targetRole: 'The target role matches the spec.',
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

/** The outcome of a reconcile; parts that it did not reach are left out. */
export interface Outcome {
  readonly legs: LegOutcomes;
  readonly effective?: EffectiveOutcome;
  /** Aliases of the state machine through which its Tasks run without the Credentials; left out while that is not known. */
  readonly aliasesWithout?: readonly string[];
}

export const BEING_MADE: ConditionState = {
  status: 'Unknown',
  reason: 'Creating',
  message: 'The link is being created.',
};

/** How many aliases a message names; a state machine can have a hundred. */
const NAMED_ALIASES = 5;

/** What Ready says of a link that is in order. */
export function readyMessage(aliasesWithout: readonly string[]): string {
  const works = 'The state machine can call into the target account';
  if (aliasesWithout.length === 0) return `${works}.`;
  return (
    `${works}, but not through alias ${firstFew(aliasesWithout, NAMED_ALIASES)}, which runs a version without the Credentials: ` +
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

/** What the condition of a leg says. */
export function legState(leg: Leg, outcome: LegOutcome): ConditionState {
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

/** While a leg is not as wanted, nothing can be said about the access, and what was said before no longer holds. */
export const NOT_EVALUATED: ConditionState = {
  status: 'Unknown',
  reason: 'NotEvaluated',
  message: 'Not evaluated while a leg is not ready.',
};

const NOT_SEEN = 'Organization, resource and key policies are not seen.';

/** What Effective says. */
export function effectiveState(effective: EffectiveOutcome): ConditionState {
  switch (effective.kind) {
    case 'effective':
      return {
        status: 'True',
        reason: 'Reachable',
        message: `No policy that was read denies the access. ${NOT_SEEN}`,
      };
    case 'denied':
      return { status: 'False', reason: effective.reason, message: `${effective.message} ${NOT_SEEN}` };
    case 'deniedInExecution':
      return { status: 'False', reason: 'ExecutionDenied', message: effective.message };
    case 'unknown':
      return { status: 'Unknown', reason: 'NotEvaluated', message: `${effective.message} ${NOT_SEEN}` };
  }
}
