/** What each event of a history does to AWS. */
import { isJsonObject, objectAt, type JsonObject } from '../../src/base/json.ts';
import { policyName, TAGS } from '../../src/desired/names.ts';
import { parseRoleArn } from '../../src/arn/arn.ts';
import { AwsError, type AwsModel, type ModelMachine, type ModelRole } from './aws-model.ts';
import type { Event, Tampering } from './history.ts';
import {
  CLUSTER_ID,
  definitionOf,
  executionRoleArn,
  machineArn,
  makeExecutionRole,
  makeForeignRole,
  SOURCE,
  TASKS,
} from './scenery.ts';

/**
 * Does to AWS what an event asks for, as somebody other than the operator. Returns whether it could be done: it cannot if the
 * object does not exist, or stands in the way.
 */
export function changeAws(aws: AwsModel, event: Event): boolean {
  try {
    change(aws, event);
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}

function change(aws: AwsModel, event: Event): void {
  switch (event.do) {
    case 'deploy':
      return deploy(aws, event.machine, event.tasks, event.careful);
    case 'credentials':
      return writeCredentials(aws, event);
    case 'swapExecutionRole': {
      const machine = machineIn(aws, event.machine);
      const roleArn = executionRoleArn(event.role);
      aws.setMachine('others', machine.arn, { roleArn, definition: machine.definition });
      return;
    }
    case 'removeMachine':
      if (aws.machines.has(machineArn(event.machine)))
        aws.setMachine('others', machineArn(event.machine), undefined);
      return;
    case 'remakeMachine': {
      const { arn, roleArn } = machineIn(aws, event.machine);
      aws.setMachine('others', arn, undefined);
      aws.setMachine('others', arn, { roleArn, definition: definitionOf(event.tasks) });
      return;
    }
    case 'tamper':
      return tamper(aws, event.role, event.how);
    case 'remakeExecutionRole':
      wipe(aws, SOURCE, event.role);
      return makeExecutionRole(aws, event.role);
    case 'remakeRole':
      return remakeRole(aws, event.role);
    case 'squat':
      return makeForeignRole(aws, event.namespace, event.name);
    case 'alias': {
      const machine = machineIn(aws, event.machine);
      return aws.runs.route(machine.arn, event.alias, aws.runs.publish(machine));
    }
    case 'removeAlias':
      return aws.runs.removeAlias(machineArn(event.machine), event.alias);
    case 'execute':
      return aws.runs.start(machineIn(aws, event.machine), event.forMs, event.alias);
    default:
  }
}

/** @throws AwsError if there is no such state machine */
function machineIn(aws: AwsModel, name: string): ModelMachine {
  const machine = aws.machines.get(machineArn(name));
  if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', 'there is none');
  return machine;
}

/** @param careful whether the Credentials that are there are kept */
export function deploy(aws: AwsModel, machine: string, tasks: readonly string[], careful: boolean): void {
  const before = aws.machines.get(machineArn(machine));
  const known = careful && before !== undefined ? credentialsIn(before.definition) : {};
  const roleArn = before?.roleArn ?? executionRoleArn(`${machine}-exec`);
  aws.setMachine('others', machineArn(machine), { roleArn, definition: definitionOf(tasks, known) });
}

function writeCredentials(
  aws: AwsModel,
  { machine: name, task, roleArn }: Extract<Event, { readonly do: 'credentials' }>,
): void {
  const machine = machineIn(aws, name);
  const { [task]: _, ...others } = credentialsIn(machine.definition);
  const credentials = roleArn === undefined ? others : { ...others, [task]: { RoleArn: roleArn } };
  const definition = definitionOf(tasksIn(machine.definition), credentials);
  aws.setMachine('others', machine.arn, { roleArn: machine.roleArn, definition });
}

export const FOREIGN_STATEMENT = {
  Sid: 'Theirs',
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
};
const FOREIGN_POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
});
const OTHER_BOUNDARY = 'arn:aws:iam::aws:policy/PowerUserAccess';
export const OTHER_POLICY = 'arn:aws:iam::aws:policy/ReadOnlyAccess';

