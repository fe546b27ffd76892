/** What is worked out of a link is kept as long as it holds, and no longer than there is such a link. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import type { MachineView } from '../../../../src/desired/machine-view.ts';
import { narrow } from '../../../expectations.ts';
import { asTarget, machine, TARGET } from '../../access/fixtures.ts';
import { accountOf, CALLS, TARGET_ENTRY, TestCluster } from '../test-cluster.ts';

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

describe('what a link needs', () => {
  it('is worked out once for the same link, state machine and rules', () => {
    expect(requirements()).toBe(requirements());
  });

  it('is worked out anew when the rules change', () => {
    expect(requirements().kind).toBe('required');
    the.accounts.set(accountOf(TARGET, [asTarget({})], { aws: the.target }));
    expect(requirements()).toMatchObject({ kind: 'refused', reason: 'AccountNotAllowed' });
  });

  it('is worked out anew when the state machine changes', async () => {
    const before = requirements();
    the.now += 1;
    the.put('checkout', 'arn:aws:iam::111111111111:role/other-exec');
    await the.parts.machines.read(the.source, machine('checkout').text, CALLS, 0);
    expect(requirements()).not.toBe(before);
    expect(requirements()).toMatchObject({
      executionRoleArns: ['arn:aws:iam::111111111111:role/other-exec'],
    });
  });

  it('is kept for a link that is read again, and worked out anew for another spec of the same generation: a restored API server counts them again', () => {
    const before = requirements();
    expect(requirements({ ...object, spec: { ...object.spec } })).toBe(before);
    const spec = { ...object.spec, stateMachineCredentials: { tasks: [] } };
    expect(requirements({ ...object, spec, link: { ...object.link, tasks: [] } })).toMatchObject({
      tasks: [],
    });
  });

  it('is worked out anew when the link is edited', () => {
    expect(requirements()).toMatchObject({ tasks: ['Send'] });
    const metadata = { ...object.metadata, generation: 2 };
    const edited = { ...object, metadata, link: { ...object.link, tasks: [] } };
    expect(requirements(edited)).toMatchObject({ tasks: [] });
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

it('a link that the rules refuse is refused before maxLinks is asked', () => {
  the.accounts.set(accountOf(TARGET, [{ ...TARGET_ENTRY, maxLinks: 0 }], { aws: the.target }));
  expect(the.parts.resolver.refuseUnread(the.resolved(object))?.reason).toBe('TooManyLinks');
  const adopting = { ...object, link: { ...object.link, adopt: true } };
  expect(the.parts.resolver.refuseUnread(the.resolved(adopting))?.reason).toBe('AccountNotAllowed');
});
