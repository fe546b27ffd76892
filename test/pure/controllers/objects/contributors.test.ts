import { describe, expect, test } from '@jest/globals';
import { linkOf, mayShrink } from '../../../../src/desired/contribution.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { link as linkNamed, ROLE } from '../../desired/fixtures.ts';
import {
  accountOf,
  CALLS,
  EXEC,
  objectOf,
  SOURCE_ENTRY,
  TARGET_ENTRY,
  TestCluster,
} from '../test-cluster.ts';
import { kinds, onGrant, onRole } from './contributor-kinds.ts';

const OTHER_EXEC = role('other-exec', SOURCE).text;

describe('a link, as a contributor to its role,', () => {
  test('is active, once its machine is read and the rules agree', async () => {
    const the = new TestCluster();
    the.add('a');
    await the.read('checkout');
    expect(onRole(the)).toStrictEqual(['a active']);
  });

  test('is unread while its machine was not read in this process, whatever its status says', () => {
    const the = new TestCluster();
    the.add('a');
    expect(onRole(the)).toStrictEqual(['a unread']);
  });

  test('is frozen while it is suspended, read or not', async () => {
    const the = new TestCluster();
    the.add('a', { suspended: true });
    expect(onRole(the)).toStrictEqual(['a frozen']);
    await the.read('checkout');
    expect(onRole(the)).toStrictEqual(['a frozen']);
  });

  test('is frozen while its machine is gone', async () => {
    const the = new TestCluster();
    the.add('a');
    await the.parts.machines.read(the.source, machine('checkout').text, CALLS, 0);
    expect(onRole(the)).toStrictEqual(['a frozen']);
  });

  test('is departing, once its turn has come, even while it is suspended', async () => {
    const the = new TestCluster();
    const { metadata } = the.add('a', { deleting: true, suspended: true });
    await the.read('checkout');
    the.parts.memories.of(metadata.uid).wayDown = 'targetRole';
    expect(onRole(the)).toStrictEqual(['a departing']);
  });

  test('is still active on the role while its deletion has only come to the machine', async () => {
    const the = new TestCluster();
    const { metadata } = the.add('a', { deleting: true });
    await the.read('checkout');
    the.parts.memories.of(metadata.uid).wayDown = 'stateMachine';
    expect(onRole(the)).toStrictEqual(['a active']);
    expect(
      kinds(the.parts.contributors.contributorStates('stateMachine', machine('checkout').text)),
    ).toStrictEqual(['a departing']);
  });

  const OUT_OF_REACH: readonly { why: string; set: (the: TestCluster) => void }[] = [
    {
      why: 'the target account does not allow it any more',
      set: ({ accounts }) => accounts.set(accountOf(TARGET, [])),
    },
    {
      why: 'the source account does not allow it any more',
      set: ({ accounts }) => accounts.set(accountOf(SOURCE, [])),
    },
    { why: 'the target account is not registered any more', set: ({ accounts }) => accounts.delete(TARGET) },
    {
      why: 'the operator cannot act in the source account',
      set: ({ accounts }) => {
        const { aws: _, ...unreachable } = accountOf(SOURCE, [SOURCE_ENTRY]);
        accounts.set(unreachable);
      },
    },
    {
      why: 'the operator cannot act in the target account',
      set: ({ accounts }) => {
        const { aws: _, ...unreachable } = accountOf(TARGET, [TARGET_ENTRY]);
        accounts.set(unreachable);
      },
    },
    {
      why: 'it is beyond maxLinks',
      set: ({ accounts }) => accounts.set(accountOf(TARGET, [{ ...TARGET_ENTRY, maxLinks: 0 }])),
    },
    {
      why: "its execution role is the operator's own",
      set: ({ accounts, source: aws }) =>
        accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws, operatorRoleArns: [EXEC.text] })),
    },
  ];
  for (const { why, set } of OUT_OF_REACH) {
    test(`is frozen when ${why}`, async () => {
      const the = new TestCluster();
      the.add('a');
      await the.read('checkout');
      set(the);
      expect(onRole(the)).toStrictEqual(['a frozen']);
    });
  }

  test('does not count, when it asks for nothing and never held a finalizer, for then it never wrote', () => {
    const the = new TestCluster();
    the.add('a', { suspended: true }, false);
    the.add('b', {}, false);
    expect(onRole(the)).toStrictEqual([]);
  });

  test('counts from the moment its finalizer was put, before the cache shows it', () => {
    const the = new TestCluster();
    const { metadata } = the.add('a', {}, false);
    the.parts.memories.of(metadata.uid).wroteForLink = true;
    expect(onRole(the)).toStrictEqual(['a unread']);
  });

  test('without a finalizer counts for itself alone: a sibling writes nothing that could be left behind', async () => {
    const the = new TestCluster();
    const { link: a } = the.add('a', {}, false);
    const { link: b } = the.add('b');
    await the.read('checkout');
    expect(onRole(the, a)).toStrictEqual(['a active', 'b active']);
    expect(onRole(the, b)).toStrictEqual(['b active']);
    expect(onGrant(the, EXEC.text, a)).toStrictEqual(['a active', 'b active']);
    expect(onGrant(the, EXEC.text, b)).toStrictEqual(['b active']);
  });

  test('without a finalizer keeps a link that leaves waiting, until it was looked at', async () => {
    const the = new TestCluster();
    const { metadata } = the.add('a', {}, false);
    const { link: leaving } = the.add('b', { deleting: true, deletedAt: metadata.creationTimestamp });
    await the.read('checkout');
    expect(onRole(the, leaving)).toStrictEqual(['a unread', 'b active']);
    the.parts.memories.of(metadata.uid).specDigest = 'known';
    expect(onRole(the, leaving)).toStrictEqual(['b active']);
  });

  test('without a finalizer and being deleted keeps nobody waiting: it never gets one', async () => {
    const the = new TestCluster();
    the.add('a', { deleting: true }, false);
    const { link: leaving } = the.add('b', { deleting: true });
    await the.read('checkout');
    expect(onRole(the, leaving)).toStrictEqual(['b active']);
  });
});

