/** What a link's requirements are worked out of: a state machine as it was read, and the rules of two accounts. */
import { entriesFor } from '../../../src/access/namespaces.ts';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { takesNoResource } from '../../../src/asl/derive/action-scope.ts';
import type { DefinitionInUse, MachineView } from '../../../src/desired/machine-view.ts';
import type { AccessContext } from '../../../src/desired/refusals.ts';
import type { LinkRequirements } from '../../../src/desired/requirements.ts';
import {
  asSource,
  asTarget,
  PAYMENTS,
  role,
  rulesOf,
  SOURCE,
  TARGET,
  type Entry,
} from '../access/fixtures.ts';
import { observedMachine } from '../observed/fixtures.ts';
import { allow, EXECUTION_ROLE, QUEUE } from './fixtures.ts';

export const SOURCE_ENTRY = asSource(['checkout*'], ['arn:aws:iam::111111111111:role/*-exec']);

/** An entry that lets the role of `payments` do this with anything of its account. */
export function allowing(...actions: string[]): Entry {
  return asTarget({ allowedActions: actions, allowedResources: ['arn:aws:*:*:222222222222:*'] });
}

/** What namespace `payments` may do by the entries of the source account and of the target account. */
export function contextOf(
  source: readonly Entry[],
  target: readonly Entry[],
  operatorRoleArns: readonly string[] = [],
): AccessContext {
  const [from, to] = [rulesOf(SOURCE, [...source]), rulesOf(TARGET, [...target])];
  return {
    source: { rules: from, entries: entriesFor(from, PAYMENTS) },
    target: { rules: to, entries: entriesFor(to, PAYMENTS) },
    operatorRoleArns,
    takesNoResource,
  };
}

export function viewOf(definition: string, inUse: readonly DefinitionInUse[] = []): MachineView {
  return {
    machine: observedMachine(definition),
    definition: parseDefinition(definition),
    executionRole: role('checkout-exec', SOURCE),
    inUse,
    recent: [],
  };
}

/** What a link with one Task that sends to a queue needs. */
export function required(fields: Partial<LinkRequirements> = {}): LinkRequirements {
  return {
    kind: 'required',
    executionRoleArns: [EXECUTION_ROLE],
    permissions: [allow(['sqs:SendMessage'], [QUEUE])],
    keptExecutionRoleArns: [],
    keptPermissions: [],
    permissionsComplete: true,
    tasks: ['Send'],
    tasksInSyncBefore: [],
    notes: [],
    ...fields,
  };
}
