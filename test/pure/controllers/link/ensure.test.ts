/** The way up, from the target role to the definition: the state of cluster and AWS → the legs, and when to go on. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { LinkAssembly } from '../../../../src/controllers/link/assembly.ts';
import type { ReadPolicy } from '../../../../src/controllers/link/read-policy.ts';
import { ReconcileRecord } from '../../../../src/controllers/link/reconcile-record.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import type { Leg } from '../../../../src/desired/leg.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { LEGS } from '../../../../src/report/outcome.ts';
import { present } from '../../../expectations.ts';
import { machine, role, SOURCE } from '../../access/fixtures.ts';
import { ENFORCE, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { parsed } from '../../plan/fixtures.ts';
import { CALLS, EXEC, SENDING, TestCluster, untouchedRole } from '../test-cluster.ts';

const FORMER = role('former-exec', SOURCE);
const POLICY = 'arn:aws:iam::111111111111:policy/team';

let the: TestCluster;
let by: LinkAssembly;

function prepare(propagationPauseMs = 0): void {
  the = new TestCluster(propagationPauseMs);
  by = the.parts;
  the.put('checkout');
  the.source.roles.set(EXEC.text, untouchedRole());
  the.source.roles.set(FORMER.text, untouchedRole(FORMER.text));
}

beforeEach(() => prepare());

async function ensure(object: LinkObject, options: Partial<ReadPolicy> = {}): Promise<ReconcileRecord> {
  const record = new ReconcileRecord();
  const policy: ReadPolicy = {
    callOptions: CALLS,
    firstCallOptions: CALLS,
    freshness: { kind: 'fresh' },
    machineMaxAgeMs: 0,
    asIfReady: false,
    wasInSync: false,
    inSyncBefore: new Set(),
    lastUpdates: new Map(),
    isDeletion: false,
    growthWaits: () => false,
    isAsBefore: () => Promise.resolve(false),
    reliedOnBefore: false,
    knownRoleId: undefined,
    beforeWrites: () => Promise.resolve(),
    ...options,
  };
  the.now += 1;
  await by.ensure.run(the.resolved(object), policy, record);
  return record;
}

/** `inSync` or `stalled RoleNotOwned` for each leg that was reached. */
function legs({ legs: outcomes }: ReconcileRecord): Partial<Record<Leg, string>> {
  return Object.fromEntries(
    LEGS.flatMap((leg) => {
      const outcome = outcomes[leg];
      if (outcome === undefined) return [];
      return [[leg, 'reason' in outcome ? `${outcome.kind} ${outcome.reason}` : outcome.kind]];
    }),
  );
}

const ALL_IN_SYNC = Object.fromEntries(LEGS.map((leg) => [leg, 'inSync']));

interface Situation {
  readonly given: string;
  readonly fields?: Partial<Link>;
  readonly arrange?: () => void;
  readonly options?: Partial<ReadPolicy>;
  readonly legs: Partial<Record<Leg, string>>;
  readonly written: readonly string[];
  /** Of Effective; undefined where the link did not get so far. */
  readonly effective: string | undefined;
  readonly againAfterMs?: number;
}

const SITUATIONS: readonly Situation[] = [
  {
    given: 'nothing',
    legs: ALL_IN_SYNC,
    written: [
      'CreateRole checkout',
      'PutRolePolicy checkout',
      'PutRolePolicy checkout-exec',
      'UpdateStateMachine checkout',
    ],
    effective: 'effective',
  },
  {
    given: 'a role of somebody else: nothing further is touched',
    arrange: () => the.target.roles.set(ROLE.text, untouchedRole(ROLE.text)),
    legs: {
      targetRole: 'stalled RoleNotOwned',
      trustPolicy: 'progressing Creating',
      permissions: 'progressing Creating',
    },
    written: [],
    effective: undefined,
  },
  {
    given: 'a link that observes everything, and nothing: the definition is reported, too',
    fields: { legs: OBSERVE },
    legs: {
      targetRole: 'differs',
      trustPolicy: 'differs',
      permissions: 'differs',
      executionRoleGrant: 'differs',
      stateMachineCredentials: 'differs',
    },
    written: [],
    effective: undefined,
  },
  {
    given: 'a link that only observes a role which is not there: the definition waits for it',
    fields: { legs: { ...ENFORCE, targetRole: 'Observe' } },
    legs: {
      targetRole: 'differs',
      trustPolicy: 'differs',
      permissions: 'differs',
      executionRoleGrant: 'inSync',
      stateMachineCredentials: 'progressing Creating',
    },
    written: ['PutRolePolicy checkout-exec'],
    effective: undefined,
  },
  {
    given: 'the same, to be planned: the definition is planned all the same',
    fields: { legs: { ...OBSERVE, stateMachineCredentials: 'Enforce' } },
    options: { asIfReady: true },
    legs: {
      targetRole: 'differs',
      trustPolicy: 'differs',
      permissions: 'differs',
      executionRoleGrant: 'differs',
      stateMachineCredentials: 'inSync',
    },
    written: ['UpdateStateMachine checkout'],
    effective: undefined,
  },
  {
    given: 'Credentials that stand already: nothing has to wait for IAM',
    arrange: () => {
      prepare(10_000);
      the.put('checkout', EXEC.text, setCredentials(SENDING, new Map([['Send', ROLE.text]])));
    },
    legs: ALL_IN_SYNC,
    written: ['CreateRole checkout', 'PutRolePolicy checkout', 'PutRolePolicy checkout-exec'],
    effective: 'effective',
  },
  {
    given: 'roles that IAM has not yet propagated',
    arrange: () => prepare(10_000),
    legs: { ...ALL_IN_SYNC, stateMachineCredentials: 'progressing Propagating' },
    written: ['CreateRole checkout', 'PutRolePolicy checkout', 'PutRolePolicy checkout-exec'],
    effective: undefined,
    againAfterMs: 10_000,
  },
];

