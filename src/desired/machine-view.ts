/** A state machine as links see it: what it says now, and what still runs of what it said before. */
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
  /** Definitions that Express executions may still run, which cannot be listed: kept for as long as one may live. */
  readonly recent: readonly RecentDefinition[];
  /** Whether more definitions are in use than are read in (`keepWithinBounds`): of these nothing is known. */
  readonly unreadInUse?: boolean;
  /** Monotonic milliseconds until which Express executions may run a definition that is not among the recent any more. */
  readonly unreadRecentUntil?: number | undefined;
}

/** Running executions and published versions keep their definition and their execution role.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-version.html */
export interface DefinitionInUse {
  readonly definition: Definition;
  readonly executionRole: RoleArn;
  /** What keeps it alive, for messages: `alias live (version 3)`, `execution run-17`. */
  readonly inUseBy: string;
  /** Characters of its text. */
  readonly length: number;
}

/** Express executions cannot be listed; this is the longest that one lives.
 *  https://docs.aws.amazon.com/step-functions/latest/dg/choosing-workflow-type.html */
export const LONGEST_EXPRESS_MS = 300_000;

interface RecentDefinition extends DefinitionInUse {
  /** Monotonic milliseconds. */
  readonly until: number;
}

/** Everything that may still run besides the definition itself, as far as it is known. */
export function definitionsInUse({ inUse = [], recent }: MachineView): readonly DefinitionInUse[] {
  return [...inUse, ...recent];
}

/** The first of these, as far as they are read in. */
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

/** Whether something may still run of which nothing is known: then nothing may be taken away. */
export function hasUnreadDefinitions({ unreadInUse = false, unreadRecentUntil }: MachineView): boolean {
  return unreadInUse || unreadRecentUntil !== undefined;
}
