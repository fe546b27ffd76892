/**
 * Least privilege, read from the Tasks: what the target role must be allowed so that each of them can make its call,
 * wait for it and cancel it. What the definition does not say is never guessed; it is named in a diagnostic.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
 */
import type { Statement } from '../policy/document.ts';
import type { AllowedAccess } from './allowed.ts';
import { compareText } from '../base/compare-text.ts';
import { Effort, finish, type Parts } from '../base/parts.ts';
import { credentialsSupport } from './credentials.ts';
import {
  gapDiagnostic,
  noteDiagnostic,
  nothingNeeded,
  otherPartition,
  tokenDiagnostic,
  unknownIntegration,
  unsupported,
} from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { parseIntegration } from './integration.ts';
import type { Call, Place } from './integrations/reading.ts';
import { stepsOfArguments } from './parameters.ts';
import { lookUp, mergeGaps } from './permission.ts';
import { requirementOf } from './requirement.ts';
import { sidFinder, toStatements } from './statements.ts';
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
  /** Fills in for what only run time knows, after the hints (`unresolved: AllowedResources`). */
  readonly allowed?: readonly AllowedAccess[];
}

export interface Derivation {
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
  /** Empty for a Task that needs nothing, or of which nothing is known. */
  readonly needs: readonly Need[];
}

/** Derives the permissions of the role that all of these Tasks assume. All lists come sorted by Task name. */
export function derivePermissions(tasks: readonly Task[], context: DerivationContext): Derivation {
  return finish(derivationInParts(tasks, context));
}

/** The same, a Task at a time. */
export function* derivationInParts(tasks: readonly Task[], context: DerivationContext): Parts<Derivation> {
  const { hints = [], allowed, ...place } = context;
  const effort = new Effort();
  const readings: TaskReading[] = [];
  for (const task of tasks.toSorted((a, b) => compareText(a.name, b.name))) {
    readings.push(readTask({ task, place, hints: hintsFor(task, hints), ...(allowed && { allowed }) }));
    effort.spend(stepsOfArguments(task));
    yield* effort.settle();
    yield;
  }
  const statements = toStatements(readings.flatMap((reading) => reading.needs));
  const sidsOf = sidFinder(statements);
  return {
    needs: readings,
    statements,
    tasks: readings.map(({ task: { name, resource }, needs }) => ({
      name,
      resource,
      sids: sidsOf(needs),
    })),
    diagnostics: readings.flatMap((reading) => reading.diagnostics),
  };
}

function hintsFor({ name }: Task, hints: readonly Hint[]): string[] {
  return hints.filter((hint) => hint.task === name).flatMap((hint) => hint.arns);
}

function isOfOtherPartition({ task, place }: Call): boolean {
  const integration = parseIntegration(task.resource);
  return (
    'partition' in integration && integration.partition !== '' && integration.partition !== place.partition
  );
}

interface TaskReading extends TaskNeeds {
  readonly diagnostics: readonly Diagnostic[];
}

function readTask(call: Call): TaskReading {
  const { task, place } = call;
  const support = credentialsSupport(task);
  if (!support.supported) return { task, needs: [], diagnostics: [unsupported(task, support)] };
  const requirement = requirementOf(task);
  if (requirement === undefined) return { task, needs: [], diagnostics: [unknownIntegration(task)] };

  const found = requirement.permissions.map((permission) => lookUp(permission, call));
  const needs = found.flatMap((one) => one.needs);
  const gaps = mergeGaps(found.flatMap((one) => one.gaps));
  return {
    task,
    needs,
    diagnostics: [
      ...(isOfOtherPartition(call) ? [otherPartition(task, place)] : []),
      ...gaps.map((gap) => gapDiagnostic(gap, task, place)),
      ...(needs.length + gaps.length === 0 ? [nothingNeeded(task)] : []),
      ...requirement.notes.map((note) => noteDiagnostic(note, task)),
      ...(requirement.waitsForToken ? [tokenDiagnostic(task)] : []),
    ],
  };
}
