/**
 * Which members of an operation's input hold IAM roles that the call passes to a service: decided by the members' names and by
 * the patterns of their shapes. Members that look like one but hold no role, or one that is not passed, are listed here by name;
 * the sweep over every operation (test/machinery/asl) fails for members that look like a role and are on neither list.
 */
import type { Shape, Shapes } from './service-models.ts';

/** `RoleArn`, `IamRoleARNs`, `RoleArnForLogging`, `ExecutionRole`, `IamRoles`, `DomainIAMRoleName`, `ServiceRoleOverride` */
const ROLE =
  /role(?:name|for\w+)?arns?(?:for\w+|update)?$|(?:role|roles|rolename|roleidentifier|roleoverride|roleupdate)$/i;
/** Somebody who may do something, or the name of a role elsewhere. */
const NO_ROLE = /principal|snowflake|backend|geographic|database|alias|keyrole|roleskey/i;
const ROLE_PATTERN = /:iam:.*role/;

/** Roles whose members have other names. */
const OTHERWISE_NAMED: Readonly<Record<string, RegExp>> = {
  apigateway: /^(?:Authorizer)?Credentials$/,
  apigatewayv2: /^(?:Authorizer)?CredentialsArn$/,
  cognitoidentityprovider: /^(?:Sns)?CallerArn$/,
  databasemigrationservice: /^KeyCacheSecretIamArn$/,
  ec2: /^DeliverLogsPermissionArn$/,
};

/** Services that take roles to look at them, to change them or to name somebody. */
const NOT_HANDED_ON = new Set([
  'auditmanager',
  'eksauth',
  'iam',
  'mq',
  'neptunedata',
  'organizations',
  'ram',
  'securityhub',
  'sso',
  'ssoadmin',
  'sts',
]);

/** By service: members that look like one but hold no role of the caller's account that the call passes. */
const EXCEPTIONS: Readonly<Record<string, RegExp>> = {
  arcregionswitch: /^CrossAccountRole$/, // the other account's
  batch: /^InstanceRole$/, // an instance profile
  budgets: /^Roles$/, // what a policy is attached to
  cloudformation: /^ExecutionRoleName$/, // in the accounts of the stack set
  ec2: /^RoleName$/, // the role of VM Import, which it assumes by itself
  eks: /^TargetRoleArn$/, // assumed by the role that is handed on
  emr: /^JobFlowRole$/, // an instance profile
  grafana: /^(?:Role|OrganizationRoleName)$/,
  licensemanager: /^RoleArns$/, // who may use the token
  pipes: /^(?:Task|Execution)RoleArn$/, // handed on by the pipe
  redshift: /^RemoveIamRoles$/,
  resiliencehub: /^CrossAccountRoleArns$/,
  resiliencehubv2: /^CrossAccountRoleArn$/,
  sagemaker: /^(?:RoleName|AssumableRoleArns|ClusterRoleArn)$/, // the last is the Redshift cluster’s
  ssm: /^ExecutionRoleName$/, // in the accounts of the targets
  ssmquicksetup: /^LocalDeploymentExecutionRoleName$/,
};

/** The same for single operations. */
const EXCEPTED = new Set([
  'ec2:associateEnclaveCertificateIamRole',
  'fis:createTargetAccountConfiguration',
  'fis:updateTargetAccountConfiguration',
  'iot:createAuditSuppression',
  'iot:updateAuditSuppression',
  'lakeformation:assumeDecoratedRoleWithSAML',
]);
/** Operations that only look for what has the role, or remove it. */
const LOOKS = /^(?:batchGet|delete|describe|detach|disassociate|get|list|remove|search)(?=[A-Z])/;
/** These are deletions that somebody carries out with the role. */
const HANDED_TO_DELETE = new Set(['cloudcontrol:deleteResource', 'cloudformation:deleteStack']);

/** Names of the members, in Pascal case and in order, at any depth of the input. */
export function roleMembers(
  service: string,
  api: string,
  input: Shape | undefined,
  shapes: Shapes,
): string[] {
  const id = `${service}:${api}`;
  const isAboutRoles = NOT_HANDED_ON.has(service) || EXCEPTED.has(id);
  if (isAboutRoles || (LOOKS.test(api) && !HANDED_TO_DELETE.has(id))) return [];
  const found = [...textMembers(input, shapes, new Set())]
    .filter(({ name, shape }) => isRole(service, name, shape))
    .map(({ name }) => name);
  return [...new Set(found)].sort();
}

