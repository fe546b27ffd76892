/** A link and its Events → everything that its own page shows. */
import { adviceFor } from '../../api/advice.ts';
import { findCondition } from '../../api/conditions.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import type { Condition, DriftRecord } from '../../api/generated.ts';
import { isJsonObject, stringAt, type JsonObject } from '../../base/json.ts';
import { commandsFor } from './commands.ts';
import type { ConditionView, DriftView, EventView, LinkDetail, PendingView } from './contract.ts';
import { legsOf } from './legs.ts';
import type { LinkEvent } from './link-event.ts';
import { linkRow, millis } from './link-row.ts';

const MOST_EVENTS = 50;

export function linkDetail(link: CrossAccountLink, events: readonly LinkEvent[]): LinkDetail {
  const { metadata, spec, status } = link;
  const conditions = status.conditions ?? [];
  const ready = findCondition(conditions, 'Ready');
  const advice = ready && adviceFor(ready.reason, ready.message);
  const row = linkRow(link, events);
  const pending = pendingOf(status);
  return {
    row,
    machineARN: spec.stateMachineARN,
    roleARN: spec.targetRole.arn,
    legs: legsOf(link),
    conditions: conditions.map(conditionView),
    ...(advice !== undefined && { advice }),
    tasks: status.tasks ?? [],
    drift: (status.drift?.recent ?? []).map(driftView),
    ...(pending !== undefined && { pending }),
    events: events
      .toSorted((a, b) => b.lastMs - a.lastMs)
      .slice(0, MOST_EVENTS)
      .map(eventView),
    facts: factsOf(link),
    commands: commandsFor(metadata, row),
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

/** What is observed and would be changed. Read with care: an older CRD does not know the field. */
function pendingOf(status: object): readonly PendingView[] | undefined {
  const pending: unknown = 'pending' in status ? status.pending : undefined;
  if (!Array.isArray(pending)) return undefined;
  return pending.filter(isJsonObject).map((action) => ({
    object: stringAt(action, 'object') ?? '',
    operation: stringAt(action, 'operation') ?? '',
    reason: stringAt(action, 'reason') ?? '',
    changes: (Array.isArray(action['changes']) ? action['changes'] : []).filter(isJsonObject).map(changeView),
  }));
}

function changeView(change: JsonObject): PendingView['changes'][number] {
  const before = stringAt(change, 'before');
  const after = stringAt(change, 'after');
  return {
    path: stringAt(change, 'path') ?? '',
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
}

function conditionView({ type, status, reason, message, lastTransitionTime }: Condition): ConditionView {
  const since = millis(lastTransitionTime);
  return { type, status, reason, message, ...(since !== undefined && { sinceMs: since }) };
}

function driftView({ time, ...drift }: DriftRecord): DriftView {
  const ms = millis(time);
  return { ...drift, ...(ms !== undefined && { timeMs: ms }) };
}

function eventView({ type, reason, message, count, firstMs, lastMs }: LinkEvent): EventView {
  return { type, reason, message, count, firstMs, lastMs };
}
