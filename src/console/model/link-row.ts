/** A link and its Events → the row that the map and the lists show. */
import { isPaused } from '../../api/advice.ts';
import { findCondition, isTrue } from '../../api/conditions.ts';
import type { Condition } from '../../api/generated.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { parseRoleArn, parseStateMachineArn } from '../../arn/arn.ts';
import { shortMessageOf, WAITING } from './condition-words.ts';
import type { LinkEvent } from './link-event.ts';
import type { LinkRow, MachineName, RoleName, Tone } from './contract.ts';
import { wallMsOf } from './time.ts';

const MOST_DRIFT_TIMES = 50;

/** A link as the list and the map have it: messages cut, no conditions. */
export function linkRow(link: CrossAccountLink, events: readonly LinkEvent[]): LinkRow {
  const { metadata, spec, status } = link;
  const ready = presentReady(link);
  const tone = toneOf(link);
  const since = wallMsOf(ready?.lastTransitionTime);
  return {
    key: `${metadata.namespace}/${metadata.name}`,
    namespace: metadata.namespace,
    name: metadata.name,
    version: [metadata.resourceVersion, ...events.map(({ version }) => version).toSorted()].join('.'),
    machine: machineName(spec.stateMachineARN),
    role: roleName(spec.targetRole.arn),
    tone,
    reason: ready?.reason ?? WAITING,
    message: shortMessageOf(ready),
    stalled: tone === 'trouble' && isStalled(link),
    observed: spec.managementPolicy === 'Observe',
    deleting: metadata.deletionTimestamp !== undefined,
    tasks: status.taskCount ?? status.tasks?.length ?? 0,
    drift: status.drift?.total ?? 0,
    driftTimes: driftTimes(link, events),
    ...(since !== undefined && { sinceMs: since }),
  };
}

/** What the colour says: a deletion, and a spec that was not reconciled yet, are work in progress, whatever Ready still says. */
function toneOf(link: CrossAccountLink): Tone {
  if (isPaused(link)) return 'paused';
  if (!isSeen(link)) return 'working';
  if (isStalled(link)) return 'trouble';
  if (link.metadata.deletionTimestamp !== undefined) return 'working';
  switch (presentReady(link)?.status) {
    case 'True':
      return 'ready';
    case 'False':
      return 'trouble';
    default:
      return 'working';
  }
}

function isStalled({ status }: CrossAccountLink): boolean {
  return isTrue(status.conditions, 'Stalled');
}

/** What Ready says about the present spec; undefined if the operator has not looked at that yet. */
export function presentReady(link: CrossAccountLink): Condition | undefined {
  return isSeen(link) ? findCondition(link.status.conditions, 'Ready') : undefined;
}

/** Whether the status is about the present spec. */
export function isSeen({ metadata, status }: CrossAccountLink): boolean {
  return status.observedGeneration === metadata.generation;
}

/** Times of drift. Events reach further back than the ten drifts in a status, and include the same ones: an Event within two
 *  seconds of a drift in the status does not count, and together they are never more than the status has counted. */
function driftTimes({ status }: CrossAccountLink, events: readonly LinkEvent[]): readonly number[] {
  const recorded = (status.drift?.recent ?? [])
    .map(({ time }) => wallMsOf(time))
    .filter((time) => time !== undefined);
  const unrecorded = events
    .filter(({ reason }) => reason === 'DriftDetected')
    .flatMap(({ firstMs, lastMs }) => (firstMs === lastMs ? [firstMs] : [firstMs, lastMs]))
    .filter((time) => recorded.every((other) => Math.abs(time - other) > 2000));
  const further = Math.max((status.drift?.total ?? 0) - recorded.length, 0);
  const added = unrecorded.toSorted((a, b) => b - a).slice(0, further);
  return [...recorded, ...added].toSorted((a, b) => a - b).slice(-MOST_DRIFT_TIMES);
}

/** If the API server admitted an ARN before the CRD's present rules, some of its parts may be empty. */
function machineName(arn: string): MachineName {
  const { region = '', accountId: account = '', name = '' } = parseStateMachineArn(arn) ?? {};
  return { account, region, name };
}

function roleName(arn: string): RoleName {
  const { accountId: account = '', path = '/', name = '' } = parseRoleArn(arn) ?? {};
  return { account, path, name };
}
