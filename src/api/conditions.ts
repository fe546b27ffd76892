/**
 * Conditions as the Kubernetes API conventions have them.
 * https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
 */
import { printable } from '../base/printable.ts';
import type { Condition } from './generated.ts';
import type { Reason } from './reasons.ts';

/** One condition for each leg of a link, in the order in which they are built. */
export const LEG_CONDITIONS = [
  'TargetRoleReady',
  'TrustPolicyReady',
  'PermissionsReady',
  'ExecutionRoleGrantReady',
  'StateMachineCredentialsReady',
] as const;

export type LegCondition = (typeof LEG_CONDITIONS)[number];

/** Every type of condition that the operator writes. `Reconciling` and `Stalled` are present only while True: kstatus
 *  reads their mere presence. https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md */
export const CONDITION_TYPES = ['Ready', 'Reconciling', 'Stalled', ...LEG_CONDITIONS, 'Effective'] as const;

export type ConditionType = (typeof CONDITION_TYPES)[number];

type ConditionStatus = Condition['status'];

/** What a controller finds; `setCondition` sets the transition time. */
export interface Finding {
  readonly type: ConditionType;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  /** One sentence: the object, what is wrong, what to do. Cut to 32,768 characters, the limit of the CRD. */
  readonly message: string;
  readonly observedGeneration: number;
}

/** Shown instead of Ready's message for an object that has no such condition yet. */
export const NOT_LOOKED_AT = 'The operator has not looked at it yet.';

const MESSAGE_LIMIT = 32_768;

/** The conditions with the finding added. A condition keeps its place and, while its status stays, its transition time. If
 *  nothing changes, the very same list is returned.
 *  @param now RFC 3339, as in `2026-01-31T12:00:00Z` */
export function setCondition(
  conditions: readonly Condition[],
  finding: Finding,
  now: string,
): readonly Condition[] {
  const previous = findCondition(conditions, finding.type);
  const next: Condition = {
    ...finding,
    // A cut may divide a character, and the API server would store something else than its half.
    message: printable(finding.message).slice(0, MESSAGE_LIMIT).toWellFormed(),
    lastTransitionTime: previous?.status === finding.status ? previous.lastTransitionTime : now,
  };
  if (previous === undefined) return [...conditions, next];
  if (isSame(previous, next)) return conditions;
  return conditions.map((condition) => (condition === previous ? next : condition));
}

/** The conditions without the one of this type; the very same list when there is none. */
export function removeCondition(conditions: readonly Condition[], type: ConditionType): readonly Condition[] {
  return findCondition(conditions, type) === undefined
    ? conditions
    : conditions.filter((condition) => condition.type !== type);
}

/** Whether the condition of this type is True. */
export function isTrue(conditions: readonly Condition[] | undefined, type: ConditionType): boolean {
  return findCondition(conditions, type)?.status === 'True';
}

/** The condition of this type, if there is one. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: ConditionType,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function isSame(a: Condition, b: Condition): boolean {
  return (
    a.status === b.status &&
    a.reason === b.reason &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration
  );
}
