import { beforeEach, expect, it } from '@jest/globals';
import type { AWSAccount } from '../../../../src/api/awsaccount.ts';
import { UnlinkedRoles } from '../../../../src/controllers/account/unlinked-roles.ts';
import { TAGS } from '../../../../src/desired/names.ts';
import { TARGET } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { CREATED, TestCluster } from '../test-cluster.ts';

const OURS = new Map([[TAGS.clusterId, CLUSTER]]);
const BILLING: AWSAccount = {
  metadata: {
    name: 'billing',
    uid: 'uid-billing',
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: CREATED,
    labels: {},
    annotations: {},
    finalizers: [],
  },
  spec: { accountID: TARGET, partition: 'aws' },
  status: {},
};

let cluster: TestCluster;
let told: string[];
let roles: UnlinkedRoles;

beforeEach(() => {
  cluster = new TestCluster();
  told = [];
  roles = new UnlinkedRoles({
    links: cluster.links,
    accounts: cluster.accounts,
    objects: { get: (name) => (name === 'billing' ? BILLING : undefined) },
    events: {
      record: (_resource, { name }, type, reason, message) =>
        void told.push(`${name} ${type} ${reason}: ${message}`),
    },
    log: { warn: () => undefined },
    clusterId: CLUSTER,
    now: () => cluster.now,
  });
});

function look(tags: ReadonlyMap<string, string> = OURS): void {
  roles.look(TARGET, ROLE.text, tags);
  cluster.now += 120_000;
}

it('a role of the operator’s that no link names is told of on its AWSAccount, once', () => {
  for (let round = 0; round < 4; round += 1) look();
  expect(told).toStrictEqual([
    `billing Warning LeftBehind: Role ${ROLE.text} bears this operator's tags, and no link names it: its link was abandoned or retained, or its finalizer was taken off. Make the link again and delete it, or delete the role by hand; leave it if that is meant.`,
  ]);
});

it('not one that an earlier snapshot may show although it is gone', () => {
  look();
  expect(told).toStrictEqual([]);
});

it('not one that a link names, nor one without this cluster’s tag', () => {
  for (let round = 0; round < 3; round += 1) look(new Map([[TAGS.clusterId, 'other']]));
  cluster.add('a');
  for (let round = 0; round < 3; round += 1) look();
  expect(told).toStrictEqual([]);
});

it('again, when a link had it meanwhile', () => {
  for (let round = 0; round < 2; round += 1) look();
  const object = cluster.add('a');
  look();
  cluster.links.remove(object.metadata.uid);
  for (let round = 0; round < 2; round += 1) look();
  expect(told).toHaveLength(2);
});
