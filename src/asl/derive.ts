/**
 * Least privilege, read from the Tasks: what the target role must be allowed so that each of them can make its call,
 * wait for it and cancel it. What the definition does not say is never guessed; it is named in a diagnostic.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
 */
import type { Conditions, Statement } from '../policy/document.ts';
import { credentialsSupport } from './credentials.ts';
import type { Diagnostic } from './diagnostic.ts';
import { parseIntegration } from './integration.ts';
import type { Integration } from './integration.ts';
import { functionArnRow } from './integrations/lambda.ts';
import { join, resolve } from './integrations/resources.ts';
import type { Call, Place, Reading, ResourceArn, Unknown } from './integrations/resources.ts';
import type { Note, Permission, Row } from './integrations/row.ts';
import { findRow } from './integrations/table.ts';
import { hasParameter } from './parameters.ts';
import { sidsOf, toStatements } from './statements.ts';
import type { Need } from './statements.ts';
import type { Task } from './task.ts';

/** ARNs that the spec gives for a Task whose resource only the run time knows. */
export interface Hint {
  readonly task: string;
  readonly arns: readonly string[];
}

/** The target account and Region (that of the state machine): where bare names are taken to lie. */
export interface DerivationContext extends Place {
  readonly hints?: readonly Hint[];
}

export interface Derivation {
  /** By Task, in the order given; a Task that needs nothing, or of which nothing is known, has no needs. */
  readonly needs: readonly TaskNeeds[];
  /** Merged and sorted: equal Tasks give equal statements, whatever order they come in. */
  readonly statements: readonly Statement[];
  readonly tasks: readonly {
    readonly name: string;
    readonly resource: string;
    readonly sids: readonly string[];
  }[];
  readonly diagnostics: readonly Diagnostic[];
}

export interface TaskNeeds {
  readonly task: Task;
  readonly needs: readonly Need[];
}

/** Derives the permissions of the role that all of these Tasks assume. Sorted by Task name. */
export function derivePermissions(tasks: readonly Task[], context: DerivationContext): Derivation {
  const hints = new Map<string, string[]>();
  for (const { task, arns } of context.hints ?? []) hints.set(task, [...(hints.get(task) ?? []), ...arns]);
  const sorted = [...tasks].sort((a, b) => compareText(a.name, b.name));
  const readings = sorted.map((task) =>
    readTask({ task, place: context, hints: hints.get(task.name) ?? [] }),
  );
  const statements = toStatements(readings.flatMap((reading) => reading.needs));
  return {
    needs: readings,
    statements,
    tasks: readings.map(({ task, needs }) => ({
      name: task.name,
      resource: task.resource,
      sids: sidsOf(statements, needs),
    })),
    diagnostics: readings.flatMap((reading) => reading.diagnostics),
  };
}

interface TaskReading extends TaskNeeds {
  readonly diagnostics: readonly Diagnostic[];
}

function readTask(call: Call): TaskReading {
  const { task } = call;
  const support = credentialsSupport(task);
  if (!support.supported) {
    const { reason, message } = support;
    return {
      task,
      needs: [],
      diagnostics: [{ task: task.name, reason, message, blocking: true, actions: [] }],
    };
  }
  const integration = parseIntegration(task.resource);
  const row = rowOf(integration);
  if (row === undefined) return { task, needs: [], diagnostics: [unknownIntegration(task, integration)] };

  const read = permissionsOf(row, integration)
    .filter((permission) => applies(permission.when, task))
    .map((permission) => readPermission(permission, call));
  const gaps = mergeGaps(read.flatMap((one) => one.gaps));
  return {
    task,
    needs: read.flatMap((one) => one.needs),
    diagnostics: [...gaps.map((gap) => gapDiagnostic(gap, call)), ...notesFor(row, integration, task)],
  };
}

/** The row for an integration, a Lambda function's own ARN included. */
export function rowOf(integration: Integration): Row | undefined {
  return integration.kind === 'function' ? functionArnRow(integration.arn) : findRow(integration);
}

/** What a row asks for in the integration's pattern. */
export function permissionsOf(row: Row, integration: Integration): readonly Permission[] {
  return isJob(integration) ? [...row.call, ...(row.sync ?? [])] : row.call;
}

function isJob(integration: Integration): boolean {
  return 'pattern' in integration && integration.pattern.startsWith('.sync');
}

export function applies(when: readonly string[] | undefined, task: Task): boolean {
  return when === undefined || when.some((parameter) => hasParameter(task, parameter));
}

/** Actions that the policy does not allow, or not everywhere, and why. */
type Gap = { readonly actions: readonly string[] } & (
  { readonly kind: 'unknown'; readonly what: Unknown } | { readonly kind: 'elsewhere'; readonly arn: string }
);

