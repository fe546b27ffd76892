/** How far the deletion of a link has come, and what it waits for. */
import { firstFewQuoted } from '../base/first-few.ts';
import { writesAnything, type Link } from '../desired/link.ts';
import { progressing, stalled, type UnfinishedOutcome } from './outcome.ts';

export type DeletionOutcome =
  | { readonly kind: 'gone' }
  | {
      readonly kind: 'waits';
      readonly outcome: UnfinishedOutcome;
      /** Milliseconds until the next try; 0 waits for a change in the cluster. */
      readonly afterMs: number;
    };

/** How long a deletion has taken, and how long it may take before it counts as blocked, in milliseconds. */
export interface DeletionAge {
  readonly deletingForMs: number;
  readonly patienceMs: number;
}

/** `overdue`: the deletion has waited so long that somebody has to do something. */
type Patience = 'waits' | 'overdue';

/** @param leastMs how long what the deletion waits for takes by itself */
export function patienceOf({ deletingForMs, patienceMs }: DeletionAge, leastMs = 0): Patience {
  return deletingForMs >= Math.max(patienceMs, leastMs) ? 'overdue' : 'waits';
}

export type DeletionWait = Extract<DeletionOutcome, { kind: 'waits' }>;

/** How many remaining things an Event names; the log names all. */
const NAMED_LEFT = 5;

/** The result of a deletion that left something of the link's. */
export function leftBehindSentence(left: readonly string[]): string {
  const more = left.length > NAMED_LEFT ? `; and ${left.length - NAMED_LEFT} more` : '';
  return `What is proven to be the link's is removed; left behind: ${left.slice(0, NAMED_LEFT).join('; ')}${more}`;
}

/** The result of a deletion that left nothing of the link's. What it only observed may have been made for it before.
 *  @param notWaitedFor what may still want the access */
export function removedSentence(
  link: Link,
  executionRoleArn: string | undefined,
  notWaitedFor: string,
): string {
  const { legs, targetRole, stateMachine } = link;
  const observed = [
    ...(legs.targetRole === 'Observe' ? [`target role ${targetRole.text}`] : []),
    ...(legs.executionRoleGrant === 'Observe'
      ? [`the grant on ${executionRoleArn ?? `the execution role of ${stateMachine.name}`}`]
      : []),
    ...(legs.stateMachineCredentials === 'Observe' ? [`the Credentials in ${stateMachine.name}`] : []),
  ].join(', ');
  if (observed === '') return `What the link added in AWS is removed. ${notWaitedFor}`;
  return writesAnything(link)
    ? `What the link maintained in AWS is removed; left as it is, because it is only observed: ${observed}. ${notWaitedFor}`
    : `The link only observes, and AWS is left as it is: ${observed}.`;
}

/** Shortest pause before checking again what other links have to finish first. */
export const SHARED_OBJECT_RECHECK_MS = 2_000;
/** The same for executions, and for what a person has to resolve: either may pass by itself. */
export const BLOCKED_RECHECK_MS = 15_000;
/** How many executions, aliases and Tasks a message names. */
const NAMED_USERS = 3;

/** Pause before checking again what other links have to finish first. Most have within seconds. If not, they may be out of reach
 *  for an hour, and each check takes some eight calls from quotas that others need. So the deletion takes a tenth longer at most. */
function sharedRecheckMs({ deletingForMs }: DeletionAge): number {
  return Math.min(Math.max(deletingForMs / 10, SHARED_OBJECT_RECHECK_MS), BLOCKED_RECHECK_MS);
}

/** Nobody has to do anything. */
function deletionUnderWay(message: string, afterMs: number): DeletionWait {
  return { kind: 'waits', outcome: progressing('Deleting', message), afterMs };
}

/** AWS's quotas for the calls are used up, because many deletions are under way.
 *  @param afterMs until its turn comes */
export function quotasUsedUp(afterMs: number): DeletionWait {
  return deletionUnderWay(
    'Waits for its turn: AWS accepts only so many calls a second in an account.',
    afterMs,
  );
}

