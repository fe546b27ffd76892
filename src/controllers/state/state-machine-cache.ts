/** State machines as this process has read them. What was never read here is unknown, whatever a status says. */
import { parseRoleArn } from '../../arn/arn.ts';
import { DefinitionError, definitionInParts, type Definition } from '../../asl/definition/definition.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import { Buckets } from '../../base/buckets.ts';
import { inTurns } from '../../base/turns.ts';
import {
  LONGEST_EXPRESS_MS,
  definitionsInUse,
  keepWithinBounds,
  type DefinitionInUse,
  type MachineView,
} from '../../desired/machine-view.ts';
import type { ObservedStateMachine } from '../../observed/objects.ts';
import { isReplaced, replacedBy, type ReplacedRevisions } from '../../observed/replaced-revisions.ts';
import type { AwsAccount, DefinitionReading } from '../../aws/aws-account.ts';

export type MachineReading =
  | { readonly kind: 'found'; readonly view: MachineView }
  | { readonly kind: 'absent' }
  /** There, but not to be understood; `message` says why. */
  | {
      readonly kind: 'unreadable';
      readonly message: string;
      /** ARNs of the roles that it runs under, or ran under when it could be read. */
      readonly executionRoleArns: readonly string[];
    };

interface Entry {
  readonly reading: MachineReading;
  readonly readAt: number;
  readonly inUseReadAt: number | undefined;
  /** When it was found to say something else than before, whoever wrote that. */
  readonly changedAt: number | undefined;
  /** What own writes replaced lately. */
  readonly replaced: ReplacedRevisions | undefined;
  /** Set where the last read showed what an own write replaced: until when it may. */
  readonly lagsUntil: number | undefined;
}

/** So many roles are remembered of a machine that cannot be read, however often it gets another. */
const MOST_ROLES = 20;

export class StateMachineCache {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /** Execution role → the machines that run, or still ran when last read, under it. */
  readonly #byRole = new Buckets<string>();
  #forgotten = 0;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** How many state machines were known and are no more. */
  get forgotten(): number {
    return this.#forgotten;
  }

  /** What was last read; undefined when nothing was. */
  known(arn: string): MachineReading | undefined {
    return this.#entries.get(arn)?.reading;
  }

  /** ARNs of the execution roles that it is known to run under, or to have run under. */
  rolesOf(arn: string): readonly string[] {
    return rolesOf(this.known(arn));
  }

  /** Monotonic milliseconds at which its definition or role was last found to be another than before; undefined when that
   *  was never seen here. */
  changedAt(arn: string): number | undefined {
    return this.#entries.get(arn)?.changedAt;
  }

