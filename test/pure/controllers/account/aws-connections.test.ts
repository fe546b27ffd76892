import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { systemClock } from '../../../../src/base/clock.ts';
import { Stretch } from '../../../../src/base/stretch.ts';
import {
  AwsConnections,
  isStrayGrant,
  keepsRole,
  queueReaders,
} from '../../../../src/controllers/account/aws-connections.ts';
import { isTaggedFor, policyName, TAGS } from '../../../../src/desired/names.ts';
import { Sessions } from '../../../../src/aws/sessions/sessions.ts';
import { Metrics } from '../../../../src/telemetry/metrics.ts';
import { eventually } from '../../../../testbed/eventually.ts';
import { asSource, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { accountOf, EXEC, SOURCE_ENTRY, TestCluster } from '../test-cluster.ts';

describe('a snapshot keeps a role', () => {
  const mine = new Map([[TAGS.clusterId, CLUSTER]]);
  it.each<
    readonly [what: string, accountId: string, arn: string, tags: ReadonlyMap<string, string>, kept: boolean]
  >([
    ['that has this cluster’s tag', TARGET, role('x').text, mine, true],
    ['that has another cluster’s tag', TARGET, role('x').text, new Map([[TAGS.clusterId, 'other']]), false],
    ['that is a link’s target', TARGET, ROLE.text, new Map(), true],
    ['that a linked state machine runs under', SOURCE, role('odd', SOURCE).text, new Map(), true],
    ['that the rules admit as execution role', SOURCE, EXEC.text, new Map(), true],
    ['not one that nothing speaks of', SOURCE, role('x', SOURCE).text, new Map(), false],
  ])('%s', async (_what, accountId, arn, tags, kept) => {
    const cluster = new TestCluster();
    // One entry that admits the role is enough.
    cluster.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY, asSource(['*'])]));
    cluster.add('a');
    await cluster.read('checkout', role('odd', SOURCE).text);
    const { links, accounts, parts } = cluster;
    const around = { links, accounts, machines: parts.machines };
    expect(keepsRole(around, accountId, arn, isTaggedFor(CLUSTER, tags))).toBe(kept);
  });
});

describe('a grant on a role is looked after', () => {
  const NAME = policyName(CLUSTER);
  it.each<readonly [what: string, arn: string, name: string, stray: boolean]>([
    ['under which no linked state machine runs', role('former', SOURCE).text, NAME, true],
    ['not where one does', EXEC.text, NAME, false],
    ['not on a target role, whose permissions have the same name', ROLE.text, NAME, false],
    ['not that of another cluster', role('former', SOURCE).text, policyName('other'), false],
    ['not a policy of other people', role('former', SOURCE).text, 'theirs', false],
  ])('%s', async (_what, arn, name, stray) => {
    const cluster = new TestCluster();
    cluster.add('a');
    await cluster.read('checkout');
    const { links, parts } = cluster;
    const around = { links, machines: parts.machines, clusterId: CLUSTER };
    expect(isStrayGrant(around, arn, name)).toBe(stray);
  });
});

describe('a queue of change events is read once', () => {
  const QUEUE = `https://sqs.us-east-1.amazonaws.com/${TARGET}/events`;
  it.each<
    readonly [
      what: string,
      named: readonly string[],
      connected: readonly string[],
      reader: string | undefined,
    ]
  >([
    ['by the account that it lies in', [SOURCE, TARGET], [SOURCE, TARGET], TARGET],
    ['by that account, although only another names it', [SOURCE], [SOURCE, TARGET], TARGET],
    ['by the first that names it, where its own is not connected', [SOURCE], [SOURCE], SOURCE],
    ['by nobody, while nobody is connected', [SOURCE], [], undefined],
  ])('%s', (_what, named, connected, reader) => {
    const urls = new Map(named.map((account) => [account, QUEUE]));
    const readers = queueReaders(urls, (account) => (connected.includes(account) ? account : undefined));
    expect([...readers]).toEqual(reader === undefined ? [] : [[QUEUE, reader]]);
  });

  it('each of several queues by its own', () => {
    const other = `https://sqs.us-east-1.amazonaws.com/${SOURCE}/events`;
    const urls = new Map([
      [SOURCE, other],
      [TARGET, QUEUE],
    ]);
    expect(queueReaders(urls, (account) => account)).toEqual(
      new Map([
        [other, SOURCE],
        [QUEUE, TARGET],
      ]),
    );
  });
});

it('an account is counted from its connection on until it is closed, with the calls that it had', async () => {
  const { links, accounts, parts } = new TestCluster();
  const metrics = new Metrics();
  // Without credentials no call is sent.
  const sessions = new Sessions({
    mayWrite: () => true,
    clock: systemClock,
    environment: {},
    version: '0.0.0',
  });
  const connections = new AwsConnections({
    unlinkedRoles: {
      look: () => undefined,
      looked: () => undefined,
      of: () => ({ arns: [ROLE.text], total: 3 }),
      forget: () => undefined,
    },
    clock: systemClock,
    random: Math.random,
    stretch: new Stretch(systemClock),
    log: pino({ level: 'silent' }),
    metrics,
    clusterId: CLUSTER,
    sessions,
    links,
    machines: parts.machines,
    accounts,
    listener: { changed: () => Promise.resolve(), differs: () => Promise.resolve(), isOwn: () => false },
    onDoubt: () => undefined,
    executions: { add: () => undefined },
    onOutage: () => undefined,
    onQueue: () => undefined,
    isLeader: () => false,
    readLagMs: 0,
  });
  const connection = connections.connect({ accountId: SOURCE, partition: 'aws' });
  expect((await connection.verify()).kind).toBe('denied');
  expect(connection.lastCheck()).toBeUndefined();
  const text = await metrics.collect();
  expect(text).toMatch(
    new RegExp(`crossaccountlink_aws_calls_total\\{[^}]*account="${SOURCE}"[^}]*GetCallerIdentity[^}]*\\} 1`),
  );
  const age = `crossaccountlink_snapshot_age_seconds{account="${SOURCE}"}`;
  expect(text).toContain(age);
  const unlinked = `crossaccountlink_unlinked_roles{account="${SOURCE}"}`;
  expect(text).toContain(`${unlinked} 3`);
  expect(connection.unlinkedRoles()?.total).toBe(3);
  connection.close();
  await eventually('the account’s metrics are gone', async () => {
    expect(await metrics.collect()).not.toContain(age);
    expect(await metrics.collect()).not.toContain(unlinked);
  });
  await connections.close();
});
