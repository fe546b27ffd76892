/** SDK operations that make the same calls as optimized integrations: they share their rows. */
import { athena } from '../optimized/athena.ts';
import { batch } from '../optimized/batch.ts';
import { bedrock } from '../optimized/bedrock.ts';
import { codebuild } from '../optimized/codebuild.ts';
import { databrew } from '../optimized/databrew.ts';
import { dynamodb } from '../optimized/dynamodb.ts';
import { ecs, startTask } from '../optimized/ecs.ts';
import { eks } from '../optimized/eks.ts';
import { elasticmapreduce } from '../optimized/elasticmapreduce.ts';
import { emrContainers } from '../optimized/emr-containers.ts';
import { emrServerless } from '../optimized/emr-serverless.ts';
import { events } from '../optimized/events.ts';
import { glue } from '../optimized/glue.ts';
import { lambda } from '../optimized/lambda.ts';
import { mediaconvert } from '../optimized/mediaconvert.ts';
import { CALLBACK } from '../row.ts';
import type { Row } from '../row.ts';
import { sagemaker } from '../optimized/sagemaker.ts';
import { sns } from '../optimized/sns.ts';
import { sqs } from '../optimized/sqs.ts';
import { states } from '../optimized/states.ts';

/** Operations by their names in the SDK; only those that take the same parameters. */
const SHARED: ReadonlyMap<string, ReadonlyMap<string, Row>> = new Map(
  Object.entries({
    athena: rowsOf(athena),
    batch: rowsOf(batch),
    bedrock: rowsOf({ createModelCustomizationJob: bedrock['createModelCustomizationJob'] }),
    // Converse is authorized as InvokeModel. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
    bedrockruntime: rowsOf({ invokeModel: bedrock['invokeModel'], converse: bedrock['invokeModel'] }),
    codebuild: rowsOf(codebuild),
    databrew: rowsOf(databrew),
    dynamodb: rowsOf(dynamodb),
    ecs: rowsOf({ ...ecs, startTask }),
    eks: rowsOf({ ...eks, call: undefined, runJob: undefined }),
    emr: rowsOf({ runJobFlow: elasticmapreduce['createCluster'] }),
    emrcontainers: rowsOf(emrContainers),
    emrserverless: rowsOf(emrServerless),
    eventbridge: rowsOf(events),
    glue: rowsOf(glue),
    lambda: rowsOf(lambda),
    mediaconvert: rowsOf(mediaconvert),
    sagemaker: rowsOf(sagemaker),
    sfn: rowsOf(states),
    sns: rowsOf(sns),
    sqs: rowsOf(sqs),
  }),
);

/** The SDK offers no `.sync`, and notes about it do not apply. */
function rowsOf(table: Readonly<Record<string, Row | undefined>>): ReadonlyMap<string, Row> {
  return new Map(
    Object.entries(table).flatMap(([api, row]): [string, Row][] => {
      if (row === undefined) return [];
      const { call, notes = [] } = row;
      const said = notes.filter(({ patterns }) => patterns === undefined || patterns.includes(''));
      return [[api, { patterns: CALLBACK, call, notes: said }]];
    }),
  );
}

/** The row that an SDK operation shares with an optimized integration. */
export function sharedRow(service: string, api: string): Row | undefined {
  return SHARED.get(service)?.get(api);
}
