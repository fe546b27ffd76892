/** The one place where a link's status is made: the outcome of a reconcile → status, drift and warnings. */
import { findCondition, isTrue } from '../../api/conditions.ts';
import type { Condition, CrossAccountLinkStatus } from '../../api/generated.ts';
import type { AwsFailure } from '../../aws/errors/errors.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Refusal } from '../../desired/refusals.ts';
import { readyState, type Outcome } from '../../report/condition-states.ts';
import {
  LEG_CONDITIONS,
  reportConditions,
  reportDeleting,
  reportReady,
  reportSuspended,
} from '../../report/conditions.ts';
import type { DeletionWait } from '../../report/deletion-outcome.ts';
import { driftOf, interruptedRepairs, type Drift } from '../../report/drift.ts';
import { linkStatus, type LinkFacts } from '../../report/link-status.ts';
import { LEGS, stalled, type LegOutcomes } from '../../report/outcome.ts';
import { warningsOf, type Warning } from '../../report/warnings.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { digestFacts, factsOf, handledRequest, isStopped, wasReady } from './status-facts.ts';

/** The outcome of a reconcile. */
export type Conclusion =
  | {
      readonly kind: 'reconciled';
      readonly record: ReconcileRecord;
      readonly failure: AwsFailure | undefined;
    }
  /** Refused before anything was read: no AWSAccount has the account's ID, or the cluster refuses the finalizer. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** An account cannot be reached, so nothing was read. `legs`: what Ready says about it; without them, the link stays as it
   *  was. */
  | { readonly kind: 'waiting'; readonly legs?: LegOutcomes }
  /** `specEdited`: the spec differs from the one that Ready speaks of. */
  | { readonly kind: 'suspended'; readonly specEdited: boolean }
  | { readonly kind: 'deleting'; readonly wait: DeletionWait };

export interface StatusUpdate {
  readonly status: CrossAccountLinkStatus;
  readonly drift: readonly Drift[];
  readonly warnings: readonly Warning[];
}

/** What this process remembers of drift that it has reported. */
type ReportedDrift = Pick<LinkMemory, 'unrecordedDrift' | 'reportedRepairs'>;

const NONE_REPORTED: ReportedDrift = { unrecordedDrift: [], reportedRepairs: [] };

/** Makes the status, with what else is to be reported.
 *  @param now RFC 3339 */
export function statusUpdate(
  object: LinkObject,
  conclusion: Conclusion,
  now: string,
  { unrecordedDrift: unrecorded, reportedRepairs: reported }: ReportedDrift = NONE_REPORTED,
): StatusUpdate {
  const { facts: found, warnings } = concluded(object, conclusion, now);
  const drift = [
    ...found.drift,
    ...finishedRepairs(object, conclusion, [...unrecorded, ...reported, ...found.drift]),
  ];
  const facts = { ...found, drift };
  const recorded = { ...facts, drift: [...unrecorded, ...drift] };
  return { status: linkStatus(object.status, object.link, recorded, now), drift: facts.drift, warnings };
}

/** Repairs that were not reported because the operator died. They are reported once everything is found as it should be, or
 *  their object no longer differs. */
function finishedRepairs(
  object: LinkObject,
  conclusion: Conclusion,
  reported: readonly Drift[],
): readonly Drift[] {
  if (conclusion.kind !== 'reconciled') return [];
  const { onTrack, unchanged } = conclusion.record;
  const isDone = onTrack && !isCutShort(conclusion);
  return interruptedRepairs(object.status.drift, reported, (arn) => isDone || unchanged.get(arn));
}

/** Whether AWS broke off a check of a link that was Ready or waits for a person: such a check says nothing about the link. */
function isCutShort({ failure }: Extract<Conclusion, { kind: 'reconciled' }>): boolean {
  return failure !== undefined;
}

interface Concluded {
  readonly facts: LinkFacts;
  readonly warnings: readonly Warning[];
}

