/** AWSAccounts as the platform team sees them: Ready, or the reason why not. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FINALIZER } from '../../../src/api/metadata.ts';
import { HOME_ACCOUNT, OPERATOR_ROLE } from '../../../testbed/stage.ts';
import { viewRole } from './aws-views.ts';
import { SOURCE, TARGET, targetRole } from './aws-owners.ts';
import { startScene, type Scene } from './scene.ts';
import { accessTo, linked } from './linked.ts';

const SECRET = 'not-the-external-id-that-was-agreed';
const DENIED = '333333333333';
const UNREACHABLE = '444444444444';
const WRONG = '555555555555';
const GIVEN_UP = '666666666666';
const TWIN = '777777777777';
const REVOKED = '888888888888';

describe('an AWSAccount', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene({ accounts: [DENIED, UNREACHABLE, GIVEN_UP, REVOKED] });
    await scene.tenant('payments');
  });
  afterAll(() => scene.stop());

  it.concurrent('is Ready as the role that the operator assumes, which it names', async () => {
    const account = await scene.untilAccount(`account-${SOURCE}`, { status: 'True', reason: 'Connected' });
    expect(account.status.identityARN ?? '').toMatch(
      /^arn:aws:sts::111111111111:assumed-role\/crossaccountlink-operator\//,
    );
    const line = await scene.stage.kubectl('get', 'awsaccount', `account-${SOURCE}`);
    expect(line).toMatch(/account-111111111111 +111111111111 +True/);
  });

  it.concurrent('that denies its role says so without the external ID, and links wait', async () => {
    const arn = `arn:aws:iam::${DENIED}:role/${OPERATOR_ROLE}`;
    await scene.register(DENIED, accessTo(DENIED), { assumeRole: { arn, externalID: SECRET } });
    const account = await scene.untilAccount(`account-${DENIED}`, {
      status: 'False',
      reason: 'AccessDenied',
    });
    expect(JSON.stringify(account.status)).not.toContain(SECRET);
    const link = await linked(scene, 'denied', { account: DENIED });
    await scene.until(link, {
      status: 'Unknown',
      reason: 'AccountNotReady',
      message: /account-333333333333/,
    });
    await scene.register(DENIED, accessTo(DENIED));
    await scene.untilAccount(`account-${DENIED}`, { status: 'True' });
    await scene.ready(link);
    expect(JSON.stringify(scene.logLines())).not.toContain(SECRET);
  });

  it.concurrent('that a link was only waiting for does not keep that link from being deleted', async () => {
    await scene.register(GIVEN_UP, accessTo(GIVEN_UP), {
      assumeRole: { arn: `arn:aws:iam::${GIVEN_UP}:role/${OPERATOR_ROLE}`, externalID: SECRET },
    });
    const link = await linked(scene, 'given-up', { account: GIVEN_UP });
    await scene.until(link, { reason: 'AccountNotReady' });
    await scene.delete(link);
  });

  it.concurrent('that cannot be reached says so, and links wait for it', async () => {
    const outage = scene.aws.rules.add({
      match: ({ operation, parameters }) =>
        operation === 'AssumeRole' && (parameters.get('RoleArn') ?? '').includes(UNREACHABLE),
      fault: { kind: 'cut' },
    });
    await scene.register(UNREACHABLE, accessTo(UNREACHABLE));
    await scene.untilAccount(`account-${UNREACHABLE}`, { status: 'False', reason: 'Unavailable' }, 30_000);
    const link = await linked(scene, 'patient', { account: UNREACHABLE });
    await scene.until(link, { status: 'Unknown', reason: 'AccountNotReady' });
    outage.remove();
    await scene.untilAccount(`account-${UNREACHABLE}`, { status: 'True' }, 30_000);
    await scene.ready(link);
  });

  it.concurrent('whose credentials are another account’s is WrongAccount and unused', async () => {
    await scene.stage.apply(
      JSON.stringify({
        apiVersion: 'crossaccountlink.dev/v1alpha1',
        kind: 'AWSAccount',
        metadata: { name: `account-${WRONG}` },
        spec: { accountID: WRONG, access: accessTo(WRONG) },
      }),
    );
    await scene.untilAccount(`account-${WRONG}`, {
      status: 'False',
      reason: 'WrongAccount',
      message: new RegExp(`belong to account ${HOME_ACCOUNT}`),
    });
    const link = await linked(scene, 'misled', { account: WRONG });
    await scene.until(link, { reason: 'AccountNotReady' });
    expect(await viewRole(scene.clients(HOME_ACCOUNT), 'misled')).toBeUndefined();
  });

  it.concurrent('registered twice is DuplicateAccount, and takes over from the first', async () => {
    const [older, younger] = ['aa-older', 'zz-younger'];
    await scene.register(TWIN, accessTo(TWIN), {}, older);
    await scene.untilAccount(older, {});
    await scene.register(TWIN, accessTo(TWIN), {}, younger);
    await scene.untilAccount(younger, {
      status: 'False',
      reason: 'DuplicateAccount',
      message: /AWSAccount aa-older has the same accountID and is older/,
    });
    await scene.stage.kubectl('delete', 'awsaccount', older, '--timeout=20s');
    await scene.untilAccount(younger, { reason: 'AccessDenied' }, 30_000);
  });

  it.concurrent('that no longer allows a link says so, takes nothing and lets it go', async () => {
    await scene.tenant('revoked');
    await scene.register(REVOKED, accessTo(REVOKED));
    const link = await linked(scene, 'revoked', { namespace: 'revoked', account: REVOKED });
    const arn = targetRole('revoked', REVOKED);
    await scene.ready(link);
    await scene.stage.kubectl('label', 'namespace', 'revoked', 'tenant-');
    await scene.until(link, { status: 'False', reason: 'AccountNotAllowed' });
    expect((await viewRole(scene.clients(REVOKED), arn))?.arn).toBe(arn);
    await scene.delete(link);
    expect(await viewRole(scene.clients(REVOKED), arn)).toBeUndefined();
  });

  it.concurrent('stays while links use it, says how many, and goes with the last of them', async () => {
    const name = `account-${TARGET}`;
    const links = await Promise.all([linked(scene, 'one'), linked(scene, 'two')]);
    for (const link of links) await scene.ready(link);
    const used = await scene.untilAccount(name, {});
    expect(used.metadata.finalizers).toStrictEqual([FINALIZER]);
    await scene.stage.kubectl('delete', 'awsaccount', name, '--wait=false');
    await scene.untilAccount(name, {
      status: 'False',
      reason: 'InUse',
      message: /2 links still have the account/,
    });
    for (const link of links) await scene.delete(link);
    await scene.stage.kubectl('wait', `awsaccount/${name}`, '--for=delete', '--timeout=20s');
    expect(await viewRole(scene.target, targetRole('one'))).toBeUndefined();
  });
});
