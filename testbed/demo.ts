/** `make demo`: two machines are linked to two other accounts; the links are proven, broken, repaired and removed. Two more
 *  machines are then run, without and with their links, on an AWS that interprets state machines. */
import { DeleteItemCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import {
  GetRoleCommand,
  ListRolesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readArguments } from './arguments.ts';
import { assumeRole, awsClients, type AwsClients } from './aws-clients.ts';
import {
  AGGREGATE,
  ACCOUNTS,
  NOTIFICATIONS,
  ORDERS,
  prepareAws,
  RESERVE_STOCK,
  WAREHOUSE,
} from './demo/aws.ts';
import { Checks, heading, say } from './demo/checks.ts';
import { proveExecutions, startRunningStage } from './demo/running.ts';
import { inlinePolicies, printLegs, roleArn, tasksNaming, type DemoLink } from './demo/legs.ts';
import { eventually } from './eventually.ts';
import { startStage, type Stage } from './stage.ts';
import { orExplain } from './tools/prerequisites.ts';

readArguments('make demo: takes no arguments', {});

const SAMPLES = fileURLToPath(new URL('../deploy/samples', import.meta.url));

const TO_WAREHOUSE: DemoLink = {
  name: 'reserve-stock-to-warehouse',
  machine: RESERVE_STOCK,
  account: WAREHOUSE,
  role: 'reserve-stock',
};
const TO_NOTIFICATIONS: DemoLink = {
  name: 'reserve-stock-to-notifications',
  machine: RESERVE_STOCK,
  account: NOTIFICATIONS,
  role: 'reserve-stock-notify',
};
const AGGREGATE_TO_WAREHOUSE: DemoLink = {
  name: 'aggregate-to-warehouse',
  machine: AGGREGATE,
  account: WAREHOUSE,
  role: 'aggregate-locations',
};
const LINKS = [TO_WAREHOUSE, TO_NOTIFICATIONS, AGGREGATE_TO_WAREHOUSE] as const;

const OPEN_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ORDERS}:root` }, Action: 'sts:AssumeRole' },
  ],
});
const EXTRA_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' }],
});

const began = performance.now();
const checks = new Checks();

heading('1. A Kubernetes control plane, an AWS that enforces IAM, three accounts, two state machines');
const running = startRunningStage(SAMPLES);
// Its failure is reported where it is waited for.
running.catch(() => {});
const stage = await orExplain(() => startStage({ accounts: ACCOUNTS }));
const url = stage.emulator.url;
try {
  await prepareAws(url);
  say(`  API server ${stage.controlPlane.url}, AWS ${url}`);
  const operator = await stage.operator({ flags: ['--leader-elect', '--propagation-pause=1s'] });
  say(`  the operator runs as ServiceAccount crossaccountlink (pid ${operator.pid})`);
  await makeLinks(stage);
  await proveLinks();
  heading('5. Do executions work? The same links beside an AWS that runs state machines');
  await proveExecutions(await running, checks);
  await driftAndRepair(stage);
  await removeLinks(stage);
} catch (error) {
  checks.failed += 1;
  say(`\n  ✗ ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
} finally {
  await Promise.allSettled([stage.stop(), running.then((other) => other.stop())]);
}
say(`\nin ${((performance.now() - began) / 1000).toFixed(1)} s`);
say(`demo: ${checks.passed} checks passed, ${checks.failed} failed`);
process.exitCode = checks.failed === 0 ? 0 : 1;

async function makeLinks({ kubectl }: Stage): Promise<void> {
  heading('2. kubectl apply -f deploy/samples/');
  await kubectl('apply', '-f', SAMPLES);
  await checks.that('every link becomes Ready', async () => {
    await kubectl('wait', '-n', 'orders', 'xal', '--all', '--for=condition=Ready', '--timeout=30s');
  });
  say(await kubectl('get', 'xal', '-n', 'orders'));
  heading('3. The legs as AWS holds them now');
  for (const link of LINKS) await printLegs(url, link);
  await checks.that(
    'nothing but Credentials of the linked Tasks was changed in the definitions',
    async () => {
      for (const machine of [RESERVE_STOCK, AGGREGATE]) {
        const { definition = '' } = await awsClients(url, ORDERS).sfn.send(
          new DescribeStateMachineCommand({ stateMachineArn: machine.arn }),
        );
        if (!isDeepStrictEqual(withoutCredentials(JSON.parse(definition)), JSON.parse(machine.definition))) {
          throw new Error(`${machine.name} differs elsewhere`);
        }
      }
    },
  );
}

