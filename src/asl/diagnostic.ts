/** What a person has to know, or to decide, before a Task can work through the link. */
import type { Statement } from '../policy/document.ts';
import { matchesAction } from '../policy/pattern.ts';
import type { NoteReason } from './integrations/row.ts';

export type DiagnosticReason =
  | NoteReason
  | 'CredentialsNotSupported'
  | 'ResourceElsewhere'
  | 'ResourceNotStatic'
  | 'TaskTokenWorker'
  | 'UnknownIntegration';

export interface Diagnostic {
  /** Name of the Task state. */
  readonly task: string;
  readonly reason: DiagnosticReason;
  /** One sentence: the Task, what is wrong, what to do. */
  readonly message: string;
  /** Whether the Task waits for somebody's decision; otherwise it is said for information. */
  readonly blocking: boolean;
  /** The IAM actions it is about; `service:*` where only the service is known. */
  readonly actions: readonly string[];
}

/**
 * Whether statements written in the spec decide what the diagnostic leaves open: each of its actions is named by one that
 * allows. On which resources is the writer's word; a statement on any action of the service answers an unknown integration.
 */
export function settledBy(diagnostic: Diagnostic, explicit: readonly Statement[]): boolean {
  const patterns = explicit
    .filter((statement) => statement.effect === 'Allow' && !statement.actions.negated)
    .flatMap((statement) => statement.actions.values);
  return (
    diagnostic.actions.length > 0 &&
    diagnostic.actions.every((action) => patterns.some((pattern) => isAnsweredBy(action, pattern)))
  );
}

function isAnsweredBy(action: string, pattern: string): boolean {
  if (action.endsWith(':*')) return bareService(action) === bareService(pattern);
  return matchesAction(pattern, action);
}

/** `emr-containers:StartJobRun` → `emrcontainers`, as Step Functions writes it. */
function bareService(action: string): string {
  const [service = ''] = action.split(':');
  return service.toLowerCase().replaceAll('-', '');
}
