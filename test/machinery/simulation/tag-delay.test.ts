/** IAM's delay applies to tags, too: the whole operator against an AWS whose policies allow its writes by the role's tag, and do
 *  not see this tag at first. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../src/api/awsaccount.ts';
import { objectAt } from '../../../src/base/json.ts';
import { makeForeignRole } from '../../../testbed/simulation/scenery.ts';
import { ROLE, Scene } from './scene.ts';

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});

describe.each<[string, () => void]>([
  ['a role that the operator has just made', () => scene.link({})],
  [
    'a role that it has just adopted',
    () => {
      makeForeignRole(scene.aws, 'payments', 'a');
      const account = scene.kubernetes.find(AWS_ACCOUNT, { name: 'away' }) ?? {};
      const spec = objectAt(account, 'spec');
      const asTarget = {
        rolePathPrefix: '/crossaccountlink/payments/',
        allowedActions: ['sqs:*'],
        allowedResources: ['*'],
        adoptableRoles: [ROLE],
      };
      const access = [{ namespaces: { names: ['payments'] }, asTarget }];
      scene.kubernetes.update(AWS_ACCOUNT, { name: 'away' }, { spec: { ...spec, access } });
      scene.link({ adoptionPolicy: 'Adopt', unmanaged: 'Remove' });
    },
  ],
])('%s', (_what, make) => {
  it('is denied for as long as its tag spreads: the link waits, says so, and gets there', async () => {
    scene.aws.tagDelayMs = 40_000;
    make();
    await scene.pass(20);
    expect(scene.condition('Ready')).toMatch(
      /^Unknown Propagating: .*has not yet spread the role's new tags/,
    );
    expect(scene.condition('Reconciling')).toMatch(/^True/);
    expect(scene.condition('Stalled')).toBeUndefined();
    await scene.pass(100);
    expect(scene.condition('Ready')).toMatch(/^True InSync/);
  });

  it('is waited for almost two minutes', async () => {
    scene.aws.tagDelayMs = 3_600_000;
    make();
    await scene.pass(110);
    expect(scene.condition('Ready')).toMatch(/^Unknown Propagating/);
    expect(scene.condition('Stalled')).toBeUndefined();
  });

  it('is reported as denied after that, with what to do, and is not retried all the time', async () => {
    scene.aws.tagDelayMs = 3_600_000;
    make();
    await scene.pass(240);
    expect(scene.condition('Ready')).toMatch(
      /^False AccessDenied: .*no identity-based policy allows.*compare the operator's role with `kubectl crossaccountlink bootstrap`/,
    );
    expect(scene.condition('Stalled')).toMatch(/^True AccessDenied/);
    const soFar = scene.calls.length;
    await scene.pass(240);
    expect(scene.calls.length - soFar).toBeLessThan(60);
  });
});
