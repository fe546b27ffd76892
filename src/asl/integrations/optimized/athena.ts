import { literalAt, readParameters } from '../../parameters.ts';
import { allow, note, REQUEST_RESPONSE, RUN_A_JOB } from '../row.ts';
import type { Permission, ServiceTable } from '../row.ts';
import { join, readEach } from '../reading.ts';
import { arn, derived, everything, onlyHinted, toPattern } from '../resources.ts';
import type { Call, Reading, Resource } from '../reading.ts';
import { inBothCases } from './sagemaker.ts';
import { bucketOf, bucketOwnedBy, objectsIn } from '../s3-uri.ts';

const OUTPUT = 'ResultConfiguration.OutputLocation';
const OWNER = 'ResultConfiguration.ExpectedBucketOwner';
const OBJECTS = ['arn:*:s3:::*/*'];

const workGroup = arn('athena', 'workgroup/{WorkGroup=primary}');

/** A query is known only by its ID, which does not say in which workgroup it ran. */
const anyWorkGroup = arn('athena', 'workgroup/*');

/** Without a database, Athena uses the catalog's database of this name. */
const DATABASE = '{QueryExecutionContext.Database=default}';

/** The tables of the query's database, and those in other databases that the SQL names. Athena and Glue have names in lower
 *  case. */
const catalog = [
  arn('glue', 'catalog'),
  lowered(`database/${DATABASE}`),
  lowered(`table/${DATABASE}/*`),
  qualified('database', (database) => database),
  qualified('table', (database, table) => `${database}/${table}`),
];

function lowered(template: string): Resource {
  const stated = arn('glue', template);
  return derived(stated, stated.types, inBothCases);
}

/** `FROM sales.orders`, `JOIN "sales"."orders"` */
const QUALIFIED = /\b(?:from|join)\s+"?([\w-]+)"?\."?([\w-]+)"?(?![\w".])/gi;

/** How many tables of one query are looked up: its policy could not name more. */
const MOST_TABLES = 500;

/** What the SQL names in other databases than the query's. For a text that is known only at run time, nothing is needed beyond
 *  the hints. */
function qualified(type: string, nameOf: (database: string, table: string) => string): Resource {
  const readSql = (sql: string, { place, task }: Call): Reading => {
    const own = literalAt(task, 'QueryExecutionContext.Database') ?? 'default';
    const names = tablesIn(sql)
      .filter(([database]) => database.toLowerCase() !== own.toLowerCase())
      .map(([database, table]) => toPattern(nameOf(database, table).toLowerCase()));
    const before = `arn:${place.partition}:glue:${place.region}:${place.accountId}:${type}/`;
    return { arns: [...new Set(names)].map((name) => ({ text: before + name })), unknown: [] };
  };
  return {
    types: [`arn:*:glue:*:*:${type}/*`],
    read: (call) => ({ ...join([readEach(call, 'QueryString', (sql) => readSql(sql, call))]), unknown: [] }),
  };
}

/** Database and table of each table that the SQL qualifies, without repetition. */
function tablesIn(sql: string): (readonly [database: string, table: string])[] {
  const found = new Map<string, readonly [string, string]>();
  for (const [, database = '', table = ''] of sql.matchAll(QUALIFIED)) {
    found.set(`${database}.${table}`, [database, table]);
    if (found.size >= MOST_TABLES) break;
  }
  return [...found.values()];
}

const inputs = onlyHinted('the data that the query reads', OBJECTS, 'is not in the parameters');
const results = onlyHinted('the location of the query’s result', OBJECTS, 'is not in the parameters');

const writeResults: readonly Permission[] = [
  allow(
    ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
    bucketOwnedBy(OWNER, bucketOf(OUTPUT)),
  ),
  allow(
    ['s3:AbortMultipartUpload', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:PutObject'],
    bucketOwnedBy(OWNER, objectsIn(OUTPUT)),
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

/** Beginnings of other kinds of queries, after comments. https://docs.aws.amazon.com/athena/latest/ug/ddl-reference.html */
const CHANGES =
  /^(?:\s|--[^\n]*\n|\/\*[^*]*\*\/)*(?:alter|create|delete|drop|insert|merge|msck|optimize|unload|update|vacuum)\b/i;

/** https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html */
const CHANGES_TABLES = note(
  'CallerPermissionsNeeded',
  'the query makes or changes more than its result: add statements for what it does in the Glue catalog (such as glue:CreateTable, glue:DeleteTable or glue:BatchCreatePartition) and in S3',
  {
    where: (task) =>
      readParameters(task, 'QueryString').some(
        (sql) => (sql.kind === 'text' || sql.kind === 'pattern') && CHANGES.test(sql.text),
      ),
  },
);

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
    notes: [CHANGES_TABLES],
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
