import { beforeEach, describe, expect, it } from '@jest/globals';
import { ObjectReconciler } from '../../../../src/controllers/objects/object-reconciler.ts';
import type { UpdateOptions } from '../../../../src/controllers/objects/object-update.ts';
import { interruptionBy } from '../../../../src/controllers/objects/write-failure.ts';
import { IamPropagation } from '../../../../src/controllers/state/iam-propagation.ts';
import { RepairBackoff } from '../../../../src/controllers/state/repair-backoff.ts';
import { StateMachineCache } from '../../../../src/controllers/state/state-machine-cache.ts';
import type { DesiredTargetRole } from '../../../../src/desired/target-role.ts';
import type { ObservedRole } from '../../../../src/observed/objects.ts';
import type { Leg } from '../../../../src/desired/leg.ts';
import { LEGS } from '../../../../src/report/outcome.ts';
import type { Action } from '../../../../src/plan/action.ts';
import type { LastUpdate, ObjectChanges } from '../../../../src/plan/drift.ts';
import { planTargetRole } from '../../../../src/plan/target-role.ts';
import { link, ROLE } from '../../desired/fixtures.ts';
import { desired, leaving, observed, OWN_TRUST, parsed } from '../../plan/fixtures.ts';
import { awsFailure, ModelAccount } from '../model-account.ts';
import { CALLS } from '../test-cluster.ts';

const FRESH = { kind: 'fresh' } as const;
const SNAPSHOT = { kind: 'snapshot', maxAgeMs: 1_000 } as const;
const OPEN_TRUST = {
  effect: 'Allow',
  actions: { negated: false, values: ['sts:AssumeRole'] },
  principals: { negated: false, anyone: false, byType: { AWS: ['999999999999'] } },
} as const;
const EXTRA = observed({ managedPolicyArns: ['arn:aws:iam::aws:policy/Extra'] });

const EXTRA_AND_NO_POLICY = observed({
  managedPolicyArns: ['arn:aws:iam::aws:policy/Extra'],
  inlinePolicies: new Map(),
});

let aws: ModelAccount;
let now: number;
let propagation: IamPropagation;
let repairBackoff: RepairBackoff;
let objects: ObjectReconciler;
let hooks: string[];
let lastUpdates: Map<string, LastUpdate>;

beforeEach(() => {
  now = 0;
  hooks = [];
  lastUpdates = new Map();
  aws = new ModelAccount(ROLE.accountId);
  propagation = new IamPropagation(
    10_000,
    () => now,
    () => 0,
  );
  repairBackoff = new RepairBackoff(() => now);
  objects = new ObjectReconciler(new StateMachineCache(() => now), propagation, repairBackoff);
});

interface Update {
  readonly wanted?: DesiredTargetRole;
  readonly enforced?: boolean;
  readonly options?: Partial<UpdateOptions>;
  readonly learn?: readonly (() => Promise<boolean>)[];
}

const ALL: ReadonlySet<Leg> = new Set(LEGS);
const IN_SYNC = { inSyncBefore: ALL };
const noLegs = (): ReadonlySet<Leg> => new Set();

function update({ wanted = desired(), enforced = true, options = {}, learn = [] }: Update = {}) {
  return objects.updateRole({
    aws,
    arn: ROLE,
    isDescribed: false,
    linkKey: 'payments/a',
    enforced,
    options: {
      callOptions: CALLS,
      freshness: FRESH,
      machineMaxAgeMs: 0,
      inSyncBefore: new Set(),
      lastUpdates,
      isDeletion: false,
      beforeWrites: ({ makesRole }) => noted(makesRole ? 'record of a new role' : 'record'),
      ...options,
    },
    plan: (role) => {
      aws.calls.push('plan');
      const plan = planTargetRole(wanted, role, {});
      return {
        plan,
        wanted: [...wanted.managedPolicyArns].join(),
        conflicts: [],
        awaitsReads: false,
        isAsking: true,
        mayShrinkLater: false,
        onRecord: { edited: noLegs, observed: noLegs, frozen: noLegs, left: noLegs() },
      };
    },
    learnBeforeShrinking: learn,
  });
}

function noted(hook: string): Promise<void> {
  hooks.push(hook);
  aws.calls.push(hook);
  return Promise.resolve();
}

