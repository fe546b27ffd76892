import { describe, expect, it } from '@jest/globals';
import type { AWSAccount } from '../../../../src/api/awsaccount.ts';
import { FINALIZER } from '../../../../src/api/metadata.ts';
import { LINK_INDEXES, type LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { WatchHandlers } from '../../../../src/controllers/triggers/watch-handlers.ts';
import type { KubernetesObject } from '../../../../src/kubernetes/metadata.ts';
import type { Listener, Origin } from '../../../../src/kubernetes/reflector.ts';
import { Store } from '../../../../src/kubernetes/store.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { link } from '../../desired/fixtures.ts';
import { objectOf } from '../test-cluster.ts';
import { awsAccount } from '../../api/aws-account.ts';

/** A watch that the test speaks for. */
class Watch<T extends KubernetesObject> {
  readonly cache = new Store<T>();
  readonly #listeners: Listener<T>[] = [];

  onChange(listener: Listener<T>): void {
    this.#listeners.push(listener);
  }

  put(object: T, origin: Origin = 'watch'): void {
    for (const change of this.cache.upsert(object)) for (const tell of this.#listeners) tell(change, origin);
  }

  remove(uid: string): void {
    for (const change of this.cache.remove(uid)) for (const tell of this.#listeners) tell(change, 'watch');
  }
}

function accountObject(name: string, accountID: string, finalizers: readonly string[] = []): AWSAccount {
  return awsAccount({ metadata: { name, finalizers }, spec: { accountID } });
}

function namespaceObject(labels: Record<string, string>): KubernetesObject {
  const rest = { annotations: {}, finalizers: [] };
  return { metadata: { name: 'payments', uid: 'ns', resourceVersion: '1', labels, ...rest } };
}

/** Everything that brings work, and the work that came. */
class Bench {
  readonly links = new Watch<LinkObject>();
  readonly accounts = new Watch<AWSAccount>();
  readonly namespaces = new Watch<KubernetesObject>();
  readonly queued: string[] = [];
  readonly called: string[] = [];
  /** What the count of links was told of: one that came or went, or all. */
  readonly counted: string[] = [];
  /** UIDs of links for which this process wrote to AWS. */
  readonly written = new Set<string>();
  /** What is done in a later turn of the event loop. */
  readonly later: (() => void)[] = [];
  readonly handlers: WatchHandlers;

  constructor(...objects: readonly LinkObject[]) {
    for (const [name, keysFor] of Object.entries(LINK_INDEXES)) this.links.cache.addIndex(name, keysFor);
    this.accounts.cache.addIndex('accountId', ({ spec }) => [spec.accountID]);
    for (const object of objects) this.links.cache.upsert(object);
    this.handlers = new WatchHandlers({
      links: this.links,
      accounts: this.accounts,
      namespaces: this.namespaces,
      linkQueue: {
        add: (key, urgency = 0) => void this.queued.push(`${key} ${urgency > 0 ? 'now' : 'later'}`),
      },
      accountQueue: {
        add: (key) => void this.queued.push(`account ${key} now`),
        addAfter: (key, ms) => void this.queued.push(`account ${key} after ${ms}`),
      },
      clock: {
        after: (_ms, action) => {
          this.later.push(action);
          return () => undefined;
        },
      },
      linksChanged: (change) => {
        this.called.push('linksChanged');
        this.counted.push(change?.kind ?? 'all');
      },
      forget: ({ metadata }) => void this.called.push(`forget ${metadata.name}`),
      roleNames: { concerned: (links) => links },
      wroteFor: (uid) => this.written.has(uid),
      accountRemoved: ({ metadata }) => void this.called.push(`removed ${metadata.name}`),
    });
  }
}

/** As the operator writes it. */
const REPORTED: LinkObject['status'] = {
  observedGeneration: 1,
  conditions: [
    {
      type: 'Ready',
      status: 'True',
      reason: 'InSync',
      message: 'is',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ],
};

/** The object with other metadata, or another status. */
function changed(
  object: LinkObject,
  { status, ...metadata }: Partial<LinkObject['metadata']> & { status?: LinkObject['status'] },
) {
  return {
    ...object,
    metadata: { ...object.metadata, ...metadata },
    ...(status !== undefined && { status }),
  };
}

describe('a change to a link brings it to the queue', () => {
  const before = changed(objectOf(link('a')), { status: REPORTED });
  it.each<readonly [what: string, after: LinkObject, queued: boolean]>([
    ['its spec', changed(before, { generation: 2 }), true],
    [
      'its spec, of a generation that was there before a restore',
      { ...before, spec: { ...before.spec, suspend: true } },
      true,
    ],
    [
      'an annotation',
      changed(before, { annotations: { 'crossaccountlink.dev/reconcile-requested-at': 'now' } }),
      true,
    ],
    ['its deletion', changed(before, { deletionTimestamp: '2026-01-02T00:00:00Z' }), true],
    ['a finalizer that somebody took away', changed(before, { finalizers: [] }), true],
    ['a finalizer that was added', changed(before, { finalizers: [FINALIZER, 'example.com/x'] }), false],
    ['a label', changed(before, { labels: { team: 'a' } }), false],
    ['its status', changed(before, { status: { ...REPORTED, taskCount: 2 } }), false],
    ['a status that somebody emptied', changed(before, { status: {} }), true],
    [
      'conditions that somebody took away',
      changed(before, { status: { ...REPORTED, conditions: [] } }),
      true,
    ],
  ])('%s', (_what, after, queued) => {
    const bench = new Bench(before);
    bench.links.put(after);
    expect(bench.queued).toEqual(queued ? ['payments/a now'] : []);
  });

  const RECORDED: LinkObject['status'] = {
    ...REPORTED,
    inventory: [{ arn: role('checkout', TARGET).text, leg: 'TargetRole' }],
  };

  it('a record of writes that somebody put back', () => {
    const bench = new Bench(before);
    bench.links.put(changed(before, { status: RECORDED }));
    expect(bench.queued).toEqual(['payments/a now']);
  });

  it('but not the record of what this process wrote', () => {
    const bench = new Bench(before);
    bench.written.add(before.metadata.uid);
    bench.links.put(changed(before, { status: RECORDED }));
    expect(bench.queued).toEqual([]);
  });

  it('nor another status of a link that had a record before', () => {
    const recorded = changed(before, { status: RECORDED });
    const bench = new Bench(recorded);
    bench.links.put(changed(recorded, { status: { ...RECORDED, taskCount: 2 } }));
    expect(bench.queued).toEqual([]);
  });

  it('a new one, ahead of others when it has just happened, behind them after a relist', () => {
    const bench = new Bench();
    bench.links.put(objectOf(link('a')));
    bench.links.put(objectOf(link('b')), 'list');
    expect(bench.queued).toEqual(['payments/a now', 'payments/b later']);
  });
});

describe('an AWSAccount that comes or goes', () => {
  it('brings those of the same ID, for one of them speaks for the account', () => {
    const bench = new Bench();
    bench.accounts.put(accountObject('before', TARGET));
    bench.accounts.put(accountObject('other', SOURCE));
    bench.queued.length = 0;
    bench.accounts.put(accountObject('after', TARGET));
    expect(bench.queued).toEqual(['account after now', 'account before now']);
    bench.queued.length = 0;
    bench.accounts.remove('uid-before');
    expect(bench.queued).toEqual(['account before now', 'account after now']);
  });
});

describe('a link that is gone', () => {
  const gone = objectOf(link('gone'));
  const elsewhere = { stateMachine: machine('other'), targetRole: role('crossaccountlink/payments/other') };
  const waiting = { conditions: [readyFalse('TooManyLinks')] };
  it.each<readonly [what: string, other: LinkObject, queued: boolean]>([
    ['a link of the same state machine', objectOf(link('b', { targetRole: elsewhere.targetRole })), true],
    ['a link of the same role', objectOf(link('b', { stateMachine: elsewhere.stateMachine })), true],
    [
      'a link of a role with the same name at another path',
      objectOf(link('b', { ...elsewhere, targetRole: role('crossaccountlink/other/Checkout') })),
      true,
    ],
    [
      'a link beyond maxLinks of the account',
      changed(objectOf(link('b', elsewhere)), { status: waiting }),
      true,
    ],
    [
      'a link for which the grant on a shared execution role has no room',
      changed(objectOf(link('b', elsewhere)), { status: { conditions: [readyFalse('GrantTooLarge')] } }),
      true,
    ],
    ['not any other link of the account', objectOf(link('b', elsewhere)), false],
  ])('brings %s back', (_what, other, queued) => {
    const bench = new Bench(gone, other);
    bench.links.remove(gone.metadata.uid);
    expect(bench.queued.includes('payments/b later')).toBe(queued);
    expect(bench.queued).toContain('payments/gone now');
  });

  it('is forgotten, once', () => {
    const bench = new Bench(gone);
    bench.links.remove(gone.metadata.uid);
    expect(bench.called).toEqual(['linksChanged', 'forget gone']);
  });

  it('and made again under its name is forgotten, too', () => {
    const bench = new Bench(gone);
    bench.links.put(changed(gone, { uid: 'another' }));
    expect(bench.called).toEqual(['linksChanged', 'forget gone', 'linksChanged']);
  });
});

describe('an edit of a link', () => {
  const older = objectOf(link('a'));
  const sameMachine = { targetRole: role('crossaccountlink/payments/other') };
  const sameRole = { stateMachine: machine('other') };
  it.each<
    readonly [what: string, fields: typeof sameMachine | typeof sameRole, reason: string, queued: boolean]
  >([
    ['one of the same machine that left it a Task', sameMachine, 'Conflict', true],
    ['one of the same role that left it the description', sameRole, 'Conflict', true],
    ['one whose permissions had no room in the role', sameRole, 'GrantTooLarge', true],
    ['one that was not let in for want of room', sameRole, 'TrustPolicyTooLarge', true],
    ['one whose policies were too many for the role', sameRole, 'QuotaExceeded', true],
    ['none that waits for something else', sameRole, 'StateMachineNotFound', false],
    ['none that shares nothing with it', { ...sameMachine, ...sameRole }, 'Conflict', false],
  ])('brings back %s', (_what, fields, reason, queued) => {
    const status = { conditions: [readyFalse(reason)] };
    const bench = new Bench(older, changed(objectOf(link('b', fields)), { status }));
    bench.links.put(changed(older, { generation: 2 }));
    expect(bench.queued).toEqual(queued ? ['payments/b later', 'payments/a now'] : ['payments/a now']);
  });
});

it('a change to a link brings back those that are being deleted in its accounts: they may wait for it', () => {
  const leaving = objectOf(link('leaving', { deleting: true, stateMachine: machine('other') }));
  const bench = new Bench(leaving, objectOf(link('b', { stateMachine: machine('third') })));
  bench.links.put(objectOf(link('a')));
  expect(bench.queued.filter((entry) => entry.includes('leaving'))).not.toEqual([]);
  expect(bench.queued.filter((entry) => entry.startsWith('payments/b'))).toEqual([]);
});

describe('the first link of an account has its finalizer set at once, later ones only its number of links', () => {
  it.each<readonly [what: string, object: AWSAccount, queued: readonly string[]]>([
    ['without finalizer', accountObject('checkout', SOURCE), ['account checkout after 0']],
    ['with it', accountObject('billing', TARGET, [FINALIZER]), ['account billing after 5000']],
    ['another account', accountObject('other', '999999999999'), []],
  ])('%s', (_what, object, queued) => {
    const bench = new Bench();
    bench.accounts.cache.upsert(object);
    bench.links.put(objectOf(link('a')));
    expect(bench.queued.filter((entry) => entry.startsWith('account'))).toEqual(queued);
  });
});

it('the last link of an account has its finalizer removed at once, others before only its number of links', () => {
  const both = ['a', 'b'].map((name) => objectOf(link(name)));
  const bench = new Bench(...both);
  bench.accounts.cache.upsert(accountObject('billing', TARGET, [FINALIZER]));
  for (const { metadata } of both) bench.links.remove(metadata.uid);
  expect(bench.queued.filter((entry) => entry.startsWith('account'))).toEqual([
    'account billing after 5000',
    'account billing after 0',
  ]);
});

it('links that come and go are counted one by one, and all anew after a list, which shows all at once', () => {
  const bench = new Bench();
  bench.links.put(objectOf(link('a')));
  bench.links.put(objectOf(link('b')), 'list');
  bench.links.remove(objectOf(link('a')).metadata.uid);
  expect(bench.counted).toEqual(['added', 'all', 'deleted']);
});

describe('an AWSAccount', () => {
  it('is reconciled when its spec changes, not when its status does', () => {
    const bench = new Bench();
    const object = accountObject('checkout', SOURCE);
    bench.accounts.put(object);
    bench.queued.length = 0;
    bench.accounts.put({ ...object, status: { links: 3 } });
    expect(bench.queued).toEqual([]);
    bench.accounts.put({ ...object, metadata: { ...object.metadata, generation: 2 } });
    expect(bench.queued).toEqual(['account checkout now']);
  });

  it('that is gone is taken out of use', () => {
    const bench = new Bench();
    bench.accounts.put(accountObject('checkout', SOURCE));
    bench.accounts.remove('uid-checkout');
    expect(bench.called).toEqual(['removed checkout']);
  });
});

describe('a namespace', () => {
  it.each<readonly [what: string, after: Record<string, string>, queued: readonly string[]]>([
    [
      'whose labels changed brings its links back, for rules may select by them',
      { team: 'b' },
      ['payments/a later'],
    ],
    ['whose labels stayed does not', { team: 'a' }, []],
  ])('%s', (_what, after, queued) => {
    const bench = new Bench(objectOf(link('a')), objectOf(link('x', { namespace: 'other' })));
    bench.namespaces.cache.upsert(namespaceObject({ team: 'a' }));
    bench.namespaces.put(namespaceObject(after));
    expect(bench.queued).toEqual(queued);
  });

  it('that is gone brings nothing', () => {
    const bench = new Bench(objectOf(link('a')));
    bench.namespaces.put(namespaceObject({}));
    bench.queued.length = 0;
    bench.namespaces.remove('ns');
    expect(bench.queued).toEqual([]);
  });

  it('that is seen after its links brings them back', () => {
    const bench = new Bench(objectOf(link('a')), objectOf(link('x', { namespace: 'other' })));
    bench.namespaces.put(namespaceObject({ team: 'a' }));
    expect(bench.queued).toEqual(['payments/a later']);
  });
});

function readyFalse(reason: string) {
  const lastTransitionTime = '2026-01-01T00:00:00Z';
  return {
    type: 'Ready',
    status: 'False',
    reason,
    message: '',
    observedGeneration: 1,
    lastTransitionTime,
  } as const;
}

it('all links of a large account come to the queue once each, over several turns of the event loop', () => {
  const names = Array.from({ length: 1_200 }, (_, index) => `a${index}`);
  const bench = new Bench(...names.map((name) => objectOf(link(name))));
  const turns: number[] = [];
  bench.handlers.enqueueLinksBy('account', SOURCE);
  for (let seen = 0; seen < bench.queued.length; bench.later.shift()?.()) {
    turns.push(bench.queued.length - seen);
    seen = bench.queued.length;
  }
  expect(turns).toEqual([500, 500, 200]);
  expect(new Set(bench.queued).size).toBe(1_200);
});

it('many accounts at once bring no more links in a turn, and whoever has few does not wait for them', () => {
  const others = { stateMachine: machine('late') };
  const names = Array.from({ length: 700 }, (_, index) => `a${index}`);
  const late = objectOf(link('late', others));
  const bench = new Bench(...names.map((name) => objectOf(link(name))));
  bench.handlers.enqueueLinksBy('account', SOURCE);
  bench.handlers.enqueueLinksBy('account', TARGET);
  bench.links.cache.upsert(late);
  bench.handlers.enqueueLinksBy('stateMachine', late.link.stateMachine.text);
  expect(bench.queued).toHaveLength(500);
  bench.later.shift()?.();
  expect(bench.queued).toHaveLength(1_000);
  expect(bench.queued).toContain('payments/late later');
});

it('what brings the same links again while they come brings each once, and the rest does not wait for that', () => {
  const names = Array.from({ length: 600 }, (_, index) => `a${index}`);
  const late = objectOf(link('late', { stateMachine: machine('late') }));
  const bench = new Bench(...names.map((name) => objectOf(link(name))));
  for (const _ of names) bench.handlers.enqueueLinksBy('account', SOURCE);
  bench.links.cache.upsert(late);
  bench.handlers.enqueueLinksBy('account', SOURCE);
  bench.handlers.enqueueLinksBy('stateMachine', late.link.stateMachine.text);
  for (let turns = 0; turns < 3; turns += 1) bench.later.shift()?.();
  expect(bench.later).toStrictEqual([]);
  expect(new Set(bench.queued).size).toBe(601);
});

it('links that are deleted one after the other bring the others back now and then, and the last time nobody is forgotten', () => {
  const names = Array.from({ length: 300 }, (_, index) => `a${index}`);
  const leaving = names.map((name) =>
    objectOf(link(name, { deleting: true, stateMachine: machine(name), targetRole: role(name) })),
  );
  const bench = new Bench(...leaving);
  for (const { metadata } of leaving.slice(0, 200)) bench.links.remove(metadata.uid);
  // Each of both accounts brought them once, when the first went, and itself.
  expect(bench.queued.length).toBeLessThan(2 * names.length + 200);
  bench.queued.length = 0;
  while (bench.later.length > 0) bench.later.shift()?.();
  expect(new Set(bench.queued)).toEqual(new Set(names.slice(200).map((name) => `payments/${name} later`)));
});
