/** A small company's links, each of which really runs or really fails: what the pictures in docs/ show. */
import { CreateRoleCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand } from '@aws-sdk/client-sfn';
import type { CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { SOURCE, TARGET } from '../link/aws-owners.ts';
import { chain, putItem, sendMessage } from '../link/definitions.ts';
import { ROLES, TENANTS, type LinkName, type Scene } from '../link/scene.ts';
import { driftOn } from './fleet.ts';
import { document } from '../link/policies.ts';

const SOURCES = {
  'shop-prod': SOURCE,
  'logistics-prod': '131313131313',
  'risk-prod': '151515151515',
} as const;
const TARGETS = {
  'billing-prod': TARGET,
  messaging: '242424242424',
  'data-platform': '262626262626',
} as const;

/** All accounts besides the two that a scene always has. */
export const MORE_ACCOUNTS = [...Object.values(SOURCES), ...Object.values(TARGETS)].filter(
  (account) => account !== SOURCE && account !== TARGET,
);

type State = 'ready' | 'denied' | 'dynamic' | 'missing' | 'suspended' | 'observed';
type Row = readonly [
  namespace: string,
  machine: string,
  source: keyof typeof SOURCES,
  target: keyof typeof TARGETS,
  state?: State,
];

const LINKS: readonly Row[] = [
  ['payments', 'checkout', 'shop-prod', 'billing-prod'],
  ['payments', 'checkout', 'shop-prod', 'messaging'],
  ['payments', 'refund', 'shop-prod', 'billing-prod'],
  ['payments', 'refund', 'shop-prod', 'messaging', 'dynamic'],
  ['payments', 'payout', 'shop-prod', 'billing-prod', 'observed'],
  ['payments', 'dunning', 'shop-prod', 'messaging'],
  ['catalog', 'reprice', 'shop-prod', 'data-platform'],
  ['catalog', 'reindex', 'shop-prod', 'data-platform'],
  ['fulfilment', 'dispatch', 'logistics-prod', 'messaging'],
  ['fulfilment', 'dispatch', 'logistics-prod', 'data-platform'],
  ['fulfilment', 'returns', 'logistics-prod', 'billing-prod', 'denied'],
  ['fulfilment', 'returns', 'logistics-prod', 'messaging'],
  ['fulfilment', 'stocktake', 'logistics-prod', 'data-platform', 'suspended'],
  ['risk', 'score-order', 'risk-prod', 'data-platform'],
  ['risk', 'score-order', 'risk-prod', 'messaging'],
  ['risk', 'chargeback', 'risk-prod', 'billing-prod'],
  ['risk', 'review', 'risk-prod', 'messaging', 'missing'],
];

/** The link whose drift is shown. */
export const DRIFTED: LinkName = { namespace: 'payments', name: 'checkout-to-billing-prod' };

export async function raiseShowcase(scene: Scene): Promise<void> {
  await registerAll(scene);
  for (const namespace of new Set(LINKS.map(([each]) => each))) await scene.tenant(namespace);
  const machines = new Map<string, Row[]>();
  for (const row of LINKS) machines.set(row[1], [...(machines.get(row[1]) ?? []), row]);
  await Promise.all([...machines].map(([name, rows]) => createMachine(scene, name, rows)));
  for (const row of LINKS) await scene.link(nameOf(row), specOf(row));
  for (const row of LINKS) await untilShown(scene, row);
  for (const row of LINKS.slice(0, 3)) await drift(scene, row);
}

/** With names as people choose them, not as the scene does. */
async function registerAll(scene: Scene): Promise<void> {
  for (const account of [SOURCE, TARGET])
    await scene.stage.kubectl('delete', 'awsaccount', `account-${account}`);
  for (const [name, account] of Object.entries(SOURCES))
    await scene.register(account, [{ namespaces: TENANTS, asSource: machinesOf(account) }], {}, name);
  for (const [name, account] of Object.entries(TARGETS))
    await scene.register(account, [{ namespaces: TENANTS, asTarget: rolesOf(account) }], {}, name);
}

function machinesOf(account: string) {
  return { stateMachines: ['*'], executionRoles: [`arn:aws:iam::${account}:role/tenants/*`] };
}

function rolesOf(account: string): typeof ROLES {
  const resources = [`arn:aws:sqs:us-east-1:${account}:*`, `arn:aws:dynamodb:us-east-1:${account}:table/*`];
  return { ...ROLES, allowedResources: resources };
}

async function createMachine(scene: Scene, name: string, rows: readonly Row[]): Promise<void> {
  const [first] = rows;
  if (first === undefined || first[4] === 'missing') return;
  const account = SOURCES[first[2]];
  const { iam, sfn } = scene.clients(account);
  const Statement = [
    { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'states.amazonaws.com' } },
  ];
  await iam.send(
    new CreateRoleCommand({
      RoleName: name,
      Path: '/tenants/',
      AssumeRolePolicyDocument: document(...Statement),
    }),
  );
  const definition = JSON.stringify(chain(Object.fromEntries(rows.flatMap(tasksOf))));
  const roleArn = `arn:aws:iam::${account}:role/tenants/${name}`;
  await sfn.send(new CreateStateMachineCommand({ name, roleArn, definition }));
}

function tasksOf(row: Row): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  const [, machine, , target, state] = row;
  const account = TARGETS[target];
  const table = putItem(`arn:aws:dynamodb:us-east-1:${account}:table/${machine}s`);
  if (state === 'denied')
    return [['Delete entry', { ...table, Resource: 'arn:aws:states:::dynamodb:deleteItem' }]];
  if (state === 'dynamic') {
    const send = sendMessage('x', account);
    return [['Tell the customer', { ...send, Parameters: { 'QueueUrl.$': '$.queue', MessageBody: 'x' } }]];
  }
  const verb = { 'billing-prod': 'Book', messaging: 'Announce', 'data-platform': 'Record' }[target];
  return [
    [`${verb} ${machine}`, sendMessage(`${machine}s`, account)],
    [`Note ${machine} in ${target}`, table],
  ];
}

function nameOf([namespace, machine, , target]: Row): LinkName {
  return { namespace, name: `${machine}-to-${target}` };
}

function specOf(row: Row): CrossAccountLinkSpec {
  const [namespace, machine, source, target, state] = row;
  return {
    stateMachineARN: `arn:aws:states:us-east-1:${SOURCES[source]}:stateMachine:${machine}`,
    targetRole: { arn: `arn:aws:iam::${TARGETS[target]}:role/crossaccountlink/${namespace}/${machine}` },
    ...(state === 'suspended' && { suspend: true }),
    ...(state === 'observed' && { managementPolicy: 'Observe' }),
    ...(state === 'dynamic' && { stateMachineCredentials: { tasks: ['Tell the customer'] } }),
  };
}

async function untilShown(scene: Scene, row: Row): Promise<void> {
  const [, , , , state = 'ready'] = row;
  if (state === 'suspended') return;
  await scene.until(nameOf(row), { status: state === 'ready' ? 'True' : 'False' }, 60_000);
}

async function drift(scene: Scene, row: Row): Promise<void> {
  const [, machine, , target] = row;
  await driftOn(scene, machine, TARGETS[target]);
  await scene.reconcile(nameOf(row));
}
