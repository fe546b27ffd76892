/** The calls needed to make a link and to check it, sent by {@link RepeatedCalls} if possible. */
import {
  CreateRoleCommand,
  PutRolePolicyCommand,
  type CreateRoleCommandInput,
  type IAMClient,
  type PutRolePolicyCommandInput,
} from '@aws-sdk/client-iam';
import {
  DescribeStateMachineCommand,
  UpdateStateMachineCommand,
  type DescribeStateMachineCommandOutput,
  type SFNClient,
  type UpdateStateMachineCommandInput,
  type UpdateStateMachineCommandOutput,
} from '@aws-sdk/client-sfn';
import type { HttpHandlerOptions } from '@smithy/types';
import { isJsonObject, numberAt, stringAt, type JsonObject } from '../../base/json.ts';
import type { WholeAnswer } from './exchange.ts';
import { RepeatedCalls, type RepeatedCallsParts } from './repeated-calls.ts';
import { RoutedHandler } from './transport.ts';
import { childText, readElement } from '../reads/xml-members.ts';

/** Clients whose calls are repeated. */
const repeated = new WeakMap<IAMClient | SFNClient, RepeatedCalls>();

/** Operations whose requests differ only in their content. */
const IAM_CALLS = ['CreateRole', 'PutRolePolicy', 'GetAccountAuthorizationDetails'];
const STATES_CALLS = ['DescribeStateMachine', 'UpdateStateMachine'];

type Parts = Omit<RepeatedCallsParts, 'handler'>;

/** Has these calls repeated for a client. To be called before the client gets its fence. */
export function repeatIamCalls(client: IAMClient, parts: Parts): void {
  repeatedCallsOf(client, parts)?.watch(client.middlewareStack, IAM_CALLS);
}

/** The same for Step Functions. */
export function repeatStatesCalls(client: SFNClient, parts: Parts): void {
  repeatedCallsOf(client, parts)?.watch(client.middlewareStack, STATES_CALLS);
}

/** Undefined if a handler other than the operator's sends the client's requests. */
function repeatedCallsOf(client: IAMClient | SFNClient, parts: Parts): RepeatedCalls | undefined {
  const handler = client.config.requestHandler;
  if (!(handler instanceof RoutedHandler)) return undefined;
  const calls = new RepeatedCalls(client.config, { ...parts, handler });
  repeated.set(client, calls);
  return calls;
}

/** Reads a state machine. @throws Error as the SDK's client does */
export async function describeStateMachine(
  client: SFNClient,
  stateMachineArn: string,
  options: HttpHandlerOptions,
): Promise<DescribeStateMachineCommandOutput> {
  const command = new DescribeStateMachineCommand({ stateMachineArn });
  const output = await repeated.get(client)?.send(command.input, options, {
    operation: 'DescribeStateMachine',
    body: JSON.stringify(command.input),
    outputOf: machineIn,
  });
  return output ?? client.send(command, options);
}

/** The part of the answer that is used. */
export type UpdatedMachine = Pick<UpdateStateMachineCommandOutput, 'revisionId' | 'stateMachineVersionArn'>;

/** Updates a state machine. @throws Error as the SDK's client does */
export async function updateStateMachine(
  client: SFNClient,
  input: UpdateStateMachineCommandInput,
  options: HttpHandlerOptions,
): Promise<UpdatedMachine> {
  const command = new UpdateStateMachineCommand(input);
  const output = await repeated.get(client)?.send(command.input, options, {
    operation: 'UpdateStateMachine',
    body: JSON.stringify(command.input),
    outputOf: updateIn,
  });
  return output ?? client.send(command, options);
}

/** Makes a role. Returns its RoleId, if the answer has it.
 *  @throws Error as the SDK's client does */
export async function createRole(
  client: IAMClient,
  input: CreateRoleCommandInput,
  options: HttpHandlerOptions,
): Promise<string | undefined> {
  const command = new CreateRoleCommand(input);
  const output = await repeated.get(client)?.send(command.input, options, {
    operation: 'CreateRole',
    body: queryBody('CreateRole', command.input),
    outputOf: roleIdIn,
  });
  return output ?? (await client.send(command, options)).Role?.RoleId;
}

