/** The permissions of `aws-sdk` integrations: a row of a table here, or the IAM action of the operation's name. */
import type { Task } from '../../task.ts';
import { invokeNamedModel } from '../bedrock.ts';
import { findIamAction } from '../iam-data.ts';
import { allow, CALLBACK } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { httpApis, restApis } from './apigateway.ts';
import { resourcesOf } from './action-resources.ts';
import { dynamodbItems } from './dynamodb.ts';
import { S3_INPUTS } from './media.ts';
import { eventBridgeSdk, lambdaSdk, sfnSdk, snsSdk, sqsSdk } from './messaging.ts';
import { isOffered } from './not-offered.ts';
import { passedRoles } from './pass-role.ts';
import { actionOf } from './renames.ts';
import { s3 } from './s3.ts';
import { kms, logsRow, parameterStore, secretsManager } from './secrets.ts';
import { iamPrefixOf } from './services.ts';
import { stacks } from './stacks.ts';

/** By SDK service: operations that the rule below would get wrong. */
const TABLES: ReadonlyMap<string, ServiceTable> = new Map(
  Object.entries({
    apigateway: restApis,
    apigatewayv2: httpApis,
    bedrockruntime: {
      converse: { patterns: CALLBACK, call: invokeNamedModel },
      invokeModel: { patterns: CALLBACK, call: invokeNamedModel },
    },
    cloudformation: stacks,
    dynamodb: dynamodbItems,
    eventbridge: eventBridgeSdk,
    kms,
    lambda: lambdaSdk,
    s3,
    secretsmanager: secretsManager,
    sfn: sfnSdk,
    sns: snsSdk,
    sqs: sqsSdk,
    ssm: parameterStore,
  }),
);

/**
 * The row of an operation as Step Functions writes it (`getObject`), with the roles that this Task passes; undefined when it is
 * not known what it needs.
 */
export function sdkRow(service: string, api: string, task: Task): Row | undefined {
  const prefix = iamPrefixOf(service);
  if (prefix === undefined || !isOffered(service, api)) return undefined;
  const row = tableRow(service, api) ?? ruleRow(prefix, service, api);
  if (row === undefined) return undefined;
  return { ...row, call: [...row.call, ...(S3_INPUTS.get(service) ?? []), ...passedRoles(task, prefix)] };
}

function tableRow(service: string, api: string): Row | undefined {
  const table = TABLES.get(service);
  return table !== undefined && Object.hasOwn(table, api) ? table[api] : undefined;
}

/** The IAM action is called as the operation, or as the list of renamed ones says. */
function ruleRow(prefix: string, service: string, api: string): Row | undefined {
  if (prefix === 'logs') return logsRow(api);
  const [actionPrefix = '', name = ''] = (actionOf(service, api) ?? `${prefix}:${api}`).split(':');
  const action = findIamAction(actionPrefix, name);
  if (action === undefined) return undefined;
  return { patterns: CALLBACK, call: [allow(`${actionPrefix}:${action.name}`, resourcesOf(action))] };
}
