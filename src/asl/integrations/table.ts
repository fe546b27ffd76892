/** Every integration the product knows: Task `Resource` → row. */
import type { Integration, Pattern } from '../integration.ts';
import type { Task } from '../task.ts';
import { apigateway } from './apigateway.ts';
import { athena } from './athena.ts';
import { batch } from './batch.ts';
import { bedrock } from './bedrock.ts';
import { bedrockAgentCore } from './bedrockagentcore.ts';
import { codebuild } from './codebuild.ts';
import { databrew } from './databrew.ts';
import { dynamodb } from './dynamodb.ts';
import { ecs } from './ecs.ts';
import { eks } from './eks.ts';
import { elasticmapreduce } from './elasticmapreduce.ts';
import { emrContainers } from './emr-containers.ts';
import { emrServerless } from './emr-serverless.ts';
import { events } from './events.ts';
import { glue } from './glue.ts';
import { lambda } from './lambda.ts';
import { mediaconvert } from './mediaconvert.ts';
import { sagemaker } from './sagemaker.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { states } from './states.ts';
import { sdkRow } from './aws-sdk/row.ts';
import type { Row, ServiceTable } from './row.ts';

/** Names as they stand in `arn:aws:states:::<service>:<api>`. */
export const OPTIMIZED: ReadonlyMap<string, ServiceTable> = new Map(
  Object.entries({
    apigateway,
    athena,
    batch,
    bedrock,
    bedrockagentcore: bedrockAgentCore,
    codebuild,
    databrew,
    dynamodb,
    ecs,
    eks,
    elasticmapreduce,
    'emr-containers': emrContainers,
    'emr-serverless': emrServerless,
    events,
    glue,
    lambda,
    mediaconvert,
    sagemaker,
    sns,
    sqs,
    states,
  }),
);

/** The row of a Task's integration, if its pattern is one that Step Functions offers for it. */
export function findRow(integration: Integration, task: Task): Row | undefined {
  if (integration.kind === 'sdk')
    return offered(sdkRow(integration.service, integration.api, task), integration.pattern);
  if (integration.kind !== 'optimized') return undefined;
  const table = OPTIMIZED.get(integration.service);
  const row =
    table !== undefined && Object.hasOwn(table, integration.api) ? table[integration.api] : undefined;
  return offered(row, integration.pattern);
}

function offered(row: Row | undefined, pattern: Pattern): Row | undefined {
  return row?.patterns.includes(pattern) ? row : undefined;
}
