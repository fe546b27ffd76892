/** The operations of IAM, Step Functions and STS that the operator calls, on the model. */
import { TAGS } from '../../src/desired/names.ts';
import { EPOCH } from './life.ts';
import { AwsError, type AwsModel, type ModelMachine, type ModelRole } from './aws-model.ts';
import type { Definition } from './machine-runs.ts';

type Input = Readonly<Record<string, unknown>>;
type Operation = (model: AwsModel, accountId: string, input: Input) => object;

/** Runs an operation. Asking for something that does not exist fails as it does in AWS.
 *  @throws AwsError */
export function callModel(model: AwsModel, accountId: string, operation: string, input: Input): object {
  const run = OPERATIONS[operation];
  if (run === undefined) throw new Error(`the model knows no ${operation}`);
  if (model.tagDelayMs !== undefined && BY_TAG.has(operation)) checkTag(model, accountId, operation, input);
  return run(model, accountId, input);
}

/** What the operator's policy in an account with target roles allows only on roles with its tag. */
const BY_TAG: ReadonlySet<string> = new Set([
  'AttachRolePolicy',
  'DeleteRole',
  'DeleteRolePolicy',
  'DetachRolePolicy',
  'PutRolePermissionsBoundary',
  'PutRolePolicy',
  'UntagRole',
  'UpdateAssumeRolePolicy',
  'UpdateRoleDescription',
]);

function checkTag(model: AwsModel, accountId: string, operation: string, input: Input): void {
  const name = text(input, 'RoleName');
  const arn = model.roleByName(accountId, name)?.arn ?? '';
  if (!arn.includes(':role/crossaccountlink/') || model.seesTag(accountId, name, TAGS.clusterId)) return;
  const who = `arn:aws:sts::${accountId}:assumed-role/crossaccountlink-operator/crossaccountlink`;
  throw new AwsError(
    'AccessDenied',
    `User: ${who} is not authorized to perform: iam:${operation} on resource: role ${name} because no identity-based policy allows the iam:${operation} action`,
    403,
  );
}

