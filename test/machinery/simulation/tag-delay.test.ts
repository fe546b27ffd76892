/** IAM's delay covers tags: the whole operator against an AWS whose policies allow its writes by the role's tag, and do
 *  not see that tag at first. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../src/api/awsaccount.ts';
import { objectAt } from '../../../src/base/json.ts';
import { makeForeignRole } from '../../../testbed/simulation/scenery.ts';
import { ROLE, Scene } from './scene.ts';

let the: Scene;
beforeEach(() => {
  the = new Scene();
});

describe.each<[string, () => void]>([
  ['a role that the operator has just made', () => the.link({})],
  [
    'a role that it has just adopted',
    () => {
      makeForeignRole(the.aws, 'payments', 'a');
      const account = the.kubernetes.find(AWS_ACCOUNT, { name: 'away' }) ?? {};
      const spec = objectAt(account, 'spec');
      const asTarget = {
        rolePathPrefix: '/crossaccountlink/payments/',
        allowedActions: ['sqs:*'],
        allowedResources: ['*'],
        adoptableRoles: [ROLE],
      };
      const access = [{ namespaces: { names: ['payments'] }, asTarget }];
      the.kubernetes.update(AWS_ACCOUNT, { name: 'away' }, { spec: { ...spec, access } });
      the.link({ adoptionPolicy: 'Adopt', unmanaged: 'Remove' });
    },
  ],
])('%s', (_what, make) => {
  it('is denied for as long as its tag spreads: the link waits, says so, and gets there', async () => {
    the.aws.tagDelayMs = 40_000;
    make();
    await the.pass(20);
    expect(the.condition('Ready')).toMatch(/^Unknown Propagating: .*has not yet spread the role's new tags/);
    expect(the.condition('Reconciling')).toMatch(/^True/);
    expect(the.condition('Stalled')).toBeUndefined();
    await the.pass(100);
    expect(the.condition('Ready')).toMatch(/^True InSync/);
  });

  it('is waited for almost two minutes', async () => {
    the.aws.tagDelayMs = 3_600_000;
    make();
    await the.pass(110);
    expect(the.condition('Ready')).toMatch(/^Unknown Propagating/);
    expect(the.condition('Stalled')).toBeUndefined();
  });

  it('is reported as denied after that, with what to do, and not asked for all the time', async () => {
    the.aws.tagDelayMs = 3_600_000;
    make();
    await the.pass(240);
    expect(the.condition('Ready')).toMatch(
      /^False AccessDenied: .*no identity-based policy allows.*compare the operator's role with `kubectl crossaccountlink bootstrap`/,
    );
    expect(the.condition('Stalled')).toMatch(/^True AccessDenied/);
    const soFar = the.calls.length;
    await the.pass(240);
    expect(the.calls.length - soFar).toBeLessThan(60);
  });
});
