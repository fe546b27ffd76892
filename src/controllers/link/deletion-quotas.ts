/**
 * Whether AWS's quotas have room for a deletion. It makes calls of several kinds whose quotas are small and refill every
 * second.
 */
import { tasksNaming } from '../../asl/definition/large-definition.ts';
import type { AwsFailure } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Link } from '../../desired/link.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

/** Returns the refusal that a deletion would meet now, with the time to come back; undefined if its quotas have room. If this
 *  came out half-way, all calls before it would have been made in vain, and would be made again the next time. Asks nothing of
 *  AWS. */
export function busyForDeletion(
  { link, source, target }: ResolvedLink,
  machines: Pick<StateMachineCache, 'known'>,
  callOptions: CallOptions,
): AwsFailure | undefined {
  const object = link.stateMachine.text;
  const role = { service: 'iam', operation: 'GetRole', object: link.targetRole.text } as const;
  for (const operation of machineCalls(link, machines)) {
    const busy = source.aws?.busyFor({ service: 'states', operation, object }, callOptions);
    if (busy !== undefined) return busy;
  }
  return source.aws?.busyFor(role, callOptions) ?? target.aws?.busyFor(role, callOptions);
}

/** The calls about the state machine whose quotas are smallest. */
function machineCalls(
  { stateMachine, targetRole }: Link,
  machines: Pick<StateMachineCache, 'known'>,
): readonly string[] {
  const reads = ['ListStateMachineAliases', 'ListExecutions'];
  const machine = machines.known(stateMachine.text);
  const isTakenOff =
    machine?.kind === 'found' && tasksNaming(machine.view.definition, targetRole.text).length === 0;
  return isTakenOff ? reads : ['UpdateStateMachine', ...reads];
}