/** Writes an inline policy. @throws Error as the SDK's client does */
export async function putRolePolicy(
  client: IAMClient,
  input: PutRolePolicyCommandInput,
  options: HttpHandlerOptions,
): Promise<void> {
  const command = new PutRolePolicyCommand(input);
  const isDone = await repeated.get(client)?.send(command.input, options, {
    operation: 'PutRolePolicy',
    body: queryBody('PutRolePolicy', command.input),
    outputOf: (answer) => (xmlOf('PutRolePolicy', answer) === undefined ? undefined : true),
  });
  if (isDone === undefined) await client.send(command, options);
}

type Field = readonly [name: string, value: string];

/** The version of IAM's API. */
const VERSION = '2010-05-08';

/** The request of an operation that takes texts, and lists of objects of texts; undefined if the input has anything else, which
 *  only the SDK knows how to write. https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
function queryBody(operation: string, input: object): string | undefined {
  const fields = fieldsOf(input);
  return fields === undefined
    ? undefined
    : [['Action', operation], ['Version', VERSION], ...fields]
        .map(([name = '', value = '']) => `${encoded(name)}=${encoded(value)}`)
        .join('&');
}

/** @param prefix of the names */
function fieldsOf(input: object, prefix = ''): readonly Field[] | undefined {
  const fields: Field[] = [];
  for (const [key, value] of Object.entries(input)) {
    const name = `${prefix}${key}`;
    const found = typeof value === 'string' ? [[name, value] as const] : membersOf(name, value);
    if (found === undefined) return undefined;
    fields.push(...found);
  }
  return fields;
}

/** The fields of a list of objects; none for a list that is left out.
 *  https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#collections */
function membersOf(name: string, value: unknown): readonly Field[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const fields: Field[] = [];
  for (const [index, member] of value.entries()) {
    const found = isJsonObject(member) ? fieldsOf(member, `${name}.member.${index + 1}.`) : undefined;
    if (found === undefined) return undefined;
    fields.push(...found);
  }
  return fields;
}

/** RFC 3986, as the SDK encodes. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** The text of IAM's answer to an operation; undefined if it is another one, or incomplete. */
function xmlOf(operation: string, { body }: WholeAnswer): string | undefined {
  const text = body
    .toString()
    .trim()
    .replace(/^<\?xml[^>]*\?>\s*/, '');
  const root = `${operation}Response`;
  return text.startsWith(`<${root}`) && text.endsWith(`</${root}>`) ? text : undefined;
}

function roleIdIn(answer: WholeAnswer): string | undefined {
  const text = xmlOf('CreateRole', answer);
  if (text === undefined) return undefined;
  const result = readElement(text).children.find(({ name }) => name === 'CreateRoleResult');
  const role = result?.children.find(({ name }) => name === 'Role');
  const roleId = role === undefined ? '' : childText(role, 'RoleId');
  return roleId === '' ? undefined : roleId;
}

function machineIn(answer: WholeAnswer): DescribeStateMachineCommandOutput | undefined {
  const json = jsonOf(answer);
  if (json === undefined) return undefined;
  const [type, status] = [stringAt(json, 'type'), stringAt(json, 'status')];
  const [createdAt, definition] = [numberAt(json, 'creationDate'), stringAt(json, 'definition')];
  if (createdAt === undefined || definition === undefined) return undefined;
  return {
    $metadata: { httpStatusCode: answer.statusCode },
    stateMachineArn: stringAt(json, 'stateMachineArn'),
    name: stringAt(json, 'name'),
    status: status === 'DELETING' ? 'DELETING' : 'ACTIVE',
    type: type === 'EXPRESS' ? 'EXPRESS' : 'STANDARD',
    roleArn: stringAt(json, 'roleArn'),
    definition,
    creationDate: new Date(Math.round(createdAt * 1_000)),
    revisionId: stringAt(json, 'revisionId'),
  };
}

function updateIn(answer: WholeAnswer): UpdatedMachine | undefined {
  const json = jsonOf(answer);
  if (json === undefined || numberAt(json, 'updateDate') === undefined) return undefined;
  return {
    revisionId: stringAt(json, 'revisionId'),
    stateMachineVersionArn: stringAt(json, 'stateMachineVersionArn'),
  };
}

function jsonOf({ body }: WholeAnswer): JsonObject | undefined {
  try {
    const json: unknown = JSON.parse(body.toString());
    return isJsonObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
