/** What `kubectl crossaccountlink plan` says: the operator's own code, on accounts that only note writes. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { ANNOTATIONS } from '../../../../src/api/metadata.ts';
import { DryRun, type PlannedLink } from '../../../../src/controllers/dry-run/dry-run.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { systemClock } from '../../../../src/base/clock.ts';
import { setCredentials } from '../../../../testbed/set-credentials.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { machine, role, SOURCE, TARGET } from '../../access/fixtures.ts';
import { CLUSTER, link, OBSERVE, ROLE } from '../../desired/fixtures.ts';
import { awsFailure, ModelAccount, nameOf } from '../model-account.ts';
import {
  CREATED,
  EXEC,
  objectOf,
  SENDING,
  SOURCE_ENTRY,
  TARGET_ENTRY,
  untouchedRole,
} from '../test-cluster.ts';
import { awsAccount } from '../../api/aws-account.ts';

const OTHER_ROLE = role('crossaccountlink/payments/other', TARGET);
const NEW = [
  'CreateRole checkout',
  'PutRolePolicy checkout',
  'PutRolePolicy checkout-exec',
  'UpdateStateMachine checkout',
];

let source: ModelAccount;
let target: ModelAccount;

beforeEach(() => {
  source = new ModelAccount(SOURCE);
  target = new ModelAccount(TARGET);
  put(SENDING);
  source.roles.set(EXEC.text, untouchedRole());
});

function put(definition: string, arn = machine('checkout').text): void {
  source.machines.set(arn, {
    arn,
    type: 'STANDARD',
    executionRoleArn: EXEC.text,
    definition,
    creationDate: CREATED,
  });
}

function dryRun(links: readonly LinkObject[], accounts = [SOURCE, TARGET]): DryRun {
  const all = [
    awsAccount({ metadata: { name: 'checkout' }, spec: { accountID: SOURCE, access: [SOURCE_ENTRY] } }),
    awsAccount({ spec: { access: [TARGET_ENTRY] } }),
  ];
  return new DryRun({
    clusterId: CLUSTER,
    links,
    accounts: all.filter(({ spec }) => accounts.includes(spec.accountID)),
    namespaces: [],
    connect: ({ spec }) => (spec.accountID === SOURCE ? source : target),
    clock: systemClock,
  });
}

function planned(
  fields: Partial<Link> = {},
  finalizer = true,
  status: LinkObject['status'] = {},
): Promise<PlannedLink> {
  const made = objectOf(link('a', fields), { finalizer });
  const object = { ...made, status: { ...made.status, ...status } };
  return dryRun([object]).plan(object);
}

function named({ actions }: PlannedLink): readonly string[] {
  return actions.map(({ operation, object }) => `${operation} ${nameOf(object)}`);
}

describe('a dry run', () => {
  it('says all that a new link would write, and writes nothing', async () => {
    const plan = await planned();
    expect(named(plan)).toStrictEqual(NEW);
    expect(plan.obstacles).toStrictEqual([]);
    expect([...source.writes, ...target.writes]).toStrictEqual([]);
  });

  it('goes on to the permissions that may go once the definition has changed', async () => {
    put(setCredentials(SENDING, new Map([['Send', ROLE.text]])));
    const plan = await planned({ tasks: [] }, true, { tasks: ['Send'] });
    expect(named(plan)).toContain('UpdateStateMachine checkout');
  });

  it('shows what a leg that is only observed lacks, and says so', async () => {
    const plan = await planned({ legs: OBSERVE });
    expect(named(plan)).toContain('CreateRole checkout');
    expect(plan.remarks.join(' ')).toMatch(/are shown as they would be changed, and are not written/);
  });

  it.each([
    ['says that growth which the account holds waits for an edit', 1, 1],
    ['says nothing of growth once the link is edited', 2, 0],
  ])('%s', async (_name, generation, count) => {
    const object = objectOf(link('a'));
    const held = {
      type: 'PermissionsReady',
      status: 'False',
      reason: 'GrowthHeld',
      message: 'waits',
      observedGeneration: 1,
      lastTransitionTime: CREATED,
    } as const;
    const metadata = { ...object.metadata, generation };
    const one = { ...object, metadata, status: { conditions: [held] } };
    const plan = await dryRun([one]).plan(one);
    expect(plan.remarks.filter((remark) => remark.includes('definitionGrowth: Hold'))).toHaveLength(count);
    expect(named(plan)).toStrictEqual(NEW);
  });

  it('lets a second link see what the first one would write', async () => {
    const objects = ['a', 'b'].map((name) => objectOf(link(name)));
    const run = dryRun(objects);
    const plans: (readonly string[])[] = [];
    for (const object of objects) plans.push(named(await run.plan(object)));
    expect(plans).toStrictEqual([NEW, []]);
  });

  it('plans no link in a way that takes from another what its plan has just given', async () => {
    const other = machine('other');
    put(SENDING, other.text);
    const roles = [{ targetRole: OTHER_ROLE, stateMachine: other }, {}];
    const objects = roles.map((fields, index) =>
      objectOf(link(`new-${index}`, fields), { finalizer: false }),
    );
    const run = dryRun(objects);
    for (const object of objects) await run.plan(object);
    for (const object of objects) expect(named(await run.plan(object))).toStrictEqual([]);
  });

  it('says what a deletion would remove', async () => {
    const plan = await planned({ deleting: true });
    expect(named(plan)).toStrictEqual([]);
    await applyAll();
    expect(named(await planned({ deleting: true }))).toStrictEqual([
      'UpdateStateMachine checkout',
      'DeleteRolePolicy checkout-exec',
      'DeleteRolePolicy checkout',
      'DeleteRole checkout',
    ]);
  });
});

/** Carries out what the plan of a new link says. */
async function applyAll(): Promise<void> {
  const { actions } = await planned();
  for (const action of actions) await (action.object.includes(SOURCE) ? source : target).apply(action);
}

