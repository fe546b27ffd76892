/**
 * The second AWS of the demo: it interprets state machines and assumes the role that each Task's Credentials name, so that
 * executions really reach the other account. (It enforces no IAM; the first AWS does.)
 */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand, ListExecutionsCommand } from '@aws-sdk/client-sfn';
import { awsClients } from '../aws-clients.ts';
import { startLocalStack } from '../aws-emulator.ts';
import { execute, executeExpress } from '../executions.ts';
import { startStage, type Stage } from '../stage.ts';
import { ACCOUNTS, ORDERS, REGION, STATES_TRUST, WAREHOUSE } from './aws.ts';
import type { Checks } from './checks.ts';

const EXTRACT = `arn:aws:states:${REGION}:${WAREHOUSE}:stateMachine:extract-location`;

interface RunningMachine {
  readonly name: string;
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly account: string;
  readonly integration: string;
  readonly parameters: object;
}

/** Runs the warehouse's own machine and waits for it. */
const NESTED: RunningMachine = {
  name: 'aggregate-nested',
  type: 'STANDARD',
  account: WAREHOUSE,
  integration: 'states:startExecution.sync:2',
  parameters: { StateMachineArn: EXTRACT, Input: {} },
};
/** Starts the same machine from an Express workflow. */
const EXPRESS: RunningMachine = {
  name: 'aggregate-express',
  type: 'EXPRESS',
  account: WAREHOUSE,
  integration: 'states:startExecution',
  parameters: { StateMachineArn: EXTRACT, Input: {} },
};
const MACHINES = [NESTED, EXPRESS] as const;

/** A separate control plane and operator, on an AWS that runs state machines.
 *  @param samples folder of the manifests that register the accounts */
export async function startRunningStage(samples: string): Promise<Stage> {
  const stage = await startStage({ accounts: ACCOUNTS, startAws: startLocalStack });
  try {
    await prepare(stage.emulator.url);
    await stage.operator();
    for (const file of ['1-namespace', '2-awsaccounts']) {
      await stage.kubectl('apply', '-f', `${samples}/${file}.yaml`);
    }
    return stage;
  } catch (error) {
    await stage.stop();
    throw error;
  }
}

/** Executions fail without their links, reach the other account with them, and fail again once they are gone. */
export async function proveExecutions(stage: Stage, checks: Checks): Promise<void> {
  const { url } = stage.emulator;
  const { sfn } = awsClients(url, ORDERS);
  const run = ({ name, type }: RunningMachine) =>
    (type === 'EXPRESS' ? executeExpress : execute)(sfn, arnOf(name));
  const fails = async (machine: RunningMachine) => {
    const { status } = await run(machine);
    if (status !== 'FAILED') throw new Error(`it ended as ${status}`);
  };
  const succeeds = async (machine: RunningMachine) => {
    const { status, cause = '' } = await run(machine);
    if (status !== 'SUCCEEDED') throw new Error(`it ended as ${status}: ${cause}`);
  };
  await checks.that('without a link, an execution of "aggregate-nested" fails', () => fails(NESTED));
  await checks.that('without a link, an execution of "aggregate-express" fails', () => fails(EXPRESS));
  await stage.apply(MACHINES.map(manifest).join('\n---\n'));
  await stage.kubectl('wait', '-n', 'orders', 'xal', '--all', '--for=condition=Ready', '--timeout=30s');
  await checks.that('linked, it runs the warehouse’s machine and waits for its end (.sync:2)', async () => {
    await succeeds(NESTED);
    const { executions = [] } = await awsClients(url, WAREHOUSE).sfn.send(
      new ListExecutionsCommand({ stateMachineArn: EXTRACT }),
    );
    if (executions.length !== 1) throw new Error(`${executions.length} executions in the warehouse`);
  });
  await checks.that('linked, the Express workflow starts the warehouse’s machine, too', () =>
    succeeds(EXPRESS),
  );
  await stage.kubectl('delete', '-n', 'orders', 'xal', NESTED.name, '--timeout=30s');
  await checks.that('its link deleted, an execution of "aggregate-nested" fails again', () => fails(NESTED));
}

async function prepare(url: string): Promise<void> {
  const orders = awsClients(url, ORDERS);
  for (const { name, type, integration, parameters: Parameters } of MACHINES) {
    await orders.iam.send(
      new CreateRoleCommand({ RoleName: name, Path: '/orders/', AssumeRolePolicyDocument: STATES_TRUST }),
    );
    const Call = { Type: 'Task', Resource: `arn:aws:states:::${integration}`, Parameters, End: true };
    await orders.sfn.send(
      new CreateStateMachineCommand({
        name,
        type,
        roleArn: `arn:aws:iam::${ORDERS}:role/orders/${name}`,
        definition: JSON.stringify({ StartAt: 'Call', States: { Call } }),
      }),
    );
  }
  await awsClients(url, WAREHOUSE).sfn.send(
    new CreateStateMachineCommand({
      name: 'extract-location',
      roleArn: `arn:aws:iam::${WAREHOUSE}:role/extract-location`,
      definition: JSON.stringify({ StartAt: 'Done', States: { Done: { Type: 'Succeed' } } }),
    }),
  );
}

function arnOf(machine: string): string {
  return `arn:aws:states:${REGION}:${ORDERS}:stateMachine:${machine}`;
}

function manifest({ name, account }: RunningMachine): string {
  return JSON.stringify({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'CrossAccountLink',
    metadata: { namespace: 'orders', name },
    spec: {
      stateMachineARN: arnOf(name),
      targetRole: { arn: `arn:aws:iam::${account}:role/crossaccountlink/orders/${name}` },
    },
  });
}
