/** A cluster restored from a backup: the links are as they were then, and AWS is not. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { present } from '../../../expectations.ts';
import { role, SOURCE } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { EXEC, SENDING } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER_EXEC = role('other-exec', SOURCE);

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.create('a');
  await the.converge();
});

/** An execution goes on with the definition that names the role, so that a deletion waits for it. */
function execute(): void {
  const definition = setCredentials(SENDING, new Map([['Send', ROLE.text]]));
  the.cluster.source.inUse = [{ machine: { definition, executionRoleArn: EXEC.text }, inUseBy: 'run' }];
}

it('a link whose deletion had begun, and is undone, has all of it again, and keeps it', async () => {
  const backup = the.backup();
  execute();
  the.delete('a');
  await the.reconcile('a');
  the.restore(backup);
  the.calls.length = 0;
  await the.converge();
  expect(the.condition('a', 'Ready')).toBe('True InSync');
  expect(the.writes.filter((write) => /^(Delete|Detach|Untag)/.test(write))).toStrictEqual([]);
  the.cluster.source.inUse = [];
  await the.converge();
  expect(the.cluster.target.roles.has(ROLE.text)).toBe(true);
  expect(the.tasksNaming()).toStrictEqual(['Send']);
});

it('one that was on its way down when it was undone is deleted as any other', async () => {
  const backup = the.backup();
  execute();
  the.delete('a');
  await the.reconcile('a');
  the.restore(backup);
  await the.converge();
  the.cluster.source.inUse = [];
  the.delete('a');
  await the.converge();
  expect(the.object('a')).toBeUndefined();
  expect([...the.cluster.target.roles.keys()]).toStrictEqual([]);
});

function expectNothingLeft(): void {
  expect(the.object('a')).toBeUndefined();
  expect([...the.cluster.target.roles.keys()]).toStrictEqual([]);
  expect(the.cluster.source.roles.get(EXEC.text)?.inlinePolicies.size).toBe(0);
  expect(the.definition).not.toContain('Credentials');
}

it.each<readonly [string, spec: JsonObject, ready: string]>([
  ['suspended', { suspend: true }, 'Unknown Suspended'],
  ['refused', { targetRole: { arn: role('elsewhere/other').text } }, 'False AccountNotAllowed'],
])('a %s link that is as before its finalizer came has it again', async (_, spec, ready) => {
  the.create('b', spec);
  await the.converge();
  const backup = the.backup();
  the.edit('b', { suspend: false, targetRole: { arn: ROLE.text } });
  await the.converge();
  expect(the.condition('b', 'Ready')).toBe('True InSync');
  the.restore(backup);
  await the.converge();
  expect(the.condition('b', 'Ready')).toBe(ready);
  expect(the.object('b')).toHaveProperty(['metadata', 'finalizers'], [FINALIZER]);
});

describe.each([
  ['the operator goes on', () => undefined],
  ['the operator restarts', () => the.restart()],
])('%s:', (_, between) => {
  it.each<readonly [string, since: () => Promise<void> | void]>([
    ['was deleted since and is back', () => the.delete('a')],
    [
      'was deleted and recreated since',
      async () => {
        the.delete('a');
        await the.converge();
        the.create('a');
      },
    ],
    ['was edited since', () => the.edit('a', { managementPolicy: 'Observe' })],
    ['lost its role since', () => void the.cluster.target.roles.delete(ROLE.text)],
  ])('a link that %s is Ready again, and leaves nothing', async (__, since) => {
    const backup = the.backup();
    await since();
    await the.converge();
    the.restore(backup);
    between();
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    expect(the.cluster.target.roles.has(ROLE.text)).toBe(true);
    the.delete('a');
    await the.converge();
    expectNothingLeft();
  });

  it('a link that was as new as on its first day knows what it has, and leaves nothing', async () => {
    the.delete('a');
    await the.converge();
    the.create('a');
    const backup = the.backup();
    await the.converge();
    the.restore(backup);
    between();
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    the.delete('a');
    await the.converge();
    expectNothingLeft();
  });

  it('a link that was made since and is applied again has its role again, and leaves nothing', async () => {
    the.restore(new Map());
    between();
    await the.converge();
    expect(the.cluster.target.roles.has(ROLE.text)).toBe(true);
    the.create('a');
    await the.converge();
    expect(the.condition('a', 'Ready')).toBe('True InSync');
    the.delete('a');
    await the.converge();
    expectNothingLeft();
  });
});

it('a suspended link that comes back bare has the execution roles on record with its finalizer: the machine may get another one', async () => {
  the.edit('a', { suspend: true });
  await the.reconcile('a');
  const { metadata, spec } = present(the.backup().get('a'), 'no link');
  const { finalizers: _finalizers, annotations: _annotations, ...bare } = metadata;
  the.restore(new Map([['a', { metadata: bare, spec }]]));
  await the.reconcile('a');
  the.cluster.put('checkout', OTHER_EXEC.text, the.definition);
  the.restart();
  the.edit('a', { suspend: false });
  the.delete('a');
  await the.converge();
  expectNothingLeft();
});
