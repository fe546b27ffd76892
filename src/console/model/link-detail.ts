/** A link and its Events → everything that its own page shows. */
import { adviceForLink } from '../../api/advice.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { Condition, DriftRecord, PendingWrite } from '../../api/generated.ts';
import { commandsFor } from './commands.ts';
import { messageOf } from './condition-words.ts';
import type { ConditionView, DriftView, EventView, LinkDetail, PendingView } from './contract.ts';
import { legsOf } from './legs.ts';
import type { LinkEvent } from './link-event.ts';
import { linkRow, presentReady } from './link-row.ts';
import { wallMsOf } from './time.ts';

const MOST_EVENTS = 50;

export function linkDetail(link: CrossAccountLink, events: readonly LinkEvent[]): LinkDetail {
  const { spec, status } = link;
  const conditions = status.conditions ?? [];
  const ready = presentReady(link);
  const advice = ready && adviceForLink(link);
  const row = linkRow(link, events);
  const pending = status.pending?.map(pendingView);
  return {
    row,
    machineARN: spec.stateMachineARN,
    roleARN: spec.targetRole.arn,
    legs: legsOf(link),
    conditions: conditions.map(conditionView),
    message: messageOf(ready),
    ...(advice !== undefined && { advice }),
    tasks: status.tasks ?? [],
    drift: (status.drift?.recent ?? []).map(driftView),
    ...(pending !== undefined && { pending }),
    events: events
      .toSorted((a, b) => b.lastMs - a.lastMs)
      .slice(0, MOST_EVENTS)
      .map(eventView),
    facts: factsOf(link),
    commands: commandsFor(link, row.tone),
  };
}

function factsOf({ metadata, spec, status }: CrossAccountLink): LinkDetail['facts'] {
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['State machine', spec.stateMachineARN],
    ['Execution role', status.executionRoleARN],
    ['Target role', spec.targetRole.arn],
    ['Role ID', status.targetRoleID],
    ['External ID', status.externalID],
    ['Management', spec.managementPolicy ?? 'Enforce'],
    ['Adoption', spec.targetRole.adoptionPolicy],
    ['Foreign policies', spec.targetRole.unmanaged],
    ['Permissions boundary', spec.targetRole.permissionsBoundaryARN],
    ['Drift check', spec.driftCheckInterval],
    ['On deletion', spec.deletionPolicy ?? 'Delete'],
    ['Definition revision', status.stateMachineRevisionID],
    ['Created', metadata.creationTimestamp],
    ['Deletion asked', metadata.deletionTimestamp],
  ];
  return facts.flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const]));
}

function pendingView({ omittedChanges = 0, ...write }: PendingWrite): PendingView {
  return { ...write, omittedChanges };
}

function conditionView({ type, status, reason, message, lastTransitionTime }: Condition): ConditionView {
  const since = wallMsOf(lastTransitionTime);
  return { type, status, reason, message, ...(since !== undefined && { sinceMs: since }) };
}

function driftView({ time, ...drift }: DriftRecord): DriftView {
  const ms = wallMsOf(time);
  return { ...drift, ...(ms !== undefined && { timeMs: ms }) };
}

function eventView({ type, reason, message, count, firstMs, lastMs }: LinkEvent): EventView {
  return { type, reason, message, count, firstMs, lastMs };
}