describe('a link that finds', () => {
  for (const { given, fields, arrange, options, effective, againAfterMs, ...expected } of SITUATIONS) {
    it(given, async () => {
      arrange?.();
      const record = await ensure(the.add('a', fields), options);
      expect(legs(record)).toStrictEqual(expected.legs);
      expect([...the.target.written, ...the.source.written]).toStrictEqual(expected.written);
      expect(record.effective?.kind).toBe(effective);
      expect(record.againAfterMs).toBe(againAfterMs);
    });
  }
});

describe('execution roles', () => {
  it('in the inventory lose the grant that is not needed any more', async () => {
    const object = the.add('a');
    await ensure(object);
    the.put(
      'checkout',
      FORMER.text,
      present(the.source.machines.get(machine('checkout').text), '').definition,
    );
    const remembering = { ...object, status: { executionRoleARN: EXEC.text } };
    the.links.upsert(remembering);
    the.source.writes.length = 0;
    const record = await ensure(remembering);
    expect(the.source.written).toStrictEqual(['PutRolePolicy former-exec', 'DeleteRolePolicy checkout-exec']);
    expect(record.grantsOn).toStrictEqual([FORMER.text]);
  });

  it('that something still runs under keep it, and stay on the inventory', async () => {
    const object = the.add('a');
    await ensure(object);
    const { definition } = present(the.source.machines.get(machine('checkout').text), 'no machine');
    the.put('checkout', FORMER.text, definition);
    the.source.inUse = [
      { machine: { definition, executionRoleArn: EXEC.text }, inUseBy: 'execution run-17' },
    ];
    const remembering = { ...object, status: { executionRoleARN: EXEC.text } };
    the.links.upsert(remembering);
    the.source.writes.length = 0;
    const record = await ensure(remembering);
    expect(the.source.written).toStrictEqual(['PutRolePolicy former-exec']);
    expect(record.grantsOn).toStrictEqual([FORMER.text, EXEC.text]);
  });
});

describe('what somebody else changed and the operator does not repair', () => {
  it('is a managed policy that says something else than before', async () => {
    const document = parsed();
    the.source.roles.set(EXEC.text, { ...untouchedRole(), managedPolicyArns: [POLICY] });
    the.source.policies.set(POLICY, { arn: POLICY, versionId: 'v1', document });
    const object = the.add('a');
    await ensure(object);
    the.source.policies.set(POLICY, { arn: POLICY, versionId: 'v2', document });
    const fields = async () =>
      (await ensure(object, { wasInSync: true })).externalChanges.map(({ field, found }) => [field, found]);
    expect(await fields()).toStrictEqual([['defaultVersion', 'v2']]);
    expect(await fields()).toStrictEqual([]);
  });

  it('is a role that was made again under its name', async () => {
    const object = the.add('a');
    await ensure(object);
    the.target.roles.set(ROLE.text, untouchedRole(ROLE.text));
    const record = await ensure(object, { wasInSync: true, knownRoleId: 'AROAMADE1' });
    expect(record.externalChanges).toStrictEqual([
      {
        object: ROLE.text,
        field: 'roleId',
        expected: 'AROAMADE1',
        found: 'AROAEXECUTION',
        repaired: false,
      },
    ]);
  });
});

it('a state machine that goes between two reads is reported by the next reconcile, at once', async () => {
  const { machines } = the.source;
  const object = the.add('a');
  const record = await ensure(object, {
    beforeWrites: () => {
      machines.clear();
      the.now += 2_000;
      return Promise.resolve();
    },
  });
  expect(record.againAfterMs).toBe(0);
  expect(record.effective).toBeUndefined();
});
