/** Bedrock's jobs, knowledge bases and agents: the models behind them are called with the caller's rights. */
import { invokesModel, modelNamedBy } from '../../bedrock-models.ts';
import { GUARDRAIL_PROFILE } from '../../optimized/bedrock.ts';
import { allow, CALLBACK, note, passRole } from '../../row.ts';
import type { Row, ServiceTable } from '../../row.ts';
import { arn, everything } from '../../resources.ts';
import { bucketOwnedBy, objectAt, objectsFrom, objectsIn } from '../../s3-uri.ts';

const KNOWLEDGE_BASE = 'RetrieveAndGenerateConfiguration.KnowledgeBaseConfiguration';
const EXTERNAL = 'RetrieveAndGenerateConfiguration.ExternalSourcesConfiguration';

/** https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-prereq-permissions-general.html */
export const knowledgeBases: ServiceTable = {
  retrieveAndGenerate: {
    patterns: CALLBACK,
    call: [
      allow('bedrock:RetrieveAndGenerate', everything),
      allow('bedrock:Retrieve', arn('bedrock', `knowledge-base/{${KNOWLEDGE_BASE}.KnowledgeBaseId}`), {
        when: KNOWLEDGE_BASE,
      }),
      ...invokesModel(`${KNOWLEDGE_BASE}.ModelArn`, KNOWLEDGE_BASE),
      ...invokesModel(`${EXTERNAL}.ModelArn`, EXTERNAL),
    ],
    notes: [
      note(
        'CallerPermissionsNeeded',
        'asks the knowledge base (bedrock:Retrieve) and the model (bedrock:InvokeModel) with the target role’s own permissions; both are taken from the parameters',
      ),
    ],
  },
};

const knowledgeBase = arn('bedrock', 'knowledge-base/{KnowledgeBaseId}');
const VECTORS = note(
  'CallerPermissionsNeeded',
  'if the knowledge base’s vectors are kept outside AWS, also needs bedrock:AssociateThirdPartyKnowledgeBase on the knowledge base: add a statement in that case',
);

/** Documents that are added or deleted without a job of the caller's: the service starts one with the caller's rights. */
function documents(action: string): Row {
  return {
    patterns: CALLBACK,
    call: [allow([`bedrock:${action}`, 'bedrock:StartIngestionJob'], knowledgeBase)],
    notes: [VECTORS],
  };
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/kb-direct-ingestion-prereq.html */
export const knowledgeBaseDocuments: ServiceTable = {
  deleteKnowledgeBaseDocuments: documents('DeleteKnowledgeBaseDocuments'),
  ingestKnowledgeBaseDocuments: documents('IngestKnowledgeBaseDocuments'),
  startIngestionJob: {
    patterns: CALLBACK,
    call: [allow('bedrock:StartIngestionJob', knowledgeBase)],
    notes: [VECTORS],
  },
};

/** Inference profiles that the account makes itself; AWS makes their IDs. */
const ownProfiles = arn('bedrock', 'application-inference-profile/*');

/** https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-permissions.html */
export const bedrockJobs: ServiceTable = {
  createModelInvocationJob: {
    patterns: CALLBACK,
    call: [
      allow('bedrock:CreateModelInvocationJob', modelNamedBy('ModelId')),
      allow('bedrock:CreateModelInvocationJob', arn('bedrock', 'model-invocation-job/*')),
      allow('bedrock:TagResource', arn('bedrock', 'model-invocation-job/*'), { when: 'Tags' }),
      passRole('RoleArn', 'bedrock.amazonaws.com'),
    ],
  },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
  createInferenceProfile: {
    patterns: CALLBACK,
    call: [
      allow('bedrock:CreateInferenceProfile', [ownProfiles, modelNamedBy('ModelSource.CopyFrom')]),
      allow('bedrock:TagResource', ownProfiles, { when: 'Tags' }),
    ],
  },
  // https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-security-service-roles.html
  createEvaluationJob: {
    patterns: CALLBACK,
    call: [
      allow('bedrock:CreateEvaluationJob', arn('bedrock', 'evaluation-job/*')),
      ...['Models[].BedrockModel.ModelIdentifier'].map((path) =>
        allow('bedrock:CreateEvaluationJob', modelNamedBy(`InferenceConfig.${path}`), {
          when: `InferenceConfig.${path}`,
        }),
      ),
      allow('bedrock:TagResource', arn('bedrock', 'evaluation-job/*'), { when: 'JobTags' }),
      passRole('RoleArn', 'bedrock.amazonaws.com'),
    ],
  },
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-invoke-async.html */
export const bedrockRuntime: ServiceTable = {
  applyGuardrail: {
    patterns: CALLBACK,
    call: [allow('bedrock:ApplyGuardrail', arn('bedrock', 'guardrail/{GuardrailIdentifier}'))],
    notes: [GUARDRAIL_PROFILE],
  },
  startAsyncInvoke: {
    patterns: CALLBACK,
    call: [
      ...invokesModel('ModelId'),
      allow(
        's3:PutObject',
        bucketOwnedBy(
          'OutputDataConfig.S3OutputDataConfig.BucketOwner',
          objectsFrom('OutputDataConfig.S3OutputDataConfig.S3Uri'),
        ),
      ),
    ],
  },
};

const PROJECT = 'DataAutomationConfiguration.DataAutomationProjectArn';

/** Reads its input and writes its output with the caller's rights. https://docs.aws.amazon.com/bedrock/latest/userguide/bda-using-api.html */
export const dataAutomation: ServiceTable = {
  invokeDataAutomationAsync: {
    patterns: CALLBACK,
    call: [
      allow(
        'bedrock:InvokeDataAutomationAsync',
        arn('bedrock', 'data-automation-profile/{DataAutomationProfileArn}'),
      ),
      allow('bedrock:InvokeDataAutomationAsync', arn('bedrock', `data-automation-project/{${PROJECT}}`), {
        when: PROJECT,
      }),
      allow('bedrock:InvokeDataAutomationAsync', arn('bedrock', 'blueprint/{Blueprints[].BlueprintArn}'), {
        when: 'Blueprints[].BlueprintArn',
      }),
      allow('s3:GetObject', objectAt('InputConfiguration.S3Uri')),
      allow('s3:PutObject', objectsIn('OutputConfiguration.S3Uri')),
    ],
  },
};
