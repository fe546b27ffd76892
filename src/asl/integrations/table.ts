/** Every integration the product knows: Task `Resource` → row. */
import type { Integration, Pattern } from '../integration.ts';
import type { Task } from '../task.ts';
import { apigateway } from './optimized/apigateway.ts';
import { athena } from './optimized/athena.ts';
import { batch } from './optimized/batch.ts';
import { bedrock } from './optimized/bedrock.ts';
import { bedrockAgentCore } from './optimized/bedrockagentcore.ts';
import { codebuild } from './optimized/codebuild.ts';
import { databrew } from './optimized/databrew.ts';
import { dynamodb } from './optimized/dynamodb.ts';
import { ecs } from './optimized/ecs.ts';
import { eks } from './optimized/eks.ts';
import { elasticmapreduce } from './optimized/elasticmapreduce.ts';
import { emrContainers } from './optimized/emr-containers.ts';
import { emrServerless } from './optimized/emr-serverless.ts';
import { events } from './optimized/events.ts';
import { glue } from './optimized/glue.ts';
import { lambda } from './optimized/lambda.ts';
import { mediaconvert } from './optimized/mediaconvert.ts';
import { sagemaker } from './optimized/sagemaker.ts';
import { sns } from './optimized/sns.ts';
import { sqs } from './optimized/sqs.ts';
import { states } from './optimized/states.ts';
import { sdkRow } from './aws-sdk/row.ts';
import type { Row, ServiceTable } from './row.ts';

/** Names as in `arn:aws:states:::<service>:<api>`. */
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
