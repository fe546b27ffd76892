/** What is too large is refused while everybody else is served, and no name that a tenant chooses affects a terminal. */
import { AttachRolePolicyCommand, CreatePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { setInterval } from 'node:timers/promises';
import { SOURCE, targetRole } from '../link/aws-owners.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { startScene, type LinkName, type Scene } from '../link/scene.ts';
import { startPlugin, type Plugin } from '../cli/plugin.ts';
import { metrics } from '../production/prometheus.ts';
import { Tenant, writtenOn } from './tenant.ts';
import { document } from '../link/policies.ts';

/** Clears the screen, writes a title, reverses the direction of writing, and begins a new line. */
const CONTROLS = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\nReady=True InSync';
const ACTS_ON_A_TERMINAL = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;

describe('a tenant', () => {
  let scene: Scene;
  let mallory: Tenant;
  let shop: Tenant;
  let plugin: Plugin;

  beforeAll(async () => {
    scene = await startScene();
    mallory = await Tenant.in(scene, 'mallory', { tenant: 'true' });
    shop = await Tenant.in(scene, 'shop', { tenant: 'true' });
    plugin = await startPlugin(scene);
  });
  afterAll(async () => {
    await plugin.stop();
    await scene.stop();
  });

  it('whose links and definitions are the largest there can be keeps nobody waiting', async () => {
    const { healthy, stop } = watchHealth(scene);
    const machine = await scene.workflow('small', chain({ Charge: sendMessage('charges') }));
    const huge = await scene.workflow('huge', manyTasks(4_600));
    const bombed = await scene.workflow('bombed', chain({ Charge: sendMessage('charges') }));
    const { iam } = scene.source;
    await iam.send(new CreatePolicyCommand({ PolicyName: 'variables', PolicyDocument: VARIABLES }));
    const PolicyArn = `arn:aws:iam::${SOURCE}:policy/variables`;
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'bombed', PolicyArn }));
    const refusals: readonly (readonly [LinkName, string])[] = [
      [
        await mallory.create('statements', {
          stateMachineARN: machine,
          targetRole: { arn: targetRole('statements'), permissions: { statements: STATEMENTS } },
        }),
        'GrantTooLarge',
      ],
      [
        await mallory.create('huge', { stateMachineARN: huge, targetRole: { arn: targetRole('huge') } }),
        'DefinitionTooLarge',
      ],
    ];
    const variables = await mallory.create('variables', {
      stateMachineARN: bombed,
      targetRole: { arn: targetRole('variables') },
    });
    const link = await shop.create('small', {
      stateMachineARN: await scene.workflow('shop', chain({ Charge: sendMessage('charges') })),
      targetRole: { arn: targetRole('shop') },
    });
    await scene.ready(link);
    for (const [refused, reason] of refusals) await scene.until(refused, { status: 'False', reason });
    await scene.ready(variables);
    stop();
    expect((await healthy).every((status) => status === 200)).toBe(true);
    const found = await metrics(scene.operator.telemetryUrl);
    const hold = /^crossaccountlink_event_loop_longest_hold_seconds (\S+)/m.exec(found)?.[1];
    expect(Number(hold)).toBeLessThan(5);
    for (const name of ['statements']) expect(writtenOn(scene, name)).toStrictEqual([]);
  });

  it('who names a Task in control characters gets them acted on by no terminal, Event, condition or log', async () => {
    const name = `Charge${CONTROLS}`;
    const Credentials = { RoleArn: targetRole('foreign') };
    const machine = await scene.workflow(
      'named',
      chain({ [name]: { ...sendMessage('charges'), Credentials } }),
    );
    const link = await mallory.create('named', {
      stateMachineARN: machine,
      targetRole: { arn: targetRole('named') },
    });
    const { status } = await scene.until(link, { status: 'False', reason: 'ForeignCredentials' });
    await scene.untilEvent(link, /ForeignCredentials/);
    const messages = (status.conditions ?? []).map(({ message }) => message);
    const events = (await scene.events(link)).split('\n').filter((line) => line !== '');
    for (const text of [...messages, ...events]) expect(text).not.toMatch(ACTS_ON_A_TERMINAL);
    expect(messages.join('')).toContain('\\u001b[2J');
    for (const line of events) expect(line).toMatch(/^(Normal|Warning) /);
    expect(readFileSync(scene.operator.logFile, 'utf8')).not.toMatch(ACTS_ON_A_TERMINAL);
    const definition = await scene.definition(machine);
    for (const args of [
      ['status', '-n', 'mallory'],
      ['status', 'named', '-n', 'mallory', '-o', 'yaml'],
      ['check', 'named', '-n', 'mallory'],
      ['plan', 'named', '-n', 'mallory'],
      ['graph', '-n', 'mallory'],
      ['import', '--state-machine', machine],
      ['permissions', '-', '--target-account', '222222222222'],
    ]) {
      const { stdout, stderr } = await plugin.run(args, { input: definition });
      expect(`${args[0]}: ${stdout}${stderr}`).not.toMatch(ACTS_ON_A_TERMINAL);
      expect(`${stdout}${stderr}`).not.toMatch(/^Ready=True InSync/m);
    }
  });

  it('who gives the plugin a megabyte of brackets gets an error, and soon', async () => {
    const outcome = await plugin.run(['permissions', '-', '--target-account', '222222222222'], {
      input: '['.repeat(1_000_000),
    });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/^error: .{1,400}$/s);
  });
});

/** Resources of 1,990 characters, as many as the CRD lets statements hold. */
const STATEMENTS = [
  {
    actions: ['sqs:SendMessage'],
    resources: Array.from(
      { length: 16 },
      (_, index) => `arn:aws:sqs:us-east-1:222222222222:${'?*'.repeat(976)}-${index}`,
    ),
  },
];

const VARIABLES = document({
  Effect: 'Allow',
  Action: 'sts:*',
  Resource: `\${aws:username${','.repeat(60_000)}'x'}`,
});

function manyTasks(count: number): object {
  return chain(
    Object.fromEntries(
      Array.from({ length: count }, (_, index) => [`T${index}`, sendMessage(`q${index % 20}`)]),
    ),
  );
}

/** Asks `/healthz` over and over until told to stop. */
function watchHealth(scene: Scene): {
  readonly healthy: Promise<readonly number[]>;
  readonly stop: () => void;
} {
  const end = new AbortController();
  const ask = async (): Promise<readonly number[]> => {
    const seen: number[] = [];
    for await (const _ of setInterval(50, undefined, { ref: false })) {
      if (end.signal.aborted) break;
      // A connection for each request, as the kubelet does: an idle one may be closed just when it is used again.
      const init = { signal: AbortSignal.timeout(30_000), headers: { connection: 'close' } };
      seen.push((await fetch(`${scene.operator.telemetryUrl}/healthz`, init)).status);
    }
    return seen;
  };
  return { healthy: ask(), stop: () => end.abort() };
}
