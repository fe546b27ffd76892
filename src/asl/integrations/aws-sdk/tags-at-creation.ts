/**
 * Calls that tag what they create: the service then asks for the tagging action, too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html#access_tags_control-requests
 */
import { allow } from '../row.ts';
import type { Permission } from '../row.ts';
import { arn, derived } from '../resources.ts';
import type { Resource } from '../reading.ts';
import { asMade } from './made-names.ts';

function rds(template: string): readonly [string, Resource] {
  const named = arn('rds', template);
  return ['rds:AddTagsToResource', derived(named, named.types, (text) => asMade('rds', text))];
}
const glue = (template: string): readonly [string, Resource] => ['glue:TagResource', arn('glue', template)];
const ecs = (template: string): readonly [string, Resource] => ['ecs:TagResource', arn('ecs', template)];
const states = (template: string): readonly [string, Resource] => [
  'states:TagResource',
  arn('states', template),
];

/** By SDK service and operation. Those of the tables that say it by themselves are not repeated. */
const TAGGED: ReadonlyMap<string, readonly [string, Resource]> = new Map([
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  ['cloudwatch:putMetricAlarm', ['cloudwatch:TagResource', arn('cloudwatch', 'alarm:{AlarmName}')]],
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
  ['cloudwatchlogs:createLogGroup', ['logs:TagResource', arn('logs', 'log-group:{LogGroupName}')]],
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html
  ['dynamodb:createTable', ['dynamodb:TagResource', arn('dynamodb', 'table/{TableName}')]],
  ['ecr:createRepository', ['ecr:TagResource', arn('ecr', 'repository/{RepositoryName}')]],
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
  ['ecs:createCluster', ecs('cluster/{ClusterName=default}')],
  ['ecs:registerTaskDefinition', ecs('task-definition/{Family}:*')],
  // https://docs.aws.amazon.com/efs/latest/ug/using-tags-efs.html
  ['efs:createFileSystem', ['elasticfilesystem:TagResource', arn('elasticfilesystem', 'file-system/*')]],
  ['glue:createCrawler', glue('crawler/{Name}')],
  ['glue:createJob', glue('job/{Name}')],
  ['glue:createTrigger', glue('trigger/{Name}')],
  ['glue:createWorkflow', glue('workflow/{Name}')],
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
  ['kms:createKey', ['kms:TagResource', arn('kms', 'key/*')]],
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
  ['lambda:createFunction', ['lambda:TagResource', arn('lambda', 'function:{FunctionName}')]],
  ['rds:createDBCluster', rds('cluster:{DBClusterIdentifier}')],
  ['rds:createDBClusterSnapshot', rds('cluster-snapshot:{DBClusterSnapshotIdentifier}')],
  ['rds:createDBInstance', rds('db:{DBInstanceIdentifier}')],
  ['rds:createDBSnapshot', rds('snapshot:{DBSnapshotIdentifier}')],
  ['rds:copyDBSnapshot', rds('snapshot:{TargetDBSnapshotIdentifier}')],
  ['rds:restoreDBClusterFromSnapshot', rds('cluster:{DBClusterIdentifier}')],
  ['rds:restoreDBInstanceFromDBSnapshot', rds('db:{DBInstanceIdentifier}')],
  ['sfn:createActivity', states('activity:{Name}')],
  ['sfn:createStateMachine', states('stateMachine:{Name}')],
  // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
  ['sns:createTopic', ['sns:TagResource', arn('sns', '{Name}')]],
]);

/** What an operation needs on top where the call gives `Tags`. */
export function tagsAtCreation(service: string, api: string): readonly Permission[] {
  const [action, resource] = TAGGED.get(`${service}:${api}`) ?? [];
  return action === undefined || resource === undefined ? [] : [allow(action, resource, { when: 'Tags' })];
}
