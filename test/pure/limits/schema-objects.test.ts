/**
 * Whatever the schemas let through, of both kinds and at their limits: it is read, planned, made and reported without a throw,
 * in calls without surprise, and what is told fits where it is told.
 */
import { describe, expect, it } from '@jest/globals';
import { accountRules } from '../../../src/access/rules.ts';
import { parseAs } from '../../../src/api/parse.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';
import { present } from '../../expectations.ts';
import { machine, role, SOURCE, TARGET } from '../access/fixtures.ts';
import { excesses, schemaOf, type Plural } from '../api/crd-schema.ts';
import { ReconcilerHarness } from '../controllers/link/reconciler-harness.ts';
import { accountOf, EXEC, SENDING, untouchedRole } from '../controllers/test-cluster.ts';
import { ROLE } from '../desired/fixtures.ts';
import { Random } from '../../../testbed/random.ts';
import { type Fixed, FromSchema } from './from-schema.ts';

const OBJECTS = 48;
/** Of the status as a whole, which the API server holds with the spec in an object of 1.5 MB. */
const LARGEST_STATUS = 262_144;
/** A reconcile of one link: reads, some writes to each of its three objects, and the ten policies that a role has. */
const MOST_CALLS = 40;

const POLICIES = Array.from({ length: 20 }, (_, at) => `arn:aws:iam::aws:policy/Policy${at}`);
const LONG_ROLE = role(`crossaccountlink/payments/${'a'.repeat(140)}/${'b'.repeat(58)}`);
const INTERVAL = (random: Random): Json => random.pick(['30s', '24h', '1h30m']);
const BOUNDARY = (random: Random): Json =>
  random.pick(['arn:aws:iam::aws:policy/ReadOnlyAccess', `arn:aws:iam::${TARGET}:policy/${'b'.repeat(100)}`]);

const LINK: Fixed = {
  '.stateMachineARN': () => machine('checkout').text,
  '.targetRole.arn': (random) => random.pick([ROLE.text, LONG_ROLE.text]),
  '.targetRole.permissionsBoundaryARN': BOUNDARY,
  '.targetRole.description': (random) => random.pick(['', 'ÿ'.repeat(1_000), '\t\r\n']),
  '.targetRole.unmanaged': (random) => random.pick(['Remove', 'Preserve']),
  '.targetRole.permissions.resources[].task': (random) => random.pick(['Send', 'x'.repeat(80), '\u202e']),
  '.targetRole.permissions.managedPolicyARNs[]': (random) => random.pick(POLICIES),
  '.stateMachineCredentials.tasks[]': (random) =>
    random.pick(['Send', 'Send', 'Send', '\u001b[2J'.repeat(20)]),
  '.driftCheckInterval': INTERVAL,
  '.suspend': () => false,
};

/** Half of the entries speak of the link's namespace. */
const ACCOUNT: Fixed = {
  '.accountID': () => TARGET,
  '.partition': () => 'aws',
  '.region': () => 'us-east-1',
  '.assumeRole': () => undefined,
  '.access[].namespaces.names[]': (random) => random.pick(['payments', `other-${random.below(1_000_000)}`]),
  '.access[].namespaces.selector': () => undefined,
  '.access[].asTarget.rolePathPrefix': (random) =>
    random.pick(['/crossaccountlink/', '/crossaccountlink/payments/']),
  '.access[].asTarget.allowedActions[]': (random) => random.pick(['sqs:*', '*', 'sqs:*?*?*a', 's?s:*']),
  '.permissionsBoundaryARN': (random) => (random.chance(0.7) ? undefined : BOUNDARY(random)),
  '.driftCheckInterval': INTERVAL,
  '.eventQueueURL': () => undefined,
};

function schemaAt(plural: Plural, part: 'spec' | 'status') {
  return present(schemaOf(plural, part), `${plural} has no ${part}`);
}

/** The rules of an account that is like the schema, one that lets everything in among them. */
function rulesFrom(random: Random, accountId: string) {
  const made = new FromSchema(random, ACCOUNT).object(schemaAt('awsaccounts', 'spec'));
  const open: JsonObject = {
    namespaces: { names: ['payments'] },
    asSource: { stateMachines: ['*'], executionRoles: ['arn:aws:iam::111111111111:role/*'] },
    asTarget: {
      rolePathPrefix: '/crossaccountlink/',
      allowedActions: ['*'],
      allowedResources: ['*'],
      allowPreserve: true,
      adoptableRoles: [ROLE.text, LONG_ROLE.text],
      managedPolicyARNs: POLICIES,
    },
  };
  const access = Array.isArray(made['access']) ? made['access'] : [];
  const spec = {
    ...made,
    accountID: accountId,
    access: random.chance(0.85) ? [...access.slice(0, 99), open] : access,
  };
  return accountRules('billing', parseAs('AWSAccountSpec', spec, 'spec'));
}

async function written(seed: number) {
  const random = new Random(seed);
  const harness = new ReconcilerHarness();
  const { cluster } = harness;
  cluster.put('checkout', EXEC.text, SENDING);
  cluster.source.roles.set(EXEC.text, untouchedRole());
  for (const [id, aws] of [
    [SOURCE, cluster.source],
    [TARGET, cluster.target],
  ] as const)
    cluster.accounts.set(accountOf(id, [], { aws, rules: rulesFrom(random, id) }));
  const spec = new FromSchema(random, LINK).object(schemaAt('crossaccountlinks', 'spec'));
  harness.create('a', spec);
  const statuses: JsonObject[] = [];
  const calls: number[] = [];
  for (const next of [() => undefined, () => undefined, () => harness.delete('a')]) {
    next();
    const before = harness.calls.length;
    await harness.reconcile('a');
    calls.push(harness.calls.length - before);
    const status: Json = JSON.parse(JSON.stringify(harness.object('a')?.status ?? {}));
    statuses.push(isJsonObject(status) ? status : {});
    cluster.now += 60_000;
  }
  return { statuses, calls };
}

describe('of objects that the schemas let through', () => {
  it.each(Array.from({ length: OBJECTS }, (_, seed) => [seed]))(
    'number %i is reported within bounds',
    async (seed) => {
      const { statuses, calls } = await written(seed);
      expect(Math.max(...calls)).toBeLessThan(MOST_CALLS);
      for (const status of statuses) {
        expect(excesses(status, schemaAt('crossaccountlinks', 'status'))).toStrictEqual([]);
        expect(JSON.stringify(status).length).toBeLessThan(LARGEST_STATUS);
      }
    },
  );
});