describe('a role', () => {
  it('that is as planned is read once and left alone', async () => {
    aws.roles.set(ROLE.text, observed());
    const result = await update();
    expect(aws.calls).toStrictEqual(['role checkout', 'plan']);
    expect(result).toMatchObject({ applied: [], repairs: [], role: observed() });
  });

  it('that is missing is created after it is on record, without the former RoleId', async () => {
    const result = await update();
    expect(aws.calls).toStrictEqual([
      'role checkout',
      'plan',
      'record of a new role',
      'CreateRole checkout',
      'PutRolePolicy checkout',
    ]);
    expect(result.role).toStrictEqual(aws.roles.get(ROLE.text));
  });

  it('that stands keeps the RoleId on record when it is written', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    await update();
    expect(hooks).toStrictEqual(['record']);
    expect(aws.written).toStrictEqual(['DetachRolePolicy checkout']);
  });

  it('that is only observed is planned, and nothing is written', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    const { plan, applied, enforced } = await update({ enforced: false });
    expect(plan.actions).toHaveLength(1);
    expect([applied, enforced, hooks, aws.written]).toStrictEqual([[], false, [], []]);
  });

  it('that was written is waited for, until IAM has propagated', async () => {
    await update();
    expect(propagation.remainingMs([ROLE.text], true)).toBe(10_000);
  });

  it('is written for one link at a time', async () => {
    await Promise.all([update(), update()]);
    expect(aws.written).toStrictEqual(['CreateRole checkout', 'PutRolePolicy checkout']);
    expect(aws.calls.slice(-2)).toStrictEqual(['role checkout', 'plan']);
  });
});

describe('a plan made from a snapshot', () => {
  const LACKING = observed({ inlinePolicies: new Map() });
  const CASES: readonly {
    what: string;
    snapshot: ObservedRole;
    inSyncBefore: ReadonlySet<Leg>;
    again: boolean;
  }[] = [
    { what: 'with nothing to do is believed', snapshot: observed(), inSyncBefore: ALL, again: false },
    {
      what: 'that changes what is there is made again',
      snapshot: EXTRA,
      inSyncBefore: new Set(),
      again: true,
    },
    {
      what: 'that only adds is drift for a link in sync: made again',
      snapshot: LACKING,
      inSyncBefore: ALL,
      again: true,
    },
  ];
  for (const { what, snapshot, inSyncBefore, again } of CASES) {
    it(what, async () => {
      aws.roles.set(ROLE.text, observed());
      aws.snapshot = new Map([[ROLE.text, snapshot]]);
      await update({ options: { freshness: SNAPSHOT, inSyncBefore } });
      expect(aws.calls).toStrictEqual([
        'role checkout from a snapshot',
        'plan',
        ...(again ? ['role checkout', 'plan'] : []),
      ]);
    });
  }

  it('that only adds is carried out for a link that was not in sync', async () => {
    aws.roles.set(ROLE.text, LACKING);
    await update({ options: { freshness: SNAPSHOT } });
    expect(aws.reads).toStrictEqual(['role checkout from a snapshot', 'plan', 'record']);
    expect(aws.written).toStrictEqual(['PutRolePolicy checkout']);
  });

  it('for a role that is missing there is carried out for a new link: AWS refuses what is wrong', async () => {
    await update({ options: { freshness: SNAPSHOT } });
    expect(aws.calls.slice(0, 3)).toStrictEqual([
      'role checkout from a snapshot',
      'plan',
      'record of a new role',
    ]);
  });

  it('that finds the name taken by another role is made again', async () => {
    aws.snapshot = new Map([[ROLE.text, observed({ tags: new Map() })]]);
    await update({ options: { freshness: SNAPSHOT } });
    expect(aws.written).toStrictEqual(['CreateRole checkout', 'PutRolePolicy checkout']);
  });
});

describe('before something is taken away', () => {
  it('it is learned what still needs it, and planned again where that was news', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    await update({ learn: [() => noted('learn').then(() => true)] });
    expect(aws.calls).toStrictEqual([
      'role checkout',
      'plan',
      'learn',
      'plan',
      'record',
      'DetachRolePolicy checkout',
    ]);
  });

  it('and nothing more once it is known that it stays', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    const wanted = { ...desired(), managedPolicyArns: [...desired().managedPolicyArns] };
    const first = () => {
      wanted.managedPolicyArns.push(...EXTRA.managedPolicyArns);
      return noted('first').then(() => true);
    };
    await update({ wanted, learn: [first, () => noted('second').then(() => true)] });
    expect(aws.calls.slice(0, 5)).toStrictEqual(['role checkout', 'plan', 'first', 'plan', 'record']);
    expect(aws.written).toStrictEqual(['TagRole checkout']);
  });

  it('and not before something is only added', async () => {
    aws.roles.set(ROLE.text, observed({ inlinePolicies: new Map() }));
    await update({ learn: [() => noted('learn').then(() => true)] });
    expect(hooks).toStrictEqual(['record']);
  });
});

