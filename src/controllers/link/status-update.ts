/** What a build came to → the link's status, its drift and its Events. */
import { findCondition } from '../../api/conditions.ts';
import type { AwsFailure } from '../../aws/errors.ts';
import { readyMessage, reportConditions } from '../../report/conditions.ts';
import { driftOf, type Drift } from '../../report/drift.ts';
import { linkStatus, type LinkFacts } from '../../report/link-status.ts';
import type { ReconcileRecord } from './reconcile-record.ts';
import { factsOf, keptSentence, requestOf, wasReady } from './status-facts.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LinkReporter } from './link-reporter.ts';
import { readmitted } from '../../report/external-changes.ts';
import type { ResolvedLink } from '../objects/contributors.ts';

/** Tells of a build, and answers which drift it has found.
 *  @throws ApiError 409 when the link changed meanwhile */
export async function reportBuild(
  reporter: LinkReporter,
  resolved: ResolvedLink,
  record: ReconcileRecord,
  failure: AwsFailure | undefined,
): Promise<readonly Drift[]> {
  const { object, link } = resolved;
  const now = reporter.now();
  const before = object.status.conditions ?? [];
  const generation = object.metadata.generation;
  // A check that AWS cut short says nothing about a link that was Ready.
  const unchanged =
    failure !== undefined &&
    wasReady(object) &&
    Object.values(record.legs).every(({ kind }) => kind === 'inSync');
  const { legs, effective, aliasesWithout } = record;
  const outcome = {
    legs,
    ...(effective !== undefined && { effective }),
    ...(aliasesWithout !== undefined && { aliasesWithout }),
  };
  const conditions = unchanged ? before : reportConditions(before, outcome, generation, now);
  const drift = driftIn(object, record);
  const request = requestOf(object);
  const facts: LinkFacts = {
    ...factsOf(resolved, record),
    drift,
    conditions,
    observedGeneration: unchanged ? (object.status.observedGeneration ?? -1) : generation,
    ...(request !== undefined && failure === undefined && { handledRequest: request }),
  };
  reporter.drift(object, drift);
  for (const { reason, message } of warnings(resolved, record)) {
    reporter.event(object, 'Warning', reason, message);
  }
  await reporter.status(object, linkStatus(object.status, link, facts, now));
  return drift;
}

function driftIn(object: LinkObject, record: ReconcileRecord): readonly Drift[] {
  const inForce = wasReady(object) && object.status.observedGeneration === object.metadata.generation;
  return [
    ...driftOf(record.repairs, true),
    ...(inForce ? driftOf(record.observed, false) : []),
    ...record.told,
  ];
}

interface Warning {
  readonly reason: string;
  readonly message: string;
}

/** What a person has to know that no condition says. */
function warnings({ object, link }: ResolvedLink, record: ReconcileRecord): readonly Warning[] {
  const remade = readmitted(record.applied, record.executionRole);
  const aliases = aliasWarning(object, record);
  return [
    ...(remade === undefined ? [] : [{ reason: 'ExecutionRoleRemade', message: remade }]),
    ...(record.kept.length > 0 && record.applied.length > 0
      ? [{ reason: 'CredentialsKept', message: keptSentence(record.kept, link.stateMachine.name) }]
      : []),
    ...(aliases === undefined ? [] : [{ reason: 'AliasWithoutCredentials', message: aliases }]),
  ];
}

/** Told once, when Ready begins to say it. */
function aliasWarning(
  { status }: LinkObject,
  { onTrack, aliasesWithout = [] }: ReconcileRecord,
): string | undefined {
  if (!onTrack || aliasesWithout.length === 0) return undefined;
  const message = readyMessage(aliasesWithout);
  return findCondition(status.conditions ?? [], 'Ready')?.message === message ? undefined : message;
}
