import { describe, expect, it } from '@jest/globals';
import { assertAllows, deriveOne, openDecisions, passed, ROLE } from '../machines.ts';

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html
describe('dynamodb', () => {
  const calls: [string, string][] = [
    ['getItem', 'dynamodb:GetItem'],
    ['putItem', 'dynamodb:PutItem'],
    ['updateItem', 'dynamodb:UpdateItem'],
    ['deleteItem', 'dynamodb:DeleteItem'],
  ];
  for (const [api, action] of calls) {
    it(`${api} allows that call alone, on the table`, () => {
      const resource = 'arn:aws:dynamodb:us-east-1:222222222222:table/orders';
      assertAllows(deriveOne(`dynamodb:${api}`, { TableName: 'orders' }), [
        { Action: action, Resource: resource },
      ]);
      assertAllows(deriveOne(`dynamodb:${api}`, { TableName: resource }), [
        { Action: action, Resource: resource },
      ]);
    });
  }
});

it('a name of DynamoDB with a slash in it names no table: what stands behind one is an index', () => {
  expect(openDecisions(deriveOne('dynamodb:getItem', { TableName: 'orders/index/by-day' }))).toStrictEqual([
    'Task "Call" needs dynamodb:GetItem, but TableName "orders/index/by-day" does not name one',
  ]);
});

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
      'Task "Call" needs s3:GetObject, but the data that the query reads does not stand in the parameters',
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

  it('without a workgroup it is the primary one, and without an output location that is left open', () => {
    const derivation = deriveOne('athena:startQueryExecution', {
      QueryString: 'SELECT 1',
      QueryExecutionContext: { Database: 'sales' },
    });
    expect(JSON.stringify(derivation.statements)).toContain('workgroup/primary');
    expect(openDecisions(derivation).join('\n')).toContain('ResultConfiguration.OutputLocation');
  });

  const byId: [string, string][] = [
    ['stopQueryExecution', 'athena:StopQueryExecution'],
    ['getQueryExecution', 'athena:GetQueryExecution'],
    ['getQueryResults', 'athena:GetQueryResults'],
  ];
  for (const [api, action] of byId) {
    it(`${api} is allowed on the account’s workgroups, for the query’s ID tells none`, () => {
      assertAllows(deriveOne(`athena:${api}`, { 'QueryExecutionId.$': '$.id' }), [
        { Action: action, Resource: 'arn:aws:athena:us-east-1:222222222222:workgroup/*' },
      ]);
    });
  }

  it('getQueryResults leaves the location of the results open', () => {
    expect(
      openDecisions(deriveOne('athena:getQueryResults', { 'QueryExecutionId.$': '$.id' })),
    ).toStrictEqual([
      'Task "Call" needs s3:GetObject, but the location of the query’s result does not stand in the parameters',
    ]);
  });

  it('looks up each table that a query names once, and no more than a policy could name', () => {
    expect(tablesOf('SELECT 1 FROM a.b '.repeat(1_000))).toBe(1);
    const many = Array.from({ length: 5_000 }, (_, at) => `JOIN a.t${at}`).join(' ');
    expect(tablesOf(many)).toBe(500);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
describe('glue:startJobRun', () => {
  const job = 'arn:aws:glue:us-east-1:222222222222:job/nightly';

  it('is allowed on the job', () => {
    assertAllows(deriveOne('glue:startJobRun', { JobName: 'nightly' }), [
      { Action: 'glue:StartJobRun', Resource: job },
    ]);
  });

  it('.sync also polls and stops it', () => {
    assertAllows(deriveOne('glue:startJobRun.sync', { JobName: 'nightly' }), [
      {
        Action: ['glue:StartJobRun', 'glue:GetJobRun', 'glue:GetJobRuns', 'glue:BatchStopJobRun'],
        Resource: job,
      },
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-databrew.html
describe('databrew:startJobRun', () => {
  const job = 'arn:aws:databrew:us-east-1:222222222222:job/clean';

  it('is allowed on the job', () => {
    assertAllows(deriveOne('databrew:startJobRun', { Name: 'clean' }), [
      { Action: 'databrew:StartJobRun', Resource: job },
    ]);
  });

  it('.sync also polls and stops it', () => {
    assertAllows(deriveOne('databrew:startJobRun.sync', { Name: 'clean' }), [
      { Action: ['databrew:StartJobRun', 'databrew:ListJobRuns', 'databrew:StopJobRun'], Resource: job },
    ]);
  });
});

// https://docs.aws.amazon.com/step-functions/latest/dg/connect-mediaconvert.html
describe('mediaconvert:createJob', () => {
  const created = [
    {
      Action: 'mediaconvert:CreateJob',
      Resource: [
        'arn:aws:mediaconvert:us-east-1:222222222222:queues/Default',
        'arn:aws:mediaconvert:us-east-1:222222222222:jobTemplates/hls',
        'arn:aws:mediaconvert:us-east-1:222222222222:presets/mobile',
      ],
    },
    passed('mediaconvert.amazonaws.com'),
  ];
  const parameters = {
    Role: ROLE,
    JobTemplate: 'hls',
    Settings: { OutputGroups: [{ Outputs: [{ Preset: 'mobile' }, { NameModifier: 'x' }] }] },
  };

  it('is allowed on the queue, the template and the presets it names, and passes the role', () => {
    assertAllows(deriveOne('mediaconvert:createJob', parameters), created);
  });

  it('.sync also polls and cancels the jobs that Step Functions has marked', () => {
    assertAllows(deriveOne('mediaconvert:createJob.sync', parameters), [
      ...created,
      {
        Action: ['mediaconvert:GetJob', 'mediaconvert:CancelJob'],
        Resource: 'arn:aws:mediaconvert:us-east-1:222222222222:jobs/*',
        Condition: { StringEquals: { 'aws:ResourceTag/ManagedByService': 'AWSStepFunctions' } },
      },
    ]);
  });
});
