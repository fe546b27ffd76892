/** Executions that ended → what is read of them, and what the links say afterwards. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ExecutionEvent } from '../../../../src/aws/events/events.ts';
import type { ExecutionStep, ObservedExecution } from '../../../../src/observed/execution.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { machine, SOURCE } from '../../access/fixtures.ts';
import { DENIED, execution, visit } from '../../report/histories.ts';
import { awsFailure } from '../model-account.ts';
import { accountOf, CREATED, EXEC, SOURCE_ENTRY } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from '../link/reconciler-harness.ts';

const CHECKOUT = machine('checkout').text;
const denied = visit({ attempts: [['started', DENIED]] });
const passed = visit({ attempts: [['started', 'submitted', 'succeeded']] });
const DENIED_READY = 'False ExecutionDenied';

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  hearing(true);
  await the.ready('a');
});

function hearing(hasEventQueue: boolean): void {
  const { source, accounts } = the.cluster;
  const rules = accounts.get(SOURCE)?.rules;
  accounts.set(
    accountOf(SOURCE, [SOURCE_ENTRY], { aws: source, hasEventQueue, ...(rules !== undefined && { rules }) }),
  );
}

/** Runs an execution that begins now, and ends. */
function run(
  name: string,
  steps: readonly ExecutionStep[],
  fields: Partial<ObservedExecution> = {},
): ExecutionEvent {
  const made = execution(name, Date.parse(CREATED) + the.cluster.now, steps, fields);
  the.cluster.source.executions.set(made.arn, made);
  return {
    accountId: SOURCE,
    executionArn: made.arn,
    stateMachineArn: CHECKOUT,
    succeeded: false,
    stopDate: '1',
  };
}

/** Everything that comes of an event: the look, and the reconcile. */
async function heard(event: ExecutionEvent): Promise<void> {
  the.cluster.now += 1_000;
  the.executions.add(event);
  await settle();
}

async function settle(): Promise<void> {
  the.cluster.now += 1_000;
  if (the.looks.splice(0).length > 0) await the.executions.look(CHECKOUT);
  if (the.enqueued.splice(0).includes('a')) await the.reconcile('a');
}

const reads = () => the.calls.filter((call) => /^(execution|recentExecutions) /.test(call));

describe('an execution that is reported while its account is out of reach', () => {
  it('is looked at when the account is back', async () => {
    const { source, accounts } = the.cluster;
    const account = accounts.get(SOURCE);
    if (account === undefined) throw new Error('there is no source account');
    const { aws: _, ...withoutAws } = account;
    accounts.set(withoutAws);
    the.executions.add(run('one', denied));
    const { requeueAfterMs } = await the.executions.look(CHECKOUT);
    expect(requeueAfterMs).toBe(20_000);
    accounts.set({ ...account, aws: source });
    await the.executions.look(CHECKOUT);
    await the.reconcile('a');
    expect(the.condition('a', 'Effective')).toBe(DENIED_READY);
  });
});

describe('an execution that AWS denied a Task of the link', () => {
  it('makes Effective and Ready False with the Task, the call and AWS’s words', async () => {
    await heard(run('one', denied));
    expect([the.condition('a', 'Effective'), the.condition('a', 'Ready')]).toStrictEqual([
      DENIED_READY,
      DENIED_READY,
    ]);
    expect(the.condition('a', 'TrustPolicyReady')).toBe('True InSync');
    expect(the.message('a', 'Effective')).toMatch(
      /^AWS denied Task "Send" the call sts:AssumeRole in execution one: "The role .*checkout-exec is not authorized to assume/,
    );
    expect(the.object('a')?.status.deniedTasks).toMatchObject([{ task: 'Send', call: 'sts:AssumeRole' }]);
    expect(the.events).toContain('Warning ExecutionDenied');
  });

  it('is read once, however often it is reported', async () => {
    const event = run('one', denied);
    await heard(event);
    await heard(event);
    expect(reads().filter((call) => call === 'execution one')).toHaveLength(1);
  });

  it('is read again when it ended again', async () => {
    const event = run('one', denied);
    await heard(event);
    await heard({ ...event, stopDate: '2' });
    expect(reads().filter((call) => call === 'execution one')).toHaveLength(2);
  });

  it('writes no status again while the machine fails of the same', async () => {
    await heard(run('one', denied));
    the.calls.length = 0;
    for (const name of ['two', 'three', 'four']) await heard(run(name, denied));
    expect(the.writes).toStrictEqual([]);
  });

  it('stays through a restart, drift checks and requests until it is cleared', async () => {
    await heard(run('one', denied));
    const before = the.object('a')?.status;
    the.cluster.parts.memories.forget('uid-a');
    for (let round = 0; round < 3; round += 1) {
      the.cluster.now += 600_000;
      await the.reconcile('a');
    }
    expect(the.object('a')?.status).toStrictEqual(before);
  });
});

