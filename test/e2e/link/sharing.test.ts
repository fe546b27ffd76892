/** Links that share an execution role, a target role or a Task, in AWS. What else they may share, and what each keeps:
 *  test/pure/controllers/link/sharing.test.ts. */
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../../testbed/proxy/rules.ts';
import { credentialsIn, policyOf, viewRole } from './aws-views.ts';
import { chain, sendMessage } from './definitions.ts';
import { targetRole } from './aws-owners.ts';
import { startScene, type LinkName, type Scene } from './scene.ts';
import { OPERATOR_POLICY } from './policies.ts';

const NAMESPACE = 'payments';

describe('links that share', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  async function link(name: string, machine: string, role = name, spec: object = {}): Promise<LinkName> {
    const created = { namespace: NAMESPACE, name };
    await scene.link(created, { stateMachineARN: machine, targetRole: { arn: targetRole(role) }, ...spec });
    return created;
  }

  async function granted(executionRole: string): Promise<unknown> {
    const view = await viewRole(scene.source, executionRole);
    return policyOf(view?.inlinePolicies[OPERATOR_POLICY]).map((statement) => Object(statement).Resource);
  }

  it.concurrent('an execution role wait each for its own executions and take nothing of them', async () => {
    const role = await scene.executionRole('running');
    const wait = { Type: 'Wait', Seconds: 3_600 };
    const busy = await scene.machine('busy', role, chain({ Later: wait, Busy: sendMessage('busy') }));
    const idle = await scene.machine('idle', role, chain({ Idle: sendMessage('idle') }));
    const links = [await link('busy', busy), await link('idle', idle)] as const;
    await Promise.all(links.map((one) => scene.ready(one)));
    const { executionArn } = await scene.source.sfn.send(
      new StartExecutionCommand({ stateMachineArn: busy }),
    );
    const startedWith = await scene.definition(busy);
    // An execution keeps the definition that it began with; the emulator answers with the machine's newest.
    scene.aws.rules.add({
      match: ({ parameters }) => parameters.get('executionArn') === executionArn,
      fault: { kind: 'change', change: (answer) => withDefinition(answer, startedWith) },
    });
    await scene.startDeleting(links[0]);
    await scene.until(links[0], { reason: 'Deleting', message: /still used by 1 running execution/ });
    expect(credentialsIn(await scene.definition(busy))).toStrictEqual({});
    await scene.reconcile(links[1]);
    expect(await granted('running')).toStrictEqual([[targetRole('busy'), targetRole('idle')]]);
    await scene.source.sfn.send(new StopExecutionCommand({ executionArn }));
    await scene.untilGone(links[0]);
    expect(await granted('running')).toStrictEqual([[targetRole('idle')]]);
    expect((await scene.ready(links[1])).status.drift).toBeUndefined();
  });

  it.concurrent('a target role let in both machines and allow both machines’ calls', async () => {
    const east = await scene.workflow('east', chain({ East: sendMessage('east') }));
    const west = await scene.workflow('west', chain({ West: sendMessage('west') }));
    const links = [await link('east', east, 'common'), await link('west', west, 'common')] as const;
    await Promise.all(links.map((one) => scene.ready(one)));
    const shared = await viewRole(scene.target, 'common');
    expect(JSON.stringify(shared?.trust)).toMatch(/stateMachine:east".*stateMachine:west"|west".*east"/);
    expect(JSON.stringify(shared?.inlinePolicies)).toMatch(/:east".*:west"/);
    await scene.delete(links[0]);
    const left = await viewRole(scene.target, 'common');
    expect(JSON.stringify([left?.trust, left?.inlinePolicies])).not.toMatch(/:east"/);
    expect(JSON.stringify(left?.trust)).toMatch(/stateMachine:west"/);
    await scene.ready(links[1]);
    await scene.delete(links[1]);
    expect(await viewRole(scene.target, 'common')).toBeUndefined();
  });

  it.concurrent('a Task: the older keeps it, the younger takes it over in one update', async () => {
    const machine = await scene.workflow('wanted', chain({ Wanted: sendMessage('wanted') }));
    const older = await link('older', machine);
    await scene.ready(older);
    const younger = await link('younger', machine);
    await scene.until(younger, {
      status: 'False',
      reason: 'Conflict',
      message: /"Wanted".*takes over when/,
    });
    for (const type of [
      'TargetRoleReady',
      'TrustPolicyReady',
      'PermissionsReady',
      'ExecutionRoleGrantReady',
    ] as const) {
      await scene.until(younger, { type, status: 'True' });
    }
    await scene.until(younger, {
      type: 'StateMachineCredentialsReady',
      status: 'False',
      reason: 'Conflict',
    });
    expect(await granted('wanted')).toStrictEqual([[targetRole('older'), targetRole('younger')]]);
    expect(credentialsIn(await scene.definition(machine))).toStrictEqual({
      Wanted: { RoleArn: targetRole('older') },
    });

    const earlier = scene.aws.calls.all.length;
    await scene.delete(older);
    await scene.ready(younger);
    const writes = scene.aws.calls.all.slice(earlier).flatMap(({ call }) => {
      const object = call.parameters.get('RoleName') ?? call.parameters.get('stateMachineArn')?.split(':')[6];
      const concerns = object !== undefined && ['wanted', 'older', 'younger'].includes(object);
      return call.write && concerns ? [`${call.operation} ${object}`] : [];
    });
    expect(writes).toStrictEqual([
      'UpdateStateMachine wanted',
      'PutRolePolicy wanted',
      'DeleteRolePolicy older',
      'DeleteRole older',
    ]);
    expect(credentialsIn(await scene.definition(machine))).toStrictEqual({
      Wanted: { RoleArn: targetRole('younger') },
    });
  });
});

function withDefinition(answer: Answer, definition: string): Answer {
  const body: object = JSON.parse(answer.body.toString());
  return { ...answer, body: Buffer.from(JSON.stringify({ ...body, definition })) };
}
