/** Previews: a tenant without AWS credentials, an administrator who changes a rule, a pipeline on a pull request. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CLUSTER_ID } from '../../../testbed/operator.ts';
import { OPERATOR_EXTERNAL_ID } from '../../../testbed/stage.ts';
import { about } from '../../expectations.ts';
import { machineArn, SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { ROLES, startScene, TENANTS, type Scene } from '../link/scene.ts';
import { pluginProgram } from '../../../testbed/bundle.ts';
import { PULL_REQUEST, startCommentsApi } from '../../machinery/deploy/comments-api.ts';
import { readAction, runAction } from '../../machinery/deploy/composite-action.ts';
import { startPlugin, type Plugin } from './plugin.ts';

const LINK = { namespace: 'payments', name: 'checkout' };
const STANDING = { namespace: 'payments', name: 'standing' };
const NO_AWS = {
  AWS_ACCESS_KEY_ID: '',
  AWS_SECRET_ACCESS_KEY: '',
  AWS_EC2_METADATA_DISABLED: 'true',
  CLUSTER_ID: '',
};
/** A tenant: may write links of the namespace, and nothing else. */
const TENANT = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: links, namespace: payments}
rules: [{apiGroups: [crossaccountlink.dev], resources: [crossaccountlinks], verbs: [get, list, watch, create, update, patch, delete]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: links, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: links}
subjects: [{kind: User, name: tina, apiGroup: rbac.authorization.k8s.io}]
`;

function manifest({ namespace, name }: typeof LINK, spec: object = {}): string {
  return JSON.stringify({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'CrossAccountLink',
    metadata: { namespace, name },
    spec: { stateMachineARN: machineArn(name), targetRole: { arn: targetRole(name) }, ...spec },
  });
}

/** The target account's rules as the administrator wants them. */
function account(access: readonly object[]): string {
  return JSON.stringify({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'AWSAccount',
    metadata: { name: `account-${TARGET}` },
    spec: {
      accountID: TARGET,
      assumeRole: {
        arn: `arn:aws:iam::${TARGET}:role/crossaccountlink-operator`,
        externalID: OPERATOR_EXTERNAL_ID,
      },
      access,
    },
  });
}

describe('a preview', () => {
  let scene: Scene;
  let plugin: Plugin;
  let folder: string;

  const asTina = (args: readonly string[], input?: string) =>
    plugin.run([...args, '--as', 'tina', '-n', 'payments'], {
      env: NO_AWS,
      ...(input !== undefined && { input }),
    });
  const kubectlAsTina = (args: readonly string[], input?: string) =>
    scene.stage.controlPlane.kubectl(
      ['--as', 'tina', '-n', 'payments', ...args],
      input === undefined ? {} : { input },
    );

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-'));
    scene = await startScene({ flags: ['--leader-elect'] });
    plugin = await startPlugin(scene);
    await scene.tenant('payments');
    await scene.stage.apply(TENANT);
    await scene.workflow('checkout', chain({ Charge: sendMessage('charges') }));
    await scene.workflow('standing', chain({ Charge: sendMessage('charges') }));
    await scene.stage.apply(manifest(STANDING));
    await scene.ready(STANDING);
  });
  afterAll(async () => {
    await plugin.stop();
    await scene.stop();
    await rm(folder, { recursive: true });
  });

  describe('of a tenant, who has no AWS credentials and may not read AWSAccounts', () => {
    it('stands in the status of a link that only observes, for kubectl', async () => {
      const applied = await kubectlAsTina(
        ['apply', '-f', '-'],
        manifest(LINK, { managementPolicy: 'Observe' }),
      );
      about(applied.stderr, () => expect(applied.exitCode).toBe(0));
      await scene.until(LINK, { status: 'False', reason: 'DriftDetected' });
      const path = '{range .status.pending[*]}{.operation}{" "}{.object}{"\\n"}{end}';
      const { stdout } = await kubectlAsTina(['get', 'xal', 'checkout', '-o', `jsonpath=${path}`]);
      expect(stdout.trimEnd().split('\n')).toStrictEqual([
        `CreateRole ${targetRole('checkout')}`,
        `PutRolePolicy ${targetRole('checkout')}`,
        `PutRolePolicy arn:aws:iam::${SOURCE}:role/tenants/checkout`,
        `UpdateStateMachine ${machineArn('checkout')}`,
      ]);
    });

    it('is shown by plan, which says where it comes from', async () => {
      const { exitCode, stdout, stderr } = await asTina(['plan', 'checkout']);
      about(stderr, () => expect(exitCode).toBe(2));
      expect(stdout).toMatch(
        /^As the operator wrote it into the links' status at its last check \(you may not list /,
      );
      expect(stdout).toMatch(
        /\n {2}UpdateStateMachine \S+:checkout\n {4}because .*\n {4}\+ States\["Charge"\]\.Credentials/,
      );
      expect(stdout).toMatch(/\n4 writes to 3 objects\.\n$/);
    });

    it('is the same for a program, and for somebody who may read everything but has no AWS credentials', async () => {
      const json = await plugin.run(['plan', 'payments/checkout', '-o', 'json'], { env: NO_AWS });
      expect(json.exitCode).toBe(2);
      expect(json.stderr).toMatch(/there are no AWS credentials/);
      expect(JSON.parse(json.stdout).links[0].actions).toHaveLength(4);
      const yaml = await plugin.run(['plan', 'payments/checkout', '-o', 'yaml', '--from-status'], {
        env: NO_AWS,
      });
      expect(yaml.stdout).toMatch(/^links:\n {2}- namespace: payments\n {4}name: checkout\n/);
    });

    it('is the same for somebody whose AWS credentials are not the operator’s', async () => {
      const root = { AWS_ACCESS_KEY_ID: SOURCE, AWS_SECRET_ACCESS_KEY: 'test' };
      const { exitCode, stdout } = await plugin.run(['plan', 'payments/checkout'], { env: root });
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(
        /^As the operator wrote it into the links' status .* \(your AWS credentials may not assume arn:aws:iam::\d+:role\/\S+, which the operator's may\)\./,
      );
    });

    it('of manifests is refused, with another way that is open', async () => {
      const { exitCode, stderr } = await asTina(['plan', '-f', '-'], manifest(LINK));
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^error: you may not list .*: apply the links with managementPolicy: Observe, and "plan NAME" shows/,
      );
    });

    it('is what is then made, and gone', async () => {
      await kubectlAsTina(['apply', '-f', '-'], manifest(LINK));
      const { status } = await scene.ready(LINK);
      expect(status.pending).toBeUndefined();
      const { exitCode, stdout } = await asTina(['plan', 'checkout']);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/\nNothing to change\.\n$/);
    });
  });

  describe('of manifests', () => {
    const refused: readonly [string, object, RegExp][] = [
      [
        'a field that nobody knows',
        { suspendd: true },
        /^error: standard input:\d+: the API server would refuse this CrossAccountLink: unknown field "spec\.suspendd" \(did you mean suspend\?\)\n$/,
      ],
      [
        'what a rule of the CRD forbids',
        { targetRole: { arn: `arn:aws:iam::${SOURCE}:role/x` } },
        /^error: standard input:\d+: the API server would refuse this CrossAccountLink: spec\.targetRole\.arn: Invalid value: must be/,
      ],
    ];
    it.each(refused)('refuses what the API server would refuse: %s', async (_, spec, message) => {
      const { exitCode, stdout, stderr } = await plugin.run(['plan', '-f', '-'], {
        input: manifest(LINK, spec),
      });
      expect(stderr).toMatch(message);
      expect([exitCode, stdout]).toStrictEqual([1, '']);
    });

    it('that would be refused says so, and never that nothing is to change', async () => {
      const spec = { targetRole: { arn: `arn:aws:iam::${TARGET}:role/elsewhere/x` } };
      const { exitCode, stdout } = await plugin.run(['plan', '-f', '-'], {
        input: manifest({ ...LINK, name: 'new' }, { ...spec, stateMachineARN: machineArn('checkout') }),
      });
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(/\n {2}! AWSAccount account-222222222222 .*\/elsewhere\//);
      expect(stdout).not.toMatch(/othing to change/);
      expect(stdout).toMatch(/\n1 link is held up\.\n$/);
    });

    it('in a namespace that is to be made are held to the rules of the CRD all the same', async () => {
      const link = { namespace: 'to-be-made', name: 'checkout' };
      const planned = await plugin.run(['plan', '-f', '-'], { input: manifest(link) });
      expect(planned.exitCode).toBe(2);
      expect(planned.stdout).toMatch(/^to-be-made\/checkout\n/);
      expect(planned.stdout).toMatch(/\n {2}i Its namespace has to be created first/);
      const refusedOne = await plugin.run(['plan', '-f', '-'], {
        input: manifest(link, { driftCheckInterval: '1s' }),
      });
      expect(refusedOne.exitCode).toBe(1);
      expect(refusedOne.stderr).toContain('must be a duration from 30s to 24h');
    });

    it('takes folders, and finds the cluster ID by itself', async () => {
      await writeFile(join(folder, 'link.yaml'), manifest(LINK));
      await writeFile(join(folder, 'other.yaml'), 'kind: ConfigMap\n');
      const { exitCode, stdout, stderr } = await plugin.run(['plan', '-f', folder], {
        env: { CLUSTER_ID: '' },
      });
      about(stderr, () => expect(exitCode).toBe(0));
      expect(stdout).toMatch(/^payments\/checkout: nothing to change\n/);
    });

    it('warns of a cluster ID that is not the operator’s', async () => {
      const { stderr } = await plugin.run(['plan', '-f', folder, '--cluster-id', 'elsewhere']);
      expect(stderr).toContain(`warning: --cluster-id elsewhere is not the operator's`);
      expect(stderr).toContain(CLUSTER_ID);
    });
  });

  describe('of an administrator who changes the rules of an account', () => {
    it('names the links that break', async () => {
      const narrower = { namespaces: TENANTS, asTarget: { ...ROLES, allowedActions: ['dynamodb:GetItem'] } };
      const { exitCode, stdout, stderr } = await plugin.run(['plan', '-f', '-'], {
        input: account([narrower]),
      });
      about(stderr, () => expect(exitCode).toBe(2));
      expect(stdout).toMatch(new RegExp(`^AWSAccount account-${TARGET} \\(${TARGET}\\) would change\n`));
      expect(stdout).toMatch(/\n {2}- spec\.access\[0\]\.asTarget\.allowedActions: sqs:SendMessage\n/);
      expect(stdout).toMatch(/\n {2}breaks {2}payments\/checkout\n {10}! .*sqs:SendMessage/);
      expect(stdout).toMatch(/\n {2}breaks {2}payments\/standing\n/);
      expect(stdout).toMatch(/\nBy the rules 2 links break\.\n$/);
      expect(
        (await scene.account(`account-${TARGET}`)).spec.access?.[0]?.asTarget?.allowedActions,
      ).toHaveLength(3);
    });

    it('says that nothing changes if nothing does', async () => {
      const wider = {
        namespaces: TENANTS,
        asTarget: { ...ROLES, allowedActions: [...(ROLES.allowedActions ?? []), 'sns:Publish'] },
      };
      const { exitCode, stdout } = await plugin.run(['plan', '-f', '-'], { input: account([wider]) });
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/\n {2}2 links of the account stay as they are\.\n\nNothing to change\.\n$/);
    });

    it('counts what manifests and rules say together', async () => {
      const elsewhere = targetRole('new').replace('/crossaccountlink/', '/elsewhere/');
      const link = manifest(
        { ...LINK, name: 'new' },
        { stateMachineARN: machineArn('checkout'), targetRole: { arn: elsewhere } },
      );
      const entry = { namespaces: TENANTS, asTarget: { ...ROLES, rolePathPrefix: '/elsewhere/' } };
      const both = `${account([{ namespaces: TENANTS, asTarget: ROLES }, entry])}\n---\n${link}`;
      const { stdout } = await plugin.run(['plan', '-f', '-', '-o', 'json'], { input: both });
      const { accounts, links } = JSON.parse(stdout);
      expect(accounts[0].links).toStrictEqual([]);
      expect(links[0].actions[0]).toMatchObject({ operation: 'CreateRole', object: elsewhere });
    });

    it('comes as a comment for the pull request', async () => {
      const { stdout } = await plugin.run(['plan', '-f', '-', '-o', 'markdown'], { input: account([]) });
      expect(stdout).toMatch(
        /^<!-- crossaccountlink plan -->\n### CrossAccountLink plan\n\n⚠️ \*\*By the rules 2 links break\.\*\*/,
      );
      expect(stdout).toMatch(
        /<details open><summary>AWSAccount <code>account-\d+<\/code> \(\d+\) changes: 2 links affected/,
      );
    });
  });

  it('is what the GitHub Action writes on the pull request', async () => {
    await using github = await startCommentsApi();
    await writeFile(join(folder, 'account.json'), account([]));
    const { exitCode, outputs, stderr } = await runAction(
      readAction(fileURLToPath(new URL('../../../deploy/github-action/action.yml', import.meta.url))),
      {
        inputs: { files: folder, program: `${process.execPath} ${pluginProgram()}` },
        pullRequest: PULL_REQUEST,
        env: {
          ...plugin.environment,
          PATH: process.env['PATH'] ?? '',
          GITHUB_API_URL: github.url,
          GITHUB_REPOSITORY: 'acme/platform',
        },
      },
    );
    about(stderr, () => expect([exitCode, outputs['changes']]).toStrictEqual([0, 'true']));
    expect(github.comments.map(({ body }) => body.split('\n')[3])).toStrictEqual([
      '⚠️ **1 link is held up. By the rules 2 links break.**',
    ]);
  });

  it('wrote nothing', () => {
    expect(plugin.aws.calls.count(({ write }) => write)).toBe(0);
    expect(plugin.kubernetes.calls.count(({ write }) => write)).toBe(0);
  });
});
