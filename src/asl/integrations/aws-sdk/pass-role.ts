/**
 * Roles in the parameters of an SDK call: whoever hands a role to a service needs iam:PassRole on it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
import { isArray, isObject } from '../../json.ts';
import type { Json, Task } from '../../task.ts';
import { passRole } from '../row.ts';
import type { Permission } from '../row.ts';

/** `RoleArn`, `ExecutionRoleArn`, `RoleARN`, `RoleArns` … */
const ROLE_ARN = /(?:^r|R)oleA(?:rn|RN)s?$/;
/** `Role`, `ServiceRole`: elsewhere the part that somebody plays, in these services the name or ARN of an IAM role. */
const ROLE = /(?:^r|R)ole$/;
const ROLES_BY_NAME = new Set([
  'batch',
  'codebuild',
  'ecs',
  'elasticmapreduce',
  'glue',
  'lambda',
  'mediaconvert',
  's3',
]);

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
export function passedRoles({ parameters }: Task, prefix: string): Permission[] {
  if (NOT_PASSED.has(prefix) || parameters === undefined || typeof parameters === 'string') return [];
  const users = USERS[prefix] ?? [`${prefix}.amazonaws.com`];
  const isRole = (name: string): boolean =>
    ROLE_ARN.test(name) || (ROLE.test(name) && ROLES_BY_NAME.has(prefix));
  return [...new Set(rolePaths(parameters, isRole))].map((path) => passRole(path, users));
}

/** Paths as `readParameters` takes them; names with a dot in them would be taken apart and are left out. */
function* rolePaths(value: Json, isRole: (name: string) => boolean, before = ''): Generator<string> {
  if (isArray(value)) {
    for (const item of value) yield* rolePaths(item, isRole, `${before}[]`);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, held] of Object.entries(value)) {
    const name = key.replace(/\.\$$/, '');
    if (/[.[\]{}]/.test(name)) continue;
    const path = before === '' ? name : `${before}.${name}`;
    if (isRole(name) && typeof held === 'string') yield path;
    else if (isRole(name) && isArray(held)) yield `${path}[]`;
    else yield* rolePaths(held, isRole, path);
  }
}
