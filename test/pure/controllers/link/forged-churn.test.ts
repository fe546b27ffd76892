/** Links that have the operator's finalizer and no other sign of a write: forged, or left by a crash. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '../../../../src/base/json.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { FOREIGN_TRUST, parsed } from '../../plan/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { SENDING, untouchedRole } from '../test-cluster.ts';
import { type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const OTHER = role('crossaccountlink/payments/other', TARGET).text;
const OTHER_EXEC = role('other-exec', SOURCE);
const TO_OTHER = { targetRole: { arn: OTHER } };

let the: ReconcilerHarness;

beforeEach(async () => {
  the = withCheckout();
  the.cluster.put('second');
  await the.ready('a');
});

/** A minute after the other links were made, or deleted. */
function forge(spec: JsonObject = TO_OTHER): void {
  the.cluster.now += 60_000;
  the.create('forged', spec, the.timestamp());
  the.forgeFinalizer('forged');
}

async function deleted(name: string): Promise<boolean> {
  the.delete(name);
  await the.reconcile(name);
  return the.object(name) === undefined;
}

describe('a forged link that was not looked at yet', () => {
  it.each<readonly [what: string, spec: JsonObject]>([
    ['on a machine that does not exist', { ...TO_OTHER, stateMachineARN: machine('gone').text }],
    ['on another machine of the same role', { ...TO_OTHER, stateMachineARN: machine('second').text }],
    ['on the same machine', TO_OTHER],
  ])('%s holds up nobody’s deletion, for such links may come without end', async (_what, spec) => {
    the.delete('a');
    forge(spec);
    await the.reconcile('a');
    expect(the.object('a')).toBeUndefined();
    expect(the.granted()).toStrictEqual([]);
  });

  it('on a machine that cannot be described holds up nobody’s deletion, either', async () => {
    forge({ ...TO_OTHER, stateMachineARN: machine('secret').text });
    const { source } = the.cluster;
    const read = source.stateMachine.bind(source);
    source.stateMachine = (arn) =>
      arn.endsWith('secret') ? Promise.reject(awsFailure('terminal')) : read(arn);
    await expect(deleted('a')).resolves.toBe(true);
  });

  it('is granted nothing on behalf of another link: its role may be somebody else’s', async () => {
    the.cluster.target.roles.set(OTHER, { ...untouchedRole(OTHER), trust: parsed(FOREIGN_TRUST) });
    forge();
    the.request('a', 'now');
    await the.reconcile('a');
    expect(the.granted()).not.toContain(OTHER);
    await the.reconcile('forged');
    expect(the.condition('forged', 'TargetRoleReady')).toBe('False RoleNotOwned');
    expect(the.granted()).not.toContain(OTHER);
  });
});

describe('a suspended link with a forged finalizer', () => {
  beforeEach(() => forge({ ...TO_OTHER, suspend: true }));

  it('holds up nobody’s deletion once it was looked at', async () => {
    await the.reconcile('forged');
    await expect(deleted('a')).resolves.toBe(true);
  });

  it('goes at once when it is deleted, and AWS is not touched', async () => {
    the.calls.length = 0;
    await expect(deleted('forged')).resolves.toBe(true);
    expect(the.writes).toStrictEqual(['finalizers []']);
    await expect(deleted('a')).resolves.toBe(true);
  });

  it('waits with its deletion while AWS does not tell whether anything was written for it', async () => {
    the.cluster.target.failures.set('role', awsFailure('retryable', { reason: 'Unavailable' }));
    await expect(deleted('forged')).resolves.toBe(false);
    expect(the.condition('forged', 'Ready')).toBe('False DeletionBlocked');
    the.cluster.target.failures.clear();
    await the.reconcile('forged');
    expect(the.object('forged')).toBeUndefined();
  });
});

it('a link that had nothing but its finalizer counts like any other once it was resumed and written for', async () => {
  forge({ ...TO_OTHER, stateMachineARN: machine('second').text, suspend: true });
  await the.reconcile('forged');
  the.edit('forged', { suspend: false });
  await the.converge();
  expect(the.condition('forged', 'Ready')).toBe('True InSync');
  the.edit('forged', { suspend: true });
  await the.reconcile('forged');
  await expect(deleted('forged')).resolves.toBe(false);
  expect(the.condition('forged', 'Ready')).toBe('False DeletionBlocked');
  expect(the.granted()).toContain(OTHER);
});

describe('what a link has in AWS of which a crash, or a restored backup, left but the finalizer', () => {
  beforeEach(async () => {
    await the.ready('b', { ...TO_OTHER, stateMachineARN: machine('second').text });
    the.loseStatus('b');
    the.restart();
  });

  it('stays when another link goes before it was looked at', async () => {
    await the.reconcile('a');
    await deleted('a');
    await the.reconcile('a');
    expect(the.object('a')).toBeUndefined();
    expect(the.granted()).toStrictEqual([OTHER]);
  });

  it('stays when another link goes after the pace of calls put off the first look at it', async () => {
    the.cluster.source.failures.set('stateMachine', awsFailure('laneBusy', { retryAfterMs: 700 }));
    await the.reconcile('b');
    the.cluster.source.failures.clear();
    await the.reconcile('a');
    await deleted('a');
    await the.reconcile('a');
    expect(the.object('a')).toBeUndefined();
    expect(the.granted()).toStrictEqual([OTHER]);
  });

  it('stays when another link is looked at', async () => {
    the.request('a', 'now');
    await the.reconcile('a');
    expect(the.granted()).toContain(OTHER);
  });

  it('stays when it is suspended, its role is only observed and its machine runs under another role by now', async () => {
    the.edit('b', { suspend: true, targetRole: { arn: OTHER, managementPolicy: 'Observe' } });
    the.cluster.put('second', OTHER_EXEC.text, SENDING);
    the.cluster.source.roles.set(OTHER_EXEC.text, untouchedRole(OTHER_EXEC.text));
    await the.converge();
    expect(the.granted()).toContain(OTHER);
  });

  it('stays when it is suspended, and holds up what shares it', async () => {
    the.edit('b', { suspend: true });
    await the.reconcile('b');
    await expect(deleted('a')).resolves.toBe(false);
    expect(the.condition('a', 'Ready')).toBe('False DeletionBlocked');
    expect(the.granted()).toContain(OTHER);
  });

  it('stays when it is suspended and deleted, until it is resumed', async () => {
    the.edit('b', { suspend: true });
    await expect(deleted('b')).resolves.toBe(false);
    the.edit('b', { suspend: false });
    await the.converge();
    expect([the.object('b'), the.cluster.target.roles.get(OTHER)]).toStrictEqual([undefined, undefined]);
  });
});
