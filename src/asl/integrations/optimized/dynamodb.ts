import { allow, REQUEST_RESPONSE } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

/** The table itself; an index has an ARN of its own, which these four calls never use. */
const table = arn('dynamodb', 'table/{TableName}', { whole: true });

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-ddb.html */
export const dynamodb: ServiceTable = {
  getItem: { patterns: REQUEST_RESPONSE, call: [allow('dynamodb:GetItem', table)] },
  putItem: { patterns: REQUEST_RESPONSE, call: [allow('dynamodb:PutItem', table)] },
  updateItem: { patterns: REQUEST_RESPONSE, call: [allow('dynamodb:UpdateItem', table)] },
  deleteItem: { patterns: REQUEST_RESPONSE, call: [allow('dynamodb:DeleteItem', table)] },
};
