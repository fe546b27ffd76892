/**
 * Who uses a role that a call passes: the service principal in `iam:PassedToService`, as each service's guide gives it for the
 * role's trust policy. If nothing is listed here, it is `<IAM prefix>.amazonaws.com`. `principalNames` adds the names of some
 * services in other partitions.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_PassedToService
 */

type Users = ReadonlyMap<string, readonly string[]>;

/** A map, because the names that are looked up come from a definition's author, and an object has a `constructor` of its own. */
function usersBy(table: Readonly<Record<string, readonly string[]>>): Users {
  return new Map(Object.entries(table));
}

/** By SDK service: principals, without `.amazonaws.com`. */
const BY_SERVICE: Users = usersBy({
  amp: ['scraper.aps'],
  aiops: ['aiops'],
  // https://docs.aws.amazon.com/chime-sdk/latest/dg/create-connector-role.html
  chimesdkmediapipelines: ['mediapipelines.chime'],
  // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-prereq.html
  codeconnections: ['cloudformation.sync.codeconnections'],
  codestarconnections: ['cloudformation.sync.codestar-connections'],
  customerprofiles: ['profile'],
  // https://docs.aws.amazon.com/deadline-cloud/latest/userguide/security-iam-service-roles.html
  deadline: ['credentials.deadline', 'deadline'],
  elasticsearchservice: ['es', 'opensearchservice'],
  emr: ['elasticmapreduce'],
  // https://docs.aws.amazon.com/guardduty/latest/ug/malware-protection-s3-iam-role-prerequisite.html
  guardduty: ['malware-protection-plan.guardduty'],
  lexmodelsv2: ['lexv2'],
  // https://docs.aws.amazon.com/macie/latest/user/findings-retrieve-sd-configure.html
  macie2: ['reveal-samples.macie'],
  mediapackagevod: ['mediapackage'],
  // https://docs.aws.amazon.com/mwaa/latest/userguide/mwaa-create-role.html
  mwaa: ['airflow', 'airflow-env'],
  opensearch: ['es', 'opensearchservice'],
  // https://docs.aws.amazon.com/opensearch-service/latest/developerguide/pipeline-security-overview.html
  osis: ['osis-pipelines'],
  pinpoint: ['pinpoint'],
  // https://docs.aws.amazon.com/amazonq/latest/qbusiness-ug/deploy-experience-iam-role.html
  qbusiness: ['qbusiness', 'application.qbusiness'],
  qconnect: ['qconnect'],
  // https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-security-other-services.html
  redshiftserverless: ['redshift-serverless', 'redshift'],
  // https://docs.aws.amazon.com/waf/latest/developerguide/ddos-srt-access.html
  shield: ['drt.shield'],
  // https://docs.aws.amazon.com/snowball/latest/developer-guide/iam-policies-snowball-devices.html
  snowball: ['importexport'],
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Roles.html
  synthetics: ['synthetics', 'lambda'],
});

