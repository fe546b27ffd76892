/** Tasks beyond those that a status lists, and Tasks that no status tells of: neither is forgotten. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { present } from '../../../expectations.ts';
import { machine } from '../../access/fixtures.ts';
import { machine as definitionOf, task, type State } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { awsFailure } from '../model-account.ts';
import { EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

const FOREIGN = 'arn:aws:iam::222222222222:role/elsewhere';

let the: ReconcilerHarness;

beforeEach(() => {
  the = new ReconcilerHarness();
  the.cluster.put('checkout');
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
});

function send(queue: string): State {
  return task('arn:aws:states:::sqs:sendMessage', {
    QueueUrl: `https://sqs.us-east-1.amazonaws.com/222222222222/${queue}`,
    MessageBody: 'x',
  });
}

function definitionText(): string {
  return present(the.cluster.source.machines.get(machine('checkout').text), 'no machine').definition;
}

function permissions(): string {
  return JSON.stringify([...(the.cluster.target.roles.get(ROLE.text)?.inlinePolicies.values() ?? [])]);
}

describe('a link with 120 Tasks, of which its status lists 100', () => {
  beforeEach(async () => {
    const names = Array.from({ length: 120 }, (_, index) => `T${String(index).padStart(3, '0')}`);
    the.changeDefinition(definitionOf(Object.fromEntries(names.map((name) => [name, send(name)]))));
    await the.ready('a');
    expect(the.object('a')?.status).toMatchObject({ taskCount: 120, tasks: { length: 100 } });
  });

  it.each(['T000', 'T110'])('puts right what somebody put on %s', async (name) => {
    the.changeDefinition(setCredentials(definitionText(), new Map([[name, FOREIGN]])));
    the.restart();
    await the.converge();
    expect(definitionText()).not.toContain(FOREIGN);
    expect([the.condition('a', 'Ready'), the.object('a')?.status.drift?.total]).toStrictEqual([
      'True InSync',
      1,
    ]);
  });

  it('takes no permissions from a Task that is dropped before its Credentials are off', async () => {
    the.edit('a', { stateMachineCredentials: { tasks: ['T000'] } });
    await the.reconcile('a');
    expect(the.writes.filter((write) => /^[A-Z]/.test(write))).toStrictEqual(['UpdateStateMachine checkout']);
    await the.converge();
    expect(permissions()).not.toContain('T110');
  });
});

it('a Task that is dropped keeps its permissions as long as AWS refuses to have its Credentials taken off', async () => {
  the.changeDefinition(definitionOf({ A: send('a'), B: send('refunds') }));
  await the.ready('a', { stateMachineCredentials: { tasks: ['A', 'B'] } });
  the.edit('a', { stateMachineCredentials: { tasks: ['A'] } });
  the.cluster.source.failures.set('UpdateStateMachine', awsFailure('terminal'));
  for (const begunAnew of [false, false, true, false]) {
    if (begunAnew) the.restart();
    await the.reconcile('a');
    the.cluster.now += 60_000;
    expect(permissions()).toContain('refunds');
  }
  the.cluster.source.failures.clear();
  await the.converge();
  expect([
    definitionText().split('"Credentials"').length - 1,
    permissions().includes('refunds'),
  ]).toStrictEqual([1, false]);
});
