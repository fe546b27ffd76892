/** State machines as this process has read them. What was never read here is unknown, whatever a status says. */
import { parseRoleArn } from '../arn/arn.ts';
import { DefinitionError, parseDefinition } from '../asl/definition.ts';
import type { Want } from '../aws/lanes.ts';
import type { FormerDefinition, MachineView } from '../desired/machine-view.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';
import type { AccountAws } from '../aws/account-aws.ts';

export type MachineSight =
  | { readonly kind: 'found'; readonly view: MachineView }
  | { readonly kind: 'absent' }
  /** There, but not to be understood; `message` says why. */
  | { readonly kind: 'unreadable'; readonly message: string };

interface Entry {
  readonly sight: MachineSight;
  readonly readAt: number;
}

export class Machines {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /** Execution role → the machines that run, or still ran when last read, under it. */
  readonly #byRole = new Map<string, Set<string>>();

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** What was last read; undefined when nothing was. */
  known(arn: string): MachineSight | undefined {
    return this.#entries.get(arn)?.sight;
  }

  /** Reads the machine, unless that was done at most `maxAgeMs` ago. @throws AwsFailure */
  async read(aws: AccountAws, arn: string, want: Want, maxAgeMs: number): Promise<MachineSight> {
    const known = this.#entries.get(arn);
    if (known !== undefined && this.#now() - known.readAt <= maxAgeMs) return known.sight;
    const readAt = this.#now();
    const reading = await aws.stateMachine(arn, want);
    const sight = reading.kind === 'absent' ? reading : viewOf(reading.machine, known?.sight);
    this.#keep(arn, sight, readAt);
    return sight;
  }

  /** Takes in what an own write made of a machine. */
  written(machine: ObservedStateMachine): void {
    const known = this.#entries.get(machine.arn)?.sight;
    this.#keep(machine.arn, viewOf(machine, known), this.#now());
  }

  /** Adds the definitions that still run. @throws AwsFailure */
  async readFormer(aws: AccountAws, view: MachineView, want: Want): Promise<MachineView> {
    const readings = await aws.formerDefinitions(view.machine, want);
    const former = readings.flatMap(({ machine, heldBy }): FormerDefinition[] => {
      const executionRole = parseRoleArn(machine.executionRoleArn);
      const definition = tryParse(machine.definition);
      return executionRole === undefined || typeof definition === 'string'
        ? []
        : [{ definition, executionRole, heldBy }];
    });
    const extended = { ...view, former };
    this.#keep(view.machine.arn, { kind: 'found', view: extended }, this.#now());
    return extended;
  }

  /** ARNs of the machines that are known to run under an execution role. */
  under(executionRoleArn: string): readonly string[] {
    return [...(this.#byRole.get(executionRoleArn) ?? [])];
  }

  forget(arn: string): void {
    for (const machines of this.#byRole.values()) machines.delete(arn);
    this.#entries.delete(arn);
  }

  #keep(arn: string, sight: MachineSight, readAt: number): void {
    const before = this.#entries.get(arn)?.sight;
    this.#entries.set(arn, { sight, readAt });
    if (before === sight) return;
    for (const role of rolesOf(before)) this.#byRole.get(role)?.delete(arn);
    for (const role of rolesOf(sight)) {
      const machines = this.#byRole.get(role) ?? new Set();
      this.#byRole.set(role, machines.add(arn));
    }
  }
}

function rolesOf(sight: MachineSight | undefined): readonly string[] {
  if (sight?.kind !== 'found') return [];
  const { executionRole, former = [] } = sight.view;
  return [executionRole.text, ...former.map((old) => old.executionRole.text)];
}

/** A definition is parsed again only when it changed, and what still runs of it stays known until then. */
function viewOf(machine: ObservedStateMachine, known: MachineSight | undefined): MachineSight {
  const previous = known?.kind === 'found' ? known.view : undefined;
  if (known !== undefined && previous !== undefined && sameMachine(previous.machine, machine)) return known;
  const executionRole = parseRoleArn(machine.executionRoleArn);
  if (executionRole === undefined) {
    return { kind: 'unreadable', message: `${machine.arn} names no execution role that can be read.` };
  }
  const definition = tryParse(machine.definition);
  if (typeof definition === 'string')
    return { kind: 'unreadable', message: `${machine.arn}: ${definition}.` };
  return { kind: 'found', view: { machine, definition, executionRole } };
}

function sameMachine(a: ObservedStateMachine, b: ObservedStateMachine): boolean {
  return (
    a.definition === b.definition &&
    a.executionRoleArn === b.executionRoleArn &&
    a.revisionId === b.revisionId &&
    a.creationDate === b.creationDate
  );
}

function tryParse(text: string) {
  try {
    return parseDefinition(text);
  } catch (error) {
    if (error instanceof DefinitionError) return error.message;
    throw error;
  }
}
