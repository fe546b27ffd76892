/** Policies of the cluster that do not let the operator's finalizer be added or removed: nothing is written to AWS without it,
 *  and the link says who refuses. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { AdminApi, ApiRefusal } from '../../../testbed/kubernetes/admin-api.ts';
import { objectAt } from '../../../src/base/json.ts';
import { linked, type Linked } from './linked.ts';
import { startScene, type Scene } from './scene.ts';
import { viewRole } from './aws-views.ts';

const GROUP = 'admissionregistration.k8s.io/v1';
const LINKS = {
  apiGroups: ['crossaccountlink.dev'],
  apiVersions: ['*'],
  operations: ['UPDATE'],
  resources: ['crossaccountlinks'],
};

/** Refuses what does not satisfy the expression, in one namespace. */
const refusing = (expression: string) => ({
  kind: 'ValidatingAdmissionPolicy',
  spec: {
    matchConstraints: { resourceRules: [LINKS] },
    validations: [{ expression, message: 'ask the cluster team' }],
  },
  binding: { validationActions: ['Deny'] },
});

/** Removes all finalizers from whatever is written, as some webhooks that tidy up do. */
const TAKES_OFF = {
  kind: 'MutatingAdmissionPolicy',
  spec: {
    reinvocationPolicy: 'Never',
    matchConstraints: { resourceRules: [LINKS] },
    matchConditions: [{ name: 'has', expression: 'has(object.metadata.finalizers)' }],
    mutations: [
      {
        patchType: 'JSONPatch',
        jsonPatch: { expression: '[JSONPatch{op: "remove", path: "/metadata/finalizers"}]' },
      },
    ],
  },
  binding: {},
};

interface Policy {
  readonly kind: string;
  readonly spec: object;
  readonly binding: object;
}

let scene: Scene;
let api: AdminApi;
const made: string[] = [];

beforeAll(async () => {
  scene = await startScene();
  api = new AdminApi(scene.stage.controlPlane);
});
afterAll(async () => {
  for (const path of made) await api.call('DELETE', path);
  await api.close();
  await scene.stop();
});

/** Puts a policy in force for a namespace with the same name. */
async function enact(name: string, { kind, spec, binding }: Policy): Promise<void> {
  const only = { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } };
  const bound = { policyName: name, matchResources: only, ...binding };
  for (const [suffix, content] of [
    ['', { ...spec, failurePolicy: 'Fail' }],
    ['Binding', bound],
  ] as const) {
    const path = `/apis/${GROUP}/${kind.toLowerCase().replace(/y$/, suffix === '' ? 'ies' : 'ybindings')}`;
    const body = { apiVersion: GROUP, kind: `${kind}${suffix}`, metadata: { name }, spec: content };
    await api.call('POST', path, { body });
    made.push(`${path}/${name}`);
  }
}

const FINALIZERS = { metadata: { finalizers: ['example.com/probe'] } };

/** Waits until the API server enforces a policy.
 *  @param isInForce whether it is, judged by the answer to a patch of finalizers; or throws */
async function untilInForce(
  link: Linked,
  patch: object,
  isInForce: (outcome: unknown) => boolean,
): Promise<void> {
  const path = `/apis/crossaccountlink.dev/v1alpha1/namespaces/${link.namespace}/crossaccountlinks/${link.name}`;
  const call = { body: patch, contentType: 'application/merge-patch+json' };
  await eventually('the policy to be in force', async () => {
    const outcome = await api.call('PATCH', `${path}?dryRun=All`, call).catch((error: unknown) => error);
    if (!isInForce(outcome)) throw new Error(JSON.stringify(outcome));
  });
}

const isRefused = (outcome: unknown) => outcome instanceof ApiRefusal;

describe('a policy of the cluster that', () => {
  it.each([
    ['refuses', 'refuses', refusing('!has(object.metadata.finalizers)'), isRefused, /ask the cluster team/],
    [
      'takes off',
      'takes-off',
      TAKES_OFF,
      (outcome: unknown) => objectAt(Object(outcome), 'metadata')['finalizers'] === undefined,
      /takes it off in the same write/,
    ],
  ])(
    '%s the finalizer keeps the operator from writing to AWS, and the link says so',
    async (_how, name, policy, isInForce, words) => {
      await scene.tenant(name);
      await enact(name, policy);
      const waiting = await linked(scene, `${name}-probe`, { namespace: name, spec: { suspend: true } });
      await untilInForce(waiting, FINALIZERS, isInForce);

      const link = await linked(scene, name, { namespace: name });

      const { status } = await scene.until(link, {
        status: 'False',
        reason: 'FinalizerRefused',
        message: words,
      });
      expect(status.conditions?.map(({ type }) => type)).toContain('Stalled');
      expect(scene.writesOn(name)).toStrictEqual([]);
    },
  );

  it('does not let the finalizer go is named by the deleted link, once nothing of it is left in AWS', async () => {
    const name = 'does-not-let-go';
    await scene.tenant(name);
    const link = await linked(scene, name, { namespace: name });
    await scene.ready(link);
    await enact(name, refusing('has(object.metadata.finalizers)'));
    await untilInForce(link, { metadata: { finalizers: null } }, isRefused);

    await scene.startDeleting(link);

    await scene.until(link, { status: 'False', reason: 'DeletionBlocked', message: /ask the cluster team/ });
    expect(await viewRole(scene.target, name)).toBeUndefined();
  });
});
