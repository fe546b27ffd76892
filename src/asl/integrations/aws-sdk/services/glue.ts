/**
 * Glue's catalog: IAM is also asked about what holds a thing, and about what is in it if that is affected, too.
 * https://docs.aws.amazon.com/glue/latest/dg/glue-specifying-resource-arns.html
 */
import { arn } from '../../resources.ts';
import { rowOn } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';

function row(action: string, ...resources: readonly string[]): Row {
  const arns = ['catalog', ...resources].map((resource) => arn('glue', resource));
  return rowOn(`glue:${action}`, arns);
}

export const glueOperations: ServiceTable = {
  batchDeleteTable: row(
    'BatchDeleteTable',
    'database/{DatabaseName}',
    'table/{DatabaseName}/{TablesToDelete[]}',
  ),
  deleteDatabase: row('DeleteDatabase', 'database/{Name}', 'table/{Name}/*', 'userDefinedFunction/{Name}/*'),
  getDatabases: row('GetDatabases', 'database/*'),
};
