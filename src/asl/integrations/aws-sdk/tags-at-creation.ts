/**
 * Calls that tag what they create: the service then asks for the tagging action, too.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html#access_tags_control-requests
 */
import { allow } from '../row.ts';
import type { Permission } from '../row.ts';
import { arn, derived } from '../resources.ts';
import type { Resource } from '../reading.ts';
import { named as namedInSageMaker } from '../optimized/sagemaker.ts';
import { asMade } from './made-identifiers.ts';
import { MADE_FOR_BALANCERS } from './services/load-balancers.ts';

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

const batch = (template: string): readonly [string, Resource] => [
  'batch:TagResource',
  arn('batch', template),
];
const elasticache = (template: string): readonly [string, Resource] => {
  const made = arn('elasticache', template);
  return ['elasticache:AddTagsToResource', derived(made, made.types, (text) => asMade('elasticache', text))];
};
const redshift = (template: string): readonly [string, Resource] => {
  const made = arn('redshift', template);
  return ['redshift:CreateTags', derived(made, made.types, (text) => asMade('redshift', text))];
};

/** What is made in an organization: neither its own ID nor the organization's is known. */
const organizations = (type: string): readonly [string, Resource] => [
  'organizations:TagResource',
  arn('organizations', type, { global: true }),
];

/** A consumer's ARN continues that of its stream, and ends in the time at which it was made. */
const consumers = derived(
  arn('kinesis', 'stream/{StreamARN}'),
  ['arn:*:kinesis:*:*:stream/*'],
  (stream) => `${stream}/consumer/*`,
);

/** SageMaker asks for the same action for everything that its calls make.
 *  https://docs.aws.amazon.com/sagemaker/latest/dg/security_iam_id-based-policy-examples.html */
const sageMaker: readonly (readonly [string, readonly [string, Resource]])[] = (
  [
    ['createAutoMLJob', 'automl-job', 'AutoMLJobName'],
    ['createAutoMLJobV2', 'automl-job', 'AutoMLJobName'],
    ['createCompilationJob', 'compilation-job', 'CompilationJobName'],
    ['createExperiment', 'experiment', 'ExperimentName'],
    ['createFeatureGroup', 'feature-group', 'FeatureGroupName'],
    ['createModelPackageGroup', 'model-package-group', 'ModelPackageGroupName'],
    ['createMonitoringSchedule', 'monitoring-schedule', 'MonitoringScheduleName'],
    ['createNotebookInstance', 'notebook-instance', 'NotebookInstanceName'],
    ['createPipeline', 'pipeline', 'PipelineName'],
    ['createTrial', 'experiment-trial', 'TrialName'],
    ['createTrialComponent', 'experiment-trial-component', 'TrialComponentName'],
  ] as const
).map(([api, type, name]) => [`sagemaker:${api}`, ['sagemaker:AddTags', namedInSageMaker(type, name)]]);

