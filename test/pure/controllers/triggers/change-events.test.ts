import { describe, expect, it } from '@jest/globals';
import { PARTS_A_TURN } from '../../../../src/base/turns.ts';
import type { ChangeEvent, EventObject } from '../../../../src/aws/events/events.ts';
import { ChangeEvents } from '../../../../src/controllers/triggers/change-events.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { permitting } from '../../desired/fixtures.ts';
import { narrow } from '../../../expectations.ts';
import { accountOf, CALLS, EXEC, TARGET_ENTRY, TestCluster } from '../test-cluster.ts';

const CHECKOUT = machine('checkout').text;
const ROLE = role('crossaccountlink/payments/checkout');
const BOUNDARY = `arn:aws:iam::${TARGET}:policy/boundary`;
const ATTACHED = `arn:aws:iam::${TARGET}:policy/attached`;

function event(
  accountId: string,
  object: EventObject,
  who = 'arn:aws:iam::111111111111:user/alice',
): ChangeEvent {
  return { accountId, eventName: 'Changed', objects: [object], user: { who }, time: '2026-01-01T00:00:00Z' };
}

/** A cluster with these links, and what is brought back to the queue. */
class Bench {
  readonly cluster = new TestCluster();
  readonly enqueued: string[] = [];
  readonly aliasesSuspected: string[] = [];
  readonly events: ChangeEvents;

  constructor(links: Readonly<Record<string, Partial<Link>>> = { a: {} }) {
    for (const [name, fields] of Object.entries(links)) this.cluster.add(name, fields);
    const { machines, memories, repairBackoff } = this.cluster.parts;
    this.events = new ChangeEvents({
      links: this.cluster.links,
      accounts: this.cluster.accounts,
      machines,
      memories,
      repairBackoff,
      aliases: { suspected: (arn) => void this.aliasesSuspected.push(arn) },
      enqueue: ({ metadata }) => void this.enqueued.push(metadata.name),
    });
  }

  isSuspect(name: string): boolean {
    return this.cluster.parts.memories.peek(`uid-payments-${name}`).suspect;
  }

  /** Repairs the target role so often that repairs pause. */
  pauseRepairs(): void {
    for (let round = 0; round < 3; round += 1) this.cluster.parts.repairBackoff.repaired(ROLE.text);
  }
}

describe('an event brings back the links that touch what it is about, and they read afresh', () => {
  const OTHERS = {
    stateMachine: machine('other'),
    targetRole: role('crossaccountlink/payments/other'),
  };
  it.each<readonly [what: string, event: ChangeEvent, other: Partial<Link>, comesBack: boolean]>([
    ['the state machine', event(SOURCE, { kind: 'stateMachine', arn: CHECKOUT }), {}, true],
    ['another state machine', event(SOURCE, { kind: 'stateMachine', arn: machine('x').text }), {}, false],
    ['the target role, in other letters', event(TARGET, { kind: 'role', name: 'CheckOut' }), {}, true],
    ['a role of that name in another account', event(SOURCE, { kind: 'role', name: 'checkout' }), {}, false],
    ['the execution role', event(SOURCE, { kind: 'role', name: EXEC.name }), {}, true],
    [
      'the boundary of the link',
      event(TARGET, { kind: 'managedPolicy', arn: BOUNDARY }),
      { permissionsBoundaryArn: BOUNDARY },
      true,
    ],
    [
      'a managed policy that the link attaches',
      event(TARGET, { kind: 'managedPolicy', arn: ATTACHED }),
      { permissions: permitting({ managedPolicyArns: [ATTACHED] }) },
      true,
    ],
    [
      'a managed policy that is none of its',
      event(TARGET, { kind: 'managedPolicy', arn: ATTACHED }),
      {},
      false,
    ],
  ])('%s', async (_what, change, fields, comesBack) => {
    const bench = new Bench({ a: fields, unconcerned: OTHERS });
    await bench.cluster.read('checkout');
    void bench.events.changed(change);
    expect(bench.enqueued).toEqual(comesBack ? ['a'] : []);
    expect([bench.isSuspect('a'), bench.isSuspect('unconcerned')]).toEqual([comesBack, false]);
  });

  it('the boundary that an AWSAccount puts on every role concerns all of its links', () => {
    const bench = new Bench({ a: {}, b: OTHERS });
    const { rules, ...rest } = accountOf(TARGET, [TARGET_ENTRY]);
    bench.cluster.accounts.set({ ...rest, rules: { ...rules, permissionsBoundaryArn: BOUNDARY } });
    void bench.events.changed(event(TARGET, { kind: 'managedPolicy', arn: BOUNDARY }));
    expect(bench.enqueued.toSorted()).toEqual(['a', 'b']);
  });
});

