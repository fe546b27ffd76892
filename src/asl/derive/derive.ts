/**
 * Derives least privilege from the Tasks: what the target role must be allowed so that each of them can make its call, wait for
 * it and cancel it. What the definition does not say is never guessed; a diagnostic names it.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-integration-iam-templates.html
 */
import type { Statement } from '../../policy/document.ts';
import type { AllowedAccess } from './allowed.ts';
import { compareText } from '../../base/compare-text.ts';
import { Effort, finish, type Parts } from '../../base/parts.ts';
import { credentialsSupport } from '../definition/credentials.ts';
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
import { parseIntegration } from '../integration.ts';
import { contentOf, RecentResults } from './recent-results.ts';
import type { Call, Place } from '../integrations/reading.ts';
import { stepsOfArguments } from '../parameters.ts';
import { lookUp, mergeGaps } from './permission.ts';
import { requirementOf } from './requirement.ts';
import { SharedReadings } from './shared-readings.ts';
import { sidFinder, toStatements } from './statements.ts';
import type { Need } from './statements.ts';
import type { Task } from '../task.ts';

/** ARNs in the spec for a Task whose resource only run time knows. */
interface Hint {
  readonly task: string;
  readonly arns: readonly string[];
}

/** The target account and Region (that of the state machine), in which bare names are assumed to be. */
export interface DerivationContext extends Place {
  readonly hints?: readonly Hint[];
  /** Used after the hints for what only run time knows (`unresolved: AllowedResources`). */
  readonly allowed?: readonly AllowedAccess[];
}

export interface Derivation {
  readonly needs: readonly TaskNeeds[];
  /** Merged and sorted: equal Tasks give equal statements, in whatever order they come. */
  readonly statements: readonly Statement[];
  readonly tasks: readonly {
    readonly name: string;
    readonly resource: string;
    readonly sids: readonly string[];
  }[];
  readonly diagnostics: readonly Diagnostic[];
}

interface TaskNeeds {
  /** It may be a Task of another definition that says the same. */
  readonly task: Task;
  /** Empty for a Task that needs nothing, or about which nothing is known. */
  readonly needs: readonly Need[];
}

/** Derives the permissions of the role that all of these Tasks assume. All lists are sorted by the name of the Task. */
export function derivePermissions(tasks: readonly Task[], context: DerivationContext): Derivation {
  return finish(derivationInParts(tasks, context));
}

/** The same, one Task at a time.
 *  @param shared results for the same Tasks are taken from here, and new ones are added */
export function* derivationInParts(
  tasks: readonly Task[],
  context: DerivationContext,
  shared: SharedReadings = new SharedReadings(),
): Parts<Derivation> {
  const { hints = [], allowed } = context;
  const key = keyOf(context);
  const hinted = Map.groupBy(hints, ({ task }) => task);
  const isPlain = tasks.every(({ name }) => !hinted.has(name));
  const known = isPlain ? shared.derivations.get(tasks, key) : undefined;
  if (known !== undefined && (allowed === undefined || isDecided(known))) {
    // The caller goes through all of it.
    const effort = new Effort();
    effort.spend(tasks.length);
    yield* effort.yieldDue();
    return known;
  }
  const isCommon = isPlain && allowed === undefined;
  const content = isCommon ? contentOf(tasks, key) : undefined;
  const lately = LATELY.get(content);
  if (lately !== undefined) return lately;
  const derivation = derivationOf(yield* readTasks(tasks, context, shared.tasks));
  if (isCommon) shared.derivations.set(tasks, key, derivation);
  LATELY.set(content, derivation);
  return derivation;
}

/** Reads the Tasks in the order of their names. What depends on hints or rules of the link is not shared. */
function* readTasks(
  tasks: readonly Task[],
  { hints = [], allowed, ...place }: DerivationContext,
  shared: SharedReadings['tasks'],
): Parts<readonly TaskReading[]> {
  const key = keyOf(place);
  const hinted = Map.groupBy(hints, ({ task }) => task);
  const effort = new Effort();
  const readings: TaskReading[] = [];
  for (const task of tasks.toSorted((a, b) => compareText(a.name, b.name))) {
    const given = hinted.get(task.name)?.flatMap(({ arns }) => arns) ?? [];
    const before = given.length === 0 ? shared.get(task, key) : undefined;
    if (before !== undefined && (allowed === undefined || isDecided(before))) {
      readings.push(before);
      effort.spend(1);
    } else {
      const reading = readTask({ task, place, hints: given, ...(allowed && { allowed }) });
      if (given.length === 0 && allowed === undefined) shared.set(task, key, reading);
      readings.push(reading);
      effort.spend(stepsOfArguments(task));
      yield;
    }
    yield* effort.yieldDue();
  }
  return readings;
}

function keyOf({ partition, region, accountId }: Place): string {
  return `${partition} ${region} ${accountId}`;
}

/** Results for the same Tasks at the same place, in any definition. */
const LATELY = new RecentResults<Derivation>();

/** Whether the rules have nothing to fill in. */
function isDecided({ diagnostics }: Pick<Derivation, 'diagnostics'>): boolean {
  return diagnostics.every(({ blocking }) => !blocking);
}

function derivationOf(readings: readonly TaskReading[]): Derivation {
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

function isOfOtherPartition({ task, place }: Call): boolean {
  const integration = parseIntegration(task.resource);
  return (
    'partition' in integration && integration.partition !== '' && integration.partition !== place.partition
  );
}

/** The result for one Task. */
export interface TaskReading extends TaskNeeds {
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
