/** What a build came to → the link's status, its drift and its Events. */
import { findCondition } from '../api/conditions.ts';
import type { AwsFailure } from '../aws/errors.ts';
import { readyMessage, reportConditions } from '../report/conditions.ts';
import { driftOf, type Drift } from '../report/drift.ts';
import { linkStatus, type LinkFacts } from '../report/link-status.ts';
import type { Build } from './build.ts';
import { factsOf, keptSentence, requestOf, wasReady } from './link-facts.ts';
import type { LinkObject } from './link-object.ts';
import type { LinkReporter } from './link-reporter.ts';
import { readmitted } from './told.ts';
import type { Subject } from './world.ts';

/** Tells of a build, and answers which drift it has found.
 *  @throws ApiError 409 when the link changed meanwhile */
export async function reportBuild(
  reporter: LinkReporter,
  subject: Subject,
  build: Build,
  failure: AwsFailure | undefined,
): Promise<readonly Drift[]> {
  const { object, link } = subject;
  const now = reporter.now();
  const before = object.status.conditions ?? [];
  const generation = object.metadata.generation;
  // A check that AWS cut short says nothing about a link that was Ready.
  const unchanged =
    failure !== undefined &&
    wasReady(object) &&
    Object.values(build.legs).every(({ kind }) => kind === 'inSync');
  const { legs, effective, aliasesWithout } = build;
  const outcome = {
    legs,
    ...(effective !== undefined && { effective }),
    ...(aliasesWithout !== undefined && { aliasesWithout }),
  };
  const conditions = unchanged ? before : reportConditions(before, outcome, generation, now);
  const drift = driftIn(object, build);
  const request = requestOf(object);
  const facts: LinkFacts = {
    ...factsOf(subject, build),
    drift,
    conditions,
    observedGeneration: unchanged ? (object.status.observedGeneration ?? -1) : generation,
    ...(request !== undefined && failure === undefined && { handledRequest: request }),
  };
  reporter.drift(object, drift);
  for (const { reason, message } of warnings(subject, build)) {
    reporter.event(object, 'Warning', reason, message);
  }
  await reporter.status(object, linkStatus(object.status, link, facts, now));
  return drift;
}

function driftIn(object: LinkObject, build: Build): readonly Drift[] {
  const inForce = wasReady(object) && object.status.observedGeneration === object.metadata.generation;
  return [...driftOf(build.repairs, true), ...(inForce ? driftOf(build.observed, false) : []), ...build.told];
}

interface Warning {
  readonly reason: string;
  readonly message: string;
}

/** What a person has to know that no condition says. */
function warnings({ object, link }: Subject, build: Build): readonly Warning[] {
  const remade = readmitted(build.applied, build.executionRole);
  const aliases = aliasWarning(object, build);
  return [
    ...(remade === undefined ? [] : [{ reason: 'ExecutionRoleRemade', message: remade }]),
    ...(build.kept.length > 0 && build.applied.length > 0
      ? [{ reason: 'CredentialsKept', message: keptSentence(build.kept, link.stateMachine.name) }]
      : []),
    ...(aliases === undefined ? [] : [{ reason: 'AliasWithoutCredentials', message: aliases }]),
  ];
}

/** Told once, when Ready begins to say it. */
function aliasWarning({ status }: LinkObject, { onTrack, aliasesWithout = [] }: Build): string | undefined {
  if (!onTrack || aliasesWithout.length === 0) return undefined;
  const message = readyMessage(aliasesWithout);
  return findCondition(status.conditions ?? [], 'Ready')?.message === message ? undefined : message;
}
