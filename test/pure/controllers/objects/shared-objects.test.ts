/** Each object that links share: the other contributors, and what the link does → what is written to AWS. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import { CredentialsReconciler } from '../../../../src/controllers/objects/credentials.ts';
import { Edits } from '../../../../src/controllers/objects/edits.ts';
import { OthersRoles } from '../../../../src/controllers/objects/others-roles.ts';
import { GrantReconciler } from '../../../../src/controllers/objects/grant.ts';
import { Leftovers } from '../../../../src/controllers/objects/leftovers.ts';
import { ObjectReconciler } from '../../../../src/controllers/objects/object-reconciler.ts';
import type { UpdateOptions, UpdateResult } from '../../../../src/controllers/objects/object-update.ts';
import { TargetRoleReconciler } from '../../../../src/controllers/objects/target-role.ts';
import { UncachedLinks } from '../../../../src/controllers/objects/uncached-links.ts';
import { IamPropagation } from '../../../../src/controllers/state/iam-propagation.ts';
import { KnownRoles } from '../../../../src/controllers/state/known-roles.ts';
import { depart, type SharedObject } from '../../../../src/controllers/state/link-memory.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { RepairBackoff } from '../../../../src/controllers/state/repair-backoff.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { narrow, present } from '../../../expectations.ts';
import { machine, role } from '../../access/fixtures.ts';
import { policyName } from '../../../../src/desired/names.ts';
import { CLUSTER, link as linkNamed, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { CALLS, EXEC, objectOf, SENDING, TestCluster, untouchedRole } from '../test-cluster.ts';

const OTHER_ROLE = role('crossaccountlink/payments/other');

let the: TestCluster;
let update: Readonly<
  Record<
    SharedObject,
    (object: LinkObject, options?: Partial<UpdateOptions>) => Promise<UpdateResult | undefined>
  >
>;

beforeEach(() => {
  the = new TestCluster();
  the.source.roles.set(EXEC.text, untouchedRole());
  const { contributors, machines, resolver, memories } = the.parts;
  const objects = new ObjectReconciler(
    machines,
    new IamPropagation(
      0,
      () => the.now,
      () => 0,
    ),
    new RepairBackoff(() => the.now),
  );
  const knownRoles = new KnownRoles(the.links);
  const edits = new Edits(resolver, machines);
  const othersRoles = new OthersRoles({
    contributors,
    accounts: the.accounts,
    resolver,
    clusterId: CLUSTER,
    now: () => the.now,
  });
  const leftovers = new Leftovers({ contributors, machines, accounts: the.accounts, clusterId: CLUSTER });
  const uncachedLinks = new UncachedLinks({
    links: the.links,
    memories,
    resolver,
    liveLinks: () => the.liveLinks(),
    now: () => the.now,
  });
  const { unreadLinks, roleNames } = the.parts;
  const shared = {
    contributors,
    unreadLinks,
    uncachedLinks,
    roleNames,
    objects,
    knownRoles,
    edits,
    leftovers,
    othersRoles,
  };
  const parts = { ...shared, clusterId: CLUSTER };
  const targetRole = new TargetRoleReconciler(parts);
  const grant = new GrantReconciler(parts);
  const credentials = new CredentialsReconciler(parts);
  update = {
    targetRole: (object, options) =>
      targetRole.reconcile(the.resolved(object), the.target, optionsOf(options), () => 'Grant'),
    executionRole: (object, options) =>
      grant.reconcile(the.resolved(object), EXEC, the.source, optionsOf(options)),
    stateMachine: async (object, options) => {
      const result = await credentials.reconcile(the.resolved(object), the.source, optionsOf(options));
      return result.kind === 'planned' ? result : undefined;
    },
  };
});

function optionsOf(options: Partial<UpdateOptions> = {}): UpdateOptions {
  return {
    callOptions: CALLS,
    freshness: { kind: 'fresh' },
    machineMaxAgeMs: 60_000,
    inSyncBefore: new Set(),
    lastUpdates: new Map(),
    isDeletion: false,
    beforeWrites: () => Promise.resolve(),
    ...options,
  };
}

/** Role, trust, permissions and grant are made for what the link needs by now. */
function rolesStandFor(object: LinkObject): void {
  const reading = the.parts.machines.known(object.link.stateMachine.text);
  narrow(reading?.kind === 'found', reading);
  const needed = the.parts.resolver.requirementsOf(the.resolved(object), reading.view);
  narrow(needed.kind === 'required', needed);
  the.parts.memories.of(object.link.uid).rolesReadyFor = needed;
}