function readPermission(permission: Permission, call: Call): { needs: Need[]; gaps: Gap[] } {
  const { actions } = permission;
  const limits = readLimits(permission, call);
  const readings = permission.resources.map((resource) => resolve(resource, call));
  const { arns, unknown } = join([...readings, ...limits.map((limit) => ({ ...limit.reading, arns: [] }))]);
  const resources = arns.filter((found) => !isElsewhere(found, call.place)).map(({ text }) => text);
  const conditions = conditionsOf(permission, limits);
  const usable = resources.length > 0 && limits.every((limit) => limit.reading.arns.length > 0);
  return {
    needs: usable ? [{ actions, resources, ...(conditions && { conditions }) }] : [],
    gaps: [
      ...arns
        .filter((found) => isElsewhere(found, call.place))
        .map(({ text }): Gap => ({ kind: 'elsewhere', arn: text, actions })),
      ...unknown.map((what): Gap => ({ kind: 'unknown', what, actions })),
    ],
  };
}

/** One gap for each reason, with all the actions it concerns: the reader has one decision to make. */
function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged = new Map<string, Gap>();
  for (const gap of gaps) {
    const key = gap.kind === 'unknown' ? `${gap.what.parameter} ${gap.what.why}` : gap.arn;
    const actions = new Set([...(merged.get(key)?.actions ?? []), ...gap.actions]);
    merged.set(key, { ...gap, actions: [...actions].sort(compareText) });
  }
  return [...merged.values()];
}

interface Limit {
  readonly key: string;
  readonly reading: Reading;
}

function readLimits({ limits = {} }: Permission, call: Call): Limit[] {
  return Object.entries(limits).map(([key, resource]) => ({ key, reading: resolve(resource, call) }));
}

/** A condition for each limit; a hint with wildcards in it has to be compared as a pattern. */
function conditionsOf({ conditions }: Permission, limits: readonly Limit[]): Conditions | undefined {
  if (limits.length === 0) return conditions;
  const values = limits.map(({ key, reading }) => [key, reading.arns.map(({ text }) => text)] as const);
  const patterned = values.some(([, texts]) => texts.some((text) => /[*?]/.test(text)));
  return { ...conditions, [patterned ? 'StringLike' : 'StringEquals']: Object.fromEntries(values) };
}

function isElsewhere({ text, accountId }: ResourceArn, { partition, accountId: target }: Place): boolean {
  return (
    (accountId !== undefined && accountId !== target) ||
    (text !== '*' && !text.startsWith(`arn:${partition}:`))
  );
}

function gapDiagnostic(gap: Gap, { task, place }: Call): Diagnostic {
  const actions = gap.actions.join(', ');
  return gap.kind === 'elsewhere'
    ? {
        task: task.name,
        reason: 'ResourceElsewhere',
        message: `Task "${task.name}" names ${gap.arn}, which lies outside account ${place.accountId}: ${actions} on it is left out`,
        blocking: false,
        actions: gap.actions,
      }
    : {
        task: task.name,
        reason: 'ResourceNotStatic',
        message: `Task "${task.name}" needs ${actions}, but ${gap.what.parameter} ${gap.what.why}: list the ARNs for this task under spec.targetRole.permissions.resources, or write a statement`,
        blocking: true,
        actions: gap.actions,
      };
}

function unknownIntegration(task: Task, integration: Integration): Diagnostic {
  const service = 'service' in integration ? integration.service : '';
  return {
    task: task.name,
    reason: 'UnknownIntegration',
    message: `Task "${task.name}" uses ${task.resource}, which is not known here: write its permissions under spec.targetRole.permissions.statements`,
    blocking: true,
    actions: [`${service}:*`],
  };
}

function notesFor(row: Row, integration: Integration, task: Task): Diagnostic[] {
  const pattern = 'pattern' in integration ? integration.pattern : '';
  const notes: Note[] = (row.notes ?? []).filter(
    (one) => (one.patterns?.includes(pattern) ?? true) && applies(one.when, task),
  );
  const diagnostics = notes.map(({ reason, message, blocking }) => ({
    task: task.name,
    reason,
    message: `Task "${task.name}": ${message}`,
    blocking,
    actions: [],
  }));
  return pattern === '.waitForTaskToken' ? [...diagnostics, tokenDiagnostic(task)] : diagnostics;
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html#connect-wait-token */
function tokenDiagnostic(task: Task): Diagnostic {
  return {
    task: task.name,
    reason: 'TaskTokenWorker',
    message: `Task "${task.name}" waits for its token from a principal of the state machine’s own account: the worker in the target account must assume a role there that allows states:SendTaskSuccess, states:SendTaskFailure and states:SendTaskHeartbeat`,
    blocking: false,
    actions: [],
  };
}

/** By code unit: the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
