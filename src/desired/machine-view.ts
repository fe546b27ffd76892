/** A state machine as links see it: what it says now, and what still runs of what it said before. */
import type { RoleArn } from '../arn/arn.ts';
import type { Definition } from '../asl/definition.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';

export interface MachineView {
  readonly machine: ObservedStateMachine;
  readonly definition: Definition;
  readonly executionRole: RoleArn;
  /** Definitions that aliases route to and that running executions were started with; undefined while not read. */
  readonly inUse?: readonly DefinitionInUse[];
  /** Definitions that Express executions may still run, which cannot be listed: kept for as long as one may live. */
  readonly recent: readonly RecentDefinition[];
}

/** Running executions and published versions keep their definition and their execution role.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html */
export interface DefinitionInUse {
  readonly definition: Definition;
  readonly executionRole: RoleArn;
  /** What keeps it alive, for messages: `alias live (version 3)`, `execution run-17`. */
  readonly inUseBy: string;
}

/** Express executions cannot be listed; this is the longest that one lives.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
export const LONGEST_EXPRESS_MS = 300_000;

export interface RecentDefinition extends DefinitionInUse {
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Everything that may still run besides the definition itself, as far as it is known. */
export function definitionsInUse({ inUse = [], recent }: MachineView): readonly DefinitionInUse[] {
  return [...inUse, ...recent];
}
