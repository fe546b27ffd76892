/** A link for programs: the structure of `status -o json`, which is stable (docs/cli.md). */
import { findCondition, NOT_LOOKED_AT } from '../../api/conditions.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { Condition } from '../../api/generated.ts';
import { parseArn } from '../../arn/arn.ts';

interface ReadyValue {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** Ready, or Unknown if the link was not reconciled yet. */
export function readyValue({ status }: CrossAccountLink): ReadyValue {
  const ready = findCondition(status.conditions, 'Ready');
  return {
    status: ready?.status ?? 'Unknown',
    reason: ready?.reason ?? '',
    message: ready?.message ?? NOT_LOOKED_AT,
  };
}

export function statusValue(link: CrossAccountLink) {
  const { metadata, spec, status } = link;
  const tasks = status.tasks ?? [];
  return {
    namespace: metadata.namespace,
    name: metadata.name,
    ready: readyValue(link),
    upToDate: status.observedGeneration === metadata.generation,
    suspended: spec.suspend === true,
    deleting: metadata.deletionTimestamp !== undefined,
    source: {
      account: parseArn(spec.stateMachineARN)?.accountId ?? '',
      stateMachine: spec.stateMachineARN,
      executionRole: status.executionRoleARN ?? null,
    },
    target: { account: parseArn(spec.targetRole.arn)?.accountId ?? '', role: spec.targetRole.arn },
    tasks,
    taskCount: status.taskCount ?? tasks.length,
    conditions: (status.conditions ?? []).map(conditionValue),
    drift: { total: status.drift?.total ?? 0, recent: status.drift?.recent ?? [] },
  };
}

function conditionValue({ type, status, reason, message, lastTransitionTime }: Condition) {
  return { type, status, reason, message, lastTransitionTime };
}
