/**
 * Roles in the parameters of an SDK call: whoever hands a role to a service needs iam:PassRole on it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
import type { Known } from '../../known.ts';
import { optionsOf } from '../../known.ts';
import { argumentsOf } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import { onlyHinted } from '../resources.ts';
import { passRole, passRoleOf } from '../row.ts';
import type { Permission } from '../row.ts';

/** `RoleArn`, `ExecutionRoleArn`, `RoleARN`, `RoleArns`, `IamRoleArn` … */
const ROLE_ARN = /(?:^r|R)oleA(?:rn|RN)s?(?:Update)?$/;
/** `Role`, `ServiceRole`, `IamRoles`: in some services the part that somebody plays. */
const ROLE = /(?:^r|R)oles?$/;
/** Here it is the name or ARN of an IAM role, known or not. */
const ROLES_BY_NAME = new Set([
  'athena',
  'batch',
  'bedrock',
  'codebuild',
  'ecs',
  'eks',
  'elasticbeanstalk',
  'elasticmapreduce',
  'finspace',
  'glue',
  'groundstation',
  'imagebuilder',
  'iottwinmaker',
  'lambda',
  'machinelearning',
  'mediaconvert',
  's3',
  's3tables',
  'sagemaker',
  'storagegateway',
  'transfer',
]);
const AN_ARN = /^arn:[^:]+:iam::/;

/** A profile has a role in it that a call with the profile passes. */
const PROFILE = /(?:^i|I)nstanceProfile(?:Name|Arn|Identifier)?$/;
const profileRole = onlyHinted(
  'the role in the instance profile',
  ['arn:*:iam::*:role/*'],
  'is not told by the profile’s name',
);

/** These take roles to look at them, to change them or to name somebody: nothing is passed. */
const NOT_PASSED = new Set([
  'iam',
  'sts',
  'organizations',
  'sso',
  'lakeformation',
  'ram',
  'quicksight',
  'eks-auth',
]);
/** Nor by operations that read, list or take away. */
const LOOKS = /^(?:describe|detach|disassociate|get|list|remove|search)[A-Z]/;

/** Where the service that uses the role is not `<prefix>.amazonaws.com`, or not that alone. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  airflow: ['airflow.amazonaws.com', 'airflow-env.amazonaws.com'],
  batch: ['batch.amazonaws.com', 'ecs-tasks.amazonaws.com', 'spotfleet.amazonaws.com'],
  ec2: ['ec2.amazonaws.com', 'spotfleet.amazonaws.com', 'vpc-flow-logs.amazonaws.com'],
  ecs: ['ecs.amazonaws.com', 'ecs-tasks.amazonaws.com'],
  eks: ['eks.amazonaws.com', 'eks-fargate-pods.amazonaws.com', 'pods.eks.amazonaws.com'],
  elasticmapreduce: ['elasticmapreduce.amazonaws.com', 'application-autoscaling.amazonaws.com'],
  es: ['es.amazonaws.com', 'opensearchservice.amazonaws.com'],
  mobiletargeting: ['pinpoint.amazonaws.com'],
  rds: ['rds.amazonaws.com', 'monitoring.rds.amazonaws.com'],
  wisdom: ['qconnect.amazonaws.com'],
};

/** A PassRole for each place in the Task's parameters where a role stands, or will at run time. */
export function passedRoles(task: Task, prefix: string, api: string): Permission[] {
  if (NOT_PASSED.has(prefix)) return [];
  const users = USERS[prefix] ?? [`${prefix}.amazonaws.com`];
  const found = [...leaves(argumentsOf(task), '', '')];
  const roles = found.filter(({ name, known }) => isRole(name, known, prefix));
  // A profile that is looked up or taken away is not handed on.
  const hasProfile =
    !LOOKS.test(api) && found.some(({ name, path }) => PROFILE.test(name) || inProfile(path));
  return [
    ...[...new Set(roles.map(({ path }) => path))]
      .filter(() => !LOOKS.test(api))
      .map((path) => passRole(path, users)),
    ...(hasProfile ? [passRoleOf(profileRole, 'ec2.amazonaws.com')] : []),
  ];
}

/** `IamInstanceProfile.Name` */
function inProfile(path: string): boolean {
  return path
    .split('.')
    .slice(0, -1)
    .some((step) => PROFILE.test(step));
}

function isRole(name: string, known: Known, prefix: string): boolean {
  if (ROLE_ARN.test(name)) return true;
  if (!ROLE.test(name)) return false;
  const texts = optionsOf(known).map((option) =>
    option.kind === 'text' ? option.text : String(option.value),
  );
  return ROLES_BY_NAME.has(prefix) || texts.some((text) => AN_ARN.test(text));
}

interface Leaf {
  readonly name: string;
  /** As `readParameters` takes it. */
  readonly path: string;
  readonly known: Known;
}

/** Every single value; names with a dot in them would be taken apart and are left out. */
function* leaves(known: Known, name: string, path: string): Generator<Leaf> {
  if (known.kind === 'array') {
    for (const item of known.items) yield* leaves(item, name, `${path}[]`);
  } else if (known.kind === 'object') {
    for (const [key, held] of known.members) {
      if (!/[.[\]{}=]/.test(key)) yield* leaves(held, key, path === '' ? key : `${path}.${key}`);
    }
  } else if (path !== '' && !path.includes('[][]')) {
    yield { name, path, known };
  }
}
