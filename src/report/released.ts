/** A link that the operator lets go: what it says of that, and what finalizers of others keep afterwards. */
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

/** Those of kubectl's --cascade, which Kubernetes takes off by itself at once: nothing depends on a link. */
const GARBAGE_COLLECTOR: ReadonlySet<string> = new Set(['foregroundDeletion', 'orphan']);
/** So many finalizers are named, in so many characters each. */
const NAMED = 3;
const MOST_LETTERS = 100;

/** What keeps an object that the operator has let go, if others do. */
export function keepersSentence({ finalizers }: Kept): string {
  const others = othersOf(finalizers).map((name) => cut(printable(name), MOST_LETTERS));
  if (others.length === 0) return 'The operator has released it.';
  return `The operator has released it; finalizers of other controllers keep it: ${firstFew(others, NAMED)}.`;
}

/** What the status says of a link that others go on keeping; undefined where nobody does.
 *  @param message what the deletion came to */
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
}

/** A deletion may have begun before the policy was turned to Retain. */
export function retainedSentence({ status }: LastTold): string {
  const conditions = (['Ready', 'StateMachineCredentialsReady'] as const).map((type) =>
    findCondition(status.conditions ?? [], type),
  );
  const hasBegun = conditions.some((one) => one?.reason === 'Deleting' || one?.reason === 'DeletionBlocked');
  return hasBegun
    ? 'deletionPolicy is Retain: nothing more is removed from AWS; what was removed before stays so.'
    : 'deletionPolicy is Retain: AWS is left as it is. What the link shares with others may go when these change.';
}

export function abandonedSentence({ status }: LastTold): string {
  const arns = (status.inventory ?? []).map(({ arn }) => arn);
  return `The link is abandoned; AWS is not touched. What may stay: ${arns.length === 0 ? 'nothing known' : arns.join(', ')}.`;
}
