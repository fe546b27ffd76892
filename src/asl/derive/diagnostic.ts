/** What a person has to know, or to decide, before a Task can work through the link. */
import { splitArn } from '../../arn/parts.ts';
import type { Statement } from '../../policy/document.ts';
import { matchesAction } from '../../policy/pattern.ts';
import { located } from './allowed.ts';
import type { CredentialsSupport } from '../definition/credentials.ts';
import { parseIntegration } from '../integration.ts';
import type { Integration } from '../integration.ts';
import { iamPrefixOf } from '../integrations/aws-sdk/iam-prefixes.ts';
import { isOffered } from '../integrations/aws-sdk/not-offered.ts';
import { meantBy } from '../integrations/did-you-mean.ts';
import type { Place } from '../integrations/reading.ts';
import type { Note, NoteReason } from '../integrations/row.ts';
import type { Gap } from './permission.ts';
import type { Task } from '../task.ts';

type DiagnosticReason =
  | NoteReason
  | 'CredentialsNotSupported'
  | 'NoPermissionNeeded'
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
  /** Whether the Task waits for a person's decision; if not, the message is for information. */
  readonly blocking: boolean;
  /** The IAM actions concerned; with a `*` at the end (`service:*`) if only that much is known. */
  readonly actions: readonly string[];
  /** Forms of ARN that settle it under `permissions.resources`, with `*` for each name; empty if none does. */
  readonly hints: readonly string[];
}

/** The Task cannot have the credentials that the link is about. */
export function unsupported(
  task: Task,
  { reason, message }: Extract<CredentialsSupport, { supported: false }>,
): Diagnostic {
  return decision(task, reason, reason === 'UnknownIntegration' ? message + didYouMean(task) : message);
}

/** What the Task's integration needs is not known here. */
export function unknownIntegration(task: Task): Diagnostic {
  const integration = parseIntegration(task.resource);
  if (integration.kind === 'placeholder') {
    return decision(
      task,
      'UnknownIntegration',
      `Task "${task.name}": Resource "${task.resource}" contains a placeholder that was not filled in, although its parameters are those of a service integration: pass the template, or the definition as it is deployed`,
    );
  }
  const service = 'service' in integration ? (iamPrefixOf(integration.service) ?? integration.service) : '';
  return decision(
    task,
    'UnknownIntegration',
    `Task "${task.name}" uses ${task.resource}, ${problemOf(integration)} permissions under spec.targetRole.permissions.statements${didYouMean(task)}`,
    { actions: service === '' ? [] : [`${service}:*`] },
  );
}

function problemOf(integration: Integration): string {
  const isRefused = integration.kind === 'sdk' && !isOffered(integration.service, integration.api);
  return isRefused
    ? 'which Step Functions does not offer: use another call, or, if AWS offers it by now, write its'
    : 'which this version does not know: write its';
}

function didYouMean({ resource }: Task): string {
  const meant = meantBy(resource);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}

/** What the policy leaves out, or leaves open. */
export function gapDiagnostic(gap: Gap, task: Task, place: Place): Diagnostic {
  const { actions } = gap;
  const named = actions.join(', ');
  if (gap.kind === 'elsewhere') {
    const message = `Task "${task.name}" names ${gap.arn}, which lies outside ${whereabouts(gap.arn, place)}: ${named} on it is left out`;
    return { ...information(task, 'ResourceElsewhere', message), actions };
  }
  const { parameter, why } = gap.unknown;
  if (gap.kind === 'filled') {
    const granted = gap.resources.join(', ');
    const message = `Task "${task.name}" needs ${named}, but ${parameter} ${why}: by unresolved: AllowedResources it is allowed on what the AWSAccount's rules allow, ${granted}`;
    return { ...information(task, 'ResourceNotStatic', message), actions };
  }
  return decision(
    task,
    'ResourceNotStatic',
    `Task "${task.name}" needs ${named}, but ${parameter} ${why}: list the ARNs for this task under spec.targetRole.permissions.resources, or write a statement`,
    { actions, hints: gap.types.map((type) => located(type, place)) },
  );
}

/** What the resource is outside of: the account, unless only the Region differs. */
function whereabouts(arn: string, { accountId, region, partition }: Place): string {
  const own = splitArn(arn);
  const onlyRegion =
    own.partition === partition &&
    (own.accountId === '' || own.accountId === accountId) &&
    own.region !== region;
  return onlyRegion && own.region !== '' ? `Region ${region}` : `account ${accountId}`;
}

/** The integration itself belongs to another partition: `arn:aws-cn:states:::…` in a machine of `aws`. */
export function otherPartition(task: Task, { partition }: Place): Diagnostic {
  return information(
    task,
    'ResourceElsewhere',
    `Task "${task.name}" uses ${task.resource}, which is not of partition ${partition}, in which the state machine and its resources are assumed to be`,
  );
}

/** A note of the integration's table. */
export function noteDiagnostic({ reason, message, blocking }: Note, task: Task): Diagnostic {
  return { ...information(task, reason, `Task "${task.name}": ${message}`), blocking };
}

/** Reported so that every Task is accounted for. */
export function nothingNeeded(task: Task): Diagnostic {
  return information(task, 'NoPermissionNeeded', `Task "${task.name}" makes a call that IAM does not check`);
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token */
export function tokenDiagnostic(task: Task): Diagnostic {
  return information(
    task,
    'TaskTokenWorker',
    `Task "${task.name}" waits for its token from a principal of the state machine’s own account: the worker in the target account must assume a role there that allows states:SendTaskSuccess, states:SendTaskFailure and states:SendTaskHeartbeat`,
  );
}

/** Whether statements in the spec decide what the diagnostic leaves open: a statement that allows names each of its actions.
 *  For which resources is up to its author. A statement on any action of the service answers an unknown integration. */
export function isDecidedBy({ actions }: Diagnostic, explicit: readonly Statement[]): boolean {
  const patterns = explicit
    .filter((statement) => statement.effect === 'Allow' && !statement.actions.negated)
    .flatMap((statement) => statement.actions.values);
  return (
    actions.length > 0 && actions.every((action) => patterns.some((pattern) => isAnsweredBy(action, pattern)))
  );
}

function isAnsweredBy(action: string, pattern: string): boolean {
  if (action.endsWith(':*')) return bareService(action) === bareService(pattern);
  return matchesAction(pattern, action) || (action.endsWith('*') && matchesAction(action, pattern));
}

/** `emr-containers:StartJobRun` → `emrcontainers`, as Step Functions writes it. */
function bareService(action: string): string {
  const [service = ''] = action.split(':');
  return service.toLowerCase().replaceAll('-', '');
}

function information(task: Task, reason: DiagnosticReason, message: string): Diagnostic {
  return { task: task.name, reason, message, blocking: false, actions: [], hints: [] };
}

function decision(
  task: Task,
  reason: DiagnosticReason,
  message: string,
  about: Partial<Pick<Diagnostic, 'actions' | 'hints'>> = {},
): Diagnostic {
  return { ...information(task, reason, message), blocking: true, ...about };
}
