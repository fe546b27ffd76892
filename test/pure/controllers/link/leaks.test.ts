/** Nothing that a tenant may read of a link names a link, a role or another object of another namespace. */
import { describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { policyName } from '../../../../src/desired/names.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { ownershipTags } from '../../../../src/desired/target-role.ts';
import { OWN_TRUST, parsed } from '../../plan/fixtures.ts';
import { accountOf, EXEC, objectOf, SOURCE_ENTRY, TARGET_ENTRY, untouchedRole } from '../test-cluster.ts';
import { allow, CLUSTER, link, ROLE } from '../../desired/fixtures.ts';
import { DRIFT_CHECK_MS, type ReconcilerHarness, withCheckout } from './reconciler-harness.ts';

const HIDDEN_ROLE = role('crossaccountlink/payments/hidden-role');
const FOREIGN = /hidden/i;
const OBSERVED = { managementPolicy: 'Observe' };

/** A link of a namespace that ours must not hear of, older than ours unless it says otherwise. */
function foreign(harness: ReconcilerHarness, fields: Partial<Link> = {}): void {
  const object = objectOf(
    link('hidden-link', {
      namespace: 'hidden',
      targetRole: HIDDEN_ROLE,
      createdAt: '2025-01-01T00:00:00Z',
      ...fields,
    }),
  );
  const status = { ...object.status, targetRoleID: untouchedRole().roleId };
  harness.cluster.links.upsert({ ...object, status });
  harness.cluster.parts.linksChanged();
}

/** Has the execution role assume only what somebody wrote by hand. */
function disturbGrant(harness: ReconcilerHarness): void {
  harness.changeRole((found) => {
    const name = policyName(CLUSTER);
    const grant = found.inlinePolicies.get(name);
    const statements = grant?.kind === 'parsed' ? grant.document.statements : [];
    const resources = { negated: false, values: ['arn:aws:iam::222222222222:role/somebody'] };
    const changed = statements.map((statement) => Object.assign({}, statement, { resources }));
    const document = { version: '2012-10-17', statements: changed } as const;
    return { ...found, inlinePolicies: new Map([[name, { kind: 'parsed', document }]]) };
  }, EXEC.text);
}

/** Our link's role is one that the operator made for them, under the execution role that both have. */
function makeTheirs({ cluster }: ReconcilerHarness): void {
  const externalId = { 'sts:ExternalId': [machine('hidden-machine').text] };
  const queue = 'arn:aws:sqs:us-east-1:222222222222:hidden';
  cluster.target.roles.set(ROLE.text, {
    ...untouchedRole(ROLE.text),
    description: 'hidden',
    tags: ownershipTags({ clusterId: CLUSTER, namespace: 'hidden' }),
    trust: parsed({ ...OWN_TRUST, conditions: { StringEquals: externalId } }),
    inlinePolicies: new Map([[policyName(CLUSTER), parsed(allow(['sqs:SendMessage'], [queue]))]]),
  });
}

interface Situation {
  readonly what: string;
  readonly foreign?: Partial<Link>;
  readonly spec?: JsonObject;
  /** Of the entries that let both namespaces in. */
  readonly maxLinks?: number;
  readonly before?: (harness: ReconcilerHarness) => void;
  readonly next?: (harness: ReconcilerHarness) => void;
  /** What is reported instead: the situation has come about. */
  readonly says: RegExp;
}

const SITUATIONS: readonly Situation[] = [
  { what: 'an older link of theirs has the Task', says: /An older link sends \\?"Send/ },
  {
    what: 'a younger link of theirs wants the Task',
    foreign: { createdAt: '2027-01-01T00:00:00Z' },
    says: /InSync/,
  },
  {
    what: 'the grant that both share was disturbed',
    foreign: { tasks: [] },
    next: disturbGrant,
    says: /a role of another namespace/,
  },
  {
    what: 'the grant that both share was disturbed, and theirs is suspended',
    foreign: { tasks: [], suspended: true },
    next: disturbGrant,
    says: /role\/somebody/,
  },
  {
    what: 'ours only observes, and both share machine and grant',
    spec: OBSERVED,
    foreign: { tasks: [] },
    says: /PutRolePolicy/,
  },
  { what: 'theirs takes the last place that both may have', maxLinks: 1, says: /older ones come first/ },
  {
    what: 'the definition that both share can no longer be read',
    foreign: { tasks: [] },
    next: (harness) => harness.changeDefinition('no definition'),
    says: /stateMachine:checkout/,
  },
  { what: 'ours only observes, and theirs has the Task', spec: OBSERVED, says: /An older link/ },
  { what: 'both name the same role', foreign: { targetRole: ROLE }, says: /Waits for the target role/ },
  {
    what: 'ours is deleted while theirs is suspended',
    foreign: { suspended: true },
    next: (harness) => harness.delete('a'),
    says: /another link that shares it is suspended/,
  },
  {
    what: 'ours is deleted while their machine was never read',
    foreign: { stateMachine: machine('hidden-machine') },
    next: (harness) => harness.delete('a'),
    says: /links that may share an object have been read/,
  },
  {
    what: 'ours only observes, and the role is theirs',
    spec: OBSERVED,
    before: makeTheirs,
    says: /RoleOwnedByOtherNamespace/,
  },
  {
    what: 'ours only observes the role, which is theirs, and somebody has taken its tags off',
    spec: { targetRole: { arn: ROLE.text, ...OBSERVED } },
    foreign: { targetRole: ROLE },
    before: (harness) => {
      makeTheirs(harness);
      harness.changeRole((found) => ({ ...found, tags: new Map() }));
    },
    says: /RoleOwnedByOtherNamespace/,
  },
  {
    what: 'theirs is being deleted',
    foreign: { deleting: true },
    next: disturbGrant,
    says: /An older link sends/,
  },
];

describe('what is reported of a link names nothing of another namespace when', () => {
  for (const { what, foreign: fields, spec, maxLinks, before, next, says } of SITUATIONS) {
    it(what, async () => {
      const harness = withCheckout();
      const { cluster } = harness;
      const limit = maxLinks === undefined ? {} : { maxLinks };
      const both = { namespaces: { names: ['payments', 'hidden'] }, ...limit };
      cluster.accounts.set(accountOf(SOURCE, [{ ...SOURCE_ENTRY, ...both }], { aws: cluster.source }));
      cluster.accounts.set(accountOf(TARGET, [{ ...TARGET_ENTRY, ...both }], { aws: cluster.target }));
      foreign(harness, fields);
      before?.(harness);
      harness.create('a', spec);
      const reported: string[] = [];
      const note = () => reported.push(JSON.stringify(harness.object('a')?.status ?? {}));
      for (let round = 0; round < 3; round += 1) {
        await harness.reconcile('a');
        note();
        harness.cluster.now += DRIFT_CHECK_MS;
      }
      next?.(harness);
      for (let round = 0; round < 3; round += 1) {
        await harness.reconcile('a');
        note();
        harness.cluster.now += DRIFT_CHECK_MS;
      }
      const all = [...reported, ...harness.notes].join('\n');
      expect(all).toMatch(says);
      expect(all).not.toMatch(FOREIGN);
    });
  }
});

it.each([
  { way: 'retained', spec: { deletionPolicy: 'Retain' }, annotations: {} },
  {
    way: 'abandoned',
    spec: {},
    annotations: { [ANNOTATIONS.abandon]: 'true' },
  },
])('nor when ours was never admitted, names their objects, and is $way', async ({ spec, annotations }) => {
  const harness = withCheckout();
  const { cluster } = harness;
  const theirs = { namespaces: { names: ['hidden'] } };
  cluster.accounts.set(
    accountOf(SOURCE, [{ ...SOURCE_ENTRY, ...theirs }], {
      aws: cluster.source,
    }),
  );
  cluster.accounts.set(
    accountOf(TARGET, [{ ...TARGET_ENTRY, ...theirs }], {
      aws: cluster.target,
    }),
  );
  await cluster.read('orders', role('hidden-exec').text);
  foreign(harness, { stateMachine: machine('orders'), targetRole: ROLE });
  harness.create('a', { ...spec, stateMachineARN: machine('orders').text });
  harness.forgeFinalizer('a');
  harness.annotate('a', annotations);
  await harness.reconcile('a');
  harness.delete('a');
  await harness.reconcile('a');
  expect(harness.object('a')).toBeUndefined();
  const note = harness.notes.at(-1);
  expect(note).toMatch(/Retain|abandoned/);
  expect(note).not.toMatch(FOREIGN);
  // Nor that anybody uses the role.
  expect(note).not.toContain('Other links');
});
