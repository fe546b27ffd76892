/** A state machine as links see it: what it says now, and which former definitions may still run. */
import type { RoleArn } from '../arn/arn.ts';
import type { Definition } from '../asl/definition/definition.ts';
import { MOST_IN_USE } from '../observed/in-use.ts';
import type { ObservedStateMachine } from '../observed/objects.ts';

export interface MachineView {
  readonly machine: ObservedStateMachine;
  readonly definition: Definition;
  readonly executionRole: RoleArn;
  /** Definitions that aliases route to and that running executions were started with; undefined while not read. */
  readonly inUse?: readonly DefinitionInUse[];
  /** Definitions that Express executions may still run. These executions cannot be listed, so each definition is kept for as
   *  long as one may last. */
  readonly recent: readonly RecentDefinition[];
  /** Whether more definitions are in use than were read (`keepWithinBounds`): nothing is known of the others. */
  readonly unreadInUse?: boolean;
  /** Monotonic milliseconds until which Express executions may run a definition that is not in `recent`. */
  readonly unreadRecentUntil?: number | undefined;
}

/** Running executions and published versions keep their definition and their execution role.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html */
export interface DefinitionInUse {
  readonly definition: Definition;
  readonly executionRole: RoleArn;
  /** What keeps it alive, for messages: `alias live (version 3)`, `execution run-17`. */
  readonly inUseBy: string;
  /** Length of its text in characters. */
  readonly length: number;
}

/** The longest that an Express execution lasts. Express executions cannot be listed.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
export const LONGEST_EXPRESS_MS = 300_000;

interface RecentDefinition extends DefinitionInUse {
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Everything that may still run besides the present definition, as far as it is known. */
export function definitionsInUse({ inUse = [], recent }: MachineView): readonly DefinitionInUse[] {
  return [...inUse, ...recent];
}

/** The first of these definitions, as many as the operator reads. */
export function keepWithinBounds<One extends Pick<DefinitionInUse, 'length'>>(
  all: readonly One[],
): { readonly kept: readonly One[]; readonly dropped: readonly One[] } {
  let characters = 0;
  const beyond = all.findIndex(({ length }, index) => {
    characters += length;
    return index >= MOST_IN_USE.count || characters > MOST_IN_USE.characters;
  });
  return beyond < 0 ? { kept: all, dropped: [] } : { kept: all.slice(0, beyond), dropped: all.slice(beyond) };
}

/** Whether something may still run about which nothing is known: then nothing may be removed. */
export function hasUnreadDefinitions({ unreadInUse = false, unreadRecentUntil }: MachineView): boolean {
  return unreadInUse || unreadRecentUntil !== undefined;
}
