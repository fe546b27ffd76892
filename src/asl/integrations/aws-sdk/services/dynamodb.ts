import { allow, rowOf } from '../../row.ts';
import { bucketOwnedBy } from '../../s3-uri.ts';
import { objectIn } from './s3-users.ts';
import type { Permission, Row, ServiceTable } from '../../row.ts';
import { NONE, readEach, unreadable } from '../../reading.ts';
import { arn, namedArn, parsed, renamed, toPattern, wholeArn } from '../../resources.ts';
import type { Call, Resource, ResourceArn } from '../../reading.ts';
import { readPartiql } from './partiql.ts';
import type { TableStatement, Verb } from './partiql.ts';

/** The tables that a batch names as the keys of its requests. */
const requested = arn('dynamodb', 'table/{RequestItems[keys]}', { whole: true });

/** One action for each kind of item in a transaction, each on its own table. */
function each(list: string, actions: Readonly<Record<string, string>>): Permission[] {
  return Object.entries(actions).map(([kind, action]) => {
    const table = `${list}[].${kind}.TableName`;
    return allow(action, arn('dynamodb', `table/{${table}}`, { whole: true }), { when: table });
  });
}

const VERBS: readonly Verb[] = ['Select', 'Insert', 'Update', 'Delete'];
const ANY_STATEMENT = 'dynamodb:PartiQL*';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html */
function partiql(parameter: string): Row {
  const verbs = VERBS.map((verb) => allow(`dynamodb:PartiQL${verb}`, tablesOf(verb, parameter)));
  return rowOf(...verbs, allow(ANY_STATEMENT, unread(parameter)));
}

/** Tables and indexes of the statements with one verb. */
function tablesOf(verb: Verb, parameter: string): Resource {
  return {
    types: [],
    read: (call) => {
      const { arns } = readEach(call, parameter, (text) => {
        const statement = readPartiql(text);
        const found = statement?.verb === verb ? tableArn(statement, call) : undefined;
        return found === undefined ? NONE : { arns: [found], unknown: [] };
      });
      return { arns, unknown: [] };
    },
  };
}

function tableArn({ table, index }: TableStatement, { place }: Call): ResourceArn | undefined {
  const before = `arn:${place.partition}:dynamodb:${place.region}:${place.accountId}:table/`;
  const found = table.startsWith('arn:')
    ? wholeArn(table, 'arn:*:dynamodb:*:*:table/*')
    : namedArn(before, table);
  if (found === undefined || index === undefined) return found;
  return renamed(found, `${found.text}/index/${toPattern(index)}`);
}

/** Statements whose verb cannot even be read: a hint cannot help there, only a statement in the spec. */
function unread(parameter: string): Resource {
  return {
    types: [],
    read: (call) =>
      readEach(call, parameter, (text) => {
        const statement = readPartiql(text);
        return statement !== undefined && tableArn(statement, call) !== undefined
          ? NONE
          : unreadable(parameter, text);
      }),
  };
}

/**
 * Exports and imports use S3 with the caller's rights, and restoring writes the new table with them.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/backuprestore_IAM.html
 */
export function tableTransfers(api: string): readonly Permission[] {
  if (api === 'exportTableToPointInTime') return EXPORTS;
  if (api === 'restoreTableFromBackup' || api === 'restoreTableToPointInTime') return RESTORES;
  if (api === 'enableKinesisStreamingDestination') return STREAMED;
  return api === 'importTable' ? IMPORTS : [];
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_iam.html */
const STREAMED = [
  allow(
    ['kinesis:DescribeStream', 'kinesis:PutRecord', 'kinesis:PutRecords'],
    arn('kinesis', 'stream/{StreamArn}'),
  ),
];

const RESTORES = [
  allow(
    ['BatchWriteItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem'].map(
      (name) => `dynamodb:${name}`,
    ),
    arn('dynamodb', 'table/{TargetTableName}'),
  ),
];

const EXPORTS = [
  allow(
    ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
    bucketOwnedBy('S3BucketOwner', objectIn('S3Bucket', 'S3Prefix', { folder: true })),
  ),
];
const IMPORT_OWNER = 'S3BucketSource.S3BucketOwner';
const IMPORTS = [
  allow(
    's3:GetObject',
    bucketOwnedBy(
      IMPORT_OWNER,
      objectIn('S3BucketSource.S3Bucket', 'S3BucketSource.S3KeyPrefix', { folder: true }),
    ),
  ),
  allow(
    's3:ListBucket',
    bucketOwnedBy(IMPORT_OWNER, arn('s3', '{S3BucketSource.S3Bucket}', { global: true, anyAccount: true })),
  ),
];

/** The table in each Region that belongs to a global table, or will: all of them have its name. */
const replicas = parsed('GlobalTableName', ['arn:*:dynamodb:*:*:table/*'], (name, { place }) =>
  name.includes('/')
    ? undefined
    : namedArn(`arn:${place.partition}:dynamodb:*:${place.accountId}:table/`, name),
);

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/gt_IAM.html */
function globalTable(action: string): Row {
  const all = arn('dynamodb', 'global-table/{GlobalTableName}', { global: true });
  return rowOf(allow(`dynamodb:${action}`, [all, replicas]));
}

/**
 * Reads a table, or one of its indexes: then AWS asks only for the index.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
 */
function readsItems(action: string): Row {
  return rowOf(
    allow(action, arn('dynamodb', 'table/{TableName}', { whole: true }), { unless: 'IndexName' }),
    allow(action, arn('dynamodb', 'table/{TableName}/index/{IndexName}'), { when: 'IndexName' }),
  );
}

/** Operations on items whose IAM action has another name, or whose resource is not the table in `TableName`. */
export const dynamodbItems: ServiceTable = {
  query: readsItems('dynamodb:Query'),
  scan: readsItems('dynamodb:Scan'),
  createGlobalTable: globalTable('CreateGlobalTable'),
  updateGlobalTable: globalTable('UpdateGlobalTable'),
  updateGlobalTableSettings: globalTable('UpdateGlobalTableSettings'),
  batchGetItem: rowOf(allow('dynamodb:BatchGetItem', requested)),
  batchWriteItem: rowOf(allow('dynamodb:BatchWriteItem', requested)),
  transactGetItems: rowOf(...each('TransactItems', { Get: 'dynamodb:GetItem' })),
  transactWriteItems: rowOf(
    ...each('TransactItems', {
      ConditionCheck: 'dynamodb:ConditionCheckItem',
      Delete: 'dynamodb:DeleteItem',
      Put: 'dynamodb:PutItem',
      Update: 'dynamodb:UpdateItem',
    }),
  ),
  executeStatement: partiql('Statement'),
  batchExecuteStatement: partiql('Statements[].Statement'),
  executeTransaction: partiql('TransactStatements[].Statement'),
};