describe('a link that cannot be brought about', () => {
  it('names what is missing', async () => {
    source.machines.clear();
    expect((await planned()).obstacles).toStrictEqual([
      `There is no state machine ${machine('checkout').text}: create it, or create a link with the right ARN.`,
    ]);
  });

  it.each(['role', 'stateMachine'] as const)(
    'names what AWS does not let the operator read, of a %s, and the next link is planned',
    async (call) => {
      const refused = awsFailure('terminal', { reason: 'RequestRefused' });
      (call === 'role' ? target : source).failures.set(call, refused);
      const objects = ['a', 'b'].map((name) => objectOf(link(name)));
      const run = dryRun(objects);
      for (const object of objects)
        expect((await run.plan(object)).obstacles).toStrictEqual([`${refused.message}.`]);
    },
  );

  it.each(['retryable', 'throttled'] as const)(
    'ends the plan where AWS is not read for now: %s',
    async (kind) => {
      source.failures.set('stateMachine', awsFailure(kind, { reason: 'Unavailable' }));
      await expect(planned()).rejects.toThrow('SomeCall on');
    },
  );

  it('names the account that nobody registers', async () => {
    const object = objectOf(link('a'));
    const { obstacles } = await dryRun([object], [SOURCE]).plan(object);
    expect(obstacles.join(' ')).toMatch(/No AWSAccount registers the target account/);
  });
});

const STANDSTILL: readonly { what: string; fields: Partial<Link>; finalizer?: boolean; says: RegExp }[] = [
  { what: 'suspended', fields: { suspended: true }, says: /^Suspended/ },
  { what: 'deleted with Retain', fields: { deleting: true, retain: true }, says: /Retain/ },
  {
    what: 'deleted before it wrote',
    fields: { deleting: true },
    finalizer: false,
    says: /^Being deleted. The operator has released it.$/,
  },
];

describe('nothing is planned for a link that is', () => {
  for (const { what, fields, finalizer, says } of STANDSTILL) {
    it(what, async () => {
      const { actions, remarks } = await planned(fields, finalizer);
      expect(actions).toStrictEqual([]);
      expect(remarks.join(' ')).toMatch(says);
      expect([...source.calls, ...target.calls]).toStrictEqual([]);
    });
  }

  it('abandoned', async () => {
    const object = objectOf(link('a', { deleting: true }));
    const metadata = { ...object.metadata, annotations: { [ANNOTATIONS.abandon]: 'true' } };
    const { actions, remarks } = await dryRun([]).plan({ ...object, metadata });
    expect([actions, remarks.join(' ')]).toStrictEqual([
      [],
      'Being deleted and abandoned: this link removes nothing from AWS.',
    ]);
  });
});