/** Links `a` and `b` to the machines `checkout` and `refund`, which run under one role; everything is in place. */
async function inPlace(b: Partial<Link> = {}): Promise<{ a: LinkObject; b: LinkObject }> {
  await the.read('checkout');
  await the.read('refund');
  const objects = {
    a: the.add('a'),
    b: the.add('b', { stateMachine: machine('refund'), createdAt: '2026-02-01T00:00:00Z', ...b }),
  };
  for (const object of Object.values(objects)) {
    rolesStandFor(object);
    for (const one of Object.values(update)) await one(object);
  }
  for (const account of [the.source, the.target]) account.writes.length = 0;
  return objects;
}

/** What `b` is by now → whether something may go with the deletion of `a`. */
const STATES: readonly {
  what: string;
  change: (b: LinkObject) => void;
  withheld: boolean;
  awaitsReads: boolean;
}[] = [
  { what: 'active', change: () => undefined, withheld: false, awaitsReads: false },
  {
    what: 'suspended',
    change: (b) => the.links.upsert({ ...b, link: { ...b.link, suspended: true } }),
    withheld: true,
    awaitsReads: false,
  },
  {
    what: 'not read yet',
    change: (b) => the.parts.machines.forget(b.link.stateMachine.text),
    withheld: true,
    awaitsReads: true,
  },
  {
    what: 'departing, too',
    change: (b) => depart(the.parts.memories.of(b.link.uid), 'targetRole'),
    withheld: false,
    awaitsReads: false,
  },
];

const REMOVED: Readonly<Record<'targetRole' | 'executionRole', Readonly<Record<string, readonly string[]>>>> =
  {
    targetRole: {
      // What the other link needs is the same but for its own external ID.
      active: ['UpdateAssumeRolePolicy checkout'],
      'departing, too': ['DeleteRolePolicy checkout', 'DeleteRole checkout'],
    },
    executionRole: { active: [], 'departing, too': ['DeleteRolePolicy checkout-exec'] },
  };

for (const shared of ['targetRole', 'executionRole'] as const) {
  describe(`the deletion of a link that shares its ${shared} with one that is`, () => {
    for (const { what, change, withheld, awaitsReads } of STATES) {
      it(`${what} ${withheld ? 'removes nothing' : 'removes what only it needs'}`, async () => {
        const { a, b } = await inPlace();
        change(b);
        depart(the.parts.memories.of(a.link.uid), shared);
        const result = present(await update[shared](a, { isDeletion: true }), 'not planned');
        expect(result.plan.withheld.length > 0).toBe(withheld);
        if (withheld) expect(result.awaitsReads).toBe(awaitsReads);
        const { written } = shared === 'targetRole' ? the.target : the.source;
        expect(written).toStrictEqual(REMOVED[shared][what] ?? []);
      });
    }
  });

  it(`a link that stays removes nothing of a departing one from the ${shared}`, async () => {
    const { a, b } = await inPlace();
    depart(the.parts.memories.of(b.link.uid), 'targetRole');
    await update[shared](a);
    expect([...the.source.written, ...the.target.written]).toStrictEqual([]);
  });
}

