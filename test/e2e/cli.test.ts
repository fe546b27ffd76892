/** The plugin's verbs about a cluster, as people and their pipelines run them. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { eventually } from '../../testbed/eventually.ts';
import type { Outcome } from '../../testbed/process.ts';
import { deployOperator } from './cli/deployment.ts';
import { startPlugin, type Plugin, type PluginOptions } from './cli/plugin.ts';
import { steady, transcript } from './cli/transcript.ts';
import { viewRole } from './link/aws-views.ts';
import { chain, putItem, sendMessage } from './link/definitions.ts';
import { machineArn, SOURCE, TARGET, targetRole } from './link/aws-owners.ts';
import { startScene, type Scene } from './link/scene.ts';
import { about } from '../expectations.ts';
import { OPERATOR_POLICY, document } from './link/policies.ts';

const EXECUTION_ROLE = `arn:aws:iam::${SOURCE}:role/tenants/checkout`;
const ROLE = targetRole('checkout');
const MACHINE = machineArn('checkout');
const LINK = { namespace: 'payments', name: 'checkout' };
const STRAY = { namespace: 'payments', name: 'stray' };

let scene: Scene;
let plugin: Plugin;

const here = (verb: string, ...args: readonly string[]) => [verb, '-n', 'payments', ...args];
const run = (args: readonly string[], options?: PluginOptions): Promise<Outcome> => plugin.run(args, options);

function manifest(name: string, machine = MACHINE, role = ROLE, tasks: readonly string[] = []): string {
  return JSON.stringify({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'CrossAccountLink',
    metadata: { name, namespace: 'payments' },
    spec: {
      stateMachineARN: machine,
      targetRole: { arn: role },
      ...(tasks.length > 0 && { stateMachineCredentials: { tasks } }),
    },
  });
}

interface PlannedAction {
  readonly object: string;
  readonly operation: string;
}

function planned({ stdout }: Outcome): readonly string[] {
  const [{ actions }]: readonly [{ actions: readonly PlannedAction[] }] = JSON.parse(stdout).links;
  return actions.map(({ operation, object }) => `${operation} ${object}`);
}

/** The operator's writes to AWS for a link since the audit had `from` lines. */
function written({ namespace, name }: typeof LINK, from = 0): readonly string[] {
  return audited({ namespace, name })
    .slice(from)
    .map(({ operation, object }) => `${String(operation)} ${String(object)}`);
}

function audited({ namespace, name }: typeof LINK) {
  return scene.logLines().filter(
    // A write that took too long on a busy machine is repeated.
    ({ audit, links, outcome }) =>
      audit === true && String(links) === `${namespace}/${name}` && outcome === 'done',
  );
}

