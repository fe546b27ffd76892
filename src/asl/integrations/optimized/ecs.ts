import { hasParameter, literalAt, readParameter } from '../../parameters.ts';
import { allow, CALLBACK, EVERY_PATTERN, passRole, passRoleOf } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { join, NONE } from '../reading.ts';
import { arn, derived, onlyHinted, roleFrom } from '../resources.ts';
import type { Resource } from '../reading.ts';

/** `family`, `family:revision` or either as an ARN. Without a revision ECS takes the newest active one and checks that. */
const taskDefinition = derived(
  arn('ecs', 'task-definition/{TaskDefinition}'),
  ['arn:*:ecs:*:*:task-definition/*'],
  (text) => (/:\d+$/.test(text) ? text : `${text}:*`),
);

/** A task's ID is made when it starts; its cluster is known. */
const tasks = derived(
  arn('ecs', 'cluster/{Cluster=default}'),
  ['arn:*:ecs:*:*:task/*'],
  (cluster) => `${cluster.replace(':cluster/', ':task/')}/*`,
);

/** What is tagged: nothing if the call only says that no tags are propagated. */
const tagged: Resource = {
  types: tasks.types,
  read: (call) =>
    literalAt(call.task, 'PropagateTags') === 'NONE' && !hasParameter(call.task, 'Tags')
      ? NONE
      : tasks.read(call),
};

/** The roles of the task definition are passed as well. They are not among the parameters, unless both are overridden. */
const taskRoles: Resource = {
  ...roleFrom('Overrides'),
  read(call) {
    const overrides = ['Overrides.TaskRoleArn', 'Overrides.ExecutionRoleArn'];
    const given = overrides.filter((path) => readParameter(call.task, path).kind !== 'absent');
    const rest = given.length === overrides.length ? [] : [definitionRoles];
    return join([...given.map(roleFrom), ...rest].map((role) => role.read(call)));
  },
};
const definitionRoles = onlyHinted(
  'the role of the task definition',
  ['arn:*:iam::*:role/*'],
  'is not in the parameters unless Overrides sets both TaskRoleArn and ExecutionRoleArn',
);

const VOLUME_ROLE = 'VolumeConfigurations[].ManagedEBSVolume.RoleArn';

const CALL = [
  allow('ecs:TagResource', tagged, { when: ['Tags', 'PropagateTags'] }),
  passRoleOf(taskRoles, 'ecs-tasks.amazonaws.com'),
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/infrastructure_IAM_role.html
  passRole(VOLUME_ROLE, 'ecs.amazonaws.com', { when: VOLUME_ROLE }),
];

/** The same on named container instances: only the SDK offers it. */
export const startTask: Row = {
  patterns: CALLBACK,
  call: [allow('ecs:StartTask', taskDefinition), ...CALL],
};

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html */
export const ecs: ServiceTable = {
  runTask: {
    patterns: EVERY_PATTERN,
    call: [allow('ecs:RunTask', taskDefinition), ...CALL],
    sync: [allow(['ecs:DescribeTasks', 'ecs:StopTask'], tasks)],
  },
};
