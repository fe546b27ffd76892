/** The plan for a definition → the outcome for one link. */
import type { Link } from '../desired/link.ts';
import type { CredentialsPlan } from '../plan/credentials.ts';
import { inSync, progressing, stalled, type LegOutcome } from './outcome.ts';

/** What else is known of the link when its definition was planned. */
interface CredentialsContext {
  readonly tasks?: readonly string[] | undefined;
  /** Why no Task is selected; left out if some are. */
  readonly noTasks?: string | undefined;
  readonly notes: readonly string[];
  /** Milliseconds until IAM has propagated; undefined while the roles are not ready. */
  readonly continueAfterMs?: number | undefined;
}

/** How many notes a condition shows; `plan` shows all. */
const SHOWN_NOTES = 3;

/** The outcome: a Task of the link has somebody else's Credentials, no Task is selected, Tasks wait for their roles, or all is
 *  in sync. The first comes before whatever else is wrong, and the third before a conflict over other Tasks: the condition is the
 *  record that the Task was not in order (`tasksOnRecord`), without which Credentials that a person wrote would pass for drift at
 *  the next check.
 *  @param soFar what the writes to the definition came to */
export function credentialsOutcome(
  { stateMachine, targetRole }: Link,
  plan: CredentialsPlan,
  context: CredentialsContext,
  soFar: LegOutcome = inSync,
): LegOutcome {
  const mine = new Set(context.tasks ?? []);
  const foreign = plan.foreign.find(({ task }) => mine.has(task));
  if (foreign !== undefined) {
    return stalled(
      'ForeignCredentials',
      `Task "${foreign.task}" of ${stateMachine.name} already names ${foreign.found}, which no link of this cluster asks for: ` +
        `remove its Credentials, or leave the Task out of stateMachineCredentials.tasks.`,
    );
  }
  const waiting = [...plan.waiting].filter(([task]) => mine.has(task));
  const isConflict = soFar.kind === 'stalled' && soFar.reason === 'Conflict';
  if (soFar.kind !== 'inSync' && !isConflict) return soFar;
  const waitsForOwnRole = waiting.some(([, role]) => role === targetRole.text);
  if (waitsForOwnRole) return waitingFor(context.continueAfterMs);
  if (isConflict) return soFar;
  if (context.noTasks !== undefined) return stalled('NoTasks', context.noTasks);
  const held = plan.held.find((task) => mine.has(task));
  if (held !== undefined) {
    return stalled(
      'Conflict',
      `Task "${held}" of ${stateMachine.name} names the role of another link, which is suspended, refused or not read yet: ` +
        `it stays so until that one is resumed or deleted, or name other Tasks in stateMachineCredentials.tasks.`,
    );
  }
  if (waiting.length > 0) return waitingFor(context.continueAfterMs);
  const note = noted(context);
  return note === undefined ? { kind: 'inSync' } : { kind: 'inSync', note };
}

function waitingFor(propagatedAfterMs: number | undefined): LegOutcome {
  if (propagatedAfterMs === undefined)
    return progressing('Creating', 'Waits for the target role and the grant.');
  const seconds = Math.ceil(propagatedAfterMs / 1000);
  return progressing(
    'Propagating',
    `IAM gets ${seconds} s more to propagate before the definition uses the roles.`,
  );
}

/** What a person should know about Tasks that are in order, and about those that were left alone. */
function noted({ notes }: CredentialsContext): string | undefined {
  const shown = notes.slice(0, SHOWN_NOTES).map((note) => `${note.replace(/\.$/, '')}.`);
  const more = notes.length > SHOWN_NOTES ? [`And ${notes.length - SHOWN_NOTES} more notes.`] : [];
  return shown.length === 0 ? undefined : [...shown, ...more].join(' ');
}