/** By SDK service and operation. Those that the tables already cover are not repeated. */
const TAGGED: ReadonlyMap<string, readonly [string, Resource]> = new Map([
  ...sageMaker,
  // https://docs.aws.amazon.com/athena/latest/ug/tags-access-control.html
  ['athena:createDataCatalog', ['athena:TagResource', arn('athena', 'datacatalog/{Name}')]],
  ['athena:createWorkGroup', ['athena:TagResource', arn('athena', 'workgroup/{Name}')]],
  // https://docs.aws.amazon.com/batch/latest/userguide/supported-iam-actions-tagging.html
  ['batch:createComputeEnvironment', batch('compute-environment/{ComputeEnvironmentName}')],
  ['batch:createJobQueue', batch('job-queue/{JobQueueName}')],
  ['batch:registerJobDefinition', batch('job-definition/{JobDefinitionName}:*')],
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutInsightRule.html
  ['cloudwatch:putInsightRule', ['cloudwatch:TagResource', arn('cloudwatch', 'insight-rule/{RuleName}')]],
  ['cloudwatch:putCompositeAlarm', ['cloudwatch:TagResource', arn('cloudwatch', 'alarm:{AlarmName}')]],
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
  ['cloudwatch:putMetricAlarm', ['cloudwatch:TagResource', arn('cloudwatch', 'alarm:{AlarmName}')]],
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
  ['cloudwatchlogs:createLogGroup', ['logs:TagResource', arn('logs', 'log-group:{LogGroupName}')]],
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html
  ['dynamodb:createTable', ['dynamodb:TagResource', arn('dynamodb', 'table/{TableName}')]],
  ['ecr:createRepository', ['ecr:TagResource', arn('ecr', 'repository/{RepositoryName}')]],
  // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html
  ['ecs:createCluster', ecs('cluster/{ClusterName=default}')],
  ['ecs:createService', ecs('service/{Cluster=default}/{ServiceName}')],
  ['ecs:createTaskSet', ecs('task-set/{Cluster=default}/{Service}/*')],
  ['ecs:registerTaskDefinition', ecs('task-definition/{Family}:*')],
  // https://docs.aws.amazon.com/efs/latest/ug/using-tags-efs.html
  ['efs:createFileSystem', ['elasticfilesystem:TagResource', arn('elasticfilesystem', 'file-system/*')]],
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/IAM.RestrictByTags.html
  ['elasticache:createCacheCluster', elasticache('cluster:{CacheClusterId}')],
  ['elasticache:createReplicationGroup', elasticache('replicationgroup:{ReplicationGroupId}')],
  ['elasticache:createServerlessCache', elasticache('serverlesscache:{ServerlessCacheName}')],
  ['elasticache:createSnapshot', elasticache('snapshot:{SnapshotName}')],
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html
  ...MADE_FOR_BALANCERS.map(([api, made]): [string, [string, Resource]] => [
    `elasticloadbalancingv2:${api}`,
    ['elasticloadbalancing:AddTags', made],
  ]),
  // https://docs.aws.amazon.com/firehose/latest/APIReference/API_CreateDeliveryStream.html
  [
    'firehose:createDeliveryStream',
    ['firehose:TagDeliveryStream', arn('firehose', 'deliverystream/{DeliveryStreamName}')],
  ],
  ['glue:createConnection', glue('connection/{ConnectionInput.Name}')],
  ['glue:createCrawler', glue('crawler/{Name}')],
  ['glue:createDatabase', glue('database/{DatabaseInput.Name}')],
  ['glue:createJob', glue('job/{Name}')],
  ['glue:createTrigger', glue('trigger/{Name}')],
  ['glue:createWorkflow', glue('workflow/{Name}')],
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_RegisterStreamConsumer.html
  ['kinesis:registerStreamConsumer', ['kinesis:TagResource', consumers]],
  // https://docs.aws.amazon.com/kinesis/latest/APIReference/API_CreateStream.html
  ['kinesis:createStream', ['kinesis:AddTagsToStream', arn('kinesis', 'stream/{StreamName}')]],
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
  ['kms:createKey', ['kms:TagResource', arn('kms', 'key/*')]],
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html
  ['lambda:createFunction', ['lambda:TagResource', arn('lambda', 'function:{FunctionName}')]],
  ['lambda:createEventSourceMapping', ['lambda:TagResource', arn('lambda', 'event-source-mapping:*')]],
  // https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreateAccount.html
  ['organizations:createAccount', organizations('account/o-*/*')],
  ['organizations:createGovCloudAccount', organizations('account/o-*/*')],
  ['organizations:createOrganizationalUnit', organizations('ou/o-*/ou-*')],
  ['organizations:createPolicy', organizations('policy/o-*/*/p-*')],
  ['organizations:inviteAccountToOrganization', organizations('account/o-*/*')],
  ['rds:createDBCluster', rds('cluster:{DBClusterIdentifier}')],
  ['rds:createDBClusterSnapshot', rds('cluster-snapshot:{DBClusterSnapshotIdentifier}')],
  ['rds:createDBInstance', rds('db:{DBInstanceIdentifier}')],
  ['rds:createDBSnapshot', rds('snapshot:{DBSnapshotIdentifier}')],
  ['rds:copyDBSnapshot', rds('snapshot:{TargetDBSnapshotIdentifier}')],
  ['rds:restoreDBClusterFromSnapshot', rds('cluster:{DBClusterIdentifier}')],
  ['rds:restoreDBInstanceFromDBSnapshot', rds('db:{DBInstanceIdentifier}')],
  ['rds:restoreDBClusterToPointInTime', rds('cluster:{DBClusterIdentifier}')],
  ['rds:restoreDBInstanceToPointInTime', rds('db:{TargetDBInstanceIdentifier}')],
  ['rds:copyDBClusterSnapshot', rds('cluster-snapshot:{TargetDBClusterSnapshotIdentifier}')],
  ['rds:createDBInstanceReadReplica', rds('db:{DBInstanceIdentifier}')],
  // https://docs.aws.amazon.com/rekognition/latest/APIReference/API_CreateCollection.html
  [
    'rekognition:createCollection',
    ['rekognition:TagResource', arn('rekognition', 'collection/{CollectionId}')],
  ],
  [
    'rekognition:createStreamProcessor',
    ['rekognition:TagResource', arn('rekognition', 'streamprocessor/{Name}')],
  ],
  // https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-iam-access-control-overview.html
  ['redshift:createCluster', redshift('cluster:{ClusterIdentifier}')],
  ['redshift:createClusterSnapshot', redshift('snapshot:{ClusterIdentifier}/{SnapshotIdentifier}')],
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_s3Buckets_CreateTableBucket.html
  ['s3tables:createTableBucket', ['s3tables:TagResource', arn('s3tables', 'bucket/{Name}')]],
  // https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_CreateOpsItem.html
  ['ssm:createOpsItem', ['ssm:AddTagsToResource', arn('ssm', 'opsitem/*')]],
  ['sfn:createActivity', states('activity:{Name}')],
  ['sfn:createStateMachine', states('stateMachine:{Name}')],
  // https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html
  ['sns:createTopic', ['sns:TagResource', arn('sns', '{Name}')]],
]);

/** What an operation also needs if the call gives `Tags`. */
export function tagsAtCreation(service: string, api: string): readonly Permission[] {
  const [action, resource] = TAGGED.get(`${service}:${api}`) ?? [];
  return action === undefined || resource === undefined ? [] : [allow(action, resource, { when: 'Tags' })];
}
