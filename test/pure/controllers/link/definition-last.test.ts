/** The definition comes last: no Task is given a role before that stands, and has propagated, for this Task. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { isJsonObject } from '../../../../src/base/json.ts';
import { narrow, present } from '../../../expectations.ts';
import { asTarget, machine, role } from '../../access/fixtures.ts';
import { machine as definitionOf, task } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, EXEC, untouchedRole } from '../test-cluster.ts';
import { ReconcilerHarness } from './reconciler-harness.ts';

const OTHER_ROLE = role('crossaccountlink/payments/other');
const PAUSE_MS = 10_000;

let the: ReconcilerHarness;

beforeEach(() => {
  the = new ReconcilerHarness();
  the.cluster.put('checkout');
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
});

function send(queue: string) {
  return task('arn:aws:states:::sqs:sendMessage', {
    QueueUrl: `https://sqs.us-east-1.amazonaws.com/222222222222/${queue}`,
    MessageBody: 'x',
  });
}

/** Adds a Task to the definition, as its developer does. */
function addTask(name: string): void {
  const definition: unknown = JSON.parse(definitionText());
  narrow(isJsonObject(definition) && isJsonObject(definition['States']), definition);
  const States = { ...definition['States'], [name]: send(name) };
  the.changeDefinition(JSON.stringify({ ...definition, States }));
}

function definitionText(): string {
  return present(the.cluster.source.machines.get(machine('checkout').text), 'no machine').definition;
}

/** How many Tasks name each role. */
function naming(arn: string): number {
  return definitionText().split(`"${arn}"`).length - 1;
}

describe('a Task that is new', () => {
  beforeEach(async () => {
    the.changeDefinition(definitionOf({ A: send('a'), B: send('b') }));
    the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
    the.create('b', { targetRole: { arn: OTHER_ROLE.text }, stateMachineCredentials: { tasks: ['B'] } });
    await the.converge();
    expect([naming(ROLE.text), naming(OTHER_ROLE.text)]).toStrictEqual([1, 1]);
    addTask('C');
    the.edit('a', { stateMachineCredentials: { tasks: ['A', 'C'] } });
  });

  it('is not given the role by another link of the machine, but by its own, after the permissions', async () => {
    await the.reconcile('b');
    expect(naming(ROLE.text)).toBe(1);
    the.calls.length = 0;
    await the.reconcile('a');
    expect(the.writes.filter((write) => /^[A-Z]/.test(write))).toStrictEqual([
      'PutRolePolicy checkout',
      'UpdateStateMachine checkout',
    ]);
    expect(naming(ROLE.text)).toBe(2);
  });

  it('is not given it by another link while its permissions cannot be written', async () => {
    the.cluster.target.failures.set('PutRolePolicy', awsFailure('terminal'));
    for (const name of ['a', 'b', 'a', 'b']) await the.reconcile(name);
    expect(naming(ROLE.text)).toBe(1);
  });
});

it('a Task that is new while its link is at work waits for the next look at the roles, which comes at once', async () => {
  the.changeDefinition(definitionOf({ A: send('a') }));
  the.create('a');
  const { target } = the.cluster;
  const apply = target.apply.bind(target);
  target.apply = (action) => {
    if (!definitionText().includes('"C"')) addTask('C');
    // The definition is read again right before it is written, if that is so long ago.
    the.cluster.now += 2_000;
    return apply(action);
  };
  const first = await the.reconcile('a');
  expect([naming(ROLE.text), first]).toStrictEqual([0, { requeueAfterMs: 500 }]);
  await the.reconcile('a');
  expect(naming(ROLE.text)).toBe(2);
});

it('growth that is held is not let in by another link of the machine', async () => {
  const held = asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'], definitionGrowth: 'Hold' });
  const { accounts, target } = the.cluster;
  accounts.set(accountOf(target.accountId, [held], { aws: target }));
  the.changeDefinition(definitionOf({ A: send('a'), B: send('b') }));
  the.create('b', { targetRole: { arn: OTHER_ROLE.text }, stateMachineCredentials: { tasks: ['B'] } });
  await the.converge();
  the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
  await the.converge();
  the.changeDefinition(definitionText().replace('/a"', '/elsewhere"'));
  for (const name of ['b', 'a', 'b']) await the.reconcile(name);
  expect(JSON.stringify([...(target.roles.get(ROLE.text)?.inlinePolicies.values() ?? [])])).not.toContain(
    'elsewhere',
  );
});

describe('IAM is given its time', () => {
  beforeEach(async () => {
    the = new ReconcilerHarness(PAUSE_MS);
    the.cluster.put('checkout');
    the.cluster.source.roles.set(EXEC.text, untouchedRole());
    the.changeDefinition(definitionOf({ A: send('a'), B: send('b') }));
    the.create('a', { stateMachineCredentials: { tasks: ['A'] } });
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    the.edit('a', { stateMachineCredentials: { tasks: ['A', 'B'] } });
  });

  it('by the next process, too, where one dies after it wrote the permissions of a Task that an edit adds', async () => {
    the.restart(1);
    await expect(the.reconcile('a')).rejects.toThrow();
    expect(the.writes.at(-1)).toBe('PutRolePolicy checkout');
    the.restart();
    await the.reconcile('a');
    expect([naming(ROLE.text), the.condition('a', 'Ready')]).toStrictEqual([1, 'Unknown Propagating']);
    the.cluster.now += PAUSE_MS;
    await the.reconcile('a');
    expect(naming(ROLE.text)).toBe(2);
  });

  it('but Tasks that named the role before are put right at once', async () => {
    the.edit('a', { stateMachineCredentials: { tasks: ['A'] } });
    await the.converge();
    the.changeDefinition(definitionOf({ A: send('a'), B: send('b') }));
    the.restart();
    await the.reconcile('a');
    expect(naming(ROLE.text)).toBe(1);
  });
});