function tamper(aws: AwsModel, arn: string, how: Tampering): void {
  const { accountId = '', name = '' } = parseRoleArn(arn) ?? {};
  const edit = (operation: string, edited: (role: ModelRole) => ModelRole) =>
    aws.changeRole('others', operation, accountId, name, edited);
  const ours = policyName(CLUSTER_ID);
  switch (how) {
    case 'deleteRole':
      // An execution role belongs to somebody: it is made again instead.
      return accountId === SOURCE ? undefined : wipe(aws, accountId, name);
    case 'dropPolicy':
      return edit('DeleteRolePolicy', (role) => ({ ...role, inline: without(role.inline, ours) }));
    case 'alterPolicy':
      return edit('PutRolePolicy', (role) => {
        const altered = role.inline
          .get(ours)
          ?.replaceAll(/"arn:aws:[^"]*"/g, '"arn:aws:sqs:us-east-1:222222222222:other"');
        return altered === undefined ? role : { ...role, inline: new Map([...role.inline, [ours, altered]]) };
      });
    case 'foreignPolicy':
      return edit('PutRolePolicy', (role) => ({
        ...role,
        inline: new Map([...role.inline, ['theirs-too', FOREIGN_POLICY]]),
      }));
    case 'dropTrust':
    case 'foreignTrust': {
      if (accountId === SOURCE) return undefined;
      const role = aws.roleByName(accountId, name);
      const shown: unknown = JSON.parse(role === undefined ? '{}' : aws.trustOf(role));
      const statements = isJsonObject(shown) && Array.isArray(shown['Statement']) ? shown['Statement'] : [];
      const kept = how === 'dropTrust' ? [] : statements;
      const trust = { Version: '2012-10-17', Statement: [...kept, FOREIGN_STATEMENT] };
      return aws.setTrust('others', accountId, name, JSON.stringify(trust));
    }
    case 'untag':
      return edit('UntagRole', (role) => ({ ...role, tags: without(role.tags, TAGS.clusterId) }));
    case 'foreignTag':
      return edit('TagRole', (role) => ({ ...role, tags: new Map([...role.tags, ['team-0', 'theirs']]) }));
    case 'describe':
      return edit('UpdateRoleDescription', (role) => ({ ...role, description: 'by hand' }));
    case 'bind':
      return edit('PutRolePermissionsBoundary', (role) => ({ ...role, boundary: OTHER_BOUNDARY }));
    case 'unbind':
      return edit('DeleteRolePermissionsBoundary', (role) => {
        const { boundary: _, ...rest } = role;
        return rest;
      });
    case 'strip':
      return edit('UntagRole', (role) => ({ ...role, tags: new Map() }));
    case 'detach':
      return edit('DetachRolePolicy', (role) => ({ ...role, attached: [] }));
    case 'attach':
      return edit('AttachRolePolicy', (role) => ({
        ...role,
        attached: [...new Set([...role.attached, OTHER_POLICY])],
      }));
  }
}

/** If somebody copies a role whole, with everything that shows whose it is, the copy counts as the operator's, by contract. */
function remakeRole(aws: AwsModel, arn: string): void {
  const role = aws.role(arn);
  if (role === undefined) throw new AwsError('NoSuchEntityException', 'there is none');
  const { accountId = '' } = parseRoleArn(arn) ?? {};
  const { name, path, trust, inline, tags, description, boundary, maker } = role;
  // The principals of the trust policy have to exist before they can be named again.
  aws.setTrust('others', accountId, name, trust);
  wipe(aws, accountId, name);
  const copy = { name, path, trust, inline, tags, description, ...(boundary !== undefined && { boundary }) };
  aws.createRole('others', accountId, copy, maker);
}

/** Deletes a role with everything on it. */
function wipe(aws: AwsModel, accountId: string, name: string): void {
  aws.changeRole('others', 'DeleteRolePolicy', accountId, name, (role) => ({
    ...role,
    inline: new Map(),
    attached: [],
  }));
  aws.deleteRole('others', accountId, name);
}

export function credentialsIn(definition: string): Readonly<Record<string, JsonObject>> {
  const parsed: unknown = JSON.parse(definition);
  const states = isJsonObject(parsed) ? objectAt(parsed, 'States') : {};
  return Object.fromEntries(
    Object.entries(states).flatMap(([name, state]) => {
      const credentials = isJsonObject(state) ? state['Credentials'] : undefined;
      return isJsonObject(credentials) ? [[name, credentials]] : [];
    }),
  );
}

function tasksIn(definition: string): readonly string[] {
  return TASKS.filter((task) => definition.includes(`"${task}":`));
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  return new Map([...map].filter(([name]) => name !== key));
}
