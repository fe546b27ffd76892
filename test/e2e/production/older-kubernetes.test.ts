/** The CRDs, and a link's whole life, on the oldest Kubernetes that is supported. */
import { PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openControlPlane, type OpenControlPlane } from '../../../testbed/stage.ts';
import { describeCrds } from '../crds/checks.ts';
import { credentialsIn, viewRole } from '../link/aws-views.ts';
import { machineArn } from '../link/aws-owners.ts';
import { startReplicas, TENANT, type Replicas } from './replicas.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

const OLDEST = '1.33';
const NAME = 'veteran';
const LINK = { namespace: TENANT, name: NAME };

let plane: OpenControlPlane;

beforeAll(async () => {
  plane = await openControlPlane({ emulatedVersion: OLDEST });
});
afterAll(() => plane.stop());

/** The file stops it itself. */
const lendPlane = async () => ({ ...plane, stop: async () => {} });

// No operator runs yet that would look at their objects.
describe(`on Kubernetes ${OLDEST}`, () => describeCrds(async () => plane.controlPlane));

describe(`on Kubernetes ${OLDEST}`, () => {
  let replicas: Replicas;

  beforeAll(async () => {
    replicas = await startReplicas([], { openPlane: lendPlane });
  });
  afterAll(() => replicas.stop());

  it('the API server speaks as that version does', async () => {
    const version = JSON.parse(await replicas.scene.stage.kubectl('get', '--raw', '/version'));
    expect(`${version.emulationMajor}.${version.emulationMinor}`).toBe(OLDEST);
  });

  it('a link becomes Ready', async () => {
    await replicas.link(NAME);
    await replicas.scene.ready(LINK);
  });

  it('a link follows its spec', async () => {
    await replicas.scene.patch(LINK, { targetRole: { tags: { team: 'payments' } } });
    await replicas.scene.ready(LINK);
    expect((await viewRole(replicas.scene.target, NAME))?.tags['team']).toBe('payments');
  });

  it('drift is repaired and reported', async () => {
    const { scene } = replicas;
    await scene.target.iam.send(
      new PutRolePolicyCommand({
        RoleName: NAME,
        PolicyName: 'foreign',
        PolicyDocument: document({ Effect: 'Allow', Action: 'sqs:*', Resource: '*' }),
      }),
    );
    const link = await scene.reconcile(LINK);
    expect(link.status.drift?.recent?.map(({ field }) => field)).toStrictEqual([
      expect.stringMatching(/^inlinePolicies\[foreign\]/),
    ]);
    const policies = Object.keys((await viewRole(scene.target, NAME))?.inlinePolicies ?? {});
    expect(policies).toStrictEqual([OPERATOR_POLICY]);
  });

  it('a bad spec is refused with what to write', async () => {
    await expect(replicas.scene.patch(LINK, { driftCheckInterval: '5s' })).rejects.toThrow(
      /driftCheckInterval.*30s/s,
    );
  });

  it('a deleted link leaves nothing behind', async () => {
    const { scene } = replicas;
    await scene.delete(LINK);
    expect(await viewRole(scene.target, NAME)).toBeUndefined();
    expect((await viewRole(scene.source, NAME))?.inlinePolicies).toStrictEqual({});
    expect(credentialsIn(await scene.definition(machineArn(NAME)))).toStrictEqual({});
  });
});
