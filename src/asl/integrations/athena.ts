import { allow, REQUEST_RESPONSE, RUN_A_JOB } from './row.ts';
import type { Permission, ServiceTable } from './row.ts';
import { arn, everything, onlyHinted } from './resources.ts';
import { bucketOf, objectsIn } from './s3-uri.ts';

const OUTPUT = 'ResultConfiguration.OutputLocation';
const OBJECTS = ['arn:*:s3:::*/*'];

const workGroup = arn('athena', 'workgroup/{WorkGroup=primary}');

/** A query is known by its ID alone: which workgroup it ran in is not told. */
const anyWorkGroup = arn('athena', 'workgroup/*');

/** Tables stand in the SQL text, which is not read here: those of the query's database. */
const catalog = [
  arn('glue', 'catalog'),
  arn('glue', 'database/{QueryExecutionContext.Database}'),
  arn('glue', 'table/{QueryExecutionContext.Database}/*'),
];

const inputs = onlyHinted('the data that the query reads', OBJECTS, 'does not stand in the parameters');
const results = onlyHinted('the location of the query’s result', OBJECTS, 'does not stand in the parameters');

const writeResults: readonly Permission[] = [
  allow(['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'], bucketOf(OUTPUT)),
  allow(
    ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
    objectsIn(OUTPUT),
  ),
];

const readCatalog: readonly Permission[] = [
  allow(
    [
      'glue:BatchGetPartition',
      'glue:GetDatabase',
      'glue:GetDatabases',
      'glue:GetPartition',
      'glue:GetPartitions',
      'glue:GetTable',
      'glue:GetTables',
    ],
    catalog,
  ),
  allow('lakeformation:GetDataAccess', everything),
];

/** Reads only: a query that makes or changes tables needs a statement. https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html */
export const athena: ServiceTable = {
  startQueryExecution: {
    patterns: RUN_A_JOB,
    call: [
      allow('athena:StartQueryExecution', workGroup),
      allow(
        'athena:GetDataCatalog',
        arn('athena', 'datacatalog/{QueryExecutionContext.Catalog=AwsDataCatalog}'),
      ),
      ...writeResults,
      ...readCatalog,
      allow('s3:GetObject', inputs),
    ],
    sync: [allow(['athena:GetQueryExecution', 'athena:StopQueryExecution'], workGroup)],
  },
  stopQueryExecution: {
    patterns: REQUEST_RESPONSE,
    call: [allow('athena:StopQueryExecution', anyWorkGroup)],
  },
  getQueryExecution: { patterns: REQUEST_RESPONSE, call: [allow('athena:GetQueryExecution', anyWorkGroup)] },
  getQueryResults: {
    patterns: REQUEST_RESPONSE,
    call: [allow('athena:GetQueryResults', anyWorkGroup), allow('s3:GetObject', results)],
  },
};
