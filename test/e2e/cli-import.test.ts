/** `import`: what it says about machines that were linked before, by an operator or by hand. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { startPlugin, type Plugin } from './cli/plugin.ts';
import { machineArn, SOURCE, targetRole } from './link/aws-owners.ts';
import { chain, putItem, sendMessage, type State } from './link/definitions.ts';
import { startScene, type Scene } from './link/scene.ts';
import { about } from '../expectations.ts';
import { document } from './link/policies.ts';

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
    expect(stdout).toMatch(/^# The role was created by the operator of cluster testbed\.$/m);
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
        AssumeRolePolicyDocument: document(...Statement),
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
    const [first, second] = parseAllDocuments(stdout).map((manifest) => manifest.toJS());
    expect(first).toStrictEqual({
      apiVersion: 'crossaccountlink.dev/v1alpha1',
      kind: 'CrossAccountLink',
      metadata: { name: 'legacy-to-by-hand', namespace: 'payments' },
      spec: {
        stateMachineARN: machineArn('legacy'),
        targetRole: { arn: byHand, adoptionPolicy: 'Adopt', unmanaged: 'Preserve' },
        // Without a list, the link would also include Tell.
        stateMachineCredentials: { tasks: ['Charge'] },
      },
    });
    expect(second.spec.targetRole.arn).toBe('arn:aws:iam::333333333333:role/audit');
    expect(stdout).toMatch(
      /^# adoptableRoles: \['arn:aws:iam::222222222222:role\/crossaccountlink\/by-hand'\]$/m,
    );
    expect(stdout).toMatch(/^# The role could not be read: no AWSAccount registers 333333333333\.$/m);
    const taken = await scene.stage.controlPlane.kubectl(['apply', '--dry-run=server', '-f', '-'], {
      input: stdout,
    });
    about(taken.stderr, () => expect(taken.exitCode).toBe(0));
  });

  it('takes several machines, writes JSON that kubectl takes, and says of each machine by its name what it cannot describe', async () => {
    const machines = ['kept', 'legacy'].flatMap((name) => ['--state-machine', machineArn(name)]);
    const { exitCode, stdout, stderr } = await plugin.run([
      'import',
      '-n',
      'payments',
      ...machines,
      '-o',
      'json',
    ]);
    expect(exitCode).toBe(2);
    const { kind, items } = JSON.parse(stdout);
    expect([kind, items.map(({ metadata }: { metadata: { name: string } }) => metadata.name)]).toStrictEqual([
      'List',
      ['kept-to-kept', 'legacy-to-by-hand', 'legacy-to-audit'],
    ]);
    expect(stderr).toMatch(/^legacy: Task "Tell" takes its role at run time/m);
    expect(stderr).toMatch(/^legacy-to-by-hand: adoptableRoles: /m);
    const taken = await scene.stage.controlPlane.kubectl(['apply', '--dry-run=server', '-f', '-'], {
      input: stdout,
    });
    about(taken.stderr, () => expect(taken.exitCode).toBe(0));
  });

  it('writes a file for each link into a folder, and none over another', async () => {
    await using cleanUp = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), 'import-'));
    cleanUp.defer(() => rm(folder, { recursive: true }));
    const write = [
      'import',
      '-n',
      'payments',
      '--state-machine',
      machineArn('kept'),
      '--write',
      join(folder, 'links'),
    ];
    const first = await plugin.run(write);
    about(first.stderr, () => expect(first.exitCode).toBe(0));
    const path = join(folder, 'links', 'kept-to-kept.yaml');
    expect(first.stdout).toBe(`${path}\n`);
    expect(await readFile(path, 'utf8')).toMatch(/^# Tasks that call through/);
    const plan = await plugin.run(['plan', '-f', folder, '-R']);
    about(plan.stderr, () => expect(plan.exitCode).toBe(0));
    const second = await plugin.run(write);
    expect([second.exitCode, second.stdout]).toStrictEqual([1, '']);
    expect(second.stderr).toBe(
      `error: ${path} already exists and is not overwritten: move it, or write to another folder\n`,
    );
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
      `CrossAccountLink payments/kept already describes ${targetRole('kept')}.\n`,
    ]);
  });
});