  /** Reads the machine, unless that was done at most `maxAgeMs` ago. @throws AwsFailure */
  async read(
    aws: AwsAccount,
    arn: string,
    callOptions: CallOptions,
    maxAgeMs: number,
  ): Promise<MachineReading> {
    const known = this.#entries.get(arn);
    if (known !== undefined && this.#now() - known.readAt <= maxAgeMs) return known.reading;
    const readAt = this.#now();
    const answer = await aws.stateMachine(arn, callOptions);
    const before = this.#entries.get(arn);
    if (
      before !== undefined &&
      answer.kind === 'found' &&
      isReplaced(answer.machine, before.replaced, readAt)
    ) {
      this.#entries.set(arn, { ...before, lagsUntil: before.replaced?.until });
      return before.reading;
    }
    const reading = answer.kind === 'absent' ? answer : await viewOf(answer.machine, known?.reading, readAt);
    const meanwhile = this.#entries.get(arn);
    // Of a machine that was written since the read began, it may show what is no more.
    if (meanwhile !== undefined && meanwhile.readAt > readAt) return meanwhile.reading;
    // Forgotten since the read began: its last link is gone.
    const wasForgotten = known !== undefined && meanwhile === undefined;
    if (!wasForgotten) this.#keep(arn, { reading, readAt });
    return reading;
  }

  /** Takes in what an own write made of a machine. */
  async written(machine: ObservedStateMachine): Promise<void> {
    const writtenAt = this.#now();
    this.doubt(machine.arn);
    const before = this.#entries.get(machine.arn);
    const former = before?.reading.kind === 'found' ? before.reading.view.machine : undefined;
    const replaced = replacedBy(machine, former, before?.replaced, writtenAt);
    const reading = await viewOf(machine, before?.reading, writtenAt);
    const meanwhile = this.#entries.get(machine.arn);
    if (meanwhile !== undefined && meanwhile.readAt > writtenAt) return;
    this.#keep(machine.arn, { reading, readAt: writtenAt, replaced });
  }

  /** Where the last read of a machine showed what was before an own write: milliseconds until that would be believed. */
  lagsForMs(arn: string): number | undefined {
    const { lagsUntil } = this.#entries.get(arn) ?? {};
    return lagsUntil === undefined ? undefined : Math.max(0, lagsUntil - this.#now());
  }

  /** Adds the definitions that still run, unless they were read at most `maxAgeMs` ago. @throws AwsFailure */
  async readDefinitionsInUse(
    aws: AwsAccount,
    view: MachineView,
    callOptions: CallOptions,
    maxAgeMs: number,
  ): Promise<MachineView> {
    const { arn } = view.machine;
    const inUseReadAt = this.#entries.get(arn)?.inUseReadAt;
    const now = this.#now();
    if (view.inUse !== undefined && inUseReadAt !== undefined && now - inUseReadAt <= maxAgeMs) return view;
    const { inUse, unreadInUse } = await parseInUse(
      await aws.definitionsInUse(view.machine, callOptions),
      view,
    );
    const meanwhile = this.#entries.get(arn);
    const current = meanwhile?.reading.kind === 'found' ? meanwhile.reading.view : view;
    // What was the present definition when the read began may run on, too.
    if (!sameMachine(current.machine, view.machine))
      return this.readDefinitionsInUse(aws, current, callOptions, maxAgeMs);
    const extended = { ...current, inUse, unreadInUse };
    const reading = { kind: 'found', view: extended } as const;
    this.#keep(arn, { reading, readAt: meanwhile?.readAt ?? now, inUseReadAt: now });
    return extended;
  }

  /** ARNs of the execution roles of that name, in whatever path: events give names only, and as the caller spelled them.
   *  IAM knows no upper from lower case in names. */
  rolesNamed(accountId: string, name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return [...this.#byRole.keys()].filter((arn) => {
      const role = parseRoleArn(arn);
      return role?.accountId === accountId && role.name.toLowerCase() === wanted;
    });
  }

  /** ARNs of the machines that are known to run under an execution role. */
  under(executionRoleArn: string): readonly string[] {
    return this.#byRole.of(executionRoleArn);
  }

  /** The next one who asks reads it anew. What was read stays known: it still says whom the machine concerns. */
  doubt(arn: string): void {
    const entry = this.#entries.get(arn);
    if (entry !== undefined) this.#entries.set(arn, { ...entry, readAt: Number.NEGATIVE_INFINITY });
  }

  /** To be called when no link names the state machine any more. */
  forget(arn: string): void {
    this.#index(arn, this.#entries.get(arn)?.reading, undefined);
    if (this.#entries.delete(arn)) this.#forgotten += 1;
  }

  /** What is left out stays as it was. */
  #keep(arn: string, found: Pick<Entry, 'reading' | 'readAt'> & Partial<Entry>): void {
    const { reading } = found;
    const known = this.#entries.get(arn);
    const before = known?.reading;
    this.#entries.set(arn, {
      reading,
      readAt: found.readAt,
      inUseReadAt: found.inUseReadAt ?? known?.inUseReadAt,
      changedAt: saysOther(before, reading) ? this.#now() : known?.changedAt,
      replaced: found.replaced ?? known?.replaced,
      lagsUntil: undefined,
    });
    if (before !== reading) this.#index(arn, before, reading);
  }

  #index(arn: string, before: MachineReading | undefined, after: MachineReading | undefined): void {
    for (const role of rolesOf(before)) this.#byRole.delete(role, arn);
    for (const role of rolesOf(after)) this.#byRole.add(role, arn);
  }
}

function rolesOf(reading: MachineReading | undefined): readonly string[] {
  if (reading?.kind === 'unreadable') return reading.executionRoleArns;
  if (reading?.kind !== 'found') return [];
  const roles = [reading.view, ...definitionsInUse(reading.view)].map(
    ({ executionRole }) => executionRole.text,
  );
  return [...new Set(roles)];
}

/** A definition is parsed again only when it changed, and what still runs of it stays known until then. */
async function viewOf(
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

/** What nobody understands may still need what it needed before: the roles of then stay known. */
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

/** What an Express machine was until now stays among the recent for as long as an execution may live. */
function recentOf(machine: ObservedStateMachine, previous: MachineView | undefined, now: number): Recent {
  if (machine.type !== 'EXPRESS') return NONE_RECENT;
  // Nobody here knows what it was until now.
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

/** The definitions in use, those of aliases first, each text parsed once. What is not to be understood counts as not read. */
async function parseInUse(
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

/** Whether executions that start from now on may differ from those of before. */
function saysOther(before: MachineReading | undefined, after: MachineReading): boolean {
  if (before === undefined || after.kind !== 'found') return false;
  if (before.kind !== 'found') return before.kind === 'unreadable';
  const [was, is] = [before.view.machine, after.view.machine];
  return was.definition !== is.definition || was.executionRoleArn !== is.executionRoleArn;
}

function sameMachine(a: ObservedStateMachine, b: ObservedStateMachine): boolean {
  return (
    a.definition === b.definition &&
    a.executionRoleArn === b.executionRoleArn &&
    a.revisionId === b.revisionId &&
    a.creationDate === b.creationDate
  );
}

async function tryParse(text: string): Promise<Definition | string> {
  try {
    return await inTurns(definitionInParts(text));
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
}
