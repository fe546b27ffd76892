/**
 * The proof of the product: state machines that run. An interpreter starts the linked machines, assumes the role that each Task's
 * Credentials name, and makes the Task's call in the account of this role. It enforces no IAM: that the policies allow the call,
 * and nothing more, is shown elsewhere (demo, test/e2e/link/lifecycle).
 */
import { beforeAll, expect, it } from '@jest/globals';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand } from '@aws-sdk/client-sqs';
import { execute, executeExpress } from '../../../testbed/executions.ts';
import { SOURCE, TARGET, targetRole } from '../link/aws-owners.ts';
import { MACHINES, ROLES, TENANTS, type LinkName, type Scene } from '../link/scene.ts';
import { sendersOf } from './messages.ts';
import { ALLOWED, CHILD, EXPRESS, MESSAGES, QUEUE, REFUSED_TO_OTHERS, type Workflow } from './workflows.ts';

const NAMESPACE = 'payments';

/** Tests of an execution of a machine whose Task makes a certain kind of call.
 *  @param open returns the scene once it is up, with the namespace */
export function testCalls(open: () => Scene): void {
  let scene: Scene;

  beforeAll(async () => {
    scene = open();
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }]);
    await scene.register(TARGET, [{ namespaces: TENANTS, asTarget: { ...ROLES, ...ALLOWED } }]);
    await prepareTarget(scene);
  });

  async function makeReady(workflow: Workflow, stateMachineARN: string): Promise<void> {
    await scene.link(linkOf(workflow), { stateMachineARN, targetRole: { arn: targetRole(workflow.name) } });
    await scene.ready(linkOf(workflow));
  }

  for (const workflow of REFUSED_TO_OTHERS) {
    it(`calls ${workflow.how} fails without the link, succeeds with it, and fails again after it`, async () => {
      const machine = await scene.workflow(workflow.name, workflow.definition);
      expect(await execute(scene.source.sfn, machine)).toMatchObject({ status: 'FAILED' });
      await makeReady(workflow, machine);
      expect(await execute(scene.source.sfn, machine)).toStrictEqual({ status: 'SUCCEEDED' });
      await scene.delete(linkOf(workflow));
      expect(await execute(scene.source.sfn, machine)).toMatchObject({ status: 'FAILED' });
    });
  }

  for (const workflow of MESSAGES) {
    it(`is ${workflow.how} acts in the target account for as long as it is linked`, async () => {
      const machine = await scene.workflow(workflow.name, workflow.definition);
      const senders = async () => {
        expect(await execute(scene.source.sfn, machine)).toStrictEqual({ status: 'SUCCEEDED' });
        return sendersOf(scene.target.sqs, QUEUE, workflow.name);
      };
      expect(await senders()).toStrictEqual(new Set([SOURCE]));
      await makeReady(workflow, machine);
      expect(await senders()).toStrictEqual(new Set([TARGET]));
      await scene.delete(linkOf(workflow));
      expect(await senders()).toStrictEqual(new Set([SOURCE]));
    });
  }

  it('belongs to an Express workflow that is started and waited for reaches the target account, once linked', async () => {
    const machine = await expressMachine(scene, EXPRESS);
    expect(await executeExpress(scene.source.sfn, machine)).toMatchObject({ status: 'FAILED' });
    await makeReady(EXPRESS, machine);
    expect(await executeExpress(scene.source.sfn, machine)).toStrictEqual({ status: 'SUCCEEDED' });
    // Its role is removed five minutes later, because executions that began before cannot be listed; the definition is changed at
    // once.
    await scene.startDeleting(linkOf(EXPRESS));
    await scene.until(linkOf(EXPRESS), { status: 'Unknown', reason: 'Deleting' });
    expect(await executeExpress(scene.source.sfn, machine)).toMatchObject({ status: 'FAILED' });
  });
}

function linkOf({ name }: Workflow): LinkName {
  return { namespace: NAMESPACE, name };
}

/** What the Tasks call, made by its owner: a queue and a machine of the other account. */
async function prepareTarget({ target }: Scene): Promise<void> {
  await target.sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
  await target.sfn.send(
    new CreateStateMachineCommand({
      name: CHILD,
      roleArn: `arn:aws:iam::${TARGET}:role/${CHILD}`,
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  );
}

async function expressMachine(scene: Scene, { name, definition }: Workflow): Promise<string> {
  const roleArn = await scene.executionRole(name);
  const { stateMachineArn = '' } = await scene.source.sfn.send(
    new CreateStateMachineCommand({ name, roleArn, type: 'EXPRESS', definition: JSON.stringify(definition) }),
  );
  return stateMachineArn;
}
