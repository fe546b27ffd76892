/**
 * What the operator would write for the legs that a link only observes, for its status: a preview for everybody who may read
 * the link.
 */
import type { PendingChange, PendingWrite } from '../api/generated.ts';
import type { Leg } from '../desired/leg.ts';
import type { Legs } from '../desired/link.ts';
import type { Action } from '../plan/action.ts';
import { isAllHidden } from '../plan/hidden-roles.ts';
import type { FieldChange } from '../policy/diff.ts';
import { cutValue } from './drift.ts';
import type { LegOutcome, LegOutcomes } from './outcome.ts';

/** How many writes a status lists. */
export const LISTED_WRITES = 20;
/** How many changes of one write it lists, as many as the CRD allows. */
const LISTED_CHANGES = 100;
/** How many characters all its writes have together, so that thousands of such links fit into the memory of a process and into
 *  a list. */
const MOST_CHARACTERS = 24_576;

/** The first 20 writes with their changes, each value cut to 256 characters. Changes for which there is no room are counted;
 *  those that concern only other namespaces are left out. The same actions always give the same result. */
export function pendingWrites(actions: readonly Action[]): readonly PendingWrite[] {
  let room = MOST_CHARACTERS;
  return actions
    .flatMap(ownWrite)
    .slice(0, LISTED_WRITES)
    .map(({ object, operation, reason, changes }) => {
      const write = { object: cutValue(object), operation, reason: cutValue(reason) };
      room -= write.object.length + write.reason.length;
      const listed: PendingChange[] = [];
      for (const change of changes.slice(0, LISTED_CHANGES).map(cutChange)) {
        room -= lengthOf(change);
        if (room < 0) break;
        listed.push(change);
      }
      return withChanges(write, listed, changes.length - listed.length);
    });
}

function withChanges(
  write: Omit<PendingWrite, 'changes'>,
  changes: readonly PendingChange[],
  omittedChanges: number,
): PendingWrite {
  return omittedChanges > 0 ? { ...write, changes, omittedChanges } : { ...write, changes };
}

function ownWrite(action: Action): readonly Action[] {
  const changes = action.changes.filter((change) => !isAllHidden(change));
  return changes.length === 0 && action.changes.length > 0 ? [] : [{ ...action, changes }];
}

function cutChange({ path, before, after }: FieldChange): PendingChange {
  return {
    path: cutValue(path),
    ...(before !== undefined && { before: cutValue(before) }),
    ...(after !== undefined && { after: cutValue(after) }),
  };
}

function lengthOf({ path, before = '', after = '' }: PendingChange): number {
  return path.length + before.length + after.length;
}

/** Whether a reconcile found out what every observed leg lacks. It did not if AWS broke it off, or there was no account to
 *  read. */
export function knowsPending(legs: Legs, outcomes: LegOutcomes): boolean {
  const found = Object.values(outcomes);
  return (
    found.some(({ kind }) => kind === 'stalled') || observedLegs(legs).every((leg) => isKnown(outcomes[leg]))
  );
}

function isKnown(outcome: LegOutcome | undefined): boolean {
  switch (outcome?.kind) {
    case undefined:
    case 'interrupted':
      return false;
    case 'progressing':
      return outcome.reason !== 'AccountNotReady';
    case 'inSync':
    case 'differs':
    case 'stalled':
      return true;
  }
}

function observedLegs({ targetRole, executionRoleGrant, stateMachineCredentials }: Legs): readonly Leg[] {
  return [
    ...(targetRole === 'Observe' ? (['targetRole', 'trustPolicy', 'permissions'] as const) : []),
    ...(executionRoleGrant === 'Observe' ? (['executionRoleGrant'] as const) : []),
    ...(stateMachineCredentials === 'Observe' ? (['stateMachineCredentials'] as const) : []),
  ];
}