async function proveLinks(): Promise<void> {
  heading(
    '4. Does the access work? As Step Functions does it: execution role → target role → the Task’s call',
  );
  const execution = await sessionOf(ORDERS, RESERVE_STOCK.executionRoleArn);
  const warehouse = awsClients(url, await assumeRole(execution, roleArn(TO_WAREHOUSE), RESERVE_STOCK.arn));
  const Key = { id: { S: 'p-1' } };
  const TableName = 'InventoryTable';
  await awsClients(url, WAREHOUSE).dynamodb.send(
    new PutItemCommand({ TableName, Item: { ...Key, stock: { N: '3' } } }),
  );
  await checks.that('"DynamoDB GetItem" reads the warehouse’s table', async () => {
    const { Item } = await warehouse.dynamodb.send(new GetItemCommand({ TableName, Key }));
    if (Item?.['stock']?.N !== '3') throw new Error(`it read ${JSON.stringify(Item)}`);
  });
  await checks.refused('an action that no Task needs is refused', () =>
    warehouse.dynamodb.send(new DeleteItemCommand({ TableName, Key })),
  );
  await checks.refused('a table that no Task names is refused', () =>
    warehouse.dynamodb.send(new GetItemCommand({ TableName: 'locations', Key })),
  );
  await checks.refused('another external ID is refused', () =>
    assumeRole(execution, roleArn(TO_WAREHOUSE), AGGREGATE.arn),
  );
  await checks.refused('no external ID is refused', () => assumeRole(execution, roleArn(TO_WAREHOUSE)));
  const other = await sessionOf(ORDERS, AGGREGATE.executionRoleArn);
  await checks.refused('another machine’s execution role is refused', () =>
    assumeRole(other, roleArn(TO_WAREHOUSE), RESERVE_STOCK.arn),
  );
}

async function driftAndRepair({ kubectl }: Stage): Promise<void> {
  heading('6. Somebody changes AWS by hand, and is put right');
  const { iam } = awsClients(url, WAREHOUSE);
  const { sfn } = awsClients(url, ORDERS);
  const RoleName = TO_WAREHOUSE.role;
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: OPEN_TRUST }));
  say('  - the trust policy now lets everybody in the account in');
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'extra', PolicyDocument: EXTRA_POLICY }));
  say('  - another inline policy allows dynamodb:* on everything');
  await sfn.send(
    new UpdateStateMachineCommand({
      stateMachineArn: RESERVE_STOCK.arn,
      definition: RESERVE_STOCK.definition,
    }),
  );
  say('  - a deployment put the definition back without Credentials');
  await kubectl(
    'annotate',
    '-n',
    'orders',
    'xal',
    '--all',
    'crossaccountlink.dev/reconcile-requested-at=now',
  );
  await checks.that('the trust policy lets in the execution role alone again', () =>
    eventually('trust', async () => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
      if (decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '').includes(':root'))
        throw new Error('still open');
    }),
  );
  await checks.that('the foreign policy is gone', () =>
    eventually('policies', async () => {
      const policies = await inlinePolicies(iam, RoleName);
      if (policies.length !== 1) throw new Error(policies.join('\n'));
    }),
  );
  await checks.that('the Tasks name the role again', () =>
    eventually('credentials', async () => {
      const tasks = await tasksNaming(url, TO_WAREHOUSE);
      if (tasks.length === 0) throw new Error('no Task names it');
    }),
  );
  await checks.that('the link says what happened', () =>
    eventually('drift', async () => {
      const described = await kubectl('describe', '-n', 'orders', 'xal', TO_WAREHOUSE.name);
      if (!described.includes('DriftRepaired')) throw new Error('no Event yet');
      say(
        described
          .slice(described.indexOf('Events:'))
          .split('\n')
          .filter((line) => line.includes('Drift'))
          .map((line) => `      ${line.trim()}`)
          .join('\n'),
      );
    }),
  );
}

async function removeLinks({ kubectl }: Stage): Promise<void> {
  heading('7. kubectl delete: in reverse order, until nothing is left');
  await kubectl('delete', '-n', 'orders', 'xal', '--all', '--timeout=30s');
  await checks.that('no target role is left', async () => {
    for (const account of [WAREHOUSE, NOTIFICATIONS]) {
      const { Roles = [] } = await awsClients(url, account).iam.send(
        new ListRolesCommand({ PathPrefix: '/crossaccountlink/' }),
      );
      if (Roles.length > 0) throw new Error(Roles.map(({ Arn }) => Arn).join(', '));
    }
  });
  await checks.that('no grant is left on an execution role', async () => {
    for (const { name } of [RESERVE_STOCK, AGGREGATE]) {
      const policies = await inlinePolicies(awsClients(url, ORDERS).iam, name);
      if (policies.length > 0) throw new Error(policies.join('\n'));
    }
  });
  await checks.that('the definitions are what they were', async () => {
    for (const { arn, name, definition } of [RESERVE_STOCK, AGGREGATE]) {
      const now = await awsClients(url, ORDERS).sfn.send(
        new DescribeStateMachineCommand({ stateMachineArn: arn }),
      );
      if (!isDeepStrictEqual(JSON.parse(now.definition ?? ''), JSON.parse(definition)))
        throw new Error(`${name} differs`);
    }
  });
  await checks.refused('the access is gone', async () =>
    assumeRole(
      await sessionOf(ORDERS, RESERVE_STOCK.executionRoleArn),
      roleArn(TO_WAREHOUSE),
      RESERVE_STOCK.arn,
    ),
  );
}

/** A session of a role, taken by the account's root: the same that Step Functions has while it runs a machine. */
async function sessionOf(account: string, arn: string): Promise<AwsClients> {
  return awsClients(url, await assumeRole(awsClients(url, account), arn));
}

function withoutCredentials(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCredentials);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== 'Credentials')
      .map(([key, item]) => [key, withoutCredentials(item)]),
  );
}
