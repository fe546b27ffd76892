/**
 * A plan from what the operator wrote into the links' status, for callers who may not read AWSAccounts, or have no AWS
 * credentials.
 */
import { findCondition, NOT_LOOKED_AT } from '../../api/conditions.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { counted } from '../../base/counted.ts';
import { LISTED_WRITES } from '../../report/pending.ts';
import type { ShownLink } from './view.ts';

/** What a link's status says; for legs that are enforced, that is Ready. */
export function linkFromStatus({ metadata, spec, status }: CrossAccountLink): ShownLink {
  const { namespace, name } = metadata;
  const pending = status.pending ?? [];
  const actions = pending.map(({ object, operation, reason, changes }) => ({
    object,
    operation,
    reason,
    changes,
  }));
  const omitted = pending.reduce((sum, { omittedChanges = 0 }) => sum + omittedChanges, 0);
  const isObserving = [
    spec.managementPolicy,
    spec.targetRole.managementPolicy,
    spec.executionRoleGrant?.managementPolicy,
    spec.stateMachineCredentials?.managementPolicy,
  ].includes('Observe');
  return {
    namespace: namespace ?? '',
    name,
    actions,
    obstacles: obstaclesOf(metadata.generation, status),
    remarks: [
      ...(isObserving || spec.suspend === true
        ? []
        : [
            'No leg is observed, so the operator writes by itself; managementPolicy: Observe gives a preview.',
          ]),
      ...(pending.length === LISTED_WRITES
        ? [`A status lists ${LISTED_WRITES} writes; there may be more.`]
        : []),
      ...(omitted > 0
        ? [`The status has no room for ${counted(omitted, 'further change')} of these writes.`]
        : []),
      ...(spec.suspend === true ? ['Suspended: nothing is changed until it is resumed.'] : []),
    ],
  };
}

function obstaclesOf(generation: number, status: CrossAccountLink['status']): readonly string[] {
  const { conditions = [], pending = [], observedGeneration } = status;
  const ready = findCondition(conditions, 'Ready');
  if (ready === undefined) return [NOT_LOOKED_AT];
  if (observedGeneration !== generation)
    return ['The operator has not looked at the latest spec yet: what is shown is of an earlier one.'];
  const isAllShown = ready.status === 'True' || (ready.reason === 'DriftDetected' && pending.length > 0);
  return isAllShown ? [] : [ready.message];
}