describe('a role that somebody keeps changing back', () => {
  beforeEach(() => {
    for (let round = 0; round < 3; round += 1) repairBackoff.repaired(ROLE.text);
    aws.roles.set(ROLE.text, EXTRA);
  });

  it('is not repaired while the pause lasts', async () => {
    const { pause, applied } = await update({ options: IN_SYNC });
    expect(pause?.rounds).toBe(3);
    expect([applied, aws.written, hooks]).toStrictEqual([[], [], []]);
  });

  it('is repaired once the pause is over, and the next pause is longer', async () => {
    now = 15_000;
    expect((await update({ options: IN_SYNC })).repairs).toHaveLength(1);
    expect(repairBackoff.pause(ROLE.text)).toMatchObject({ rounds: 4, remainingMs: 30_000 });
  });

  it('is read afresh, however young the snapshot is', async () => {
    await update({ options: { ...IN_SYNC, freshness: SNAPSHOT } });
    expect(aws.reads[0]).toBe('role checkout');
  });

  it('is removed all the same when its last link is deleted', async () => {
    const { applied } = await update({ wanted: leaving(), options: { isDeletion: true } });
    expect(aws.written).toStrictEqual([
      'DetachRolePolicy checkout',
      'DeleteRolePolicy checkout',
      'DeleteRole checkout',
    ]);
    expect(applied).toStrictEqual(aws.writes);
  });
});

describe('a difference on a role of a link that was in sync', () => {
  const OTHER = desired({
    permissions: { ...link('a').permissions, managedPolicyArns: ['arn:aws:iam::aws:policy/Other'] },
  });

  it('is drift when the same is wanted as when it was last as wanted', async () => {
    aws.roles.set(ROLE.text, observed());
    await update({ options: IN_SYNC });
    aws.roles.set(ROLE.text, EXTRA);
    expect(await update({ options: IN_SYNC })).toMatchObject({ repairs: [{ object: ROLE.text }] });
  });

  it('is drift when nothing is known of what was wanted before: the operator has just begun', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    expect(await update({ options: IN_SYNC })).toMatchObject({ repairs: [{ object: ROLE.text }] });
  });

  it('is an edit when something else is wanted', async () => {
    aws.roles.set(ROLE.text, observed());
    await update({ options: IN_SYNC });
    const result = await update({ wanted: OTHER, options: IN_SYNC });
    expect(result).toMatchObject({ repairs: [], unrepaired: [] });
    expect(named(result.applied)).toStrictEqual(['TagRole', 'AttachRolePolicy']);
  });

  it('is none where what was written since is forgotten, and the status shows the link out of sync: as after a restart', async () => {
    aws.roles.set(ROLE.text, observed({ managedPolicyArns: ['arn:aws:iam::aws:policy/Other'] }));
    await update();
    await update({ wanted: OTHER, options: { lastUpdates: new Map() } });
    expect(aws.written).toContain('AttachRolePolicy checkout');
    objects.forget(ROLE.text);
    const result = await update();
    expect(result).toMatchObject({ repairs: [], unrepaired: [] });
    expect(named(result.applied)).toStrictEqual(['DetachRolePolicy', 'UntagRole']);
  });

  it('is an edit however many came before, and starts no pause', async () => {
    aws.roles.set(ROLE.text, observed());
    await update({ options: IN_SYNC });
    for (const wanted of [OTHER, desired(), OTHER, desired(), OTHER, desired()])
      expect(await update({ wanted, options: IN_SYNC })).toMatchObject({ repairs: [] });
    expect(repairBackoff.isOn(ROLE.text)).toBe(false);
  });

  it('is drift again once the edit has been made', async () => {
    await update({ wanted: OTHER, options: IN_SYNC });
    aws.roles.set(ROLE.text, EXTRA);
    const { repairs } = await update({ wanted: OTHER, options: IN_SYNC });
    expect(paths(repairs)).toStrictEqual([
      'tags[crossaccountlink.dev/attached-policies]',
      'managedPolicies[arn:aws:iam::aws:policy/Extra]',
      'managedPolicies[arn:aws:iam::aws:policy/Other]',
    ]);
  });

  it('does not wait for the end of a pause when it is an edit', async () => {
    aws.roles.set(ROLE.text, observed());
    await update({ options: IN_SYNC });
    for (let round = 0; round < 3; round += 1) repairBackoff.repaired(ROLE.text);
    expect(await update({ options: IN_SYNC, wanted: OTHER })).toMatchObject({ repairs: [] });
    expect(aws.written).toStrictEqual(['TagRole checkout', 'AttachRolePolicy checkout']);
  });
});