it('a policy that concerns every link of a large account lets others in between', async () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`link-${index}`, {}]));
  const bench = new Bench(many);
  const { rules, ...rest } = accountOf(TARGET, [TARGET_ENTRY]);
  bench.cluster.accounts.set({ ...rest, rules: { ...rules, permissionsBoundaryArn: BOUNDARY } });
  const all = bench.events.changed(event(TARGET, { kind: 'managedPolicy', arn: BOUNDARY }));
  expect(bench.enqueued.length).toBeLessThan(PARTS_A_TURN);
  await all;
  expect(bench.enqueued).toHaveLength(500);
});

it('a state machine that changed has its aliases looked at, too', () => {
  const bench = new Bench();
  void bench.events.changed(event(SOURCE, { kind: 'stateMachine', arn: CHECKOUT }));
  void bench.events.changed(event(TARGET, { kind: 'role', name: ROLE.name }));
  expect(bench.aliasesSuspected).toEqual([CHECKOUT]);
});

it('what may still run of a state machine that changed is read again: somebody may have moved an alias', async () => {
  const { cluster, events } = new Bench();
  const { machines } = cluster.parts;
  await cluster.read('checkout');
  const read = async () => {
    const known = machines.known(CHECKOUT);
    narrow(known?.kind === 'found', known);
    await machines.readDefinitionsInUse(cluster.source, known.view, CALLS, Infinity);
  };
  await read();
  void events.changed(event(SOURCE, { kind: 'stateMachine', arn: CHECKOUT }));
  await read();
  expect(cluster.source.reads.filter((one) => one.startsWith('definitionsInUse'))).toHaveLength(2);
});

describe('somebody who keeps changing a role back', () => {
  it.each<readonly [what: string, paused: boolean, pausing: boolean, comesBack: boolean]>([
    ['brings the link back while repairs are made at once', false, false, true],
    ['brings the link back when repairs pause and it does not know yet', true, false, true],
    ['does not while the link waits for the end of the pause', true, true, false],
    ['brings back a link that waits for the pause of another object', false, true, true],
  ])('%s', (_what, paused, pausing, comesBack) => {
    const bench = new Bench();
    if (paused) bench.pauseRepairs();
    bench.cluster.parts.memories.of('uid-payments-a').pausing = pausing;
    void bench.events.changed(event(TARGET, { kind: 'role', name: ROLE.name }));
    expect(bench.enqueued).toEqual(comesBack ? ['a'] : []);
    expect(bench.isSuspect('a')).toBe(true);
  });

  it('is named with the pause', () => {
    const bench = new Bench();
    bench.pauseRepairs();
    void bench.events.changed(
      event(TARGET, { kind: 'role', name: ROLE.name }, 'arn:aws:iam::222222222222:user/bob'),
    );
    expect(bench.cluster.parts.repairBackoff.pause(ROLE.text)?.who).toBe(
      'arn:aws:iam::222222222222:user/bob',
    );
  });
});

describe('a snapshot that differs from the one before brings links back, as hint enough to look', () => {
  it.each<readonly [what: string, arn: string, enqueued: readonly string[]]>([
    ['in the target role', ROLE.text, ['a']],
    ['in a role that no link touches', role('x').text, []],
    ['in a managed policy of another link', ATTACHED, []],
  ])('%s', (_what, arn, enqueued) => {
    const bench = new Bench();
    void bench.events.differs(TARGET, arn);
    expect(bench.enqueued).toEqual(enqueued);
    expect(bench.isSuspect('a')).toBe(false);
  });
});

it.each<readonly [who: string, own: boolean]>([
  ['arn:aws:sts::222222222222:assumed-role/xal/eks-prod-xal-7f-1b2c', true],
  ['arn:aws:sts::222222222222:assumed-role/xal/eks-prod-xal-55-9d8e', true],
  ['arn:aws:sts::222222222222:assumed-role/other/eks-prod-xal-55-9d8e', false],
  ['arn:aws:sts::333333333333:assumed-role/xal/eks-prod-xal-55-9d8e', false],
  ['arn:aws:sts::222222222222:assumed-role/xal/alice', false],
])('with Pod Identity an event of %s is the operator’s own, whichever of its pods it was: %s', (who, own) => {
  const bench = new Bench();
  const identityArn = 'arn:aws:sts::222222222222:assumed-role/xal/eks-prod-xal-7f-1b2c';
  bench.cluster.accounts.set(accountOf(TARGET, [], { identityArn }));
  expect(bench.events.isOwn(event(TARGET, { kind: 'role', name: ROLE.name }, who))).toBe(own);
});

it.each<readonly [who: string, own: boolean]>([
  ['arn:aws:sts::222222222222:assumed-role/operator/session', true],
  ['arn:aws:sts::222222222222:assumed-role/operator/another', false],
])('an event of %s is the operator’s own: %s', (who, own) => {
  const bench = new Bench();
  const identityArn = 'arn:aws:sts::222222222222:assumed-role/operator/session';
  bench.cluster.accounts.set(accountOf(TARGET, [], { identityArn }));
  expect(bench.events.isOwn(event(TARGET, { kind: 'role', name: ROLE.name }, who))).toBe(own);
});
