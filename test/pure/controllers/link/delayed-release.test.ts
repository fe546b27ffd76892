/** A link that leaves AWS as it is (retained or abandoned): what happens to what it alone wanted of objects that it shares. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { machine, role } from '../../access/fixtures.ts';
import { machine as definitionOf, sendTo } from '../../asl/machines.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { EXEC } from '../test-cluster.ts';
import { withCheckout, type ReconcilerHarness } from './reconciler-harness.ts';

const RETAINED = { deletionPolicy: 'Retain' };
const OTHER_TARGET = role('crossaccountlink/payments/other');
const AWAITED = { requeueAfterMs: 500 };

let the: ReconcilerHarness;

/** Brings link b in sync beside a, and forgets what that took. */
async function share(spec: JsonObject): Promise<void> {
  await the.ready('b', spec);
  await the.converge();
  the.calls.length = 0;
  the.enqueued.length = 0;
}

function tags(): readonly string[] {
  return [...(the.cluster.target.roles.get(ROLE.text)?.tags.keys() ?? [])];
}

beforeEach(async () => {
  the = withCheckout();
  the.changeDefinition(definitionOf({ A: sendTo('a'), B: sendTo('b') }));
  the.cluster.put('refund', EXEC.text);
  await the.ready('a', { stateMachineCredentials: { tasks: ['A'] } });
});

const WAYS: readonly { way: string; spec: JsonObject; goes: () => void }[] = [
  { way: 'retained', spec: RETAINED, goes: () => undefined },
  {
    way: 'abandoned',
    spec: {},
    goes: () => the.annotate('b', { [ANNOTATIONS.abandon]: 'true' }),
  },
];

describe.each(WAYS)('a link that is $way', ({ spec, goes }) => {
  const targetRole = { arn: ROLE.text, tags: { team: 'blue' } };

  beforeEach(async () => {
    await share({
      ...spec,
      targetRole,
      stateMachineCredentials: { tasks: ['B'] },
    });
    goes();
    the.delete('b');
  });

  it('stays until another one has taken off what it alone wanted, and goes then', async () => {
    expect(await the.reconcile('b')).toStrictEqual(AWAITED);
    expect(the.enqueued).toContain('a');
    expect(the.writes).toStrictEqual([]);
    await the.reconcile('a');
    expect(tags()).not.toContain('team');
    expect(await the.reconcile('b')).toStrictEqual({});
    expect(the.object('b')).toBeUndefined();
    expect(the.object('a')?.status.drift).toBeUndefined();
  });

  it('says from which roles what it alone asked for goes', async () => {
    await the.reconcile('b');
    await the.reconcile('a');
    await the.reconcile('b');
    const shared = `Other links use ${ROLE.text}, ${EXEC.text}, too: they remove what only this link asked for there.`;
    expect(the.notes.at(-1)).toContain(shared);
    expect(the.notes.at(-1)).not.toContain('AWS is left as it is');
  });

  it('brings the others back once', async () => {
    await the.reconcile('b');
    const once = [...the.enqueued];
    await the.reconcile('b');
    expect(the.enqueued).toStrictEqual(once);
  });

  it('goes after five seconds, whatever holds the others up', async () => {
    await the.reconcile('b');
    the.cluster.now += 4_999;
    expect(await the.reconcile('b')).toStrictEqual(AWAITED);
    the.cluster.now += 1;
    expect(await the.reconcile('b')).toStrictEqual({});
    expect(the.object('b')).toBeUndefined();
  });

  it('may keep what it has, where the operator dies before anything of it is taken off', async () => {
    await the.reconcile('b');
    the.restart();
    the.calls.length = 0;
    await the.reconcile('a');
    expect(tags()).toContain('team');
    expect(the.object('a')?.status.drift).toBeUndefined();
  });

  it('leaves no drift, wherever the operator dies on its way', async () => {
    for (let writes = 0; writes < 8; writes += 1) {
      the.restart(writes);
      for (const name of ['b', 'a', 'b']) await the.reconcile(name).catch(() => undefined);
    }
    the.restart();
    await the.converge();
    expect(the.object('b')).toBeUndefined();
    expect(tags()).not.toContain('team');
    expect(the.object('a')?.status.drift).toBeUndefined();
  });
});

