import { allow, CALLBACK } from '../row.ts';
import { objectIn } from './media.ts';
import type { Permission, Row, ServiceTable } from '../row.ts';
import { arn, readEach, toPattern, unreadable } from '../resources.ts';
import type { Reading, Resource } from '../resources.ts';

/** The tables that a batch names as the keys of its requests. */
const requested = arn('dynamodb', 'table/{RequestItems[keys]}');

function row(...call: Permission[]): Row {
  return { patterns: CALLBACK, call };
}

/** One action for each kind of item in a transaction, each on its own table. */
function each(list: string, actions: Readonly<Record<string, string>>): Permission[] {
  return Object.entries(actions).map(([kind, action]) => {
    const table = `${list}[].${kind}.TableName`;
    return allow(action, arn('dynamodb', `table/{${table}}`), { when: table });
  });
}

const NONE: Reading = { arns: [], unknown: [] };
const ANY_STATEMENT = 'dynamodb:PartiQL*';

/** PartiQL: verb → action and the name that follows. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-iam.html */
const NAME = String.raw`"?([\w.-]+)"?(?:\."([\w.-]+)")?`;
const STATEMENTS: Readonly<Record<string, RegExp>> = {
  'dynamodb:PartiQLSelect': new RegExp(String.raw`^\s*(?:EXISTS\s*\(\s*)?SELECT\s.*?\sFROM\s+${NAME}`, 'is'),
  'dynamodb:PartiQLInsert': new RegExp(String.raw`^\s*INSERT\s+INTO\s+${NAME}`, 'is'),
  'dynamodb:PartiQLUpdate': new RegExp(String.raw`^\s*UPDATE\s+${NAME}`, 'is'),
  'dynamodb:PartiQLDelete': new RegExp(String.raw`^\s*DELETE\s+FROM\s+${NAME}`, 'is'),
};

function partiql(parameter: string): Row {
  const verbs = Object.entries(STATEMENTS).map(([action, form]) => allow(action, tablesIn(parameter, form)));
  return row(...verbs, allow(ANY_STATEMENT, unread(parameter)));
}

/** Tables and indexes of the statements of one verb. */
function tablesIn(parameter: string, form: RegExp): Resource {
  return {
    types: [],
    read: (call) => {
      const { arns } = readEach(call, parameter, (statement) => {
        const { partition, region, accountId } = call.place;
        const [matched, table = '', index] = form.exec(statement) ?? [];
        if (matched === undefined) return NONE;
        const name = index === undefined ? `table/${table}` : `table/${table}/index/${index}`;
        return {
          arns: [{ text: `arn:${partition}:dynamodb:${region}:${accountId}:${toPattern(name)}` }],
          unknown: [],
        };
      });
      return { arns, unknown: [] };
    },
  };
}

/** Statements of which not even the verb can be read: no hint tells that, only a statement in the spec. */
function unread(parameter: string): Resource {
  return {
    types: [],
    read: (call) =>
      readEach(call, parameter, (statement) =>
        Object.values(STATEMENTS).some((form) => form.test(statement))
          ? NONE
          : unreadable(parameter, statement),
      ),
  };
}

/**
 * Exports and imports use S3 with the caller's rights.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
 */
export function tableTransfers(api: string): readonly Permission[] {
  if (api === 'exportTableToPointInTime') return EXPORTS;
  return api === 'importTable' ? IMPORTS : [];
}

const EXPORTS = [
  allow(
    ['s3:AbortMultipartUpload', 's3:PutObject', 's3:PutObjectAcl'],
    objectIn('S3Bucket', 'S3Prefix', { folder: true }),
  ),
];
const IMPORTS = [
  allow('s3:GetObject', objectIn('S3BucketSource.S3Bucket', 'S3BucketSource.S3KeyPrefix', { folder: true })),
  allow('s3:ListBucket', arn('s3', '{S3BucketSource.S3Bucket}', { global: true, anyAccount: true })),
];

/** Operations on items whose IAM action is another, or is not told by `TableName`. */
export const dynamodbItems: ServiceTable = {
  batchGetItem: row(allow('dynamodb:BatchGetItem', requested)),
  batchWriteItem: row(allow('dynamodb:BatchWriteItem', requested)),
  transactGetItems: row(...each('TransactItems', { Get: 'dynamodb:GetItem' })),
  transactWriteItems: row(
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