/** By SDK service and member, or operation: these take precedence over the service's own. */
const BY_USE: Users = usersBy({
  // https://docs.aws.amazon.com/apprunner/latest/dg/security_iam_service-with-iam.html
  'apprunner.AccessRoleArn': ['build.apprunner'],
  'apprunner.InstanceRoleArn': ['tasks.apprunner'],
  'batch.ExecutionRoleArn': ['ecs-tasks'],
  'batch.InfrastructureRoleArn': ['ecs'],
  'batch.JobRoleArn': ['ecs-tasks'],
  'batch.SpotIamFleetRole': ['spotfleet'],
  'batch.TaskRoleArn': ['ecs-tasks'],
  'backup.ScannerRoleArn': ['malware-protection.guardduty'],
  'bedrock.ExecutionRole': ['sagemaker'],
  // https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-register.html
  'cloudformation.ExecutionRoleArn': ['resources.cloudformation', 'hooks.cloudformation'],
  'cloudformation.LogRoleArn': ['cloudformation', 'resources.cloudformation'],
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-metric-streams-trustpolicy.html
  'cloudwatch:putMetricStream': ['streams.metrics.cloudwatch'],
  'cloudwatchlogs.DataSourceRoleArn': ['directquery.opensearchservice'],
  'cloudtrail.FederationRoleArn': ['cloudtrail', 'lakeformation'],
  'dynamodb.AutoScalingRoleArn': ['application-autoscaling'],
  // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
  'ec2.DeliverCrossAccountRole': ['vpc-flow-logs'],
  'ec2.DeliverLogsPermissionArn': ['vpc-flow-logs'],
  'ec2.IamFleetRole': ['spotfleet'],
  'ecs.ExecutionRoleArn': ['ecs-tasks'],
  'ecs.TaskRoleArn': ['ecs-tasks'],
  // https://docs.aws.amazon.com/eks/latest/userguide/pod-execution-role.html
  'eks.PodExecutionRoleArn': ['eks', 'eks-fargate-pods'],
  'eks:createPodIdentityAssociation': ['pods.eks'],
  'eks:updatePodIdentityAssociation': ['pods.eks'],
  'eks:createCapability': ['capabilities.eks'],
  'eks:updateCapability': ['capabilities.eks'],
  'elasticbeanstalk.CodeBuildServiceRole': ['codebuild'],
  'emr.AutoScalingRole': ['application-autoscaling'],
  'emr.ExecutionRoleArn': ['elasticmapreduce', 'ec2'],
  'imagebuilder.RoleName': ['vmie'],
  // https://docs.aws.amazon.com/iot/latest/developerguide/authorizing-direct-aws.html
  'iot:createRoleAlias': ['credentials.iot'],
  'iot:updateRoleAlias': ['credentials.iot'],
  // https://docs.aws.amazon.com/iot-sitewise/latest/userguide/monitor-service-role.html
  'iotsitewise:createPortal': ['monitor.iotsitewise'],
  'iotsitewise:updatePortal': ['monitor.iotsitewise'],
  'iotsitewise.AlarmRoleArn': ['iotevents'],
  'opensearch:addDataSource': ['directquery.opensearchservice'],
  'opensearch:addDirectQueryDataSource': ['directquery.opensearchservice'],
  'opensearch:updateDataSource': ['directquery.opensearchservice'],
  'opensearch:updateDirectQueryDataSource': ['directquery.opensearchservice'],
  // https://docs.aws.amazon.com/redshift/latest/mgmt/managing-cluster-operations.html
  'redshift:createScheduledAction': ['scheduler.redshift'],
  'redshift:modifyScheduledAction': ['scheduler.redshift'],
  'redshiftserverless:createScheduledAction': ['scheduler.redshift'],
  'redshiftserverless:updateScheduledAction': ['scheduler.redshift'],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-grants-location.html
  's3control:createAccessGrantsLocation': ['access-grants.s3'],
  's3control:updateAccessGrantsLocation': ['access-grants.s3'],
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/batch-ops-iam-role-policies.html
  's3control:createJob': ['batchoperations.s3'],
  's3tables:putTableBucketReplication': ['replication.s3tables'],
  's3tables:putTableReplication': ['replication.s3tables'],
  // https://docs.aws.amazon.com/workmail/latest/adminguide/mailbox-export.html
  'workmail:putEmailMonitoringConfiguration': ['events.workmail'],
  'workmail:startMailboxExportJob': ['export.workmail'],
});

/** RDS, and what shares its API: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html */
const RDS_USES: Users = usersBy({
  DomainIAMRoleName: ['rds', 'directoryservice.rds'],
  MonitoringRoleArn: ['monitoring.rds'],
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ExportSnapshot.html
  startExportTask: ['export.rds'],
});

/** An automation's role, wherever a call gives its parameters. */
const AUTOMATION_ROLE = 'AutomationAssumeRole';

/** The principals that use the role in a member (in Pascal case) of an operation's parameters. */
export function usersOf(service: string, api: string, member: string, prefix: string): readonly string[] {
  const rds = prefix === 'rds' ? (RDS_USES.get(member) ?? RDS_USES.get(api)) : undefined;
  const automation = member === AUTOMATION_ROLE ? ['ssm'] : undefined;
  const own = BY_USE.get(`${service}.${member}`) ?? BY_USE.get(`${service}:${api}`);
  const names = rds ?? automation ?? own ?? BY_SERVICE.get(service) ?? [prefix];
  return names.map((name) => `${name}.amazonaws.com`);
}
