/** One link with its state machine, and what it comes to. */
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { type Refusal } from '../../../src/desired/refusals.ts';
import {
  requirementsOf,
  type LinkRequirements,
  type TasksOnRecord,
} from '../../../src/desired/requirements.ts';
import type { Link } from '../../../src/desired/link.ts';
import type { DefinitionInUse, MachineView } from '../../../src/desired/machine-view.ts';
import { role, SOURCE } from '../access/fixtures.ts';
import { machine, task, type State } from '../asl/machines.ts';
import { link, QUEUE, ROLE } from './fixtures.ts';
import { allowing, contextOf, SOURCE_ENTRY, viewOf as viewOfDefinition } from './views.ts';
import { narrow } from '../../expectations.ts';

export const QUEUE_URL = 'https://sqs.us-east-1.amazonaws.com/222222222222/orders';
export const SENDING = `sqs:SendMessage on ${QUEUE}`;
export const PUBLISHING = 'sns:Publish on arn:aws:sns:us-east-1:222222222222:orders';
export const SEND = task('arn:aws:states:::sqs:sendMessage', { QueueUrl: QUEUE_URL, MessageBody: 'x' });
export const PUBLISH = task('arn:aws:states:::sns:publish', {
  TopicArn: 'arn:aws:sns:us-east-1:222222222222:orders',
  Message: 'x',
});
export const AT_RUN_TIME = task('arn:aws:states:::sns:publish', { 'TopicArn.$': '$.topic', Message: 'x' });
export const IN_SOURCE = task('arn:aws:states:::sns:publish', {
  TopicArn: 'arn:aws:sns:us-east-1:111111111111:orders',
  Message: 'x',
});
export const ACTIVITY = task('arn:aws:states:us-east-1:111111111111:activity:approve');
export const NOTHING: TasksOnRecord = { tasks: [], inOrder: false };

export const TARGET_ENTRY = allowing('sqs:*', 'sns:*');
export const ALLOWING = contextOf([SOURCE_ENTRY], [TARGET_ENTRY]);

export function executionRole(name: string) {
  return role(name, SOURCE);
}

export function viewOf(states: Record<string, State>, inUse: readonly DefinitionInUse[] = []): MachineView {
  return viewOfDefinition(machine(states), inUse);
}

export function formerly(states: Record<string, State>, roleName = 'checkout-exec'): DefinitionInUse {
  return {
    definition: parseDefinition(machine(states)),
    executionRole: executionRole(roleName),
    inUseBy: 'alias live (version 3)',
    length: 100,
  };
}

export function naming(state: State): State {
  return { ...state, Credentials: { RoleArn: ROLE.text } };
}

export function requirements(
  of: Link,
  view: MachineView,
  context = ALLOWING,
  before = NOTHING,
): LinkRequirements {
  const result = requirementsOf({ link: of, view, context, onRecord: before });
  narrow(result.kind === 'required', result.kind === 'refused' ? result.message : '');
  return result;
}

export function refusal(of: Link, view: MachineView, context = ALLOWING, before = NOTHING): Refusal {
  const result = requirementsOf({ link: of, view, context, onRecord: before });
  narrow(result.kind === 'refused', 'it is not refused');
  return result;
}

export const listing = (...tasks: string[]) => link('a', { tasks });