describe('towards a grant', () => {
  test('stand the links whose machines run under the execution role', async () => {
    const the = new TestCluster();
    the.add('a');
    the.add('b', { stateMachine: machine('refund') });
    the.add('c', { stateMachine: machine('other') });
    await the.read('checkout');
    await the.read('refund');
    await the.read('other', OTHER_EXEC);
    expect(onGrant(the)).toStrictEqual(['a active', 'b active']);
  });

  test('a link of the account whose machine was not read yet may be one of them', async () => {
    const the = new TestCluster();
    the.add('a');
    the.add('b', { stateMachine: machine('refund') });
    await the.read('checkout');
    expect(onGrant(the)).toStrictEqual(['a active', 'b unread']);
    await the.read('refund', OTHER_EXEC);
    expect(onGrant(the)).toStrictEqual(['a active']);
  });

  test('on a role that no known machine runs under, an unread link still holds everything', () => {
    const the = new TestCluster();
    the.add('a');
    expect(onGrant(the, OTHER_EXEC)).toStrictEqual(['a unread']);
  });

  test('an unread link that never wrote holds nothing', async () => {
    const the = new TestCluster();
    the.add('a');
    the.add('b', { stateMachine: machine('refund') }, false);
    await the.read('checkout');
    expect(onGrant(the)).toStrictEqual(['a active']);
  });

  test('links of other accounts hold nothing', async () => {
    const the = new TestCluster();
    the.add('a');
    the.add('b', { stateMachine: machine('refund', '333333333333') });
    await the.read('checkout');
    expect(onGrant(the)).toStrictEqual(['a active']);
  });
});

describe('while the caches are not complete', () => {
  test('somebody unseen may share any role, also with a link of another namespace or that observes', async () => {
    const the = new TestCluster();
    the.add('a');
    the.add('b', { namespace: 'shipping' });
    await the.read('checkout');
    the.complete = false;
    const unseen = the.parts.contributors
      .contributorStates('targetRole', ROLE.text)
      .filter(({ kind }) => kind === 'unread');
    expect(
      unseen
        .map(linkOf)
        .map(({ namespace }) => namespace)
        .toSorted(),
    ).toStrictEqual(['payments', 'shipping']);
  });

  test('somebody unseen may share a grant that no known link shares', async () => {
    const the = new TestCluster();
    the.add('a');
    await the.read('checkout');
    expect(mayShrink(the.parts.contributors.grantContributors(OTHER_EXEC, SOURCE))).toBe(true);
    the.complete = false;
    expect(mayShrink(the.parts.contributors.grantContributors(OTHER_EXEC, SOURCE))).toBe(false);
  });
});

describe('what still runs', () => {
  test('is learned of every machine of the links, and said to be news once', async () => {
    const the = new TestCluster();
    const { link } = the.add('a');
    await the.read('checkout');
    expect(await the.parts.contributors.readDefinitionsInUse([link, link], CALLS)).toBe(true);
    expect(await the.parts.contributors.readDefinitionsInUse([link], CALLS)).toBe(false);
    expect(the.source.reads.filter((read) => read.startsWith('definitionsInUse'))).toHaveLength(1);
  });

  test("of a machine that was never read is nobody's question", async () => {
    const the = new TestCluster();
    expect(await the.parts.contributors.readDefinitionsInUse([the.add('a').link], CALLS)).toBe(false);
  });
});

function forge(the: TestCluster, fields: Partial<Link> = {}) {
  const forged = objectOf(linkNamed('forged', fields), { written: false });
  the.links.upsert(forged);
  the.parts.linksChanged();
  return forged;
}

describe('a finalizer that nobody but a tenant may have put there', () => {
  const elsewhere = { targetRole: role('elsewhere/checkout', TARGET) };

  test('gives a link that the rules refuse no standing anywhere', async () => {
    const the = new TestCluster();
    const { link: refused } = forge(the, elsewhere);
    await the.read('checkout');
    const { contributors } = the.parts;
    expect([
      kinds(contributors.contributorStates('targetRole', refused.targetRole.text)),
      kinds(contributors.contributorStates('stateMachine', refused.stateMachine.text)),
      onGrant(the),
    ]).toStrictEqual([[], [], []]);
  });

  test('lets no machine that cannot be read hold up the grants of its account', () => {
    const the = new TestCluster();
    const { metadata } = forge(the, { stateMachine: machine('checkout-unknown') });
    the.parts.memories.of(metadata.uid).specDigest = 'looked at';
    expect(onGrant(the)).toStrictEqual([]);
  });

  test('holds grants up until the link was looked at, for it may be left of a crash', () => {
    const the = new TestCluster();
    forge(the);
    expect(onGrant(the)).toStrictEqual(['forged unread']);
  });
});

describe('a link whose target role is not its own', () => {
  test('is named by no grant and by no definition', async () => {
    const the = new TestCluster();
    const { metadata } = the.add('a');
    await the.read('checkout');
    the.parts.memories.of(metadata.uid).roleClaimed = false;
    const { contributors } = the.parts;
    expect(onGrant(the)).toStrictEqual([]);
    expect(contributors.contributorStates('stateMachine', machine('checkout').text)).toStrictEqual([]);
  });
});