function concluded(object: LinkObject, conclusion: Conclusion, now: string): Concluded {
  switch (conclusion.kind) {
    case 'reconciled':
      return reconciled(object, conclusion, now);
    case 'refused': {
      const { leg, reason, message } = conclusion.refusal;
      const outcome = { legs: { [leg]: stalled(reason, message) } };
      const conditions = reportConditions(conditionsOf(object), outcome, object.metadata.generation, now);
      // Nothing would be written for a refused link.
      return withoutFindings(object, conditions, {
        ...handledRequest(object),
        ...digestFacts(object),
        pending: [],
      });
    }
    case 'waiting':
      return waiting(object, conclusion, now);
    case 'suspended': {
      const before = conditionsOf(object);
      const conditions = conclusion.specEdited
        ? reportSuspended(before, object.metadata.generation, now)
        : before;
      return withoutFindings(object, conditions, handledRequest(object));
    }
    case 'deleting': {
      const ready = readyState({ legs: { targetRole: conclusion.wait.outcome } });
      return withoutFindings(
        object,
        reportDeleting(conditionsOf(object), ready, object.metadata.generation, now),
        { pending: [], ...handledRequest(object) },
      );
    }
  }
}

function reconciled(
  object: LinkObject,
  conclusion: Extract<Conclusion, { kind: 'reconciled' }>,
  now: string,
): Concluded {
  const { record } = conclusion;
  const before = conditionsOf(object);
  const { generation } = object.metadata;
  const unchanged = isCutShort(conclusion) && isAsSaid(object, record);
  return {
    facts: {
      ...factsOf(object, record),
      drift: driftIn(record),
      conditions: unchanged ? before : reportConditions(before, outcomeOf(record), generation, now),
      observedGeneration: unchanged ? (object.status.observedGeneration ?? -1) : generation,
      ...(!unchanged && digestFacts(object)),
      // A failed request is handled, too: the conditions say how it went, and the retries need not read everything afresh.
      ...handledRequest(object),
    },
    warnings: warningsOf(before, {
      stateMachine: object.link.stateMachine.name,
      applied: record.applied,
      executionRole: record.executionRole,
      targetRole: record.targetRole,
      formerRoleId: record.formerRoleId,
      kept: record.kept,
      onTrack: record.onTrack,
      aliasesWithout: record.aliasesWithout,
    }),
  };
}

/** Whether a check found nothing, as far as it got, that the status does not say already. */
function isAsSaid(object: LinkObject, { onTrack, legs }: ReconcileRecord): boolean {
  if (wasReady(object)) return onTrack;
  const isReady = (leg: Leg) => isTrue(object.status.conditions, LEG_CONDITIONS[leg]);
  return (
    isStopped(object) &&
    LEGS.every((leg) => {
      const kind = legs[leg]?.kind;
      return (
        kind === undefined || (kind === 'inSync' && isReady(leg)) || (kind === 'interrupted' && !isReady(leg))
      );
    })
  );
}

/** The status of a link whose spec could not be checked. Only Ready speaks of this spec. The legs keep the spec for which they
 *  were in sync, because later that tells an edit from drift. */
function waiting(
  object: LinkObject,
  { legs }: Extract<Conclusion, { kind: 'waiting' }>,
  now: string,
): Concluded {
  return {
    facts: {
      drift: [],
      conditions: legs === undefined ? conditionsOf(object) : reportWaiting(object, legs, now),
      observedGeneration:
        legs === undefined ? (object.status.observedGeneration ?? -1) : object.metadata.generation,
      ...handledRequest(object),
    },
    warnings: [],
  };
}

/** A link that never had a status says in its legs, too, what it waits for. */
function reportWaiting(object: LinkObject, legs: LegOutcomes, now: string): readonly Condition[] {
  const { generation } = object.metadata;
  const before = conditionsOf(object);
  return Object.values(LEG_CONDITIONS).some((type) => findCondition(before, type) !== undefined)
    ? reportReady(before, readyState({ legs }), generation, now)
    : reportConditions(before, { legs }, generation, now);
}

function outcomeOf({ legs, effective, aliasesWithout }: ReconcileRecord): Outcome {
  return {
    legs,
    ...(effective !== undefined && { effective }),
    ...(aliasesWithout !== undefined && { aliasesWithout }),
  };
}

function driftIn(record: ReconcileRecord): readonly Drift[] {
  return [
    ...driftOf(record.repairs, { repaired: true }),
    ...driftOf(record.unrepaired, { repaired: false }),
    ...record.externalChanges,
  ];
}

function withoutFindings(
  object: LinkObject,
  conditions: readonly Condition[],
  more: Pick<LinkFacts, 'handledRequest' | 'pending' | 'specDigest'>,
): Concluded {
  const facts = { drift: [], conditions, observedGeneration: object.metadata.generation, ...more };
  return { facts, warnings: [] };
}

function conditionsOf({ status }: LinkObject): readonly Condition[] {
  return status.conditions ?? [];
}
