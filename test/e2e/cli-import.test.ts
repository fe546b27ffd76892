/** `import`: what it says of machines that were linked before, by an operator or by hand. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { startPlugin, type Plugin } from './cli/plugin.ts';
import { machineArn, SOURCE, targetRole } from './link/aws-owners.ts';
import { chain, putItem, sendMessage, type State } from './link/definitions.ts';
import { startScene, type Scene } from './link/scene.ts';

const KEPT = { namespace: 'payments', name: 'kept' };

let scene: Scene;
let plugin: Plugin;

const through = (role: string, state: State): State => ({ ...state, Credentials: { RoleArn: role } });

const imported = (machine: string) =>
  plugin.run(['import', '-n', 'payments', '--state-machine', machineArn(machine)]);

describe('import', { concurrency: false }, () => {
  before(async () => {
    scene = await startScene();
    plugin = await startPlugin(scene);
    await scene.tenant('payments');
  });
  after(async () => {
    await plugin.stop();
    await scene.stop();
  });

  it('describes what an operator left in AWS so that plan has nothing to change', async () => {
    await scene.workflow('kept', chain({ Send: sendMessage('charges'), Note: putItem('orders') }));
    await scene.link(KEPT, {
      stateMachineARN: machineArn('kept'),
      targetRole: { arn: targetRole('kept') },
      stateMachineCredentials: { tasks: ['Send', 'Note'] },
      deletionPolicy: 'Retain',
    });
    await scene.ready(KEPT);
    await scene.delete(KEPT);
    const { exitCode, stdout, stderr } = await imported('kept');
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^# The role was made by the operator of cluster testbed\.$/m);
    const plan = await plugin.run(['plan', '-f', '-'], { input: stdout });
    assert.deepEqual([plan.exitCode, plan.stderr], [0, ''], plan.stdout);
  });

  it('adopts a role that somebody else made, keeps what is on it, and names what it cannot describe', async () => {
    const byHand = targetRole('by-hand');
    const Statement = [
      {
        Effect: 'Allow',
        Action: 'sts:AssumeRole',
        Principal: { AWS: `arn:aws:iam::${SOURCE}:role/tenants/legacy` },
      },
    ];
    await scene.target.iam.send(
      new CreateRoleCommand({
        RoleName: 'by-hand',
        Path: '/crossaccountlink/',
        AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
    await scene.workflow(
      'legacy',
      chain({
        Charge: through(byHand, sendMessage('charges')),
        Audit: through('arn:aws:iam::333333333333:role/audit', sendMessage('audit', '333333333333')),
        Tell: { ...sendMessage('tell'), Credentials: { 'RoleArn.$': '$.role' } },
      }),
    );
    const { exitCode, stdout, stderr } = await imported('legacy');
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Task "Tell" takes its role at run time \(\$\.role\): a link names one role\.$/m);
    const [first, second] = parseAllDocuments(stdout).map((document) => document.toJS());
    assert.deepEqual(first, {
      apiVersion: 'crossaccountlink.dev/v1alpha1',
      kind: 'CrossAccountLink',
      metadata: { name: 'legacy-to-by-hand', namespace: 'payments' },
      spec: {
        stateMachineARN: machineArn('legacy'),
        targetRole: { arn: byHand, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' },
        // Without a list, Tell would be the link's, too.
        stateMachineCredentials: { tasks: ['Charge'] },
      },
    });
    assert.equal(second.spec.targetRole.arn, 'arn:aws:iam::333333333333:role/audit');
    assert.match(
      stdout,
      /^# adoptableRoles: \['arn:aws:iam::222222222222:role\/crossaccountlink\/by-hand'\]$/m,
    );
    assert.match(stdout, /^# The role could not be seen: no AWSAccount registers 333333333333\.$/m);
    const taken = await scene.stage.controlPlane.kubectl(['apply', '--dry-run=server', '-f', '-'], {
      input: stdout,
    });
    assert.equal(taken.exitCode, 0, taken.stderr);
  });

  it('leaves out what a link describes already', async () => {
    await scene.link(KEPT, {
      stateMachineARN: machineArn('kept'),
      targetRole: { arn: targetRole('kept') },
      suspend: true,
    });
    const { exitCode, stdout, stderr } = await imported('kept');
    assert.deepEqual(
      [exitCode, stdout, stderr],
      [0, '', `CrossAccountLink payments/kept describes ${targetRole('kept')} already.\n`],
    );
  });
});
