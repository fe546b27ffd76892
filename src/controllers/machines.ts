/** State machines as this process has read them. What was never read here is unknown, whatever a status says. */
import { parseRoleArn } from '../arn/arn.ts';
import { DefinitionError, parseDefinition } from '../asl/definition.ts';
import type { Want } from '../aws/lanes.ts';
import type { FormerDefinition, MachineView } from '../desired/machine-view.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';
import type { AccountAws } from './account-aws.ts';

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
    this.#entries.set(arn, { sight, readAt });
    return sight;
  }

  /** Takes in what an own write made of a machine. */
  written(machine: ObservedStateMachine): void {
    const known = this.#entries.get(machine.arn)?.sight;
    this.#entries.set(machine.arn, { sight: viewOf(machine, known), readAt: this.#now() });
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
    this.#entries.set(view.machine.arn, { sight: { kind: 'found', view: extended }, readAt: this.#now() });
    return extended;
  }

  forget(arn: string): void {
    this.#entries.delete(arn);
  }
}

/** A definition is parsed again only when it changed, and what still runs of it stays known until then. */
function viewOf(machine: ObservedStateMachine, known: MachineSight | undefined): MachineSight {
  const previous = known?.kind === 'found' ? known.view : undefined;
  if (previous !== undefined && sameMachine(previous.machine, machine)) return { kind: 'found', view: previous };
  const executionRole = parseRoleArn(machine.executionRoleArn);
  if (executionRole === undefined) {
    return { kind: 'unreadable', message: `${machine.arn} names no execution role that can be read.` };
  }
  const definition = tryParse(machine.definition);
  if (typeof definition === 'string') return { kind: 'unreadable', message: `${machine.arn}: ${definition}.` };
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
