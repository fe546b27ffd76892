/** A link that the operator releases: what it reports, and what finalizers of others do afterwards. */
import { findCondition } from '../api/conditions.ts';
import type { CrossAccountLinkStatus } from '../api/generated.ts';
import { FINALIZER } from '../api/metadata.ts';
import { cut } from '../base/cut.ts';
import { firstFew } from '../base/first-few.ts';
import { printable } from '../base/printable.ts';
import type { DeletionWait } from './deletion-outcome.ts';
import { stalled } from './outcome.ts';

interface Kept {
  readonly finalizers: readonly string[];
}

/** Finalizers of kubectl's --cascade, which Kubernetes removes by itself at once, because nothing depends on a link. */
const GARBAGE_COLLECTOR: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan']);
/** How many finalizers are named, and how many characters of each. */
const NAMED = 3;
const MOST_LETTERS = 100;

/** What keeps an object that the operator has released, if finalizers of others do. */
export function keepersSentence({ finalizers }: Kept): string {
  const others = othersOf(finalizers).map((name) => cut(printable(name), MOST_LETTERS));
  if (others.length === 0) return 'The operator has released it.';
  return `The operator has released it; finalizers of other controllers keep it: ${firstFew(others, NAMED)}.`;
}

/** The last status of a link that others keep; undefined if nobody does.
 *  @param message the result of the deletion */
export function keptByOthers({ finalizers }: Kept, message: string): DeletionWait | undefined {
  if (othersOf(finalizers).length === 0) return undefined;
  const outcome = stalled('Released', `${keepersSentence({ finalizers })} ${message}`);
  return { kind: 'waits', outcome, afterMs: 0 };
}

function othersOf(finalizers: readonly string[]): readonly string[] {
  return finalizers.filter((name) => name !== FINALIZER && !GARBAGE_COLLECTOR.has(name));
}

interface LastTold {
  readonly status: CrossAccountLinkStatus;
  readonly metadata: { readonly generation: number };
}

/** Why the operator removes nothing for a deleted link. */
export type LetGo = 'Abandoned' | 'Retained';

/** @param shared ARNs of roles that other links use, too */
export function letGoSentence(object: LastTold, why: LetGo, shared: readonly string[]): string {
  const which = whatStays(object, shared);
  if (why === 'Retained') return `deletionPolicy is Retain: ${RETAINED[which]}${sharedSentence(shared)}`;
  const arns = (object.status.inventory ?? []).map(({ arn }) => arn);
  const known = arns.length === 0 ? 'nothing known' : arns.join(', ');
  return `The link is abandoned; ${ABANDONED[which]}${sharedSentence(shared)} What may stay: ${known}.`;
}

const RETAINED = {
  all: 'AWS is left as it is.',
  unshared: 'what the link does not share is left as it is in AWS.',
  rest: 'nothing more is removed from AWS; what was removed before stays so.',
} as const;

const ABANDONED = {
  all: 'AWS is not touched.',
  unshared: 'what it does not share is not touched in AWS.',
  rest: 'nothing more is removed from AWS.',
} as const;

function whatStays(object: LastTold, shared: readonly string[]): keyof typeof RETAINED {
  if (mayHaveBegun(object)) return 'rest';
  return shared.length === 0 ? 'all' : 'unshared';
}

/** Whether something may have been removed before the link came to leave AWS as it is. The process may have died before it said
 *  so. A deletion is a generation of its own, and so is an edit after it. */
function mayHaveBegun({ status, metadata }: LastTold): boolean {
  const conditions = (['Ready', 'StateMachineCredentialsReady'] as const).map((type) =>
    findCondition(status.conditions, type),
  );
  const isTold = conditions.some((one) => one?.reason === 'Deleting' || one?.reason === 'DeletionBlocked');
  return isTold || metadata.generation > (status.observedGeneration ?? 1) + 1;
}

/** How many shared roles are named. */
const NAMED_ROLES = 3;

function sharedSentence(roles: readonly string[]): string {
  if (roles.length === 0) return '';
  return ` Other links use ${firstFew(roles, NAMED_ROLES)}, too: they remove what only this link asked for there.`;
}
