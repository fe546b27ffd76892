/**
 * A state machine as AWS shows it → what this process knows of it: its definitions, parsed, and the roles under which it runs.
 */
import { parseRoleArn } from '../../arn/arn.ts';
import { DefinitionError, definitionInParts, type Definition } from '../../asl/definition/definition.ts';
import { definitionToKeep } from '../../asl/definition/large-definition.ts';
import { inTurns } from '../../base/turns.ts';
import {
  LONGEST_EXPRESS_MS,
  definitionsInUse,
  keepWithinBounds,
  type DefinitionInUse,
  type MachineView,
} from '../../desired/machine-view.ts';
import type { ObservedStateMachine } from '../../observed/objects.ts';
import type { DefinitionReading } from '../../aws/aws-account.ts';

export type MachineReading =
  | { readonly kind: 'found'; readonly view: MachineView }
  | { readonly kind: 'absent' }
  /** It exists but cannot be understood; `message` says why. */
  | {
      readonly kind: 'unreadable';
      readonly message: string;
      /** ARNs of the roles under which it runs, or ran when it could be understood. */
      readonly executionRoleArns: readonly string[];
    };

/** Whether AWS is deleting the machine, and waits for its executions. */
export function isBeingDeleted(reading: MachineReading): boolean {
  return reading.kind === 'found' && reading.view.machine.isBeingDeleted === true;
}

/** How many roles are remembered of a machine that cannot be understood, however often it gets another one. */
const MOST_ROLES = 20;

/** ARNs of the execution roles under which it runs, or may still run. */
export function rolesOf(reading: MachineReading | undefined): readonly string[] {
  if (reading?.kind === 'unreadable') return reading.executionRoleArns;
  if (reading?.kind !== 'found') return [];
  const roles = [reading.view, ...definitionsInUse(reading.view)].map(
    ({ executionRole }) => executionRole.text,
  );
  return [...new Set(roles)];
}

/** Parses what AWS shows of a machine. A definition is parsed again only if it has changed. Definitions that were in use stay
 *  known until they are read again.
 *  @param known what was known of the machine
 *  @param now monotonic milliseconds */
export async function readingOf(
  machine: ObservedStateMachine,
  known: MachineReading | undefined,
  now: number,
): Promise<MachineReading> {
  const previous = known?.kind === 'found' ? known.view : undefined;
  const recently = recentOf(machine, previous, now);
  if (known !== undefined && previous !== undefined && sameMachine(previous.machine, machine)) {
    return recently.recent.length === previous.recent.length &&
      recently.unreadRecentUntil === previous.unreadRecentUntil
      ? known
      : { kind: 'found', view: { ...previous, ...recently } };
  }
  const executionRole = parseRoleArn(machine.executionRoleArn);
  if (executionRole === undefined)
    return unreadable(machine, known, `${machine.arn} names no execution role that can be read.`);
  const definition = await tryParse(machine.definition);
  if (typeof definition === 'string') return unreadable(machine, known, `${machine.arn}: ${definition}.`);
  const { recent, unreadRecentUntil } = recently;
  return { kind: 'found', view: { machine, definition, executionRole, recent, unreadRecentUntil } };
}

/** A definition that nobody understands may still need what it needed before: the former roles stay known. */
function unreadable(
  { executionRoleArn }: ObservedStateMachine,
  known: MachineReading | undefined,
  message: string,
): MachineReading {
  return {
    kind: 'unreadable',
    message,
    executionRoleArns: [...new Set([executionRoleArn, ...rolesOf(known)])].slice(0, MOST_ROLES),
  };
}

type Recent = Required<Pick<MachineView, 'recent' | 'unreadRecentUntil'>>;

const NONE_RECENT: Recent = { recent: [], unreadRecentUntil: undefined };

/** The recent definitions of an Express machine: each stays among them for as long as an execution may last. */
function recentOf(machine: ObservedStateMachine, previous: MachineView | undefined, now: number): Recent {
  if (machine.type !== 'EXPRESS') return NONE_RECENT;
  // What the machine was before this process first read it is not known.
  if (previous === undefined) return { recent: [], unreadRecentUntil: now + LONGEST_EXPRESS_MS };
  const living = previous.recent.filter(({ until }) => until > now);
  const { unreadRecentUntil: before = 0 } = previous;
  if (sameMachine(previous.machine, machine))
    return { recent: living, unreadRecentUntil: before > now ? before : undefined };
  const latest = {
    definition: previous.definition,
    executionRole: previous.executionRole,
    inUseBy: 'Express executions that may still run',
    length: previous.machine.definition.length,
    until: now + LONGEST_EXPRESS_MS,
  };
  const { kept, dropped } = keepWithinBounds([latest, ...living]);
  const unreadRecentUntil = Math.max(before, ...dropped.map(({ until }) => until));
  return { recent: kept, unreadRecentUntil: unreadRecentUntil > now ? unreadRecentUntil : undefined };
}

/** The definitions in use, those of aliases first, each text parsed once. One that cannot be understood counts as not read. */
export async function parseInUse(
  readings: readonly DefinitionReading[],
  { machine, definition }: MachineView,
): Promise<Required<Pick<MachineView, 'inUse' | 'unreadInUse'>>> {
  const parsed = new Map<string, Definition | string>([[machine.definition, definition]]);
  const { kept, dropped } = keepWithinBounds(
    readings.map((reading) => ({ ...reading, length: reading.machine.definition.length })),
  );
  const inUse: DefinitionInUse[] = [];
  let unreadInUse = dropped.length > 0;
  for (const { machine: other, inUseBy, length } of kept) {
    const executionRole = parseRoleArn(other.executionRoleArn);
    const read = parsed.get(other.definition) ?? (await tryParse(other.definition));
    parsed.set(other.definition, read);
    if (executionRole !== undefined && typeof read !== 'string')
      inUse.push({ definition: read, executionRole, inUseBy, length });
    else unreadInUse = true;
  }
  return { inUse, unreadInUse };
}

/** Whether executions that start from now on may differ from earlier ones. */
export function saysOther(before: MachineReading | undefined, after: MachineReading): boolean {
  if (before === undefined || after.kind !== 'found') return false;
  if (before.kind !== 'found') return before.kind === 'unreadable';
  const [was, is] = [before.view.machine, after.view.machine];
  return was.definition !== is.definition || was.executionRoleArn !== is.executionRoleArn;
}

/** Whether both are the same revision of the same machine. */
export function sameMachine(a: ObservedStateMachine, b: ObservedStateMachine): boolean {
  return (
    a.definition === b.definition &&
    a.executionRoleArn === b.executionRoleArn &&
    a.revisionId === b.revisionId &&
    a.creationDate === b.creationDate &&
    a.isBeingDeleted === b.isBeingDeleted
  );
}

async function tryParse(text: string): Promise<Definition | string> {
  try {
    return definitionToKeep(text, await inTurns(definitionInParts(text)));
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
}
