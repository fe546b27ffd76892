/** Athena: the catalog and the results of a query; what its SQL reads is left to a hint. */
import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions, reasonsOf } from '../machines.ts';

/** Tables of other databases than `sales` that such a query may read. */
function tablesOf(sql: string): number {
  const { statements } = deriveOne('athena:startQueryExecution', {
    QueryString: sql,
    QueryExecutionContext: { Database: 'sales' },
    ResultConfiguration: { OutputLocation: 's3://results/athena/' },
  });
  const named = statements.flatMap(({ resources }) => resources?.values ?? []);
  return named.filter((arn) => /:table\/(?!sales\/)/.test(arn)).length;
}

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html, narrowed: no CreateBucket, no s3:::*, no
// writing to the catalog. What the SQL reads is left to a hint.
describe('athena', () => {
  const parameters = {
    QueryString: 'SELECT * FROM sales.orders',
    WorkGroup: 'reports',
    QueryExecutionContext: { Database: 'sales' },
    ResultConfiguration: { OutputLocation: 's3://results/athena/' },
  };
  const started = [
    {
      Action: 'athena:StartQueryExecution',
      Resource: 'arn:aws:athena:us-east-1:222222222222:workgroup/reports',
    },
    {
      Action: 'athena:GetDataCatalog',
      Resource: 'arn:aws:athena:us-east-1:222222222222:datacatalog/AwsDataCatalog',
    },
    {
      Action: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
      Resource: 'arn:aws:s3:::results',
    },
    {
      Action: ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
      Resource: 'arn:aws:s3:::results/athena/*',
    },
    {
      Action: [
        'glue:BatchGetPartition',
        'glue:GetDatabase',
        'glue:GetDatabases',
        'glue:GetPartition',
        'glue:GetPartitions',
        'glue:GetTable',
        'glue:GetTables',
      ],
      Resource: [
        'arn:aws:glue:us-east-1:222222222222:catalog',
        'arn:aws:glue:us-east-1:222222222222:database/sales',
        'arn:aws:glue:us-east-1:222222222222:table/sales/*',
      ],
    },
    { Action: 'lakeformation:GetDataAccess', Resource: '*' },
  ];

  it('startQueryExecution reads the catalog, writes the results, and leaves the data it reads open', () => {
    const derivation = deriveOne('athena:startQueryExecution', parameters);
    assertAllows(derivation, started);
    expect(openDecisions(derivation)).toStrictEqual([
      'Task "Call" needs s3:GetObject, but the data that the query reads is not in the parameters',
    ]);
  });

  it('startQueryExecution.sync also polls and stops, and a hint settles what it reads', () => {
    const data = 'arn:aws:s3:::lake/sales/*';
    const derivation = deriveOne('athena:startQueryExecution.sync', parameters, {
      hints: [{ task: 'Call', arns: [data] }],
    });
    assertAllows(derivation, [
      ...started,
      { Action: 's3:GetObject', Resource: data },
      {
        Action: ['athena:GetQueryExecution', 'athena:StopQueryExecution'],
        Resource: 'arn:aws:athena:us-east-1:222222222222:workgroup/reports',
      },
    ]);
    expect(openDecisions(derivation)).toStrictEqual([]);
  });

  it('looks up each table that a query names once, and no more than a policy could name', () => {
    expect(tablesOf('SELECT 1 FROM a.b '.repeat(1_000))).toBe(1);
    const many = Array.from({ length: 5_000 }, (_, at) => `JOIN a.t${at}`).join(' ');
    expect(tablesOf(many)).toBe(500);
  });

  it.each([
    ['CREATE DATABASE IF NOT EXISTS sales', true],
    ['-- nightly\n/* all */ MSCK REPAIR TABLE orders', true],
    ['insert into sales.orders select 1', true],
    ['SELECT * FROM created', false],
    ['WITH updates AS (SELECT 1) SELECT * FROM updates', false],
  ])('a query that changes more than its result is said to need statements: %s', (QueryString, isSaid) => {
    const reasons = reasonsOf(deriveOne('athena:startQueryExecution', { ...parameters, QueryString }));
    expect(reasons.some(([reason]) => reason === 'CallerPermissionsNeeded')).toBe(isSaid);
  });

  it('nor is that hidden by what run time puts behind its beginning', () => {
    const { QueryString: _, ...rest } = parameters;
    const derivation = deriveOne('athena:startQueryExecution', {
      ...rest,
      'QueryString.$': "States.Format('DROP TABLE {}', $.table)",
    });
    expect(reasonsOf(derivation)).toContainEqual(['CallerPermissionsNeeded', false]);
  });
});
