/** What calls act on although none of their parameters names it, or names it differently than the ARN. */

/** The default of a part that the call leaves out, by IAM prefix and part. */
export const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ['ecs:ClusterName', 'default'],
  // https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
  ['elasticache:CacheParameterGroupName', 'default*'],
  ['events:EventBusName', 'default'],
  ['mediaconvert:QueueName', 'Default'],
  // https://docs.aws.amazon.com/memorydb/latest/devguide/parametergroups.html
  ['memorydb:ParameterGroupName', 'default*'],
  ['memorydb:SubnetGroupName', 'default*'],
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/security_iam_id-based-policy-examples-create-and-modify-examples.html
  ['rds:ClusterParameterGroupName', 'default*'],
  ['rds:OptionGroupName', 'default*'],
  ['rds:ParameterGroupName', 'default*'],
  ['rds:SubnetGroupName', 'default*'],
  // https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-group.html
  ['scheduler:GroupName', 'default'],
]);

/** Parts that a call gives by an identifier of another kind: a query's ID does not say in which workgroup it ran, nor
 *  `service/c/s` which target is meant. */
export const NEVER_GIVEN = new Set([
  'application-autoscaling:ResourceId',
  'athena:WorkGroupName',
  'logs:LogGroupName',
]);

/** Calls that are about everything of a type if they name nothing, although the type is marked as needed. */
export const ABOUT_ALL = new Set([
  'b2bi:generateMapping',
  'ce:getAnomalyMonitors',
  'ce:getAnomalySubscriptions',
  'es:getCompatibleElasticsearchVersions',
  'es:getCompatibleVersions',
  'glue:getConnections',
  'glue:getMLTransforms',
  'securityhub:generateRecommendedPolicyV2',
  'ses:getDedicatedIps',
  'sso:listApplicationProviders',
  'ssm:getDefaultPatchBaseline',
]);

/**
 * Things that an account has only one of, so that calls need not name them.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html
 */
export const ONLY_ONES = new Set(['securityhub:hub/default']);

/** Types that are all marked as needed, although a call names only one or another of them. */
export const EITHER = new Set([
  // The sender is a user or a bot.
  // https://docs.aws.amazon.com/chime-sdk/latest/APIReference/API_messaging-chime_SendChannelMessage.html
  'chime:app-instance/{AppInstanceId}/bot/{AppInstanceBotId}',
  'chime:app-instance/{AppInstanceId}/user/{AppInstanceUserId}',
  // A key directly, or by its alias.
  // https://docs.aws.amazon.com/payment-cryptography/latest/userguide/security_iam_id-based-policy-examples.html
  'payment-cryptography:alias/{Alias}',
  'payment-cryptography:key/{KeyId}',
  // The source of a replica is an instance, or a Multi-AZ DB cluster.
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstanceReadReplica.html
  'rds:cluster:{DbClusterInstanceName}',
  'rds:db:{DbInstanceName}',
]);
