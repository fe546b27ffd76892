import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import { callsFor } from '../../../../src/controllers/link/call-options.ts';
import { OthersRoles } from '../../../../src/controllers/objects/others-roles.ts';
import { role, TARGET } from '../../access/fixtures.ts';
import { TAGS } from '../../../../src/desired/names.ts';
import { CLUSTER } from '../../desired/fixtures.ts';
import { accountOf, TARGET_ENTRY, TestCluster, untouchedRole } from '../test-cluster.ts';

const THEIRS = role('crossaccountlink/shipping/theirs');

test('of all links, only those that name a role are gone through for it, and none for a plan that names none', () => {
  const the = new TestCluster();
  const { link } = the.add('a');
  the.add('b', { namespace: 'shipping', targetRole: THEIRS });
  const { contributors, resolver } = the.parts;
  const asked = jest.spyOn(contributors, 'linksBy');
  const parts = { contributors, accounts: the.accounts, resolver, clusterId: CLUSTER, now: () => 0 };
  const isHidden = new OthersRoles(parts).seenBy(link);
  expect(asked).not.toHaveBeenCalled();
  expect([isHidden(THEIRS.text), isHidden(link.targetRole.text), isHidden(THEIRS.text)]).toStrictEqual([
    true,
    false,
    true,
  ]);
  const byName = ['targetRole', THEIRS.text];
  expect(asked.mock.calls).toStrictEqual([byName, byName]);
});

describe('a role that the rules let another namespace hold', () => {
  let the: TestCluster;
  const isHidden = () => {
    const { contributors, resolver } = the.parts;
    const parts = { contributors, accounts: the.accounts, resolver, clusterId: CLUSTER, now: () => 0 };
    return new OthersRoles(parts).seenBy(the.add('asks').link)(THEIRS.text);
  };

  beforeEach(() => {
    the = new TestCluster();
    const shipping = {
      namespaces: { names: ['shipping'] },
      asTarget: { rolePathPrefix: '/crossaccountlink/shipping/' },
    };
    the.accounts.set(accountOf(TARGET, [TARGET_ENTRY, shipping], { aws: the.target }));
  });

  test('is not shown to whoever guesses its ARN and writes it into a link', () => {
    the.add('theirs', { namespace: 'shipping', targetRole: THEIRS });
    the.add('guess', { targetRole: THEIRS });
    expect(isHidden()).toBe(true);
  });

  test('is not shown to such a namespace after its own link is gone', () => {
    the.add('guess', { targetRole: THEIRS });
    expect(isHidden()).toBe(true);
  });

  test('is not shown to such a namespace after nobody may hold it any more', () => {
    the.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: the.target }));
    the.add('theirs', { namespace: 'shipping', targetRole: THEIRS });
    the.add('guess', { targetRole: THEIRS });
    expect(isHidden()).toBe(true);
  });

  test('is shown where this namespace may hold it, too, and names it', () => {
    const either = {
      namespaces: { names: ['payments'] },
      asTarget: { rolePathPrefix: '/crossaccountlink/' },
    };
    the.accounts.set(accountOf(TARGET, [either], { aws: the.target }));
    the.add('theirs', { namespace: 'shipping', targetRole: THEIRS });
    the.add('guess', { targetRole: THEIRS });
    expect(isHidden()).toBe(false);
  });
});

describe('whose a role is', () => {
  const OPTIONS = callsFor('payments', 'look');
  let the: TestCluster;
  let now: number;
  let others: OthersRoles;
  const ask = () => others.ofOtherClusters(new Set([THEIRS.text]), OPTIONS);
  const belongsTo = (clusterId: string) =>
    the.target.roles.set(THEIRS.text, {
      ...untouchedRole(THEIRS.text),
      tags: new Map([[TAGS.clusterId, clusterId]]),
    });
  const reads = () => the.calls.filter((call) => call.includes('theirs')).length;

  beforeEach(() => {
    the = new TestCluster();
    now = 0;
    const { contributors, resolver } = the.parts;
    others = new OthersRoles({
      contributors,
      accounts: the.accounts,
      resolver,
      clusterId: CLUSTER,
      now: () => now,
    });
  });

  test('is read once a minute where it is another cluster’s: every link of a contested definition asks in each check', async () => {
    belongsTo('another');
    for (now = 0; now < 60_000; now += 1_000) expect(await ask()).toStrictEqual(new Set([THEIRS.text]));
    expect(reads()).toBe(1);
    await ask();
    expect(reads()).toBe(2);
  });

  test('is read each time where it is nobody’s: the Task is about to be written', async () => {
    belongsTo(CLUSTER);
    expect(await ask()).toStrictEqual(new Set());
    belongsTo('another');
    expect(await ask()).toStrictEqual(new Set([THEIRS.text]));
  });
});
