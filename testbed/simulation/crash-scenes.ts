/** Histories in which the operator does everything that it ever writes, so that it can die at each single write. */
import type { JsonObject } from '../../src/base/json.ts';
import type { Event, History, Step } from './history.ts';
import { executionRoleArn, machineArn, targetRoleArn, TARGET } from './scenery.ts';

/** How long until the operator has come to an end, including IAM's pause and a crash. */
const SETTLED_MS = 45_000;

const ROLE = targetRoleArn('payments', 'shared-payments');
const MORE = { actions: ['sqs:ReceiveMessage'], resources: [`arn:aws:sqs:us-east-1:${TARGET}:more`] };
/** A link that asks for everything that a role can have. */
const FULL: JsonObject = {
  description: 'ours',
  tags: { team: 'red', tier: 'one' },
  permissionsBoundaryARN: `arn:aws:iam::${TARGET}:policy/limit`,
  permissions: { statements: [MORE], managedPolicyARNs: [`arn:aws:iam::${TARGET}:policy/more`] },
};

function link(name: string, tasks: readonly string[], role: JsonObject = {}, more: JsonObject = {}): Event {
  const spec = {
    stateMachineARN: machineArn('checkout'),
    targetRole: { arn: ROLE, ...role },
    stateMachineCredentials: { tasks },
    ...more,
  };
  return { do: 'apply', link: `payments/${name}`, spec };
}

const OWN = targetRoleArn('payments', 'own');
const SQUAT: Event = { do: 'squat', namespace: 'payments', name: 'shared-payments' };

const SCENES: Readonly<Record<string, readonly Event[]>> = {
  'a link with everything comes and goes': [link('a', ['Send'], FULL), { do: 'delete', link: 'payments/a' }],
  'a link drops all that it asked for, and asks again': [
    link('a', ['Send'], FULL),
    link('a', ['Publish']),
    link('a', ['Send', 'Publish'], { ...FULL, tags: { tier: 'two' } }),
  ],
  'the role is changed by others in every way': [
    link('a', ['Send'], FULL),
    ...(
      ['dropPolicy', 'alterPolicy', 'foreignPolicy', 'dropTrust', 'foreignTrust', 'attach'] as const
    ).flatMap((how): Event[] => [
      { do: 'tamper', role: ROLE, how },
      { do: 'request', link: 'payments/a' },
    ]),
  ],
  'the role is deleted': [
    link('a', ['Send']),
    link('b', ['Publish']),
    { do: 'tamper', role: ROLE, how: 'deleteRole' },
    { do: 'request', link: 'payments/a' },
  ],
  'the role is deleted and recreated by others': [
    link('a', ['Send']),
    { do: 'remakeRole', role: ROLE },
    { do: 'request', link: 'payments/a' },
  ],
  'the grant and the tags are taken away': [
    link('a', ['Send']),
    { do: 'tamper', role: executionRoleArn('checkout-exec'), how: 'dropPolicy' },
    { do: 'tamper', role: ROLE, how: 'untag' },
    { do: 'request', link: 'payments/a' },
  ],
  'two links share a role, and go one after the other': [
    link('a', ['Send'], { tags: { team: 'red' } }),
    link('b', ['Publish'], { permissions: { statements: [MORE] } }),
    { do: 'delete', link: 'payments/a' },
    { do: 'delete', link: 'payments/b' },
  ],
  'a Task is handed over to another role': [
    link('a', ['Send'], { arn: OWN }),
    link('b', ['Send']),
    { do: 'delete', link: 'payments/a' },
  ],
  'a role is adopted and given back': [
    SQUAT,
    link('a', ['Send'], {
      adoptionPolicy: 'Adopt',
      unmanaged: 'Remove',
      description: 'ours',
      tags: { team: 'red' },
    }),
    { do: 'delete', link: 'payments/a' },
  ],
  'an adopted role keeps what is foreign': [
    SQUAT,
    link('a', ['Send'], { adoptionPolicy: 'Adopt', unmanaged: 'Preserve' }),
    { do: 'delete', link: 'payments/a' },
  ],
  'the machine comes to run under another role, and back': [
    link('a', ['Send']),
    { do: 'swapExecutionRole', machine: 'checkout', role: 'refund-exec' },
    { do: 'request', link: 'payments/a' },
    { do: 'swapExecutionRole', machine: 'checkout', role: 'checkout-exec' },
    { do: 'request', link: 'payments/a' },
  ],
  'the execution role is made again': [
    link('a', ['Send']),
    { do: 'remakeExecutionRole', role: 'checkout-exec' },
    { do: 'request', link: 'payments/a' },
  ],
  'a deployment drops the Credentials': [
    link('a', ['Send']),
    { do: 'deploy', machine: 'checkout', tasks: ['Send', 'Notify'], careful: false },
    { do: 'request', link: 'payments/a' },
    { do: 'deploy', machine: 'checkout', tasks: ['Notify'], careful: true },
  ],
  'a link is suspended, observes, and enforces again': [
    link('a', ['Send'], FULL),
    link('a', ['Send'], {}, { suspend: true }),
    link('a', ['Send'], {}, { managementPolicy: 'Observe' }),
    link('a', ['Send', 'Publish']),
  ],
  'a link leaves what it made': [
    link('a', ['Send'], {}, { deletionPolicy: 'Retain' }),
    { do: 'delete', link: 'payments/a' },
  ],
  'a link whose machine is gone is deleted': [
    link('a', ['Send']),
    { do: 'removeMachine', machine: 'checkout' },
    { do: 'delete', link: 'payments/a' },
  ],
};

/** By what happens in the scene. */
export const CRASH_SCENES: ReadonlyMap<string, History> = new Map(
  Object.entries(SCENES).map(([name, events]) => [name, { seed: 1, replicas: 1, steps: stepsOf(events) }]),
);

/** The events come one after the other, each when all is calm again. At the end comes nothing, so that the writes after the last
 *  event count as well. */
function stepsOf(events: readonly Event[]): readonly Step[] {
  const steps: Step[] = [];
  for (const event of events) steps.push({ afterMs: steps.length === 0 ? 1_000 : SETTLED_MS, ...event });
  return [...steps, { afterMs: SETTLED_MS, do: 'request', link: 'payments/none' }];
}