it('a link that another machine shares the execution role with has its part of the grant taken off at once', async () => {
  await share({
    ...RETAINED,
    stateMachineARN: machine('refund').text,
    targetRole: { arn: OTHER_TARGET.text },
  });
  the.delete('b');
  await the.reconcile('b');
  expect(the.enqueued).toStrictEqual(['a']);
  await the.reconcile('a');
  expect(the.granted()).toStrictEqual([ROLE.text]);
  await the.reconcile('b');
  expect(the.object('b')).toBeUndefined();
});

it('one of several others is brought back for each object', async () => {
  await the.ready('c', { stateMachineCredentials: { tasks: ['A'] } });
  await share({ ...RETAINED, stateMachineCredentials: { tasks: ['B'] } });
  the.delete('b');
  await the.reconcile('b');
  expect(new Set(the.enqueued).size).toBe(1);
});

it('a link that shares with one that is being deleted goes at once', async () => {
  the.edit('a', RETAINED);
  await share({ ...RETAINED, stateMachineCredentials: { tasks: ['B'] } });
  the.delete('a');
  the.delete('b');
  expect(await the.reconcile('b')).toStrictEqual({});
  expect(the.enqueued).not.toContain('a');
});

it('of a link whose state machine was not read since a restart, the others see to the grant on record', async () => {
  await share({
    ...RETAINED,
    stateMachineARN: machine('refund').text,
    targetRole: { arn: OTHER_TARGET.text },
  });
  the.restart();
  await the.reconcile('a');
  the.delete('b');
  the.enqueued.length = 0;
  await the.reconcile('b');
  expect(the.enqueued).toContain('a');
});

it('a link that shares nothing but a state machine waits for the others to have seen to its Tasks', async () => {
  the.edit('a', { executionRoleGrant: { managementPolicy: 'Observe' } });
  await share({
    ...RETAINED,
    targetRole: { arn: OTHER_TARGET.text },
    executionRoleGrant: { managementPolicy: 'Observe' },
    stateMachineCredentials: { tasks: ['B'] },
  });
  the.delete('b');
  await the.reconcile('b');
  expect(the.enqueued).toContain('a');
});

it.each([
  { what: 'only observes', spec: { managementPolicy: 'Observe' } },
  { what: 'is suspended', spec: { suspend: true } },
])('a link that shares with one that $what goes at once', async ({ spec }) => {
  await share({ ...RETAINED, stateMachineCredentials: { tasks: ['B'] } });
  the.edit('a', spec);
  await the.converge();
  the.delete('b');
  expect(await the.reconcile('b')).toStrictEqual({});
  expect(the.object('b')).toBeUndefined();
});

it('a link that shares with a suspended one says what goes once that is resumed', async () => {
  await share({ ...RETAINED, stateMachineCredentials: { tasks: ['B'] } });
  the.edit('a', { suspend: true });
  await the.converge();
  the.delete('b');
  await the.reconcile('b');
  expect(the.notes.at(-1)).toContain(`Other links use ${ROLE.text}`);
});

it('a link that shares no role says that AWS is left as it is', async () => {
  await share({
    ...RETAINED,
    targetRole: { arn: OTHER_TARGET.text },
    executionRoleGrant: { managementPolicy: 'Observe' },
    stateMachineCredentials: { tasks: ['B'] },
  });
  the.edit('a', { executionRoleGrant: { managementPolicy: 'Observe' } });
  await the.converge();
  the.delete('b');
  for (const name of ['b', 'a', 'b']) await the.reconcile(name);
  the.cluster.now += 5_000;
  await the.reconcile('b');
  expect(the.notes.at(-1)).toMatch(/deletionPolicy is Retain: AWS is left as it is\.$/);
});

it('a link for which nothing was ever written goes at once, whatever finalizer somebody put on it', async () => {
  the.create('b', {
    ...RETAINED,
    targetRole: { arn: role('elsewhere/other').text },
  });
  the.forgeFinalizer('b');
  the.delete('b');
  expect(await the.reconcile('b')).toStrictEqual({});
  expect(the.enqueued).not.toContain('a');
});

it('a link that is to be removed after all takes off itself what it has', async () => {
  await share({ ...RETAINED, stateMachineCredentials: { tasks: ['B'] } });
  the.delete('b');
  await the.reconcile('b');
  the.edit('b', { deletionPolicy: 'Delete' });
  await the.converge();
  expect(the.object('b')).toBeUndefined();
  expect(the.tasksNaming()).toStrictEqual(['A']);
  expect(the.object('a')?.status.drift).toBeUndefined();
});