describe('the plugin', () => {
  beforeAll(async () => {
    scene = await startScene({ flags: ['--leader-elect=true'] });
    plugin = await startPlugin(scene);
    await scene.tenant('payments');
    await scene.workflow(
      'checkout',
      chain({ Charge: sendMessage('charges'), 'Note order': putItem('orders') }),
    );
  });
  afterAll(async () => {
    await plugin.stop();
    await scene.stop();
  });

  describe('plan', () => {
    let first: Outcome;

    it('shows what the operator would make for a link that was not applied yet, and ends with 2', async () => {
      first = await plugin.runByKubectl(['plan', '-f', '-', '-o', 'json'], {
        input: manifest('checkout', MACHINE, ROLE, ['Charge', 'Note order']),
      });
      about(first.stderr, () => expect(first.exitCode).toBe(2));
      const trust = `trustPolicy.Statement[CrossAccountLinkTrust`;
      const { links } = JSON.parse(first.stdout);
      expect(Object.keys(links[0])).toStrictEqual(['namespace', 'name', 'actions']);
      const [create, permissions, grant, credentials] = links[0].actions;
      expect(create.changes[1].path.startsWith(trust)).toBe(true);
      const allow = JSON.parse(create.changes[1].after);
      expect({ ...create, changes: [create.changes[0]] }).toStrictEqual({
        object: ROLE,
        operation: 'CreateRole',
        reason: 'the role does not exist',
        changes: [{ path: 'role', after: ROLE }],
      });
      expect(allow.Principal).toStrictEqual({ AWS: [EXECUTION_ROLE] });
      expect(permissions.changes).toHaveLength(2);
      expect(grant).toStrictEqual({
        object: EXECUTION_ROLE,
        operation: 'PutRolePolicy',
        reason: grant.reason,
        changes: [
          {
            path: 'grant.Statement[CrossAccountLinkGrant]',
            after: JSON.stringify({
              Sid: 'CrossAccountLinkGrant',
              Effect: 'Allow',
              Action: ['sts:AssumeRole'],
              Resource: [ROLE],
            }),
          },
        ],
      });
      expect(credentials.changes).toStrictEqual([
        { path: 'States["Charge"].Credentials.RoleArn', after: ROLE },
        { path: 'States["Note order"].Credentials.RoleArn', after: ROLE },
      ]);
    });

    it('names Tasks whose Credentials will have to stay, beside the JSON', () => {
      expect(first.stderr).toMatch(/^payments\/checkout: i "Note order": names used there do not say which/);
    });

    it('wrote nothing, neither to AWS nor to Kubernetes', async () => {
      expect(plugin.aws.calls.count()).toBeGreaterThan(0);
      expect(plugin.aws.calls.count(({ write }) => write)).toBe(0);
      expect(plugin.kubernetes.calls.count(({ write }) => write)).toBe(0);
      expect(await viewRole(scene.target, ROLE)).toBeUndefined();
    });

    it('is what the operator then does, write for write', async () => {
      await scene.stage.apply(manifest('checkout', MACHINE, ROLE, ['Charge', 'Note order']));
      await scene.ready(LINK);
      expect(written(LINK)).toStrictEqual(planned(first));
    });

    it('shows nothing for a link in sync, and ends with 0', async () => {
      const [json, text] = await Promise.all([
        run(here('plan', 'checkout', '-o', 'json')),
        run(here('plan', 'checkout')),
      ]);
      about(json.stderr, () => expect(json.exitCode).toBe(0));
      expect(JSON.parse(json.stdout)).toStrictEqual({
        links: [{ namespace: 'payments', name: 'checkout', actions: [] }],
      });
      expect(text.exitCode).toBe(0);
      expect(text.stdout).toMatch(/^payments\/checkout: nothing to change\n.*\n\nNothing to change\.\n$/s);
    });

    it('makes a role that two links share once', async () => {
      const role = targetRole('shared');
      await scene.workflow('second', chain({ Charge: sendMessage('charges') }));
      const input = `${manifest('a', machineArn('second'), role)}\n---\n${manifest('b', machineArn('second'), role)}`;
      const { stdout, exitCode } = await run(['plan', '-f', '-', '-o', 'json'], { input });
      const { links } = JSON.parse(stdout);
      expect(exitCode).toBe(2);
      expect(
        links.map(({ name, actions }: { name: string; actions: readonly PlannedAction[] }) => [
          name,
          actions.map(({ operation }) => operation),
        ]),
      ).toStrictEqual([
        ['a', ['CreateRole', 'PutRolePolicy', 'PutRolePolicy', 'UpdateStateMachine']],
        ['b', []],
      ]);
    });

    it('says what stands in the way of a link', async () => {
      const { stdout, exitCode } = await run(['plan', '-f', '-'], {
        input: manifest('stray', machineArn('nowhere')),
      });
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(/^payments\/stray\n {2}! There is no state machine .*:nowhere: create it/);
    });
  });

  describe('the transcript in docs/cli.md', () => {
    beforeAll(async () => {
      await scene.stage.apply(manifest('stray', machineArn('nowhere'), targetRole('stray')));
      await scene.until(STRAY, { status: 'False' });
      await deployOperator(scene);
      // An account's links are counted some time after they come.
      for (const account of [SOURCE, TARGET])
        await eventually(`both links to be counted on ${account}`, async () => {
          expect((await scene.account(`account-${account}`)).status.links).toBe(2);
        });
    });

    it.each(transcript())('is what $command prints', async ({ command, output }) => {
      const { stdout, stderr } = await run(command.split(' ').slice(2));
      about(stderr, () => expect(steady(stdout)).toBe(output));
    });
  });

  describe('drift', () => {
    let earlier: number;
    let plan: Outcome;

    it('is shown by plan as a diff, and plan ends with 2', async () => {
      earlier = audited(LINK).length;
      for (const [RoleName, PolicyName] of [
        ['checkout', 'extra'],
        ['checkout', OPERATOR_POLICY],
      ] as const) {
        const statement = { Effect: 'Allow', Action: 's3:*', Resource: '*' };
        const PolicyDocument = document(statement);
        await scene.target.iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument }));
      }
      const [json, text] = await Promise.all([
        run(here('plan', 'checkout', '-o', 'json')),
        run(here('plan', 'checkout')),
      ]);
      plan = json;
      about(json.stderr, () => expect(json.exitCode).toBe(2));
      const [removal] = JSON.parse(json.stdout).links[0].actions;
      expect(removal).toStrictEqual({
        object: ROLE,
        operation: 'DeleteRolePolicy',
        reason: 'policy extra is not asked for',
        changes: [
          {
            path: 'inlinePolicies[extra].Statement[0]',
            before: '{"Effect":"Allow","Action":["s3:*"],"Resource":["*"]}',
          },
        ],
      });
      expect(text.exitCode).toBe(2);
      expect(text.stdout).toMatch(
        /DeleteRolePolicy \S+\n {4}because policy extra is not asked for\n {4}- inlinePolicies\[extra\]\.Statement\[0\]:\n {4}- {3}Effect: Allow\n/,
      );
      expect(text.stdout).toMatch(/\n2 writes to 1 object\.\n$/);
    });

    it('is repaired by reconcile, exactly as planned', async () => {
      const { exitCode, stdout, stderr } = await run(here('reconcile', 'checkout'));
      about(stderr, () => expect(exitCode).toBe(0));
      expect(stdout).toMatch(/^payments\/checkout: Ready=True The state machine can call into/);
      expect(written(LINK, earlier)).toStrictEqual(planned(plan));
    });

    it('is reported by status, in a tree', async () => {
      const { exitCode, stdout } = await run(here('status', 'checkout'));
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^payments\/checkout {2}Ready=True \(InSync\)\n/);
      expect(stdout).toMatch(/├─ source account 111111111111\n│ {2}├─ state machine \S+:checkout\n/);
      expect(stdout).toMatch(/└─ Tasks "Charge", "Note order"\n/);
      expect(stdout).toMatch(/├─ ✓ ExecutionRoleGrantReady\n/);
      expect(stdout).toMatch(/└─ drift \d+\n {3}├─ \S+Z inlinePolicies\[\S+ of \S+role\S+, repaired\n/);
    });

    it('is reported by status to programs, in JSON and the same in YAML', async () => {
      const [json, yaml] = await Promise.all([
        run(here('status', 'checkout', '-o', 'json')),
        run(here('status', 'checkout', '-o', 'yaml')),
      ]);
      about(yaml.stderr, () => expect(yaml.exitCode).toBe(0));
      expect(parse(yaml.stdout)).toStrictEqual(JSON.parse(json.stdout));
      expect(JSON.parse(json.stdout).links[0].drift.recent[0]).toMatchObject({ repaired: true });
    });
  });

  describe('about links in trouble', () => {
    it('check says what is wrong and what to do, and ends with 2', async () => {
      const { exitCode, stdout } = await run(here('check'));
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(
        /\n\npayments\/stray: StateMachineNotFound\n {2}what {6}There is no state machine/,
      );
      expect(stdout).toMatch(/\n {2}first do {2}Create the state machine/);
      expect(stdout).not.toMatch(/payments\/checkout/);
      const json = await run(here('check', '-o', 'json'));
      const { installation, links } = JSON.parse(json.stdout);
      expect(installation[0]).toMatchObject({ subject: 'CRDs', state: 'ok' });
      expect(
        links.map(({ name, ready }: { name: string; ready: { status: string } }) => [name, ready.status]),
      ).toStrictEqual([
        ['checkout', 'True'],
        ['stray', 'False'],
      ]);
      expect((await run(here('check', '-o', 'name'))).stdout).toBe(
        'crossaccountlink.crossaccountlink.dev/stray\n',
      );
    });

    it('check of a link in order ends with 0', async () => {
      const { exitCode, stdout } = await run(here('check', 'checkout'));
      expect([exitCode, stdout]).toStrictEqual([0, 'the link is Ready\n']);
    });

    it('reconcile ends with 2', async () => {
      const { exitCode, stdout } = await run(here('reconcile', 'stray'));
      expect(exitCode).toBe(2);
      expect(stdout).toMatch(/^payments\/stray: Ready=False There is no state machine/);
    });

    it('graph draws them dashed, and those in order solid', async () => {
      const [mermaid, dot] = await Promise.all([run(['graph', '-A']), run(here('graph', '-o', 'dot'))]);
      expect(mermaid.stdout).toMatch(/^flowchart LR\n {2}subgraph a111111111111/);
      expect(mermaid.stdout).toMatch(/ -->\|"payments\/checkout"\| r_222222222222_checkout\n/);
      expect(mermaid.stdout).toMatch(/ -\.->\|"payments\/stray"\| r_222222222222_stray\n/);
      expect(dot.stdout).toMatch(/^digraph links \{[^]*label="payments\/stray" style=dashed\];\n\}\n$/);
    });
  });

  describe('suspend and resume', () => {
    it('stop the operator, and let it go on', async () => {
      const suspended = await run(here('suspend', 'checkout'));
      expect([suspended.exitCode, suspended.stdout]).toStrictEqual([
        0,
        'payments/checkout suspended: nothing is checked, repaired or removed\n',
      ]);
      expect((await scene.get(LINK)).spec.suspend).toBe(true);
      const [plan, status] = await Promise.all([
        run(here('plan', 'checkout')),
        run(here('status', 'checkout')),
      ]);
      expect(plan.exitCode).toBe(0);
      expect(plan.stdout).toMatch(/i Suspended: nothing is changed until it is resumed\.\n/);
      expect(status.stdout).toMatch(/^payments\/checkout {2}Ready=True \(InSync\), suspended\n/);
      const resumed = await run(here('resume', 'checkout'));
      expect([resumed.exitCode, resumed.stdout]).toStrictEqual([0, 'payments/checkout resumed\n']);
      await scene.ready(LINK);
    });

    it('wait with --wait until the operator has taken note, and until the link is Ready again', async () => {
      const suspended = await run(['suspend', 'payments/checkout', '--wait']);
      about(suspended.stderr, () => expect(suspended.exitCode).toBe(0));
      const { metadata, status } = await scene.get(LINK);
      expect(status.observedGeneration).toBe(metadata.generation);
      const resumed = await run(['-n', 'payments', 'resume', 'xal/checkout', '--wait', '--timeout', '1m']);
      about(resumed.stderr, () => expect(resumed.exitCode).toBe(0));
      expect(resumed.stdout).toMatch(/\npayments\/checkout: Ready=True The state machine can call/);
    });

    it('take all links of a namespace, or of every one, only if that is asked for', async () => {
      const none = await run(here('suspend'));
      expect([none.exitCode, none.stderr]).toStrictEqual([
        1,
        'error: which links? Name them, or use --all for all of the namespace, -A for every namespace\n',
      ]);
      const suspended = await run(here('suspend', '--all'));
      expect(suspended.stdout.trimEnd().split('\n')).toStrictEqual([
        'payments/checkout suspended: nothing is checked, repaired or removed',
        'payments/stray suspended: nothing is checked, repaired or removed',
      ]);
      const resumed = await run(['resume', '-A=true']);
      expect(resumed.stdout).toBe('payments/checkout resumed\npayments/stray resumed\n');
      await scene.ready(LINK);
    });

    it('end with 1 when the time is over', async () => {
      const hold = scene.kubernetes.rules.hold(
        ({ write, resource }) => write && resource === 'crossaccountlinks',
      );
      const { exitCode, stderr } = await run(here('reconcile', 'checkout', '--timeout', '300ms'));
      hold.release();
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/error: payments\/checkout: not answered within 0\.3 s/);
    });
  });

  describe('every namespace', () => {
    it('is planned with -A', async () => {
      const { exitCode, stdout } = await run(['plan', '-A', '-o=json']);
      expect(exitCode).toBe(2);
      const { links }: { links: readonly { namespace: string; name: string }[] } = JSON.parse(stdout);
      expect(links.map(({ namespace, name }) => `${namespace}/${name}`)).toStrictEqual([
        'payments/checkout',
        'payments/stray',
      ]);
    });

    it('is named as where to look when there are no links in a namespace', async () => {
      const { exitCode, stdout } = await run(['status']);
      expect([exitCode, stdout]).toStrictEqual([0, 'no links in namespace default; -A looks in all\n']);
    });
  });

  describe('status --watch', () => {
    it('prints a document for each change', async () => {
      const watching = plugin.start(here('status', 'checkout', '--watch', '-o', 'json'));
      await watching.until((stdout) => stdout.includes('"ADDED"'));
      await scene.annotate(LINK, 'example.org/nothing=shown');
      await scene.patch(LINK, { suspend: true });
      await watching.until((stdout) => stdout.includes('"suspended":true'));
      await scene.patch(LINK, { suspend: false });
      await watching.until((stdout) => stdout.split('"suspended":false').length > 2);
      const { exitCode, stdout } = await watching.interrupt();
      expect(exitCode).toBe(0);
      const documents = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(documents[0]).toMatchObject({ type: 'ADDED', link: { name: 'checkout', suspended: false } });
      expect(documents.slice(1).every(({ type }) => type === 'MODIFIED')).toBe(true);
      await scene.ready(LINK);
    });
  });

  describe('completion', () => {
    it.each([
      ['status -n pay', 'payments'],
      ['status -n payments ', 'checkout stray'],
      ['check payments/st', 'payments/stray'],
      ['status -n payments xal/ch', 'xal/checkout'],
    ])('of %j offers %j', async (line, wanted) => {
      const { stdout } = await run(['__complete', ...line.split(' ')]);
      expect(stdout.trimEnd().split('\n')).toStrictEqual([...wanted.split(' '), ':4']);
    });
  });

  describe('with something wrong', () => {
    const cases: readonly [string, readonly string[], PluginOptions, RegExp][] = [
      ['no cluster', here('status'), { env: { KUBECONFIG: '/nowhere' } }, /no Kubernetes cluster|\/nowhere/],
      ['no link of that name', here('check', 'nobody'), {}, /there is no CrossAccountLink payments\/nobody/],
      ['no link to suspend', here('suspend', 'nobody'), {}, /there is no CrossAccountLink payments\/nobody/],
      [
        'no machine to import',
        here('import', '--state-machine', machineArn('nowhere')),
        {},
        /there is no state machine arn:aws:states:\S+:nowhere/,
      ],
      [
        'an alias to import',
        here('import', '--state-machine', `${MACHINE}:live`),
        {},
        /--state-machine \S+:live: not the ARN of a state machine/,
      ],
      ['no link to plan', here('plan', 'nobody'), {}, /there is no CrossAccountLink payments\/nobody/],
      [
        'two links to plan',
        here('plan', 'checkout', '-f', '-'),
        { input: '' },
        /either a NAME or --filename/,
      ],
      [
        'a manifest without a link',
        here('plan', '-f', '-'),
        { input: 'kind: Pod' },
        /standard input: there is no CrossAcc/,
      ],
      ['a format that is none', here('plan', '-o', 'jsn'), {}, /--output <format>.*Did you mean json/],
      ['a name and all namespaces', ['status', 'checkout', '-A'], {}, /either a NAME or --all-namespaces/],
      ['a cluster ID that is none', here('plan', '--cluster-id', 'a b'), {}, /--cluster-id <id>.*63 letters/],
      [
        'AWS credentials of somebody else',
        here('plan', 'checkout'),
        { env: { AWS_ACCESS_KEY_ID: 'AKIAUNKNOWNUNKNOWN00' } },
        /AssumeRole on arn:aws:iam::\d+:role\/crossaccountlink-operator/,
      ],
    ];
    for (const [what, args, options, message] of cases) {
      it.concurrent(`says so and ends with 1: ${what}`, async () => {
        const { exitCode, stdout, stderr } = await run(args, options);
        expect(stderr).toMatch(message);
        expect(stderr).toMatch(/^error: /);
        expect([exitCode, stdout]).toStrictEqual([1, '']);
      });
    }
  });

  describe('plan of a link that is being deleted', () => {
    it('shows what goes with it', async () => {
      const hold = scene.aws.rules.hold(({ write }) => write);
      const earlier = audited(LINK).length;
      await scene.startDeleting(LINK);
      await hold.arrived;
      const plan = await run(here('plan', 'checkout', '-o', 'json'));
      hold.release();
      await scene.untilGone(LINK);
      about(plan.stderr, () => expect(plan.exitCode).toBe(2));
      expect(planned(plan)).toStrictEqual([
        `UpdateStateMachine ${MACHINE}`,
        `DeleteRolePolicy ${EXECUTION_ROLE}`,
        `DeleteRolePolicy ${ROLE}`,
        `DeleteRole ${ROLE}`,
      ]);
      expect(written(LINK, earlier)).toStrictEqual(planned(plan));
      expect(plan.stderr).toMatch(/Credentials stay on "Note order"/);
    });
  });
});
