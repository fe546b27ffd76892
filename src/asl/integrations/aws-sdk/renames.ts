/** SDK operations whose IAM action has another name, and is bound to resources as that action is. */

type Renames = Readonly<Record<string, string>>;

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations.html: each page names the permission. */
const s3: Renames = {
  createBucketMetadataConfiguration: 's3:CreateBucketMetadataTableConfiguration',
  deleteBucketAnalyticsConfiguration: 's3:PutAnalyticsConfiguration',
  deleteBucketCors: 's3:PutBucketCORS',
  deleteBucketEncryption: 's3:PutEncryptionConfiguration',
  deleteBucketIntelligentTieringConfiguration: 's3:PutIntelligentTieringConfiguration',
  deleteBucketInventoryConfiguration: 's3:PutInventoryConfiguration',
  deleteBucketLifecycle: 's3:PutLifecycleConfiguration',
  deleteBucketMetadataConfiguration: 's3:DeleteBucketMetadataTableConfiguration',
  deleteBucketMetricsConfiguration: 's3:PutMetricsConfiguration',
  deleteBucketOwnershipControls: 's3:PutBucketOwnershipControls',
  deleteBucketReplication: 's3:PutReplicationConfiguration',
  deleteBucketTagging: 's3:PutBucketTagging',
  deletePublicAccessBlock: 's3:PutBucketPublicAccessBlock',
  getBucketAccelerateConfiguration: 's3:GetAccelerateConfiguration',
  getBucketAnalyticsConfiguration: 's3:GetAnalyticsConfiguration',
  getBucketEncryption: 's3:GetEncryptionConfiguration',
  getBucketIntelligentTieringConfiguration: 's3:GetIntelligentTieringConfiguration',
  getBucketInventoryConfiguration: 's3:GetInventoryConfiguration',
  getBucketLifecycle: 's3:GetLifecycleConfiguration',
  getBucketLifecycleConfiguration: 's3:GetLifecycleConfiguration',
  getBucketMetadataConfiguration: 's3:GetBucketMetadataTableConfiguration',
  getBucketMetricsConfiguration: 's3:GetMetricsConfiguration',
  getBucketNotificationConfiguration: 's3:GetBucketNotification',
  getBucketReplication: 's3:GetReplicationConfiguration',
  getObjectLockConfiguration: 's3:GetBucketObjectLockConfiguration',
  getPublicAccessBlock: 's3:GetBucketPublicAccessBlock',
  listBucketAnalyticsConfigurations: 's3:GetAnalyticsConfiguration',
  listBucketIntelligentTieringConfigurations: 's3:GetIntelligentTieringConfiguration',
  listBucketInventoryConfigurations: 's3:GetInventoryConfiguration',
  listBucketMetricsConfigurations: 's3:GetMetricsConfiguration',
  putBucketAccelerateConfiguration: 's3:PutAccelerateConfiguration',
  putBucketAnalyticsConfiguration: 's3:PutAnalyticsConfiguration',
  putBucketEncryption: 's3:PutEncryptionConfiguration',
  putBucketIntelligentTieringConfiguration: 's3:PutIntelligentTieringConfiguration',
  putBucketInventoryConfiguration: 's3:PutInventoryConfiguration',
  putBucketLifecycle: 's3:PutLifecycleConfiguration',
  putBucketLifecycleConfiguration: 's3:PutLifecycleConfiguration',
  putBucketMetricsConfiguration: 's3:PutMetricsConfiguration',
  putBucketNotificationConfiguration: 's3:PutBucketNotification',
  putBucketReplication: 's3:PutReplicationConfiguration',
  putObjectLockConfiguration: 's3:PutBucketObjectLockConfiguration',
  putPublicAccessBlock: 's3:PutBucketPublicAccessBlock',
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html: the account's own. */
const s3control: Renames = {
  deletePublicAccessBlock: 's3:PutAccountPublicAccessBlock',
  getPublicAccessBlock: 's3:GetAccountPublicAccessBlock',
  putPublicAccessBlock: 's3:PutAccountPublicAccessBlock',
};

/** https://docs.aws.amazon.com/glue/latest/webapi/API_GetUnfilteredTableMetadata.html: the public action of each. */
const glue: Renames = {
  getUnfilteredPartitionMetadata: 'glue:GetPartition',
  getUnfilteredPartitionsMetadata: 'glue:GetPartitions',
  getUnfilteredTableMetadata: 'glue:GetTable',
};

/** https://docs.aws.amazon.com/cost-management/latest/userguide/billing-permissions-ref.html */
const budgets: Renames = {
  createBudget: 'budgets:ModifyBudget',
  createNotification: 'budgets:ModifyBudget',
  createSubscriber: 'budgets:ModifyBudget',
  deleteBudget: 'budgets:ModifyBudget',
  deleteNotification: 'budgets:ModifyBudget',
  deleteSubscriber: 'budgets:ModifyBudget',
  describeBudget: 'budgets:ViewBudget',
  describeBudgetPerformanceHistory: 'budgets:ViewBudget',
  describeBudgets: 'budgets:ViewBudget',
  describeNotificationsForBudget: 'budgets:ViewBudget',
  describeSubscribersForNotification: 'budgets:ViewBudget',
  updateBudget: 'budgets:ModifyBudget',
  updateNotification: 'budgets:ModifyBudget',
  updateSubscriber: 'budgets:ModifyBudget',
};

/** https://docs.aws.amazon.com/keyspaces/latest/devguide/security_iam_service-with-iam.html */
const keyspaces: Renames = {
  createKeyspace: 'cassandra:Create',
  createTable: 'cassandra:Create',
  deleteKeyspace: 'cassandra:Drop',
  deleteTable: 'cassandra:Drop',
  getKeyspace: 'cassandra:Select',
  getTable: 'cassandra:Select',
  listKeyspaces: 'cassandra:Select',
  listTables: 'cassandra:Select',
  restoreTable: 'cassandra:Restore',
  updateTable: 'cassandra:Alter',
};

const RENAMES: ReadonlyMap<string, Renames> = new Map(
  Object.entries({
    budgets,
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cf-api-permissions-ref.html
    cloudfront: { createDistributionWithTags: 'cloudfront:CreateDistribution' },
    glue,
    keyspaces,
    s3,
    s3control,
    // https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_BatchIsAuthorized.html
    verifiedpermissions: {
      batchIsAuthorized: 'verifiedpermissions:IsAuthorized',
      batchIsAuthorizedWithToken: 'verifiedpermissions:IsAuthorizedWithToken',
    },
  }),
);

/** The action of a renamed operation. */
export function actionOf(service: string, api: string): string | undefined {
  const renames = RENAMES.get(service);
  return renames !== undefined && Object.hasOwn(renames, api) ? renames[api] : undefined;
}
