/** What is in AWS before the demo: three accounts, two state machines taken from public collections, and what they call. */
import { readFileSync } from 'node:fs';
import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import { awsClients } from '../aws-clients.ts';

const CORPUS = new URL('../../test/data/asl-corpus/', import.meta.url);
export const REGION = 'us-east-1';

export const ORDERS = '111111111111';
export const WAREHOUSE = '222222222222';
export const NOTIFICATIONS = '333333333333';
export const ACCOUNTS = [ORDERS, WAREHOUSE, NOTIFICATIONS] as const;

export interface DemoMachine {
  readonly name: string;
  readonly arn: string;
  readonly executionRoleArn: string;
  readonly definition: string;
}

/** Parallel branches over DynamoDB, EventBridge and SNS, in JSONPath. */
export const RESERVE_STOCK = machine('reserve-stock', 'inventory-management-sam-reserve-stock-statemachine', [
  ['"InventoryTable"', `"${table('InventoryTable')}"`],
  ['"InventoryReservationTable"', `"${table('InventoryReservationTable')}"`],
  ['"InventoryEventBus"', `"arn:aws:events:${REGION}:${WAREHOUSE}:event-bus/InventoryEventBus"`],
  [`arn:aws:sns:${REGION}:${WAREHOUSE}:`, `arn:aws:sns:${REGION}:${NOTIFICATIONS}:`],
]);

/** A Map over nested executions (`.sync:2`), the AWS SDK and an HTTP call, in JSONata. */
export const AGGREGATE = machine('aggregate-locations', 'distributed-data-stream-aggregator-statemachine', [
  ['"locations"', `"${table('locations')}"`],
  ["{% 'task_table' %}", `{% '${table('tasks')}' %}`],
  ["{% 'child1' %}", `{% 'arn:aws:states:${REGION}:${WAREHOUSE}:stateMachine:extract-location' %}`],
]);

export const TABLES = ['InventoryTable', 'InventoryReservationTable', 'locations', 'tasks'] as const;

/** Creates all of it with the accounts' root keys. */
export async function prepareAws(url: string): Promise<void> {
  const orders = awsClients(url, ORDERS);
  for (const { name, executionRoleArn, definition } of [RESERVE_STOCK, AGGREGATE]) {
    await orders.iam.send(
      new CreateRoleCommand({ RoleName: name, Path: '/orders/', AssumeRolePolicyDocument: STATES_TRUST }),
    );
    await orders.sfn.send(new CreateStateMachineCommand({ name, roleArn: executionRoleArn, definition }));
  }
  const { dynamodb } = awsClients(url, WAREHOUSE);
  for (const TableName of TABLES) {
    await dynamodb.send(
      new CreateTableCommand({
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
  }
}

export function table(name: string): string {
  return `arn:aws:dynamodb:${REGION}:${WAREHOUSE}:table/${name}`;
}

export const STATES_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

function machine(name: string, file: string, edits: readonly (readonly [string, string])[]): DemoMachine {
  const text = readFileSync(new URL(`${file}.asl.json`, CORPUS), 'utf8');
  for (const [before] of edits)
    if (!text.includes(before)) throw new Error(`${file} no longer holds ${before}`);
  return {
    name,
    arn: `arn:aws:states:${REGION}:${ORDERS}:stateMachine:${name}`,
    executionRoleArn: `arn:aws:iam::${ORDERS}:role/orders/${name}`,
    definition: edits.reduce((edited, [before, after]) => edited.replaceAll(before, after), text),
  };
}