/** Where roles may be hidden in what is known only at run time. */
export interface HiddenRoles {
  /** Paths of roles that the call always has: `RoleArn`, `Target.RoleArn`. */
  readonly always: readonly string[];
  /** The call's own members that may contain other roles. */
  readonly behind: readonly string[];
}

/** @param roles the result of {@link roleMembers} */
export function hiddenRoles(roles: readonly string[], input: Shape | undefined, shapes: Shapes): HiddenRoles {
  const always = [...requiredTexts(input, shapes, [])].filter((path) => roles.includes(path.at(-1) ?? ''));
  const behind = Object.entries(input?.members ?? {})
    .filter(([, { shape }]) => shapes[shape]?.type !== 'string')
    .map(([key, { shape }]) => ({ name: pascal(key), shape: shapes[shape] }))
    .filter(({ name, shape }) =>
      [...textsBelow(name, shape, shapes, new Set())].some((text) => roles.includes(text.name)),
    )
    .map(({ name }) => name)
    .filter((name) => !roles.includes(name) && !always.some(([first]) => first === name));
  return { always: always.map((path) => path.join('.')).sort(), behind: behind.sort() };
}

/** Paths of texts all of whose members are required, without a list or a map on the way. */
function* requiredTexts(
  holder: Shape | undefined,
  shapes: Shapes,
  path: readonly string[],
): Generator<readonly string[]> {
  if (path.length > 6) return;
  for (const key of holder?.required ?? []) {
    const shape = shapes[holder?.members?.[key]?.shape ?? ''];
    const own = [...path, pascal(key)];
    if (shape?.type === 'string') yield own;
    else if (shape?.type === 'structure') yield* requiredTexts(shape, shapes, own);
  }
}

/** A member's name as Step Functions spells it: `roleArn` → `RoleArn`. */
export function pascal(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** Names that a member with a role may have, and patterns that it may hold. */
const ROLE_LIKE = /role|permissionarn|iamarn|callerarn|^(?:authorizer)?credentials(?:arn)?$/i;

/** Names of all members that look as if they held a role, in Pascal case and in order: the lists above have to decide on each. */
export function roleLikeMembers(input: Shape | undefined, shapes: Shapes): string[] {
  const found = [...textMembers(input, shapes, new Set())]
    .filter(({ name, shape }) => ROLE_LIKE.test(name) || ROLE_PATTERN.test(shape.pattern ?? ''))
    .map(({ name }) => name);
  return [...new Set(found)].sort();
}

function isRole(service: string, name: string, { pattern = '' }: Shape): boolean {
  if (EXCEPTIONS[service]?.test(name)) return false;
  if (OTHERWISE_NAMED[service]?.test(name)) return true;
  return !NO_ROLE.test(name) && (ROLE.test(name) || (ROLE_PATTERN.test(pattern) && /role/i.test(name)));
}

interface TextMember {
  readonly name: string;
  readonly shape: Shape;
}

/** Every member that holds a text, a list of texts or a map to texts; each shape is visited once. */
function* textMembers(holder: Shape | undefined, shapes: Shapes, seen: Set<Shape>): Generator<TextMember> {
  if (holder === undefined || seen.has(holder)) return;
  seen.add(holder);
  for (const [key, { shape }] of Object.entries(holder.members ?? {})) {
    yield* textsBelow(pascal(key), shapes[shape], shapes, seen);
  }
}

function* textsBelow(
  name: string,
  shape: Shape | undefined,
  shapes: Shapes,
  seen: Set<Shape>,
): Generator<TextMember> {
  if (shape === undefined) return;
  if (shape.type === 'string') {
    if (shape.enum === undefined) yield { name, shape };
  } else if (shape.type === 'structure') {
    yield* textMembers(shape, shapes, seen);
  } else {
    yield* textsBelow(name, shapes[(shape.member ?? shape.value)?.shape ?? ''], shapes, seen);
  }
}
