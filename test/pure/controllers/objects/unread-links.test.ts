/** State machines that no reconcile reads: what they hold up, and who reads them instead. */
import { describe, expect, jest, test } from '@jest/globals';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import { AwsFailure } from '../../../../src/aws/errors/errors.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { awsFailure } from '../model-account.ts';
import { CALLS, EXEC, TestCluster } from '../test-cluster.ts';
import { onGrant } from './contributor-kinds.ts';

const OTHER_EXEC = role('other-exec', SOURCE).text;

describe('the machine of a link that nothing is done for', () => {
  const IDLE: readonly { what: string; fields: Partial<Link> }[] = [
    { what: 'suspended', fields: { suspended: true } },
    { what: 'refused', fields: { targetRole: role('elsewhere/checkout') } },
  ];
  for (const { what, fields } of IDLE) {
    test(`is read all the same when the link is ${what}, so that it holds up no other grant`, async () => {
      const the = new TestCluster();
      const object = the.add('a', fields);
      the.put('checkout');
      expect(onGrant(the, OTHER_EXEC)).toStrictEqual(['a unread']);
      await the.parts.unreadLinks.readIfStopped(object, CALLS);
      expect([onGrant(the), onGrant(the, OTHER_EXEC)]).toStrictEqual([['a frozen'], []]);
    });
  }

  const NOT_READ: readonly { what: string; fields: Partial<Link>; held: boolean }[] = [
    { what: 'is reconciled anyhow', fields: {}, held: true },
    { what: 'never wrote', fields: { suspended: true }, held: false },
  ];
  for (const { what, fields, held } of NOT_READ) {
    test(`is not read for a link that ${what}`, async () => {
      const the = new TestCluster();
      the.put('checkout');
      await the.parts.unreadLinks.readIfStopped(the.add('a', fields, held), CALLS);
      expect(the.source.reads).toStrictEqual([]);
    });
  }

  test('is read once', async () => {
    const the = new TestCluster();
    const object = the.add('a', { suspended: true });
    the.put('checkout');
    await the.parts.unreadLinks.readIfStopped(object, CALLS);
    await the.parts.unreadLinks.readIfStopped(object, CALLS);
    expect(the.source.reads).toHaveLength(1);
  });

  for (const [kind, outcome] of [
    ['terminal', 'is left unread'],
    ['retryable', 'is tried again'],
  ] as const) {
    test(`${outcome} when the read fails as ${kind}`, async () => {
      const the = new TestCluster();
      const object = the.add('a', { suspended: true });
      the.source.failures.set('stateMachine', awsFailure(kind));
      const reading = the.parts.unreadLinks.readIfStopped(object, CALLS);
      await (kind === 'terminal' ? reading : expect(reading).rejects.toThrow(AwsFailure));
      expect(the.parts.machines.known(machine('checkout').text)).toBeUndefined();
    });
  }
});

test('a machine that cannot be read holds up only the grants that its link is known to have', () => {
  const the = new TestCluster();
  const written = the.add('a');
  const status = { inventory: [{ leg: 'ExecutionRoleGrant', arn: EXEC.text }] } as const;
  the.links.upsert({ ...written, status });
  the.parts.memories.of(written.metadata.uid).specDigest = 'looked at';
  expect([onGrant(the), onGrant(the, OTHER_EXEC)]).toStrictEqual([['a unread'], []]);
});

test('a link that gets its first sign of a write after others were asked about is found all the same', () => {
  const the = new TestCluster();
  const object = the.add('a', {}, false);
  expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
  the.links.upsert({ ...object, status: { inventory: [{ leg: 'TargetRole', arn: 'x' }] } });
  expect(onGrant(the, OTHER_EXEC)).toStrictEqual(['a unread']);
});

test('where a thousand links wait for their turn, whose grant is whose is asked of none of them one by one', () => {
  const the = new TestCluster();
  const links = 1_000;
  for (let at = 0; at < links; at += 1)
    the.parts.memories.of(the.add(`a${at}`).metadata.uid).specDigest = 'looked at';
  expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
  const asked = jest.spyOn(the.links, 'getByUid');
  for (let check = 0; check < 10; check += 1) expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
  expect(asked.mock.calls.length).toBeLessThan(links);
});

test('where a thousand new links wait, of which nothing shows that anything stands for them, none is asked', () => {
  const the = new TestCluster();
  const links = 1_000;
  for (let at = 0; at < links; at += 1) the.add(`a${at}`, {}, false);
  expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
  const asked = jest.spyOn(the.links, 'getByUid');
  for (let check = 0; check < 10; check += 1) expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
  expect(asked.mock.calls.length).toBeLessThan(links);
});

describe('a link that comes to count after others were asked about is found', () => {
  const MANY = 10_000;
  const CHANGES: Readonly<Record<string, (the: TestCluster) => void>> = {
    'when it comes': (the) => void the.add('a'),
    'when it gets a finalizer': (the) => {
      const { metadata, ...object } = the.add('a', {}, false);
      expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
      the.links.upsert({ ...object, metadata: { ...metadata, finalizers: [FINALIZER] } });
    },
    'when a write for it is noted before the cluster shows it': (the) => {
      const { metadata } = the.add('a', {}, false);
      expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
      the.parts.memories.of(metadata.uid).wroteForLink = true;
    },
    'when more happened since than anybody could tell': (the) => {
      const other = the.add('b', { suspended: true }, false);
      the.add('a');
      for (let times = 0; times < MANY; times += 1) the.links.upsert(other);
    },
  };
  for (const [what, change] of Object.entries(CHANGES)) {
    test(what, () => {
      const the = new TestCluster();
      expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
      change(the);
      expect(onGrant(the, OTHER_EXEC)).toStrictEqual(['a unread']);
    });
  }

  test('after a list that shows it', async () => {
    const the = new TestCluster();
    const object = the.add('a');
    the.links.remove(object.metadata.uid);
    expect(onGrant(the, OTHER_EXEC)).toStrictEqual([]);
    await the.links.replace([object], () => Promise.resolve());
    expect(onGrant(the, OTHER_EXEC)).toStrictEqual(['a unread']);
  });
});