describe('a denial on record is cleared', () => {
  beforeEach(() => heard(run('denied', denied)));

  it('by an execution that began later and succeeded', async () => {
    await heard({ ...run('well', passed), succeeded: true });
    expect([the.condition('a', 'Effective'), the.condition('a', 'Ready')]).toStrictEqual([
      'True Reachable',
      'True InSync',
    ]);
    expect(the.object('a')?.status.deniedTasks).toBeUndefined();
  });

  it('by one that passed the Task and failed elsewhere', async () => {
    await heard(
      run('further', [
        ...passed,
        ...visit({ task: 'Other', roleArn: undefined, attempts: [[DENIED]], first: 50 }),
      ]),
    );
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('by one that no event reported, found at the next check', async () => {
    run('unheard', passed);
    the.cluster.now += 600_000;
    await the.reconcile('a');
    await settle();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('by one that still runs', async () => {
    run('running', passed, { ended: false });
    the.cluster.now += 600_000;
    await the.reconcile('a');
    await settle();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('by a change of the spec', async () => {
    the.edit('a', { driftCheckInterval: '11m' });
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.object('a')?.status.deniedTasks).toBeUndefined();
  });

  it('when the account’s event queue goes', async () => {
    hearing(false);
    await the.reconcile('a');
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('also after a restart, by an execution that began after the one on record', async () => {
    the.cluster.parts.memories.forget('uid-a');
    run('later', passed);
    the.cluster.now += 600_000;
    await the.reconcile('a');
    await settle();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });
});

describe('a denial on record is not cleared', () => {
  beforeEach(async () => {
    run('early', passed);
    the.cluster.now += 60_000;
    await heard(run('denied', denied));
  });

  it.each<readonly [what: string, event: () => ExecutionEvent]>([
    ['by an execution that began earlier', () => ({ ...eventOf('early'), succeeded: true })],
    ['by one that did not come to the Task', () => ({ ...run('aside', []), succeeded: true })],
    [
      'by an event alone, when AWS knows nothing of the execution',
      () => ({ ...eventOf('invented'), succeeded: true }),
    ],
    [
      'by an execution of another machine under an ARN of this one',
      () => ({
        ...run('stranger', passed, { stateMachineArn: machine('other').text }),
        succeeded: true,
      }),
    ],
  ])('%s', async (_what, event) => {
    await heard(event());
    expect(the.condition('a', 'Ready')).toBe(DENIED_READY);
  });

  it('by looks that come too often: at most one in twenty seconds asks for the newest executions', async () => {
    the.calls.length = 0;
    for (let round = 0; round < 5; round += 1) {
      the.request('a', `token ${round}`);
      await the.reconcile('a');
      await settle();
    }
    expect(reads().filter((call) => call.startsWith('recentExecutions'))).toHaveLength(1);
  });
});

function eventOf(name: string): ExecutionEvent {
  const executionArn = `${CHECKOUT.replace('stateMachine', 'execution')}:${name}`;
  return { accountId: SOURCE, executionArn, stateMachineArn: CHECKOUT, succeeded: false, stopDate: name };
}

describe('nothing is read', () => {
  it.each<readonly [what: string, arrange: () => ExecutionEvent]>([
    [
      'of an account without an event queue',
      () => {
        hearing(false);
        return run('one', denied);
      },
    ],
    [
      'of a machine that is not linked',
      () => ({ ...run('one', denied), stateMachineArn: machine('other').text }),
    ],
    ['of an account that is not registered', () => ({ ...run('one', denied), accountId: '333333333333' })],
    ['of a success while nothing is denied', () => ({ ...run('one', passed), succeeded: true })],
    [
      'for a link that is suspended',
      () => {
        the.edit('a', { suspend: true });
        return run('one', denied);
      },
    ],
    [
      'for a link that goes',
      () => {
        the.delete('a');
        return run('one', denied);
      },
    ],
  ])('%s', async (_what, arrange) => {
    await heard(arrange());
    expect(reads()).toStrictEqual([]);
  });
});

describe('whoever fills the queue', () => {
  it('with executions that do not exist has no more than ten of a machine looked for', async () => {
    for (let index = 0; index < 1_000; index += 1) the.executions.add(eventOf(`invented-${index}`));
    let again = await the.executions.look(CHECKOUT);
    while (again.requeueAfterMs !== undefined) {
      expect(again.requeueAfterMs).toBeGreaterThanOrEqual(1_000);
      again = await the.executions.look(CHECKOUT);
    }
    expect(reads()).toHaveLength(10);
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('cannot have looks come faster than one a second', async () => {
    the.executions.add(eventOf('x'));
    await the.executions.look(CHECKOUT);
    the.looks.length = 0;
    the.executions.add(eventOf('y'));
    expect(the.looks).toStrictEqual([['checkout', 1_000]]);
  });
});

it('what was denied before the operator last wrote for the link says nothing of it', async () => {
  const event = run('before', denied);
  the.cluster.now += 60_000;
  the.changeRole((role) => ({ ...role, inlinePolicies: new Map() }));
  the.request('a', 'now');
  await the.reconcile('a');
  await heard(event);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

it('what was denied before an edit was brought about says nothing of the link, although Ready stayed True all the while', async () => {
  const event = run('before', denied);
  the.cluster.now += 60_000;
  the.edit('a', { targetRole: { arn: ROLE.text, tags: { team: 'payments' } } });
  await the.reconcile('a');
  await heard(event);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

/** Takes the grant off, which a snapshot does not show yet. */
function ungrant(): void {
  const { source } = the.cluster;
  source.snapshot = new Map(source.roles);
  the.changeRole((role) => ({ ...role, inlinePolicies: new Map() }), EXEC.text);
}

describe('a denial of which the cause was that somebody took the grant off', () => {
  it('is looked into at once: the grant is put back, and nobody else is blamed', async () => {
    ungrant();
    await heard(run('one', denied));
    expect(the.cluster.source.roles.get(EXEC.text)?.inlinePolicies.size).toBe(1);
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.object('a')?.status.deniedTasks).toBeUndefined();
    expect(the.events).not.toContain('Warning ExecutionDenied');
  });

  it('says nothing of the link to an operator that began after the repair, either', async () => {
    ungrant();
    const event = run('one', denied);
    the.cluster.now += 60_000;
    the.request('a', 'now');
    await the.reconcile('a');
    the.restart();
    await heard(event);
    expect(the.condition('a', 'Ready')).toBe('True InSync');
  });

  it('stays where it is denied again after that', async () => {
    ungrant();
    await heard(run('one', denied));
    the.cluster.now += 60_000;
    await heard(run('two', denied));
    expect(the.condition('a', 'Ready')).toBe(DENIED_READY);
  });
});

it('a denial is looked into with fresh reads once, however often the machine fails of it', async () => {
  for (const name of ['one', 'two', 'three']) await heard(run(name, denied));
  const fresh = the.calls.filter((call) => call === 'role checkout-exec');
  expect(fresh).toHaveLength(1);
});

it('what was denied before the link came in order is nothing to an operator that has just begun', async () => {
  const event = run('old', denied);
  const old = execution('old', Date.parse(CREATED) - 86_400_000, denied);
  the.cluster.source.executions.set(old.arn, old);
  the.restart();
  await heard(event);
  expect(the.condition('a', 'Ready')).toBe('True InSync');
});

it('a denial speaks to the link whose role it was, and to no other of the machine', async () => {
  const other = `${ROLE.text}-b`;
  the.create('b', { targetRole: { arn: other }, stateMachineCredentials: { tasks: [] } });
  await the.reconcile('b');
  const before = the.object('b')?.status;
  await heard(run('one', denied));
  expect(the.condition('a', 'Ready')).toBe(DENIED_READY);
  expect(the.object('b')?.status).toStrictEqual(before);
});

it('a policy that was read and denies goes before what executions show', async () => {
  await heard(run('one', denied));
  the.changeRole((role) => ({ ...role, permissionsBoundaryArn: 'arn:aws:iam::222222222222:policy/narrow' }));
  the.cluster.target.policies.set('arn:aws:iam::222222222222:policy/narrow', {
    arn: 'arn:aws:iam::222222222222:policy/narrow',
    versionId: 'v1',
    document: { kind: 'parsed', document: { version: '2012-10-17', statements: [] } },
  });
  the.edit('a', {
    targetRole: { arn: ROLE.text, permissionsBoundaryARN: 'arn:aws:iam::222222222222:policy/narrow' },
  });
  await the.reconcile('a');
  await heard(run('two', denied));
  expect(the.condition('a', 'Effective')).toBe('False NotGranted');
});

describe('executions that cannot be read', () => {
  it.each([
    [
      'are left for a minute when AWS refuses it, which is reported',
      'terminal',
      [`problem ${awsFailure('terminal').message}`],
      undefined,
    ],
    ['are read later when the account is busy', 'laneBusy', [], 5_000],
  ] as const)('%s', async (_what, kind, problems, requeueAfterMs) => {
    the.cluster.source.failures.set('execution', awsFailure(kind, { retryAfterMs: 5_000 }));
    the.executions.add(run('one', denied));
    expect(await the.executions.look(CHECKOUT)).toStrictEqual(
      requeueAfterMs === undefined ? {} : { requeueAfterMs },
    );
    expect(the.events).toStrictEqual(problems);
    the.looks.length = 0;
    the.executions.add(eventOf('two'));
    expect(the.looks[0]?.[1]).toBeGreaterThanOrEqual(kind === 'terminal' ? 60_000 : 0);
  });
});

it('nothing is kept of a machine that no link names', async () => {
  the.executions.add(run('one', denied));
  the.cluster.links.remove('uid-a');
  expect(await the.executions.look(CHECKOUT)).toStrictEqual({});
  expect(reads()).toStrictEqual([]);
});