describe('while a link to the same role is not in the cache as the API server has it,', () => {
  let a: LinkObject;

  beforeEach(async () => {
    ({ a } = await inPlace());
    the.live = [...the.links.values(), objectOf(linkNamed('uncached', { targetRole: ROLE }))];
  });

  it('the deletion of a link leaves the role, and waits', async () => {
    depart(the.parts.memories.of(a.link.uid), 'targetRole');
    const result = await update.targetRole(a, { isDeletion: true });
    expect([result?.plan.withheld.length, result?.awaitsReads]).toStrictEqual([1, true]);
    expect(the.target.written).toStrictEqual([]);
  });

  it("somebody else's statement in the trust policy stays, also if it says the same as the operator's", async () => {
    const before = present(the.target.roles.get(ROLE.text), ROLE.text);
    narrow(before.trust.kind === 'parsed', before.trust);
    const { document } = before.trust;
    const statements = document.statements.flatMap((own) => {
      const { sid: _, ...foreign } = own;
      return [own, foreign];
    });
    const trust = { kind: 'parsed', document: { ...document, statements } } as const;
    the.target.roles.set(ROLE.text, { ...before, trust });
    await update.targetRole(a);
    expect(the.target.roles.get(ROLE.text)?.trust).toStrictEqual(trust);
  });

  it('it leaves the Credentials, and waits', async () => {
    depart(the.parts.memories.of(a.link.uid), 'stateMachine');
    const result = await update.stateMachine(a, { isDeletion: true, machineMaxAgeMs: 0 });
    expect([result?.plan.withheld.length, result?.awaitsReads]).toStrictEqual([1, true]);
    expect(the.source.written).toStrictEqual([]);
  });

  it('it leaves the grant, and waits', async () => {
    for (const { link: one } of the.links.values()) depart(the.parts.memories.of(one.uid), 'executionRole');
    const result = await update.executionRole(a, { isDeletion: true });
    expect([result?.plan.withheld.length, result?.awaitsReads]).toStrictEqual([1, true]);
    expect(the.source.written).toStrictEqual([]);
  });

  it('another role in the grant goes, and that one stays: one link holds up nobody else', async () => {
    const other = the.add('other', { targetRole: OTHER_ROLE });
    rolesStandFor(other);
    await update.executionRole(other);
    for (const { link: one } of the.links.values()) depart(the.parts.memories.of(one.uid), 'executionRole');
    const result = await update.executionRole(other, { isDeletion: true });
    expect([result?.plan.withheld, result?.mayShrinkLater]).toStrictEqual([[], true]);
    const policy = JSON.stringify(the.source.roles.get(EXEC.text)?.inlinePolicies.get(policyName(CLUSTER)));
    expect([policy.includes(ROLE.text), policy.includes(OTHER_ROLE.text)]).toStrictEqual([true, false]);
  });
});

/** The link after an edit of its spec. */
function edited(object: LinkObject, fields: Partial<Link>): LinkObject {
  const { metadata, link } = object;
  return {
    ...object,
    metadata: { ...metadata, generation: metadata.generation + 1 },
    link: { ...link, ...fields },
  };
}

