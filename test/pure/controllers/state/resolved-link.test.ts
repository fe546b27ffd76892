/** The requirements of a link are kept as long as they hold and the link exists. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import type { MachineView } from '../../../../src/desired/machine-view.ts';
import { narrow } from '../../../expectations.ts';
import { asTarget, machine, TARGET } from '../../access/fixtures.ts';
import { link, OBSERVE } from '../../desired/fixtures.ts';
import { accountOf, CALLS, objectOf, TARGET_ENTRY, TestCluster } from '../test-cluster.ts';

let the: TestCluster;
let object: LinkObject;

beforeEach(async () => {
  the = new TestCluster();
  object = the.add('a');
  await the.read('checkout');
});

function contextOf(of: LinkObject) {
  return the.resolved(of).context;
}

function view(): MachineView {
  const known = the.parts.machines.known(machine('checkout').text);
  narrow(known?.kind === 'found', known);
  return known.view;
}

function requirements(of = object) {
  return the.parts.resolver.requirementsOf(the.resolved(of), view());
}

const refusal = (of: LinkObject) => the.parts.resolver.refuseBeyondQuota(the.resolved(of))?.reason;

describe('what a link needs', () => {
  it('is worked out once for the same link, state machine and rules', () => {
    expect(requirements()).toBe(requirements());
  });

  it('is worked out again when the rules change', () => {
    expect(requirements().kind).toBe('required');
    the.accounts.set(accountOf(TARGET, [asTarget({})], { aws: the.target }));
    expect(requirements()).toMatchObject({ kind: 'refused', reason: 'AccountNotAllowed' });
  });

  it('is worked out again when the state machine changes', async () => {
    const before = requirements();
    the.now += 1;
    the.put('checkout', 'arn:aws:iam::111111111111:role/other-exec');
    await the.parts.machines.read(the.source, machine('checkout').text, CALLS, 0);
    expect(requirements()).not.toBe(before);
    expect(requirements()).toMatchObject({
      executionRoleArns: ['arn:aws:iam::111111111111:role/other-exec'],
    });
  });

  it('is kept for a link that is read again, and worked out again for another spec of the same generation: a restored API server counts them again', () => {
    const before = requirements();
    expect(requirements({ ...object, spec: { ...object.spec } })).toBe(before);
    const spec = { ...object.spec, stateMachineCredentials: { tasks: [] } };
    expect(requirements({ ...object, spec, link: { ...object.link, tasks: [] } })).toMatchObject({
      tasks: [],
    });
  });

  it('is worked out again when the link is edited', () => {
    expect(requirements()).toMatchObject({ tasks: ['Send'] });
    const metadata = { ...object.metadata, generation: 2 };
    const edited = { ...object, metadata, link: { ...object.link, tasks: [] } };
    expect(requirements(edited)).toMatchObject({ tasks: [] });
  });

  it('is worked out again when another link of its role and state machine comes to be about other Tasks', () => {
    the.add('b', { tasks: ['Publish'] });
    const before = requirements();
    the.add('b', { tasks: ['Publish'] });
    expect(requirements()).toBe(before);
    the.add('b', { tasks: ['Notify'] });
    expect(requirements()).not.toBe(before);
  });

  it.each([
    ['of another state machine', { stateMachine: machine('refund') }],
    ['that only observes the role', { legs: OBSERVE }],
    ['that is suspended and has written nothing', { suspended: true }],
  ])('is the same whatever a link says %s', (_, fields) => {
    const before = requirements();
    the.add('b', { tasks: ['Publish'], ...fields }, false);
    expect(requirements()).toBe(before);
  });

  it('is not worked out again for a change of the link that says nothing else, such as its finalizer', async () => {
    const before = await the.parts.resolver.workOut(the.resolved(object), view());
    const same = { ...object, link: { ...object.link } };
    expect(requirements(same)).toBe(before);
  });
});

describe('the rules of a link', () => {
  it('are kept for the other links of its namespace when it goes', () => {
    the.add('b');
    const before = contextOf(object);
    the.links.remove(object.metadata.uid);
    the.parts.resolver.forget(object);
    expect(contextOf(object)).toBe(before);
  });

  it('are forgotten with the last link of its namespace in these accounts', () => {
    the.add('b', { namespace: 'shipping' });
    const before = contextOf(object);
    the.links.remove(object.metadata.uid);
    the.parts.resolver.forget(object);
    expect(contextOf(object)).not.toBe(before);
    expect(contextOf(object)).toStrictEqual(before);
  });
});

describe('the accounts of a link', () => {
  it('come with the entries that speak of its namespace', () => {
    const { source, target } = contextOf(object);
    expect([source.entries.length, target.entries.length]).toStrictEqual([1, 1]);
  });

  it('that nobody registered refuse it, and say which', () => {
    the.accounts.delete(TARGET);
    const resolved = the.parts.resolver.resolve(object);
    narrow('kind' in resolved && resolved.kind === 'refused', resolved);
    expect(resolved.message).toMatch(/target account 222222222222/);
  });

  it('that are registered and were not looked at yet keep it waiting', () => {
    the.accounts.delete(TARGET);
    the.registered.add(TARGET);
    expect(the.parts.resolver.resolve(object)).toMatchObject({ kind: 'accountPending' });
  });

  it('give the same context as long as nothing changed, so that what was worked out holds', () => {
    expect(contextOf(object)).toBe(contextOf(object));
  });

  it('are read again when a label of the namespace lets it in', () => {
    const selector = { matchLabels: { team: 'payments' } };
    the.accounts.set(accountOf(TARGET, [{ ...asTarget({}), namespaces: { selector } }]));
    expect(contextOf(object).target.entries).toStrictEqual([]);
    the.labels.set('payments', { team: 'payments' });
    expect(contextOf(object).target.entries).toHaveLength(1);
  });
});

describe('maxLinks', () => {
  it('lets a link in as soon as an older one is gone', () => {
    the.accounts.set(accountOf(TARGET, [{ ...TARGET_ENTRY, maxLinks: 1 }]));
    const younger = the.add('b');
    expect(refusal(younger)).toBe('TooManyLinks');
    the.links.remove(object.metadata.uid);
    the.parts.linksChanged();
    expect(refusal(younger)).toBeUndefined();
  });

  it('counts a link from the moment a label lets its namespace in', () => {
    const selector = { matchLabels: { team: 'payments' } };
    the.accounts.set(accountOf(TARGET, [{ ...asTarget({}), namespaces: { selector }, maxLinks: 1 }]));
    the.labels.set('payments', { team: 'payments' });
    the.add('c', { namespace: 'shipping' });
    const younger = the.add('b', { createdAt: '2026-02-01T00:00:00Z' });
    the.links.remove(object.metadata.uid);
    the.parts.linksChanged();
    expect(refusal(younger)).toBeUndefined();
    the.labels.set('shipping', { team: 'payments' });
    expect(refusal(younger)).toBe('TooManyLinks');
  });
});

it('whether the rules refuse an older link is asked once for all that come after it, until they change', () => {
  const rules = () => accountOf(TARGET, [{ ...TARGET_ENTRY, maxLinks: 1 }], { aws: the.target });
  the.accounts.set(rules());
  let asked = 0;
  const refused = {
    ...link('older', { createdAt: '2025-01-01T00:00:00Z' }),
    get adopt() {
      asked += 1;
      return true;
    },
  };
  the.links.upsert({ ...objectOf(refused, { finalizer: false }), link: refused });
  the.parts.linksChanged();
  expect([refusal(object), refusal(object), asked]).toStrictEqual([undefined, undefined, 1]);
  the.accounts.set(rules());
  expect([refusal(object), asked]).toStrictEqual([undefined, 2]);
});

it('a link that the rules refuse is refused before maxLinks is asked', () => {
  the.accounts.set(accountOf(TARGET, [{ ...TARGET_ENTRY, maxLinks: 0 }], { aws: the.target }));
  expect(the.parts.resolver.refuseUnread(the.resolved(object))?.reason).toBe('TooManyLinks');
  const adopting = { ...object, link: { ...object.link, adopt: true } };
  expect(the.parts.resolver.refuseUnread(the.resolved(adopting))?.reason).toBe('AccountNotAllowed');
});
