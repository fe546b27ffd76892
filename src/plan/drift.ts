/** Which planned changes undo what somebody else did. A change that follows from a new wish is not drift. */
import type { Leg } from '../desired/leg.ts';
import { isBoundaryPath, isOwnPath } from '../desired/names.ts';
import type { Action, FieldChange } from './action.ts';
import { POLICY_VERSION, type Statement } from '../policy/document.ts';
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
  /** Changes that were planned and not made: they are still to be made, and are no news. */
  readonly unmade: ReadonlySet<string>;
  /** Number of the last write to the object up to then, for any link; 0 if none is remembered. */
  readonly lastWrite: number;
}

/** What the statuses of an object's links say about it. Used if no update of the object is remembered. */
export interface OnRecord {
  /** Legs that were in sync. */
  readonly inSync: ReadonlySet<Leg>;
  /** Legs for which specs or definitions have come to ask something else since. */
  readonly edited: ReadonlySet<Leg>;
  /** Legs that other links of the object only observe, or on which one of its links is or was refused: what was written for them
   *  before, or dropped meanwhile, is on no record. */
  readonly observed: ReadonlySet<Leg>;
  /** Whether the account's rules have come to ask for another boundary since, or may have for a while. */
  readonly hasOtherBoundary: boolean;
}

/** What tells drift from the operator's own changes. */
interface DriftFacts {
  /** Digest of what the planned actions bring about. */
  readonly wanted: string;
  /** Undefined if nothing is known because the operator has just started: then `onRecord` decides. */
  readonly last: LastUpdate | undefined;
  readonly onRecord: () => OnRecord;
  /** Legs with an edit that is not completely written: what the edit still removes is not drift. */
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
  const { inSync, edited, observed, hasOtherBoundary } = onRecord();
  const bearsRests = unfinished.union(observed);
  // If the operator itself may have caused a difference, a change by somebody else cannot be told from it.
  return leftOut(
    actions,
    (action, change) =>
      !inSync.has(action.leg) ||
      (hasOtherBoundary && isBoundaryPath(change.path)) ||
      (bearsRests.has(action.leg) && isRest(action, change)) ||
      (edited.has(action.leg) && isOwn(action, change)),
  );
}

/** Whether the change removes or replaces something that the operator itself has written. */
function isRest(action: Action, change: FieldChange): boolean {
  return isOwn(action, change) && (change.before !== undefined || isPartOfGone(action, change));
}

/** Whether a statement is only a part of those that are removed. One without a Sid is changed by removing it and adding another
 *  one. */
function isPartOfGone({ changes }: Action, change: FieldChange): boolean {
  const left = statementsOf([change], 'after');
  const gone = statementsOf(changes, 'before');
  return left.length > 0 && left.every((statement) => isAllowedBy(statement, gone));
}

function statementsOf(changes: readonly FieldChange[], side: 'before' | 'after'): readonly Statement[] {
  return changes.map(wholeChange).flatMap((change) => {
    const text = WITHOUT_SID.test(change.path) ? change[side] : undefined;
    return text === undefined
      ? []
      : parsePolicy(`{"Version":"${POLICY_VERSION}","Statement":[${text}]}`).statements;
  });
}

const WITHOUT_SID = /\.Statement\[\d+\]$/;

/** Whether a change may follow from an edit of a link. The path of a managed policy that is detached does not tell who attached
 *  it. */
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

/** The changes whose names are not among the given ones; objects that keep none are left out. */
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

/** The names that stand for a description. A snapshot has no descriptions, and a plan made from one leaves them alone. */
export function ofDescriptions(names: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...names].filter((name) => name.startsWith(nameBegins('description'))));
}

/** Whether one of these names stands for the creation of a role. */
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
