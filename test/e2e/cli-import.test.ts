/** `import`: what it says of machines that were linked before, by an operator or by hand. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import { startPlugin, type Plugin } from './cli/plugin.ts';
import { machineArn, SOURCE, targetRole } from './link/aws-owners.ts';
import { chain, putItem, sendMessage, type State } from './link/definitions.ts';
import { startScene, type Scene } from './link/scene.ts';
import { about } from '../expectations.ts';

const KEPT = { namespace: 'payments', name: 'kept' };

let scene: Scene;
let plugin: Plugin;

const through = (role: string, state: State): State => ({ ...state, Credentials: { RoleArn: role } });

const imported = (machine: string) =>
  plugin.run(['import', '-n', 'payments', '--state-machine', machineArn(machine)]);

describe('import', () => {
  beforeAll(async () => {
    scene = await startScene();
    plugin = await startPlugin(scene);
    await scene.tenant('payments');
  });
  afterAll(async () => {
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
    about(stderr, () => expect(exitCode).toBe(0));
    expect(stdout).toMatch(/^# The role was made by the operator of cluster testbed\.$/m);
    const plan = await plugin.run(['plan', '-f', '-'], { input: stdout });
    about(plan.stdout, () => expect([plan.exitCode, plan.stderr]).toStrictEqual([0, '']));
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
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^Task "Tell" takes its role at run time \(\$\.role\): a link names one role\.$/m);
    const [first, second] = parseAllDocuments(stdout).map((document) => document.toJS());
    expect(first).toStrictEqual({
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
    expect(second.spec.targetRole.arn).toBe('arn:aws:iam::333333333333:role/audit');
    expect(stdout).toMatch(
      /^# adoptableRoles: \['arn:aws:iam::222222222222:role\/crossaccountlink\/by-hand'\]$/m,
    );
    expect(stdout).toMatch(/^# The role could not be seen: no AWSAccount registers 333333333333\.$/m);
    const taken = await scene.stage.controlPlane.kubectl(['apply', '--dry-run=server', '-f', '-'], {
      input: stdout,
    });
    about(taken.stderr, () => expect(taken.exitCode).toBe(0));
  });

  it('leaves out what a link describes already', async () => {
    await scene.link(KEPT, {
      stateMachineARN: machineArn('kept'),
      targetRole: { arn: targetRole('kept') },
      suspend: true,
    });
    const { exitCode, stdout, stderr } = await imported('kept');
    expect([exitCode, stdout, stderr]).toStrictEqual([
      0,
      '',
      `CrossAccountLink payments/kept describes ${targetRole('kept')} already.\n`,
    ]);
  });
});
