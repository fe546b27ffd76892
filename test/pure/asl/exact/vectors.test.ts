import { needExactly } from './whole-policy.ts';

const INDEX = 's3vectors:@:bucket/media/index/faces';
const named = { VectorBucketName: 'media', IndexName: 'faces' };
const byArn = { IndexArn: 'arn:aws:s3vectors:us-east-1:222222222222:bucket/media/index/faces' };

// https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_QueryVectors.html
needExactly('S3 Vectors', [
  ['aws-sdk:s3vectors:putVectors', { ...named, Vectors: [] }, [`s3vectors:PutVectors ${INDEX}`]],
  ['aws-sdk:s3vectors:getVectors', { ...byArn, Keys: ['k'] }, [`s3vectors:GetVectors ${INDEX}`]],
  ['aws-sdk:s3vectors:queryVectors', { ...named, TopK: 5 }, [`s3vectors:QueryVectors ${INDEX}`]],
  [
    'aws-sdk:s3vectors:queryVectors',
    { ...named, TopK: 5, ReturnMetadata: false },
    [`s3vectors:QueryVectors ${INDEX}`],
  ],
  [
    'aws-sdk:s3vectors:queryVectors',
    { ...byArn, TopK: 5, ReturnMetadata: true },
    [`s3vectors:QueryVectors ${INDEX}`, `s3vectors:GetVectors ${INDEX}`],
  ],
  [
    'aws-sdk:s3vectors:queryVectors',
    { ...named, TopK: 5, 'Filter.$': '$.filter' },
    [`s3vectors:QueryVectors ${INDEX}`, `s3vectors:GetVectors ${INDEX}`],
  ],
  [
    'aws-sdk:s3vectors:listVectors',
    { ...named, ReturnData: true },
    [`s3vectors:ListVectors ${INDEX}`, `s3vectors:GetVectors ${INDEX}`],
  ],
  [
    'aws-sdk:s3vectors:createIndex',
    { VectorBucketArn: 'arn:aws:s3vectors:us-east-1:222222222222:bucket/media', IndexName: 'faces' },
    [`s3vectors:CreateIndex ${INDEX}`],
  ],
  [
    'aws-sdk:s3vectors:putVectors',
    { 'VectorBucketName.$': '$.bucket', IndexName: 'faces' },
    [],
    ['!ResourceNotStatic'],
  ],
]);

needExactly('what holds the thing meant, named in more words than its ARN has', [
  [
    'aws-sdk:redshift:deleteClusterSnapshot',
    { SnapshotIdentifier: 's', SnapshotClusterIdentifier: 'c' },
    [
      'redshift:DeleteClusterSnapshot redshift:@:cluster:c',
      'redshift:DeleteClusterSnapshot redshift:@:snapshot:c/s',
    ],
  ],
  [
    'aws-sdk:redshift:deleteClusterSnapshot',
    { SnapshotIdentifier: 's' },
    ['redshift:DeleteClusterSnapshot redshift:@:snapshot:*/s'],
  ],
  [
    'aws-sdk:bedrockagentcorecontrol:getAgentRuntimeEndpoint',
    { AgentRuntimeId: 'r', EndpointName: 'prod' },
    [
      'bedrock-agentcore:GetAgentRuntimeEndpoint bedrock-agentcore:@:runtime/r',
      'bedrock-agentcore:GetAgentRuntimeEndpoint bedrock-agentcore:@:runtime/r/runtime-endpoint/prod',
    ],
  ],
  [
    'aws-sdk:migrationhub:notifyMigrationTaskState',
    { ProgressUpdateStream: 'p', MigrationTaskName: 'm' },
    ['mgh:NotifyMigrationTaskState mgh:@:progressUpdateStream/p/migrationTask/m'],
  ],
]);
