/** Which planned changes undo what somebody else did. What is wanted may have changed, too: that is no drift. */
import type { Leg } from '../desired/leg.ts';
import { isBoundaryPath, isOwnPath } from '../desired/names.ts';
import type { Action, FieldChange } from './action.ts';
import type { Statement } from '../policy/document.ts';
import { parsePolicy } from '../policy/parse.ts';
import { wholeChange } from './hidden-roles.ts';
import { isAllowedBy } from './statements.ts';

/** Changes of one object. */
export interface ObjectChanges {
  readonly object: string;
  readonly changes: readonly FieldChange[];
}

/** What is remembered of the last update of an object. */
export interface LastUpdate {
  /** Digest of what was wanted of it. */
  readonly wanted: string;
  /** The changes that were planned and not made: they are still to be made, and say nothing new. */
  readonly unmade: ReadonlySet<string>;
  /** Number of the last write to the object by then, for whichever link; 0: none is remembered. */
  readonly lastWrite: number;
}

/** What is known of an object from the statuses of its links, where no update of it is remembered. */
export interface OnRecord {
  /** Legs that were in sync. */
  readonly inSync: ReadonlySet<Leg>;
  /** Legs of which specs or definitions have come to ask something else since. */
  readonly edited: ReadonlySet<Leg>;
  /** Legs that others of its links only observe, or on which one of them is refused: what was written for these before is on no
   *  record. */
  readonly observed: ReadonlySet<Leg>;
  /** Whether the account's rules were edited since they were last reported on: which boundary these asked for, nobody knows. */
  readonly hasNewRules: boolean;
}

/** What tells drift from what the operator itself is bringing about. */
interface DriftFacts {
  /** Digest of what the planned actions bring about. */
  readonly wanted: string;
  /** Undefined: nothing is known, the operator has just begun; then `onRecord` decides. */
  readonly last: LastUpdate | undefined;
  readonly onRecord: () => OnRecord;
  /** Legs of which an edit has not been brought about whole: what it left is no drift when it goes. */
  readonly unfinished: ReadonlySet<Leg>;
}

/** The drift among planned actions. */
export function driftAmong(
  actions: readonly Action[],
  { wanted, last, onRecord, unfinished }: DriftFacts,
): readonly ObjectChanges[] {
  if (actions.length === 0) return [];
  if (last !== undefined && last.wanted !== wanted) return [];
  if (last !== undefined) {
    const others = leftOut(actions, (action, change) => unfinished.has(action.leg) && isRest(action, change));
    return withoutChanges(others, last.unmade);
  }
  const { inSync, edited, observed, hasNewRules } = onRecord();
  const bearsRests = unfinished.union(observed);
  // Of what the operator itself keeps there, it cannot be known what somebody else did.
  return leftOut(
    actions,
    (action, change) =>
      !inSync.has(action.leg) ||
      (hasNewRules && isBoundaryPath(change.path)) ||
      (bearsRests.has(action.leg) && isRest(action, change)) ||
      (edited.has(action.leg) && isOwn(action, change)),
  );
}

/** Whether it takes away, or changes, what the operator itself has written. */
function isRest(action: Action, change: FieldChange): boolean {
  return isOwn(action, change) && (change.before !== undefined || isPartOfGone(action, change));
}

/** Whether a statement is but a part of those that go: one without a Sid is changed by another one in its place. */
function isPartOfGone({ changes }: Action, change: FieldChange): boolean {
  const left = statementsOf([change], 'after');
  const gone = statementsOf(changes, 'before');
  return left.length > 0 && left.every((statement) => isAllowedBy(statement, gone));
}

function statementsOf(changes: readonly FieldChange[], side: 'before' | 'after'): readonly Statement[] {
  return changes.map(wholeChange).flatMap((change) => {
    const text = WITHOUT_SID.test(change.path) ? change[side] : undefined;
    return text === undefined ? [] : parsePolicy(`{"Version":"2012-10-17","Statement":[${text}]}`).statements;
  });
}

const WITHOUT_SID = /\.Statement\[\d+\]$/;

/** Whether a change may come of an edit of a link. Of a managed policy that goes, its path does not tell whose it was. */
function isOwn(action: Action, { path }: FieldChange): boolean {
  if (action.operation === 'DetachRolePolicy') return action.isOnRecord === true;
  return action.operation === 'AttachRolePolicy' || isOwnPath(path);
}

function leftOut(
  actions: readonly Action[],
  isOut: (action: Action, change: FieldChange) => boolean,
): readonly ObjectChanges[] {
  return actions
    .map((action) => ({
      object: action.object,
      changes: action.changes.filter((change) => !isOut(action, change)),
    }))
    .filter(({ changes }) => changes.length > 0);
}

/** The changes of these actions, by name. */
export function namesOfChanges(actions: readonly ObjectChanges[]): ReadonlySet<string> {
  return new Set(actions.flatMap(({ changes }) => changes.map(nameOf)));
}

/** Those changes whose names are not among the given; objects without any are left out. */
export function withoutChanges(
  actions: readonly ObjectChanges[],
  names: ReadonlySet<string>,
): readonly ObjectChanges[] {
  return actions
    .map(({ object, changes }) => ({
      object,
      changes: changes.filter((change) => !names.has(nameOf(change))),
    }))
    .filter(({ changes }) => changes.length > 0);
}

/** Those names of changes that speak of a description: a snapshot shows none, and a plan made from one leaves it as it is. */
export function ofDescriptions(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].filter((name) => name.startsWith(nameBegins('description'))));
}

/** Whether one of these names of changes speaks of a role that was to be made. */
export function hasCreation(names: ReadonlySet<string>): boolean {
  return [...names].some((name) => name.startsWith(nameBegins('role')));
}

function nameOf(change: FieldChange): string {
  const { path, before, after } = wholeChange(change);
  return `${nameBegins(path)}${JSON.stringify([before ?? null, after ?? null])}`;
}

function nameBegins(path: string): string {
  return `${JSON.stringify(path)}:`;
}
