/** One write that AWS refuses hides nothing else: what does not depend on it goes on, and each leg is reported separately. */
import { DeleteRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { refuse } from '../../../testbed/proxy/aws-answers.ts';
import { targetRole } from './aws-owners.ts';
import { viewRole } from './aws-views.ts';
import { objectOf, startScene, type Scene } from './scene.ts';
import { OPEN_TO_STRANGERS } from './policies.ts';
import { linked } from './linked.ts';

const NAMESPACE = 'payments';

/** Writes that an organization's policy may refuse, and an edit of the link that needs them. */
const REFUSED: readonly { operation: string; before: object; edit: object }[] = [
  { operation: 'TagRole', before: {}, edit: { tags: { team: 'orders' } } },
  { operation: 'UpdateRoleDescription', before: {}, edit: { description: 'of the orders team' } },
];

describe('while AWS refuses one write on the role of a Ready link', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene();
    await scene.tenant(NAMESPACE);
  });
  afterAll(() => scene.stop());

  for (const { operation, before, edit } of REFUSED) {
    it(`(${operation}), drift of its other parts is found, reported and repaired, and the refusal stays reported`, async () => {
      const name = `refused-${operation.toLowerCase()}`;
      const link = await linked(scene, name, { spec: { targetRole: { arn: targetRole(name), ...before } } });
      await scene.ready(link);
      const made = await viewRole(scene.target, name);
      scene.aws.rules.add({
        match: (call) => call.operation === operation && objectOf(call) === name,
        fault: refuse('AccessDenied', 'with an explicit deny in a service control policy', 403),
      });
      await scene.patch(link, { targetRole: edit });
      await scene.until(link, { status: 'False', reason: 'AccessDenied' });
      const { iam } = scene.target;
      await iam.send(
        new UpdateAssumeRolePolicyCommand({ RoleName: name, PolicyDocument: OPEN_TO_STRANGERS }),
      );
      const [PolicyName = ''] = Object.keys(made?.inlinePolicies ?? {});
      await iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName }));

      const { status } = await scene.reconcile(link);

      const now = await viewRole(scene.target, name);
      expect([now?.trust, now?.inlinePolicies]).toStrictEqual([made?.trust, made?.inlinePolicies]);
      const reported = Object.fromEntries(
        (status.conditions ?? []).map(({ type, ...rest }) => [type, rest.status]),
      );
      expect(reported).toMatchObject({
        TargetRoleReady: 'False',
        TrustPolicyReady: 'True',
        PermissionsReady: 'True',
        ExecutionRoleGrantReady: 'True',
        Effective: 'Unknown',
        Ready: 'False',
      });
      const fields = (status.drift?.recent ?? []).map(
        ({ field, repaired }) => `${field.split('.')[0]} ${repaired}`,
      );
      expect(new Set(fields.map((field) => field.replace(/\[.*\]/, '')))).toStrictEqual(
        new Set(['trustPolicy true', 'inlinePolicies true']),
      );
    });
  }
});
