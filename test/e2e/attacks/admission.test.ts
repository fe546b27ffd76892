/** What the admission policy prevents tenants from doing, and somebody who took over the operator's ServiceAccount. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import type { SharedControlPlane } from '../../../testbed/control-plane.ts';
import { openControlPlane } from '../../../testbed/stage.ts';
import { about } from '../../expectations.ts';

const path = (inRepository: string) => fileURLToPath(new URL(`../../../${inRepository}`, import.meta.url));

const OPERATOR = 'system:serviceaccount:crossaccountlink-system:crossaccountlink';
const TENANT = 'tina';
const FINALIZER = 'crossaccountlink.dev/cleanup';

function link(name: string, metadata: object = {}): string {
  return JSON.stringify({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'CrossAccountLink',
    metadata: { name, namespace: 'payments', ...metadata },
    spec: {
      stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
      targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout' },
    },
  });
}

const ACCOUNT = JSON.stringify({
  apiVersion: 'crossaccountlink.dev/v1alpha1',
  kind: 'AWSAccount',
  metadata: { name: 'billing' },
  spec: { accountID: '222222222222' },
});

/** A tenant with more rights than the chart's editor role: everything about links, subresources included. */
const GENEROUS = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: generous, namespace: payments}
rules: [{apiGroups: [crossaccountlink.dev], resources: ['*'], verbs: ['*']}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: generous, namespace: payments}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: generous}
subjects: [{kind: User, name: ${TENANT}, apiGroup: rbac.authorization.k8s.io}]
`;

function patchOf(patch: object, ...where: readonly string[]): readonly string[] {
  return ['patch', ...where, '--type=merge', '-p', JSON.stringify(patch)];
}

describe('the admission policy', () => {
  let controlPlane: SharedControlPlane;

  beforeAll(async () => {
    ({ controlPlane } = await openControlPlane());
    await allowed(['apply', '--server-side', '-k', path('deploy/overlays/development')]);
    await allowed(['create', 'namespace', 'payments']);
    await allowed(['apply', '-f', '-'], { input: GENEROUS });
    await allowed(['apply', '-f', '-'], { input: link('checkout') });
    await allowed(['apply', '-f', '-'], { input: ACCOUNT });
    await policyIsInForce();
  });

  async function allowed(
    args: readonly string[],
    options: { as?: string; input?: string } = {},
  ): Promise<string> {
    const { stdout, stderr, exitCode } = await controlPlane.kubectl(args, options);
    about(`kubectl ${args.join(' ')}: ${stderr}`, () => expect(exitCode).toBe(0));
    return stdout;
  }

  async function rightsOf(as: string): Promise<ReadonlySet<string>> {
    const list = await allowed(['auth', 'can-i', '--list', '-n', 'crossaccountlink-system'], { as });
    return new Set(list.split('\n').map((line) => line.replaceAll(/\s+/g, ' ').trim()));
  }

  async function refused(
    args: readonly string[],
    options: { as: string; input?: string },
    reason: string,
  ): Promise<void> {
    const { stderr, exitCode } = await controlPlane.kubectl(args, options);
    about(`kubectl ${args.join(' ')} was let through`, () => expect(exitCode).not.toBe(0));
    expect(stderr).toContain(reason);
  }

  /** The API server enforces a new policy some moments after it was made. */
  async function policyIsInForce(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      const args = ['create', '--dry-run=server', '-f', '-'];
      const input = link('probe', { finalizers: [FINALIZER] });
      const { exitCode } = await controlPlane.kubectl(args, { as: TENANT, input });
      if (exitCode !== 0) return;
      if (Date.now() > deadline) throw new Error('the admission policy is not in force');
    }
  }

  const LINK = ['xal', 'checkout', '-n', 'payments'];
  const AWS_ACCOUNT = ['awsaccount', 'billing'];
  const withFinalizer = { metadata: { finalizers: [FINALIZER] } };
  const withoutFinalizer = { metadata: { finalizers: null } };

  describe('keeps a tenant from', () => {
    const as = TENANT;

    it('making a link with the finalizer', () =>
      refused(
        ['create', '-f', '-'],
        { as, input: link('forged', { finalizers: [FINALIZER] }) },
        'finalizer crossaccountlink.dev/cleanup',
      ));

    it('putting the finalizer on a link', () =>
      refused(patchOf(withFinalizer, ...LINK), { as }, 'finalizer crossaccountlink.dev/cleanup'));

    it('taking the finalizer off a link', async () => {
      await allowed(patchOf(withFinalizer, ...LINK));
      await refused(patchOf(withoutFinalizer, ...LINK), { as }, 'finalizer crossaccountlink.dev/cleanup');
      await allowed(patchOf(withoutFinalizer, ...LINK));
    });

    it('making a link that is to be abandoned', () =>
      refused(
        ['create', '-f', '-'],
        { as, input: link('left', { annotations: { 'crossaccountlink.dev/abandon': 'true' } }) },
        'crossaccountlink.dev/abandon',
      ));

    it('abandoning a link', () =>
      refused(
        ['annotate', ...LINK, 'crossaccountlink.dev/abandon=true'],
        { as },
        'crossaccountlink.dev/abandon',
      ));

    it('writing the status of a link', () =>
      refused(
        patchOf({ status: { targetRoleID: 'AROAFORGED' } }, ...LINK, '--subresource=status'),
        { as },
        'status is the operator',
      ));
  });

  it('lets a tenant make, change, ask about and delete a link', async () => {
    const as = TENANT;
    const other = ['xal', 'other', '-n', 'payments'];
    await allowed(['create', '-f', '-'], { as, input: link('other') });
    await allowed(patchOf({ spec: { suspend: true } }, ...other), { as });
    await allowed(['annotate', ...other, 'crossaccountlink.dev/reconcile-requested-at=now'], { as });
    await allowed(['label', ...other, 'team=payments'], { as });
    await allowed(['delete', ...other], { as });
  });

  describe('lets the operator', () => {
    const as = OPERATOR;

    for (const [object, where] of [
      ['a link', LINK],
      ['an AWSAccount', AWS_ACCOUNT],
    ] as const) {
      it(`put its finalizer on ${object} and take it off`, async () => {
        await allowed(patchOf(withFinalizer, ...where), { as });
        await allowed(patchOf(withoutFinalizer, ...where), { as });
      });

      it(`write the status of ${object}`, async () => {
        const { apiVersion, kind, metadata } = JSON.parse(await allowed(['get', ...where, '-o', 'json']));
        const { name, namespace } = metadata;
        const input = JSON.stringify({ apiVersion, kind, metadata: { name, namespace }, status: {} });
        await allowed(['apply', '--server-side', '--subresource=status', '-f', '-'], { as, input });
      });

      it(`write annotations of its own on ${object}`, () =>
        allowed(patchOf({ metadata: { annotations: { 'crossaccountlink.dev/seen': 'x' } } }, ...where), {
          as,
        }));
    }
  });

  describe('keeps the operator from', () => {
    const as = OPERATOR;
    const nothingElse = 'the operator changes nothing but status';
    const everything = { namespaces: { names: ['payments'] }, asTarget: { rolePathPrefix: '/' } };

    it('rewriting the access rules of an AWSAccount', () =>
      refused(patchOf({ spec: { access: [everything] } }, ...AWS_ACCOUNT), { as }, nothingElse));

    it('changing the spec of a link', () =>
      refused(patchOf({ spec: { managementPolicy: 'Observe' } }, ...LINK), { as }, nothingElse));

    for (const [what, metadata] of [
      ['labels', { labels: { team: 'x' } }],
      ['annotations of others', { annotations: { 'example.com/x': 'y' } }],
      ['finalizers of others', { finalizers: ['example.com/x'] }],
      ['owners', { ownerReferences: [{ apiVersion: 'v1', kind: 'Pod', name: 'x', uid: 'x' }] }],
    ] as const) {
      it(`changing ${what}`, () => refused(patchOf({ metadata }, ...LINK), { as }, nothingElse));
    }

    it('abandoning a link', () =>
      refused(
        patchOf({ metadata: { annotations: { 'crossaccountlink.dev/abandon': 'true' } } }, ...LINK),
        { as },
        'crossaccountlink.dev/abandon',
      ));
  });

  it('lets an administrator do all of that', async () => {
    const abandon = { 'crossaccountlink.dev/abandon': 'true' };
    await allowed(['create', '-f', '-'], {
      input: link('restored', { finalizers: [FINALIZER], annotations: abandon }),
    });
    const restored = ['xal', 'restored', '-n', 'payments'];
    await allowed(patchOf({ status: { taskCount: 1 } }, ...restored, '--subresource=status'));
    await allowed(patchOf(withoutFinalizer, ...restored));
    await allowed(['delete', ...restored]);
  });

  it('leaves the operator with exactly the documented rights', async () => {
    // Besides what every ServiceAccount may do.
    const everyones = await rightsOf('system:serviceaccount:crossaccountlink-system:nobody');
    const ours = [...(await rightsOf(OPERATOR)).difference(everyones)].sort();
    expect(ours).toStrictEqual([
      'awsaccounts.crossaccountlink.dev [] [] [get list watch patch]',
      'awsaccounts.crossaccountlink.dev/status [] [] [patch]',
      'crossaccountlinks.crossaccountlink.dev [] [] [get list watch patch]',
      'crossaccountlinks.crossaccountlink.dev/status [] [] [patch]',
      'events [] [] [create patch]',
      'leases.coordination.k8s.io [] [] [create]',
      'leases.coordination.k8s.io [] [crossaccountlink] [get update]',
      'namespaces [] [] [list watch]',
    ]);
  });
});
