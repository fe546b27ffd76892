import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AWSAccount } from '../../../../src/api/awsaccount.ts';
import { isTaggedFor, TAGS } from '../../../../src/desired/names.ts';
import { UnlinkedRoles } from '../../../../src/controllers/account/unlinked-roles.ts';
import { role, TARGET } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { TestCluster } from '../test-cluster.ts';
import { awsAccount } from '../../api/aws-account.ts';

const OURS = new Map([[TAGS.clusterId, CLUSTER]]);
const BILLING = awsAccount();

let cluster: TestCluster;
let reported: string[];
let changes: number;
let object: AWSAccount;
let roles: UnlinkedRoles;

beforeEach(() => {
  cluster = new TestCluster();
  reported = [];
  changes = 0;
  object = BILLING;
  roles = begin();
});

function begin(): UnlinkedRoles {
  return new UnlinkedRoles({
    links: cluster.links,
    isRemoved: () => false,
    accounts: cluster.accounts,
    objects: { get: (name) => (name === 'billing' ? object : undefined) },
    events: {
      record: (_resource, { name }, { type, reason, message }) =>
        void reported.push(`${name} ${type} ${reason}: ${message}`),
    },
    log: { warn: () => undefined },
    now: () => cluster.now,
    onChange: () => void (changes += 1),
  });
}

/** A snapshot with these roles in it, two minutes after the last. */
function snapshot(arns: readonly string[] = [ROLE.text], tags: ReadonlyMap<string, string> = OURS): void {
  for (const arn of arns) roles.look(TARGET, arn, isTaggedFor(CLUSTER, tags));
  roles.looked(TARGET, (arn) => arns.includes(arn));
  cluster.now += 120_000;
}

/** The AWSAccount's status is written as it is to be. */
function report(): void {
  const unlinkedRoles = roles.of(TARGET);
  object = { ...object, status: unlinkedRoles === undefined ? {} : { unlinkedRoles } };
}

it('a role of the operator’s that no link names is reported on its AWSAccount, once', () => {
  for (let round = 0; round < 4; round += 1) snapshot();
  expect(reported).toStrictEqual([
    `billing Warning LeftBehind: Role ${ROLE.text} has this operator's tags, and no link names it: its link was abandoned or retained, its finalizer was removed by hand, or Kubernetes removed it. Create the link again and delete it, or delete the role by hand; leave it if this is intended.`,
  ]);
});

it('not one that an earlier snapshot may show although it is gone', () => {
  snapshot();
  expect(reported).toStrictEqual([]);
});

it('not one that a link names, nor one without this cluster’s tag', () => {
  for (let round = 0; round < 3; round += 1) snapshot([ROLE.text], new Map([[TAGS.clusterId, 'other']]));
  cluster.add('a');
  for (let round = 0; round < 3; round += 1) snapshot();
  expect(reported).toStrictEqual([]);
  expect(roles.of(TARGET)).toStrictEqual({ arns: [], total: 0 });
});

it('again, when a link had it meanwhile', () => {
  for (let round = 0; round < 2; round += 1) snapshot();
  const link = cluster.add('a');
  snapshot();
  cluster.links.remove(link.metadata.uid);
  for (let round = 0; round < 2; round += 1) snapshot();
  expect(reported).toHaveLength(2);
});

describe('the status', () => {
  it('lists such roles, from the second look on', () => {
    expect(roles.of(TARGET)).toBeUndefined();
    snapshot();
    expect(roles.of(TARGET)).toStrictEqual({ arns: [], total: 0 });
    snapshot();
    expect(roles.of(TARGET)).toStrictEqual({ arns: [ROLE.text], total: 1 });
  });

  it('lists one no longer as soon as it is gone, or a link names it', () => {
    for (let round = 0; round < 2; round += 1) snapshot();
    const link = cluster.add('a');
    expect(roles.of(TARGET)?.total).toBe(0);
    cluster.links.remove(link.metadata.uid);
    snapshot([]);
    expect(roles.of(TARGET)?.total).toBe(0);
  });

  it('lists the first twenty; how many there are is counted up to two hundred', () => {
    const many = Array.from({ length: 300 }, (_, index) => role(`r${1000 + index}`, TARGET).text);
    for (let round = 0; round < 2; round += 1) snapshot(many);
    expect(roles.of(TARGET)).toStrictEqual({ arns: many.slice(0, 20), total: 200 });
  });

  it('has room for others again when some are gone', () => {
    const many = Array.from({ length: 300 }, (_, index) => role(`r${1000 + index}`, TARGET).text);
    for (let round = 0; round < 2; round += 1) snapshot(many);
    for (let round = 0; round < 3; round += 1) snapshot(many.slice(200));
    expect(roles.of(TARGET)).toStrictEqual({ arns: many.slice(200, 220), total: 100 });
  });

  it('is to be written when something else is to be said, and only then', () => {
    snapshot();
    expect(changes).toBe(0);
    snapshot();
    expect(changes).toBe(1);
    report();
    snapshot();
    expect(changes).toBe(1);
    snapshot([]);
    expect(changes).toBe(2);
  });
});

it('what an earlier process has reported is not reported again, and stays in the status', () => {
  for (let round = 0; round < 2; round += 1) snapshot();
  report();
  roles = begin();
  snapshot();
  expect(roles.of(TARGET)?.total).toBe(1);
  expect(reported).toHaveLength(1);
  snapshot([]);
  expect(roles.of(TARGET)?.total).toBe(0);
});

it('of an account that is no longer called nothing is remembered', () => {
  for (let round = 0; round < 2; round += 1) snapshot();
  roles.forget(TARGET);
  expect(roles.of(TARGET)).toBeUndefined();
});