describe('the target role', () => {
  it('lets in the state machines of both links', async () => {
    await inPlace();
    const trust = JSON.stringify(the.target.roles.get(ROLE.text)?.trust);
    expect(trust).toContain(machine('checkout').text);
    expect(trust).toContain(machine('refund').text);
  });

  it('keeps what definitions in use need: they are read before anything is taken away', async () => {
    await the.read('checkout');
    const a = the.add('a');
    await update.targetRole(a);
    const definition = setCredentials(SENDING, new Map([['Send', ROLE.text]]));
    the.source.inUse = [
      { machine: { definition, executionRoleArn: EXEC.text }, inUseBy: 'execution run-17' },
    ];
    the.calls.length = 0;
    const without = edited(a, { tasks: [] });
    the.links.upsert(without);
    await update.targetRole(without);
    expect(the.calls).toStrictEqual(['role checkout', 'definitionsInUse checkout']);
  });

  it('keeps what definitions in use need if another reconcile reads them meanwhile', async () => {
    await the.read('checkout');
    const a = the.add('a');
    await update.targetRole(a);
    const definition = setCredentials(SENDING, new Map([['Send', ROLE.text]]));
    the.source.inUse = [
      { machine: { definition, executionRoleArn: EXEC.text }, inUseBy: 'execution run-17' },
    ];
    const without = edited(a, { tasks: [] });
    the.links.upsert(without);
    the.target.writes.length = 0;
    the.liveLinks = async () => {
      const known = the.parts.machines.known(machine('checkout').text);
      narrow(known?.kind === 'found', known);
      await the.parts.machines.readDefinitionsInUse(the.source, known.view, CALLS, 0);
      return [...the.links.values()];
    };
    await update.targetRole(without);
    expect(the.target.written).toStrictEqual([]);
  });

  it('loses what nothing uses any more', async () => {
    await the.read('checkout');
    const a = the.add('a');
    await update.targetRole(a);
    const without = edited(a, { tasks: [] });
    the.links.upsert(without);
    await update.targetRole(without);
    expect(the.target.written.at(-1)).toBe('DeleteRolePolicy checkout');
  });

  it('is planned as if it were enforced, and not written, for a link that observes', async () => {
    await the.read('checkout');
    const result = await update.targetRole(the.add('a', { legs: OBSERVE }));
    expect(result).toMatchObject({ enforced: false, applied: [] });
    expect(result?.plan.actions.map(({ operation }) => operation)).toStrictEqual([
      'CreateRole',
      'PutRolePolicy',
    ]);
    expect(the.target.written).toStrictEqual([]);
  });

  it('has the description of the oldest link; the younger one has a conflict', async () => {
    const { a, b } = await inPlace({ description: 'b' });
    the.links.upsert({ ...a, link: { ...a.link, description: 'a' } });
    const younger = await update.targetRole(b);
    const older = await update.targetRole(the.links.get('payments/a') ?? a);
    expect(younger?.conflicts.map(({ linkKey, reason }) => `${linkKey} ${reason}`)).toStrictEqual([
      'payments/b Conflict',
    ]);
    expect(older?.conflicts).toStrictEqual([]);
  });
});

describe('the Credentials', () => {
  it('of a Task that two links select for different roles stay with the older one', async () => {
    await the.read('checkout');
    const a = the.add('a');
    const b = the.add('b', { targetRole: OTHER_ROLE, createdAt: '2026-02-01T00:00:00Z' });
    for (const object of [a, b]) rolesStandFor(object);
    await update.stateMachine(a);
    const younger = await update.stateMachine(b);
    expect(younger?.conflicts.map(({ leg }) => leg)).toStrictEqual(['stateMachineCredentials']);
    expect(the.source.written).toStrictEqual(['UpdateStateMachine checkout']);
  });

  it('are not set before the roles are ready', async () => {
    await the.read('checkout');
    const result = await update.stateMachine(the.add('a'));
    expect(result).toMatchObject({ applied: [], plan: { waiting: new Map([['Send', ROLE.text]]) } });
  });

  it('are taken away by the deletion of their link', async () => {
    const { a } = await inPlace();
    depart(the.parts.memories.of(a.link.uid), 'stateMachine');
    await update.stateMachine(a, { isDeletion: true, machineMaxAgeMs: 0 });
    expect(the.source.written).toStrictEqual(['UpdateStateMachine checkout']);
    expect(the.source.machines.get(machine('checkout').text)?.definition).not.toContain('Credentials');
  });

  it('are planned from a read of a second at most where they are written', async () => {
    await the.read('checkout');
    const a = the.add('a');
    rolesStandFor(a);
    the.source.calls.length = 0;
    the.now += 1_001;
    await update.stateMachine(a);
    expect(the.source.calls).toStrictEqual(['stateMachine checkout', 'UpdateStateMachine checkout']);
  });

  it('are planned again from what is read right before the write', async () => {
    await the.read('checkout');
    const a = the.add('a');
    rolesStandFor(a);
    the.now += 1_001;
    the.put('checkout', EXEC.text, setCredentials(SENDING, new Map([['Send', ROLE.text]])));
    expect(await update.stateMachine(a)).toMatchObject({ applied: [] });
  });
});