/** A person has to do something. */
export function deletionBlocked(message: string, afterMs = BLOCKED_RECHECK_MS): DeletionWait {
  return { kind: 'waits', outcome: stalled('DeletionBlocked', message), afterMs };
}

/** The operator cannot act in an account; `problem` says why. */
export function accountNotReady(
  account: string,
  problem: string | undefined,
  patience: Patience,
): DeletionWait {
  return accountAwaited(accountNotReadyMessage(account, problem), patience);
}

/** An account is not ready, or not yet.
 *  @param message which account, and why */
export function accountAwaited(message: string, patience: Patience): DeletionWait {
  const whole =
    patience === 'overdue'
      ? `${message.replace(/\.$/u, '')}. Fix that, or, to leave AWS as it is, abandon the link.`
      : message;
  const outcome = progressing('AccountNotReady', whole);
  return { kind: 'waits', outcome, afterMs: BLOCKED_RECHECK_MS };
}

export function accountNotReadyMessage(account: string, problem = 'it has not been looked at yet'): string {
  return `AWSAccount ${account} is not Ready: ${problem}`;
}

/** Something is not removed because other links share it.
 *  @param awaitsReads whether that may change once all their state machines have been read */
export function removalWithheld(
  what: string,
  { awaitsReads }: { readonly awaitsReads: boolean },
  age: DeletionAge,
): DeletionWait {
  if (awaitsReads) {
    const message = 'Waits until the state machines of all links that may share an object have been read.';
    return patienceOf(age) === 'overdue'
      ? deletionBlocked(
          `${message} Some cannot be read: fix the links that are not Ready, or abandon this one.`,
        )
      : deletionUnderWay(message, sharedRecheckMs(age));
  }
  return deletionBlocked(
    `Nothing is removed from ${what} while another link that shares it is suspended or not in order: ` +
      `fix that link, or abandon this one.`,
  );
}

/** A younger link has not been able yet to put its role on these Tasks. */
export function tasksNotTakenOver(tasks: readonly string[], age: DeletionAge): DeletionWait {
  const message = `Waits until a younger link can take over ${named(tasks)}.`;
  return patienceOf(age) === 'overdue'
    ? deletionBlocked(`${message} Fix that link, remove the Tasks from it or delete it, or abandon this one.`)
    : deletionUnderWay(message, sharedRecheckMs(age));
}

/** The definition still names the role, and the operator may not change it. */
export function credentialsObserved(stateMachine: string, tasks: readonly string[]): DeletionWait {
  return deletionBlocked(
    `${stateMachine} still names the role in ${named(tasks)}, and stateMachineCredentials is only observed: ` +
      `remove the Credentials there, or abandon the link.`,
  );
}

/** A definition in use cannot be understood.
 *  @param message which definition, and why */
export function definitionUnreadable(message: string): DeletionWait {
  return deletionBlocked(`${message} Correct it, or abandon the link.`);
}

function named(tasks: readonly string[]): string {
  return firstFewQuoted(tasks, NAMED_USERS);
}

/** Executions may still begin, or run, with the former definition.
 *  @param message what is waited for
 *  @param afterMs how long, unless the definition changes again */
export function definitionJustChanged(
  message: string,
  stateMachine: string,
  afterMs: number,
  patience: Patience,
): DeletionWait {
  return patience === 'overdue'
    ? deletionBlocked(
        `${message} The definition of ${stateMachine} was changed only just now: whatever deploys it with the ` +
          `Credentials again and again has to leave them out, or abandon the link.`,
        afterMs,
      )
    : deletionUnderWay(message, afterMs);
}

/** Executions and aliases still use the role. */
export function roleInUse(inUseBy: readonly string[], patience: Patience): DeletionWait {
  const more = inUseBy.length > NAMED_USERS ? ' and more' : '';
  const message = `The role is still used by ${inUseBy.slice(0, NAMED_USERS).join(', ')}${more}`;
  return patience === 'overdue'
    ? deletionBlocked(`${message}: end it or move the alias, or abandon the link.`)
    : deletionUnderWay(`${message}.`, BLOCKED_RECHECK_MS);
}
