/** Links that really run, in every state that the console distinguishes. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { machineArn, TARGET, targetRole } from '../link/aws-owners.ts';
import { chain, putItem, sendMessage } from '../link/definitions.ts';
import type { LinkName, Scene } from '../link/scene.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

/** A Task name as an attacker would choose it. */
export const HOSTILE_TASK = '<img src=x onerror=window.hacked=1>';

export const CHECKOUT: LinkName = { namespace: 'payments', name: 'checkout' };
export const REFUND: LinkName = { namespace: 'risk', name: 'refund' };
export const HOSTILE: LinkName = { namespace: 'risk', name: 'hostile' };

/** payments/checkout is Ready, risk/refund asks for more than it may, risk/hostile has a Task with a bad name. */
export async function raiseLinks(scene: Scene): Promise<void> {
  for (const namespace of ['payments', 'risk']) await scene.tenant(namespace);
  await scene.workflow(
    'checkout',
    chain({ Charge: sendMessage('charges'), 'Note order': sendMessage('orders') }),
  );
  await scene.workflow('refund', chain({ Refund: deleteItem('refunds') }));
  await scene.workflow('hostile', chain({ [HOSTILE_TASK]: sendMessage('charges') }));
  for (const link of [CHECKOUT, REFUND, HOSTILE])
    await scene.link(link, {
      stateMachineARN: machineArn(link.name),
      targetRole: { arn: targetRole(link.name) },
    });
  await scene.ready(CHECKOUT);
  await scene.ready(HOSTILE);
  await scene.until(REFUND, { status: 'False' });
}

/** As the owner of the target account: opens the role of a link to everybody, which the operator reverts. */
export async function driftOn(scene: Scene, name: string, account = TARGET): Promise<void> {
  const PolicyDocument = document({ Effect: 'Allow', Action: '*', Resource: '*' });
  await scene
    .clients(account)
    .iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: OPERATOR_POLICY, PolicyDocument }));
}

function deleteItem(table: string) {
  const arn = `arn:aws:dynamodb:us-east-1:${TARGET}:table/${table}`;
  return { ...putItem(arn), Resource: 'arn:aws:states:::dynamodb:deleteItem' };
}
