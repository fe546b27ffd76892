import { needExactly, role } from './whole-policy.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:222222222222:table/orders';

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html: Query and Scan are bound to the table always, to an index where one is named.
needExactly('dynamodb', [
  ['dynamodb:getItem', { TableName: 'orders', Key: {} }, ['dynamodb:GetItem dynamodb:@:table/orders']],
  [
    'dynamodb:putItem',
    { TableName: TABLE, Item: {}, ConditionExpression: 'attribute_not_exists(id)' },
    ['dynamodb:PutItem dynamodb:@:table/orders'],
  ],
  [
    'dynamodb:updateItem',
    { TableName: 'orders', Key: {}, ReturnValues: 'ALL_NEW' },
    ['dynamodb:UpdateItem dynamodb:@:table/orders'],
  ],
  ['dynamodb:deleteItem', { TableName: 'orders', Key: {} }, ['dynamodb:DeleteItem dynamodb:@:table/orders']],
  [
    'dynamodb:getItem',
    { TableName: 'arn:aws:dynamodb:us-east-1:333333333333:table/orders' },
    [],
    ['ResourceElsewhere'],
  ],
  [
    'dynamodb:getItem',
    { TableName: 'arn:aws:dynamodb:eu-west-1:222222222222:table/orders' },
    [],
    ['ResourceElsewhere'],
  ],
  [
    'dynamodb:getItem',
    { TableName: 'arn:aws:dynamodb:us-east-1:222222222222:table/orders/index/byDate' },
    [],
    ['!ResourceNotStatic'],
  ],
  [
    'dynamodb:getItem',
    { 'TableName.$': "States.Format('{}-orders', $.env)" },
    ['dynamodb:GetItem dynamodb:@:table/*-orders'],
  ],
  ['dynamodb:getItem', { 'TableName.$': '$.table' }, [], ['!ResourceNotStatic']],
  ['dynamodb:getItem', { 'TableName.$': "States.Format('{}', $.table)" }, [], ['!ResourceNotStatic']],
  ['aws-sdk:dynamodb:getItem', { TableName: 'orders' }, ['dynamodb:GetItem dynamodb:@:table/orders']],
  ['aws-sdk:dynamodb:query', { TableName: 'orders' }, ['dynamodb:Query dynamodb:@:table/orders']],
  [
    'aws-sdk:dynamodb:query',
    { TableName: 'orders', IndexName: 'byDate' },
    ['dynamodb:Query dynamodb:@:table/orders/index/byDate'],
  ],
  [
    'aws-sdk:dynamodb:query',
    { TableName: TABLE, IndexName: 'byDate' },
    ['dynamodb:Query dynamodb:@:table/orders/index/byDate'],
  ],
  ['aws-sdk:dynamodb:query', { TableName: 'orders', 'IndexName.$': '$.index' }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:dynamodb:scan',
    { TableName: 'orders', IndexName: 'byDate' },
    ['dynamodb:Scan dynamodb:@:table/orders/index/byDate'],
  ],
  [
    'aws-sdk:dynamodb:scan',
    { TableName: 'orders', Segment: 0, TotalSegments: 4 },
    ['dynamodb:Scan dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:batchGetItem',
    { RequestItems: { orders: {}, items: {} } },
    ['dynamodb:BatchGetItem dynamodb:@:table/items', 'dynamodb:BatchGetItem dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:batchWriteItem',
    { RequestItems: { [TABLE]: [] } },
    ['dynamodb:BatchWriteItem dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:batchWriteItem',
    { RequestItems: { 'orders.$': '$.puts' } },
    ['dynamodb:BatchWriteItem dynamodb:@:table/orders'],
  ],
  ['aws-sdk:dynamodb:batchWriteItem', { 'RequestItems.$': '$.items' }, [], ['!ResourceNotStatic']],
  [
    'aws-sdk:dynamodb:transactWriteItems',
    {
      TransactItems: [
        { Put: { TableName: 'orders', Item: {} } },
        { Update: { TableName: 'stock' } },
        { ConditionCheck: { TableName: 'users' } },
        { Delete: { TableName: 'orders' } },
      ],
    },
    [
      'dynamodb:ConditionCheckItem dynamodb:@:table/users',
      'dynamodb:DeleteItem dynamodb:@:table/orders',
      'dynamodb:PutItem dynamodb:@:table/orders',
      'dynamodb:UpdateItem dynamodb:@:table/stock',
    ],
  ],
  [
    'aws-sdk:dynamodb:transactGetItems',
    { TransactItems: [{ Get: { TableName: 'orders' } }, { Get: { TableName: 'users' } }] },
    ['dynamodb:GetItem dynamodb:@:table/orders', 'dynamodb:GetItem dynamodb:@:table/users'],
  ],
  [
    'aws-sdk:dynamodb:executeStatement',
    { Statement: 'SELECT * FROM "orders" WHERE id = ?' },
    ['dynamodb:PartiQLSelect dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:executeStatement',
    { Statement: 'SELECT * FROM "orders"."byDate"' },
    ['dynamodb:PartiQLSelect dynamodb:@:table/orders/index/byDate'],
  ],
  [
    'aws-sdk:dynamodb:executeStatement',
    { Statement: "UPDATE orders SET a = 'b' WHERE id = 1" },
    ['dynamodb:PartiQLUpdate dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:batchExecuteStatement',
    {
      Statements: [
        { Statement: 'INSERT INTO "orders" VALUE {\'id\': 1}' },
        { Statement: 'DELETE FROM "users" WHERE id = 1' },
      ],
    },
    ['dynamodb:PartiQLDelete dynamodb:@:table/users', 'dynamodb:PartiQLInsert dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:createTable',
    { TableName: 'orders', Tags: [] },
    ['dynamodb:CreateTable dynamodb:@:table/orders', 'dynamodb:TagResource dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:describeTable',
    { TableName: 'orders' },
    ['dynamodb:DescribeTable dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:updateTimeToLive',
    { TableName: 'orders' },
    ['dynamodb:UpdateTimeToLive dynamodb:@:table/orders'],
  ],
  ['aws-sdk:dynamodb:listTables', {}, ['dynamodb:ListTables *']],
  [
    'aws-sdk:dynamodb:createBackup',
    { TableName: 'orders', BackupName: 'nightly' },
    ['dynamodb:CreateBackup dynamodb:@:table/orders'],
  ],
  [
    'aws-sdk:dynamodb:deleteBackup',
    { BackupArn: `${TABLE}/backup/1-a` },
    ['dynamodb:DeleteBackup dynamodb:@:table/orders/backup/1-a'],
  ],
  [
    'aws-sdk:dynamodb:exportTableToPointInTime',
    { TableArn: TABLE, S3Bucket: 'dump', S3Prefix: 'orders/' },
    [
      'dynamodb:ExportTableToPointInTime dynamodb:@:table/orders',
      's3:AbortMultipartUpload s3:::dump/orders/*',
      's3:PutObject s3:::dump/orders/*',
      's3:PutObjectAcl s3:::dump/orders/*',
    ],
  ],
  [
    'aws-sdk:dynamodb:describeExport',
    { ExportArn: `${TABLE}/export/1-a` },
    ['dynamodb:DescribeExport dynamodb:@:table/orders/export/1-a'],
  ],
]);

const NOTED = ['KeyPermissionUnknown'];
const READ = ['KeyPermissionUnknown', 'ListingNotGranted'];
const POINT = 'arn:aws:s3:us-east-1:222222222222:accesspoint/shop';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
needExactly('s3', [
  ['aws-sdk:s3:getObject', { Bucket: 'b', Key: 'in/a.csv' }, ['s3:GetObject s3:::b/in/a.csv'], READ],
  ['aws-sdk:s3:getObject', { Bucket: 'b', Key: 'a*' }, ['s3:GetObject s3:::b/a${*}'], READ],
  ['aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k', VersionId: 'v' }, ['s3:GetObjectVersion s3:::b/k'], READ],
  [
    'aws-sdk:s3:getObject',
    { Bucket: POINT, Key: 'k' },
    ['s3:GetObject s3:@:accesspoint/shop/object/k'],
    READ,
  ],
  [
    'aws-sdk:s3:getObject',
    { Bucket: 'arn:aws:s3::222222222222:accesspoint/m1.mrap', Key: 'k' },
    ['s3:GetObject s3:~:accesspoint/m1.mrap/object/k'],
    READ,
  ],
  ['aws-sdk:s3:getObject', { Bucket: 'arn:aws:s3:::b', Key: 'k' }, [], [...READ, '!ResourceNotStatic']],
  ['aws-sdk:s3:getObject', { Bucket: 'shop-8h2kq-s3alias', Key: 'k' }, [], [...READ, '!ResourceNotStatic']],
  [
    'aws-sdk:s3:getObject',
    { Bucket: 'arn:aws:s3-object-lambda:us-east-1:222222222222:accesspoint/redact', Key: 'k' },
    [],
    [...READ, '!ResourceNotStatic'],
  ],
  [
    'aws-sdk:s3:getObject',
    { Bucket: 'b', Key: 'k', ExpectedBucketOwner: '333333333333' },
    [],
    [...READ, 'ResourceElsewhere'],
  ],
  [
    'aws-sdk:s3:getObject',
    { Bucket: 'b', Key: 'k', ExpectedBucketOwner: '222222222222' },
    ['s3:GetObject s3:::b/k'],
    READ,
  ],
  [
    'aws-sdk:s3:getObject',
    { Bucket: 'b', 'Key.$': "States.Format('in/{}/a.csv', $.day)" },
    ['s3:GetObject s3:::b/in/*/a.csv'],
    READ,
  ],
  ['aws-sdk:s3:getObject', { Bucket: 'b', 'Key.$': '$.key' }, [], [...READ, '!ResourceNotStatic']],
  ['aws-sdk:s3:headObject', { Bucket: 'b', Key: 'k' }, ['s3:GetObject s3:::b/k'], ['ListingNotGranted']],
  [
    'aws-sdk:s3:putObject',
    { Bucket: 'b', Key: 'k', Tagging: 'a=b', ACL: 'bucket-owner-full-control' },
    ['s3:PutObject s3:::b/k', 's3:PutObjectAcl s3:::b/k', 's3:PutObjectTagging s3:::b/k'],
    NOTED,
  ],
  [
    'aws-sdk:s3:putObject',
    {
      Bucket: 'b',
      Key: 'k',
      ObjectLockLegalHoldStatus: 'ON',
      ObjectLockMode: 'GOVERNANCE',
      ObjectLockRetainUntilDate: 'x',
    },
    ['s3:PutObject s3:::b/k', 's3:PutObjectLegalHold s3:::b/k', 's3:PutObjectRetention s3:::b/k'],
    NOTED,
  ],
  ['aws-sdk:s3:deleteObject', { Bucket: 'b', Key: 'k' }, ['s3:DeleteObject s3:::b/k']],
  [
    'aws-sdk:s3:deleteObjects',
    { Bucket: 'b', Delete: { Objects: [{ Key: 'a' }, { Key: 'c' }] } },
    ['s3:DeleteObject s3:::b/a', 's3:DeleteObject s3:::b/c'],
  ],
  [
    'aws-sdk:s3:copyObject',
    { Bucket: 'dst', Key: 'k', CopySource: '/src/a%20b' },
    [
      's3:GetObject s3:::src/a b',
      's3:GetObjectTagging s3:::src/a b',
      's3:PutObject s3:::dst/k',
      's3:PutObjectTagging s3:::dst/k',
    ],
    NOTED,
  ],
  [
    'aws-sdk:s3:copyObject',
    { Bucket: 'dst', Key: 'k', CopySource: `${POINT}/object/a` },
    [
      's3:GetObject s3:@:accesspoint/shop/object/a',
      's3:GetObjectTagging s3:@:accesspoint/shop/object/a',
      's3:PutObject s3:::dst/k',
      's3:PutObjectTagging s3:::dst/k',
    ],
    NOTED,
  ],
  [
    'aws-sdk:s3:copyObject',
    { Bucket: 'dst', Key: 'k', CopySource: 'src/a', ExpectedSourceBucketOwner: '333333333333' },
    ['s3:PutObject s3:::dst/k', 's3:PutObjectTagging s3:::dst/k'],
    [...NOTED, 'ResourceElsewhere'],
  ],
  [
    'aws-sdk:s3:copyObject',
    { Bucket: 'dst', Key: 'k', 'CopySource.$': "States.Format('src/{}', $.key)" },
    [
      's3:GetObject s3:::src/*',
      's3:GetObjectTagging s3:::src/*',
      's3:GetObjectVersion s3:::src/*',
      's3:GetObjectVersionTagging s3:::src/*',
      's3:PutObject s3:::dst/k',
      's3:PutObjectTagging s3:::dst/k',
    ],
    NOTED,
  ],
  ['aws-sdk:s3:listObjectsV2', { Bucket: 'b', Prefix: 'in/' }, ['s3:ListBucket s3:::b']],
  ['aws-sdk:s3:listObjectsV2', { Bucket: POINT }, ['s3:ListBucket s3:@:accesspoint/shop']],
  ['aws-sdk:s3:listObjectVersions', { Bucket: 'b' }, ['s3:ListBucketVersions s3:::b']],
  ['aws-sdk:s3:listBuckets', {}, ['s3:ListAllMyBuckets *']],
  ['aws-sdk:s3:headBucket', { Bucket: 'b' }, ['s3:ListBucket s3:::b']],
  ['aws-sdk:s3:createBucket', { Bucket: 'b' }, ['s3:CreateBucket s3:::b']],
  [
    'aws-sdk:s3:createBucket',
    { Bucket: 'b', ACL: 'private', ObjectOwnership: 'BucketOwnerEnforced', ObjectLockEnabledForBucket: true },
    [
      's3:CreateBucket s3:::b',
      's3:PutBucketAcl s3:::b',
      's3:PutBucketObjectLockConfiguration s3:::b',
      's3:PutBucketOwnershipControls s3:::b',
      's3:PutBucketVersioning s3:::b',
    ],
  ],
  ['aws-sdk:s3:deleteBucket', { Bucket: 'b' }, ['s3:DeleteBucket s3:::b']],
  ['aws-sdk:s3:putBucketLifecycleConfiguration', { Bucket: 'b' }, ['s3:PutLifecycleConfiguration s3:::b']],
  ['aws-sdk:s3:getBucketTagging', { Bucket: 'b' }, ['s3:GetBucketTagging s3:::b']],
  ['aws-sdk:s3:putBucketPolicy', { Bucket: 'b', Policy: '{}' }, ['s3:PutBucketPolicy s3:::b']],
  ['aws-sdk:s3:restoreObject', { Bucket: 'b', Key: 'k' }, ['s3:RestoreObject s3:::b/k']],
  [
    'aws-sdk:s3:getObjectTagging',
    { Bucket: 'b', Key: 'k', VersionId: 'v' },
    ['s3:GetObjectVersionTagging s3:::b/k'],
  ],
  ['aws-sdk:s3:putObjectTagging', { Bucket: 'b', Key: 'k', Tagging: {} }, ['s3:PutObjectTagging s3:::b/k']],
  ['aws-sdk:s3:putObjectLegalHold', { Bucket: 'b', Key: 'k' }, ['s3:PutObjectLegalHold s3:::b/k']],
  ['aws-sdk:s3:createMultipartUpload', { Bucket: 'b', Key: 'k' }, ['s3:PutObject s3:::b/k'], NOTED],
  [
    'aws-sdk:s3:uploadPartCopy',
    { Bucket: 'b', Key: 'k', CopySource: 'src/a', UploadId: 'u', PartNumber: 1 },
    ['s3:GetObject s3:::src/a', 's3:PutObject s3:::b/k'],
    NOTED,
  ],
  [
    'aws-sdk:s3:abortMultipartUpload',
    { Bucket: 'b', Key: 'k', UploadId: 'u' },
    ['s3:AbortMultipartUpload s3:::b/k'],
  ],
  [
    'aws-sdk:s3:listObjectsV2',
    { Bucket: 'logs--use1-az4--x-s3' },
    ['s3express:CreateSession s3express:@:bucket/logs--use1-az4--x-s3'],
  ],
  [
    'aws-sdk:s3control:createJob',
    { AccountId: '222222222222', RoleArn: role('batch') },
    ['s3:CreateJob *', 'pass batch to batchoperations.s3'],
  ],
  ['aws-sdk:s3control:describeJob', { AccountId: '222222222222', JobId: 'j' }, ['s3:DescribeJob s3:@:job/j']],
]);
