/** A link that waits for its deletion is edited. Its new description, tags and boundary are not written, and the old ones stay
 *  until the deletion gets to the role. The younger link of the role is the one that writes meanwhile. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { present } from '../../../expectations.ts';
import { machine } from '../../access/fixtures.ts';
import { ROLE } from '../../desired/fixtures.ts';
import { CREATED, EXEC, SENDING } from '../test-cluster.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const BOUNDARY = 'arn:aws:iam::222222222222:policy/boundary';
const BEFORE = { tags: { team: 'payments' }, description: 'as it was', permissionsBoundaryARN: BOUNDARY };

let the: ReconcilerHarness;

const role = (): ObservedRole => present(the.cluster.target.roles.get(ROLE.text), 'no role');

function edit(name: 'a' | 'b', targetRole: JsonObject): void {
  the.edit(name, { targetRole: { arn: ROLE.text, ...targetRole } });
}

/** Both links, and the younger one twice: what the first look brings about, the second one shows. */
async function reconcileBoth(): Promise<void> {
  for (const name of ['a', 'b', 'b']) await the.reconcile(name);
}

beforeEach(async () => {
  the = withCheckout();
  the.cluster.put('refund');
  the.create('a', { targetRole: { arn: ROLE.text, ...BEFORE } });
  the.create('b', { stateMachineARN: machine('refund').text }, CREATED.replace('00Z', '59Z'));
  await the.converge();
  const definition = setCredentials(SENDING, new Map([['Send', ROLE.text]]));
  the.cluster.source.inUse = [{ machine: { definition, executionRoleArn: EXEC.text }, inUseBy: 'run' }];
  the.delete('a');
  await reconcileBoth();
});

function expectAsBefore(): void {
  const { tags, description, permissionsBoundaryArn } = role();
  expect([tags.get('team'), tags.get('stage'), description, permissionsBoundaryArn]).toStrictEqual([
    'payments',
    undefined,
    'as it was',
    BOUNDARY,
  ]);
}

describe.each<readonly [string, edited: JsonObject]>([
  ['is not edited', BEFORE],
  [
    'asks for other values',
    { tags: { team: 'other', stage: 'live' }, description: 'other', permissionsBoundaryARN: `${BOUNDARY}-2` },
  ],
])('a link on its way out that %s', (_how, edited) => {
  beforeEach(async () => {
    edit('a', edited);
    await reconcileBoth();
  });

  it('leaves the role as it stands', expectAsBefore);

  it('takes with it what it had set, once its turn comes', async () => {
    the.cluster.source.inUse = [];
    the.cluster.now += DRIFT_CHECK_MS;
    await the.converge();
    expect(the.finalizer('a')).toBeUndefined();
    const { tags, description, permissionsBoundaryArn } = role();
    expect([tags.get('team'), description || undefined, permissionsBoundaryArn]).toStrictEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(the.condition('b', 'Ready')).toBe('True InSync');
  });
});

it('what an abandoned link leaves is taken off, and is no drift', async () => {
  the.annotate('a', { [ANNOTATIONS.abandon]: 'true' });
  for (const name of ['a', 'b', 'a']) await the.reconcile(name);
  expect(the.finalizer('a')).toBeUndefined();
  expect(role().tags.get('team')).toBeUndefined();
  expect(the.events).not.toContain('Warning DriftDetected');
});

it('what the younger link asks for, too, is written for that one', async () => {
  const shared = { tags: { team: 'payments', stage: 'live' } };
  edit('a', { ...BEFORE, ...shared });
  edit('b', shared);
  await reconcileBoth();
  expect(role().tags.get('stage')).toBe('live');
});