const OPERATIONS: Readonly<Record<string, Operation>> = {
  GetCallerIdentity: (_model, accountId) => ({
    Account: accountId,
    Arn: `arn:aws:sts::${accountId}:assumed-role/crossaccountlink-operator/crossaccountlink`,
  }),
  GetRole: (model, accountId, input) => {
    const role = roleOf(model, accountId, input);
    const { arn, roleId, boundary, tags, description } = role;
    return {
      Role: {
        Arn: arn,
        RoleId: roleId,
        AssumeRolePolicyDocument: encodeURIComponent(model.trustOf(role)),
        Description: description,
        Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
        ...(boundary !== undefined && { PermissionsBoundary: { PermissionsBoundaryArn: boundary } }),
      },
    };
  },
  ListRolePolicies: (model, accountId, input) => ({
    PolicyNames: [...roleOf(model, accountId, input).inline.keys()],
  }),
  GetRolePolicy: (model, accountId, input) => {
    const document = roleOf(model, accountId, input).inline.get(text(input, 'PolicyName'));
    if (document === undefined) throw noSuchEntity('policy');
    return { PolicyDocument: encodeURIComponent(document) };
  },
  ListAttachedRolePolicies: (model, accountId, input) => ({
    AttachedPolicies: roleOf(model, accountId, input).attached.map((PolicyArn) => ({
      PolicyName: PolicyArn.split('/').at(-1),
      PolicyArn,
    })),
  }),
  ListInstanceProfilesForRole: (model, accountId, input) => {
    roleOf(model, accountId, input);
    return { InstanceProfiles: [] };
  },
  GetPolicy: (_model, _accountId, input) => ({
    Policy: { PolicyId: text(input, 'PolicyArn'), DefaultVersionId: 'v1' },
  }),
  GetPolicyVersion: () => ({ PolicyVersion: { Document: encodeURIComponent(ANYTHING) } }),
  CreateRole: (model, accountId, input) => {
    const boundary = input['PermissionsBoundary'];
    const role = model.createRole(model.caller, accountId, {
      name: text(input, 'RoleName'),
      path: text(input, 'Path'),
      trust: text(input, 'AssumeRolePolicyDocument'),
      description: text(input, 'Description'),
      tags: tagsIn(input),
      ...(typeof boundary === 'string' && { boundary }),
    });
    return { Role: { Arn: role.arn, RoleId: role.roleId } };
  },
  DeleteRole: (model, accountId, input) => {
    model.deleteRole(model.caller, accountId, text(input, 'RoleName'));
    return {};
  },
  UpdateAssumeRolePolicy: (model, accountId, input) => {
    model.setTrust(model.caller, accountId, text(input, 'RoleName'), text(input, 'PolicyDocument'));
    return {};
  },
  UpdateRoleDescription: changing('UpdateRoleDescription', (role, input) => ({
    ...role,
    description: text(input, 'Description'),
  })),
  PutRolePolicy: changing('PutRolePolicy', (role, input) => ({
    ...role,
    inline: new Map([...role.inline, [text(input, 'PolicyName'), text(input, 'PolicyDocument')]]),
  })),
  DeleteRolePolicy: changing('DeleteRolePolicy', (role, input) => {
    const name = text(input, 'PolicyName');
    if (!role.inline.has(name)) throw noSuchEntity('policy');
    return { ...role, inline: new Map([...role.inline].filter(([key]) => key !== name)) };
  }),
  AttachRolePolicy: changing('AttachRolePolicy', (role, input) => ({
    ...role,
    attached: [...new Set([...role.attached, text(input, 'PolicyArn')])],
  })),
  DetachRolePolicy: changing('DetachRolePolicy', (role, input) => {
    const arn = text(input, 'PolicyArn');
    if (!role.attached.includes(arn)) throw noSuchEntity('policy');
    return { ...role, attached: role.attached.filter((other) => other !== arn) };
  }),
  PutRolePermissionsBoundary: changing('PutRolePermissionsBoundary', (role, input) => ({
    ...role,
    boundary: text(input, 'PermissionsBoundary'),
  })),
  DeleteRolePermissionsBoundary: changing('DeleteRolePermissionsBoundary', (role) => withoutBoundary(role)),
  TagRole: changing('TagRole', (role, input) => ({
    ...role,
    tags: new Map([...role.tags, ...tagsIn(input)]),
  })),
  UntagRole: changing('UntagRole', (role, input) => {
    const { TagKeys: keys } = input;
    const gone = Array.isArray(keys) ? keys : [];
    return { ...role, tags: new Map([...role.tags].filter(([key]) => !gone.includes(key))) };
  }),
  DescribeStateMachine: (model, _accountId, input) => {
    const machine = definitionAt(model, text(input, 'stateMachineArn'));
    if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', 'State Machine Does Not Exist');
    return {
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn: machine.roleArn,
      definition: machine.definition,
      creationDate: new Date(EPOCH + machine.madeAtMs),
      ...('revision' in machine && { revisionId: `r${machine.revision}` }),
    };
  },
  UpdateStateMachine: (model, _accountId, input) => {
    const arn = text(input, 'stateMachineArn');
    const machine = model.machines.get(arn);
    if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', 'State Machine Does Not Exist');
    const definition = text(input, 'definition');
    const after = model.setMachine(model.caller, arn, { roleArn: machine.roleArn, definition });
    if (input['publish'] === true && after !== undefined) model.runs.publish(after);
    return { revisionId: `r${after?.revision}` };
  },
  ReceiveMessage: (model, accountId) => {
    const Messages = model.events?.receive(accountId) ?? [];
    return Messages.length === 0 ? {} : { Messages };
  },
  DeleteMessage: (model, accountId, input) => {
    model.events?.remove(accountId, text(input, 'ReceiptHandle'));
    return {};
  },
  ListStateMachineAliases: (model, _accountId, input) => {
    const arn = text(input, 'stateMachineArn');
    const names = [...model.runs.aliases(arn).keys()];
    return { stateMachineAliases: names.map((name) => ({ stateMachineAliasArn: `${arn}:${name}` })) };
  },
  DescribeStateMachineAlias: (model, _accountId, input) => {
    const [arn, name] = splitQualifier(text(input, 'stateMachineAliasArn'));
    const version = model.runs.aliases(arn).get(name);
    if (version === undefined) throw new AwsError('ResourceNotFound', 'there is no such alias');
    return { routingConfiguration: [{ stateMachineVersionArn: `${arn}:${version}`, weight: 100 }] };
  },
  ListExecutions: (model, _accountId, input) => {
    const arn = text(input, 'stateMachineArn');
    const executions = model.runs.running(arn).map(({ name, version, startedAtMs }) => ({
      executionArn: `${arn.replace(':stateMachine:', ':execution:')}:${name}`,
      startDate: new Date(EPOCH + startedAtMs),
      stateMachineVersionArn: version === undefined ? undefined : `${arn}:${version}`,
    }));
    return { executions };
  },
  DescribeStateMachineForExecution: (model, _accountId, input) => {
    const [, name] = splitQualifier(text(input, 'executionArn'));
    const execution = model.runs.execution(name);
    if (execution === undefined) throw new AwsError('ExecutionDoesNotExist', 'Execution Does Not Exist');
    const { definition, roleArn, changedAtMs } = execution;
    return { definition, roleArn, updateDate: new Date(EPOCH + changedAtMs) };
  },
};

/** A state machine, or a version of one. */
function definitionAt(model: AwsModel, arn: string): ModelMachine | Definition | undefined {
  const machine = model.shownMachine(arn);
  if (machine !== undefined) return machine;
  const [unqualified, version] = splitQualifier(arn);
  return model.runs.version(unqualified, Number(version));
}

function splitQualifier(arn: string): readonly [string, string] {
  const at = arn.lastIndexOf(':');
  return [arn.slice(0, at), arn.slice(at + 1)];
}

/** What the model's managed policies allow: as boundaries and attached policies they decide nothing. */
const ANYTHING = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
});

function changing(operation: string, change: (role: ModelRole, input: Input) => ModelRole): Operation {
  return (model, accountId, input) => {
    model.changeRole(model.caller, operation, accountId, text(input, 'RoleName'), (role) =>
      change(role, input),
    );
    return {};
  };
}

function withoutBoundary(role: ModelRole): ModelRole {
  const { boundary: _, ...rest } = role;
  return rest;
}

function roleOf(model: AwsModel, accountId: string, input: Input): ModelRole {
  const role = model.shownRole(accountId, text(input, 'RoleName'));
  if (role === undefined) throw noSuchEntity('role');
  return role;
}

function noSuchEntity(what: string): AwsError {
  return new AwsError('NoSuchEntityException', `The ${what} cannot be found.`, 404);
}

function text(input: Input, field: string): string {
  const value = input[field];
  return typeof value === 'string' ? value : '';
}

function tagsIn({ Tags: tags }: Input): ReadonlyMap<string, string> {
  const list: readonly unknown[] = Array.isArray(tags) ? tags : [];
  return new Map(list.map((tag) => [String(memberOf(tag, 'Key')), String(memberOf(tag, 'Value'))]));
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