function named(actions: readonly Action[]): readonly string[] {
  return actions.map(({ operation }) => operation);
}

function paths(changed: readonly ObjectChanges[]): readonly string[] {
  return changed.flatMap(({ changes }) => changes.map(({ path }) => path));
}

describe('a write that fails', () => {
  const DENIED = awsFailure('terminal');
  const DRIFTED = observed({
    managedPolicyArns: ['arn:aws:iam::aws:policy/Extra'],
    trust: parsed(OWN_TRUST, OPEN_TRUST),
    inlinePolicies: new Map(),
  });

  it('stops nothing that does not rely on it', async () => {
    aws.roles.set(ROLE.text, DRIFTED);
    aws.failures.set('DetachRolePolicy', DENIED);
    const { applied, unmade, failures } = await update();
    expect(named(applied)).toStrictEqual(expect.arrayContaining(['UpdateAssumeRolePolicy', 'PutRolePolicy']));
    expect(named(unmade)).toStrictEqual(['DetachRolePolicy']);
    expect(failures.map(({ failure }) => failure)).toStrictEqual([DENIED]);
  });

  it('stops everything when it would have made the role', async () => {
    aws.failures.set('CreateRole', DENIED);
    const { applied, unmade, role } = await update();
    expect([named(applied), role]).toStrictEqual([[], undefined]);
    expect(named(unmade)).toStrictEqual(['CreateRole', 'PutRolePolicy']);
  });

  for (const kind of ['throttled', 'laneBusy', 'retryable'] as const) {
    it(`stops everything behind it when it is ${kind}`, async () => {
      aws.roles.set(ROLE.text, DRIFTED);
      aws.failures.set('UpdateAssumeRolePolicy', awsFailure(kind));
      const { unmade, failures } = await update();
      expect(failures).toHaveLength(1);
      expect(named(unmade)).toStrictEqual(
        expect.arrayContaining(['UpdateAssumeRolePolicy', 'PutRolePolicy']),
      );
    });
  }

  it('is drift that stays; what went through was repaired', async () => {
    aws.roles.set(ROLE.text, EXTRA_AND_NO_POLICY);
    aws.failures.set('DetachRolePolicy', DENIED);
    const { repairs, unrepaired } = await update({ options: IN_SYNC });
    expect(paths(unrepaired)).toStrictEqual(['managedPolicies[arn:aws:iam::aws:policy/Extra]']);
    expect(paths(repairs).every((path) => path.startsWith('inlinePolicies'))).toBe(true);
  });

  it('is reported once, and not at each try; what somebody does meanwhile is reported', async () => {
    const options = IN_SYNC;
    aws.roles.set(ROLE.text, EXTRA);
    aws.failures.set('DetachRolePolicy', DENIED);
    await update({ options });
    const again = await update({ options: { inSyncBefore: new Set() } });
    expect([again.repairs, again.unrepaired]).toStrictEqual([[], []]);
    aws.roles.set(ROLE.text, { ...EXTRA, trust: parsed(OWN_TRUST, OPEN_TRUST) });
    const { repairs } = await update({ options: { inSyncBefore: new Set() } });
    expect(paths(repairs).some((path) => path.startsWith('trustPolicy'))).toBe(true);
  });

  it('counts as a repair when only its answer was lost', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    aws.failures.set('DetachRolePolicy', awsFailure('retryable', { outcomeUnknown: true }));
    const { applied, repairs } = await update({ options: IN_SYNC });
    expect([applied, paths(repairs)]).toStrictEqual([[], ['managedPolicies[arn:aws:iam::aws:policy/Extra]']]);
  });

  it('breaks a deletion off, and says what went through before it', async () => {
    aws.roles.set(ROLE.text, EXTRA);
    aws.failures.set('DeleteRolePolicy', DENIED);
    const error: unknown = await update({ wanted: leaving(), options: { isDeletion: true } }).catch(
      (thrown: unknown) => thrown,
    );
    const { failure, leg, applied } = interruptionBy(error);
    expect([failure, leg, named(applied)]).toStrictEqual([DENIED, 'permissions', ['DetachRolePolicy']]);
  });
});
