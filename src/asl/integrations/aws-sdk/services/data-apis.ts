/** SQL over HTTP: the credentials and tables that these calls read with the caller's rights. */
import { allow, note, rowOf } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { readEach, unreadable } from '../../reading.ts';
import { arn, everything, onlyHinted, toPattern } from '../../resources.ts';
import type { Resource } from '../../reading.ts';
import { secret } from './secrets-and-parameters.ts';

/** https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.access.html */
const databaseCluster = arn('rds', 'cluster:{ResourceArn}');
const readsSecret = allow('secretsmanager:GetSecretValue', secret('SecretArn'), { when: 'SecretArn' });

function rdsData(action: string): Row {
  return rowOf(allow(`rds-data:${action}`, databaseCluster), readsSecret);
}

export const rdsDataOperations: ServiceTable = {
  batchExecuteStatement: rdsData('BatchExecuteStatement'),
  beginTransaction: rdsData('BeginTransaction'),
  commitTransaction: rdsData('CommitTransaction'),
  executeStatement: rdsData('ExecuteStatement'),
  rollbackTransaction: rdsData('RollbackTransaction'),
};

/** A workgroup's ARN contains an ID, which no parameter gives. */
const workgroup = onlyHinted(
  'the ARN of the workgroup',
  ['arn:*:redshift-serverless:*:*:workgroup/*'],
  'contains an ID that does not follow from WorkgroupName',
);

/** https://docs.aws.amazon.com/redshift/latest/mgmt/data-api-access.html */
function redshiftData(action: string): Row {
  return rowOf(
    allow(`redshift-data:${action}`, arn('redshift', 'cluster:{ClusterIdentifier}'), {
      when: 'ClusterIdentifier',
    }),
    allow(`redshift-data:${action}`, workgroup, { when: 'WorkgroupName' }),
    allow(`redshift-data:${action}`, onlySession, { unless: ['ClusterIdentifier', 'WorkgroupName'] }),
    readsSecret,
    allow('redshift:GetClusterCredentials', arn('redshift', 'dbuser:{ClusterIdentifier}/{DbUser}'), {
      when: 'DbUser',
    }),
    allow('redshift:GetClusterCredentials', arn('redshift', 'dbname:{ClusterIdentifier}/{Database}'), {
      when: 'DbUser',
    }),
    allow('redshift-serverless:GetCredentials', workgroup, { when: 'WorkgroupName', unless: 'SecretArn' }),
    allow('redshift:GetClusterCredentialsWithIAM', arn('redshift', 'dbname:{ClusterIdentifier}/{Database}'), {
      when: 'ClusterIdentifier',
      unless: ['DbUser', 'SecretArn'],
    }),
  );
}

const onlySession = onlyHinted(
  'the cluster or workgroup',
  ['arn:*:redshift:*:*:cluster:*', 'arn:*:redshift-serverless:*:*:workgroup/*'],
  'does not follow from the parameters',
);

/** A statement is known by its ID; IAM limits who may ask by `redshift-data:statement-owner-iam-userid`, not by resource. */
function ofStatement(action: string): Row {
  return rowOf(allow(`redshift-data:${action}`, everything));
}

export const redshiftDataOperations: ServiceTable = {
  batchExecuteStatement: redshiftData('BatchExecuteStatement'),
  describeTable: redshiftData('DescribeTable'),
  executeStatement: redshiftData('ExecuteStatement'),
  listDatabases: redshiftData('ListDatabases'),
  listSchemas: redshiftData('ListSchemas'),
  listTables: redshiftData('ListTables'),
  cancelStatement: ofStatement('CancelStatement'),
  describeStatement: ofStatement('DescribeStatement'),
  getStatementResult: ofStatement('GetStatementResult'),
  getStatementResultV2: ofStatement('GetStatementResult'),
  listStatements: ofStatement('ListStatements'),
};

/** `FROM "db"."table"` */
const TIMESTREAM_TABLE =
  /\b(?:from|join)\s+(?:"([\w.-]{1,256})"|([\w-]{1,256}))\.(?:"([\w.-]{1,256})"|([\w.-]{1,256}))(?=[\s,;)]|$)/gi;
/** Without one of these, a query only computes something, which IAM knows as an action without a resource. */
const READS_SOMETHING = /\b(?:from|join|show|describe)\b|\uE000/i;

/** The tables that the query's text names. */
const queried: Resource = {
  types: ['arn:*:timestream:*:*:database/*/table/*'],
  read: (call) =>
    readEach(call, 'QueryString', (sql) => {
      const { partition, region, accountId } = call.place;
      const tables = [...sql.matchAll(TIMESTREAM_TABLE)];
      if (tables.length === 0 && !READS_SOMETHING.test(sql)) return { arns: [], unknown: [] };
      if (tables.length === 0) return unreadable('QueryString', sql.slice(0, 80));
      return {
        arns: tables.map(([, quotedDatabase, database = '', quotedTable, table = '']) => ({
          text: `arn:${partition}:timestream:${region}:${accountId}:database/${toPattern(quotedDatabase ?? database)}/table/${toPattern(quotedTable ?? table)}`,
        })),
        unknown: [],
      };
    }),
};

/** `SELECT 1`. Whatever else is unknown about the query is reported with its tables. */
const computed: Resource = {
  types: [],
  read: (call) => {
    const { arns } = readEach(call, 'QueryString', (sql) =>
      READS_SOMETHING.test(sql) ? { arns: [], unknown: [] } : everything.read(call),
    );
    return { arns, unknown: [] };
  },
};

/** Every call asks for the endpoint first. https://docs.aws.amazon.com/timestream/latest/developerguide/security_iam_service-with-iam.html */
export const DESCRIBE_ENDPOINTS = allow('timestream:DescribeEndpoints', everything);

const BY_TABLES = note(
  'CallerPermissionsNeeded',
  'timestream:Select is allowed on the tables that the query’s text names; a query that reads none needs timestream:SelectValues instead',
);

export const timestreamQueryOperations: ServiceTable = {
  query: {
    ...rowOf(allow('timestream:Select', queried), allow('timestream:SelectValues', computed)),
    notes: [BY_TABLES],
  },
  prepareQuery: {
    ...rowOf(
      allow(['timestream:PrepareQuery', 'timestream:Select'], queried),
      allow('timestream:SelectValues', computed),
    ),
    notes: [BY_TABLES],
  },
};
