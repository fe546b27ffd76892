/** The operator is killed after each single write, to AWS or to the API server, and restarts: in the end, everything is as if
 *  nothing had happened. */
import { expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { printPolicy } from '../../../../src/policy/print.ts';
import type { ObservedPolicy } from '../../../../src/policy/document.ts';
import { about } from '../../../expectations.ts';
import { asTarget, machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { accountOf, EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);
const AUDIT = 'arn:aws:iam::222222222222:policy/audit';
const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';

/** What people do: each step is one of theirs, after which the operator has its time. */
type Step = (the: ReconcilerHarness) => void;

function create(name: string, targetRole: JsonObject = {}, of = 'checkout'): Step {
  return (the) =>
    the.create(name, { stateMachineARN: machine(of).text, targetRole: { arn: ROLE.text, ...targetRole } });
}

function edit(targetRole: JsonObject): Step {
  return (the) => the.edit('a', { targetRole: { arn: ROLE.text, ...targetRole } });
}

const remove =
  (...names: readonly string[]): Step =>
  (the) => {
    for (const name of names) if (the.object(name) !== undefined) the.delete(name);
  };

const swapExecutionRole: Step = (the) => the.cluster.put('checkout', OTHER_EXEC.text);
const deleteMachine: Step = (the) => void the.cluster.source.machines.delete(machine('checkout').text);

const RICH = {
  description: 'Lets checkout charge',
  tags: { team: 'payments', stage: 'live' },
  permissions: { managedPolicyARNs: [AUDIT] },
  permissionsBoundaryARN: BOUNDARY,
};

interface History {
  readonly what: string;
  readonly before?: readonly Step[];
  /** The operator dies while it follows this one. */
  readonly step: Step;
  /** Done while it is dead. */
  readonly meanwhile?: Step;
  readonly afterwards?: readonly Step[];
}

const HISTORIES: readonly History[] = [
  { what: 'a link is made', step: create('a', RICH) },
  { what: 'a link is made, and deleted after the crash', step: create('a', RICH), afterwards: [remove('a')] },
  {
    what: 'a link is made, and meanwhile its machine gets another execution role',
    step: create('a'),
    meanwhile: swapExecutionRole,
  },
  {
    what: 'a link is made, meanwhile its machine gets another execution role, and the link is deleted',
    step: create('a'),
    meanwhile: (the) => {
      swapExecutionRole(the);
      remove('a')(the);
    },
  },
  {
    what: 'a link is made, meanwhile its machine is deleted, and then the link',
    step: create('a'),
    meanwhile: deleteMachine,
    afterwards: [remove('a')],
  },
  {
    what: 'tags, description, policy and boundary are dropped',
    before: [create('a', RICH)],
    step: edit({}),
  },
  {
    what: 'tags, description, policy and boundary are changed, and changed back meanwhile',
    before: [create('a', RICH)],
    step: edit({ tags: { owner: 'x' }, description: 'other' }),
    meanwhile: edit(RICH),
  },
  {
    what: 'attached policies are dropped, and meanwhile what is unmanaged is to be preserved',
    before: [create('a', RICH)],
    step: edit({ tags: { team: 'payments' } }),
    meanwhile: edit({ unmanaged: 'Preserve' }),
  },
  {
    what: 'the machine gets another execution role',
    before: [create('a')],
    step: (the) => {
      swapExecutionRole(the);
      the.request('a', 'now');
    },
  },
  {
    what: 'the machine gets another execution role, and meanwhile the former one again',
    before: [create('a')],
    step: (the) => {
      swapExecutionRole(the);
      the.request('a', 'now');
    },
    meanwhile: (the) => the.cluster.put('checkout'),
  },
  {
    what: 'the role is deleted by somebody',
    before: [create('a', RICH), create('b', RICH, 'refund')],
    step: (the) => {
      the.cluster.target.roles.delete(ROLE.text);
      the.request('a', 'now');
    },
  },
  {
    what: 'the role is deleted by somebody, and both of its links meanwhile',
    before: [create('a', RICH), create('b', RICH, 'refund')],
    step: (the) => {
      the.cluster.target.roles.delete(ROLE.text);
      the.request('a', 'now');
    },
    meanwhile: remove('a', 'b'),
  },
  { what: 'a link is deleted', before: [create('a', RICH)], step: remove('a') },
  {
    what: 'one of two links is deleted, and the other later',
    before: [create('a', RICH), create('b', {}, 'refund')],
    step: remove('a'),
    afterwards: [remove('b')],
  },
  {
    what: 'two links are deleted at once',
    before: [create('a', RICH), create('b', {}, 'refund')],
    step: remove('a', 'b'),
  },
];

function prepared(): ReconcilerHarness {
  const the = new ReconcilerHarness();
  the.cluster.put('checkout');
  the.cluster.put('refund');
  const entry = asTarget({
    allowedActions: ['sqs:*'],
    allowedResources: ['*'],
    managedPolicyARNs: [AUDIT],
    allowPreserve: true,
  });
  the.cluster.accounts.set(accountOf(TARGET, [entry], { aws: the.cluster.target }));
  for (const exec of [EXEC, OTHER_EXEC]) the.cluster.source.roles.set(exec.text, untouchedRole(exec.text));
  return the;
}

/** Follows a history; the operator dies after so many writes of its step.
 *  @returns what stands in the end, and how many writes the step took */
async function follow(history: History, diesAfter?: number) {
  const the = prepared();
  for (const step of history.before ?? []) {
    step(the);
    await the.converge();
  }
  the.restart(diesAfter);
  history.step(the);
  if (diesAfter === undefined) await the.converge();
  else await expect(the.converge()).rejects.toThrow();
  const { writes } = the.cluster.lifeline;
  history.meanwhile?.(the);
  the.restart();
  await the.converge();
  for (const step of history.afterwards ?? []) {
    step(the);
    await the.converge();
  }
  return { end: standing(the), writes };
}

/** What stands in AWS, and how its links are; RoleIds and revisions left out. */
function standing(the: ReconcilerHarness) {
  const { source, target } = the.cluster;
  const roles = [...source.roles.values(), ...target.roles.values()];
  return {
    roles: roles.map(({ trust, inlinePolicies, tags, ...rest }) => [
      { ...rest, roleId: '' },
      textOf(trust),
      [...inlinePolicies].map(([name, policy]) => [name, textOf(policy)]),
      [...tags].sort(([a], [b]) => (a < b ? -1 : 1)),
    ]),
    definitions: Array.from(source.machines.values(), ({ definition }) => definition),
    links: ['a', 'b'].map((name) => the.condition(name, 'Ready')),
  };
}

function textOf(policy: ObservedPolicy): string {
  return policy.kind === 'parsed' ? printPolicy(policy.document) : policy.text;
}

for (const history of HISTORIES) {
  it(history.what, async () => {
    const undisturbed = await follow(history);
    expect(undisturbed.writes).toBeGreaterThan(0);
    for (let point = 1; point <= undisturbed.writes; point += 1) {
      const { end } = await follow(history, point);
      about(`killed after write ${point}`, () => expect(end).toStrictEqual(undisturbed.end));
    }
  });
}
