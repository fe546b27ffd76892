import { escapePattern } from '../../policy/pattern.ts';
import { readParameter } from '../parameters.ts';
import { allow, CALLBACK, passRole, RUN_A_JOB } from './row.ts';
import type { Permission, ServiceTable } from './row.ts';
import { arn, readEach, unreadable, wholeArn } from './resources.ts';
import type { Call, Reading, Resource } from './resources.ts';
import { objectAt } from './s3-uri.ts';

/** Inference profiles of AWS's own, over the Regions of one geography: `us.anthropic.claude-…`, a model behind the first dot. */
const PROFILE_ID = /^(?:amer|apac|au|ca|eu|global|jp|sa|us|us-gov)\.(.+)$/;

const FOUNDATION_MODEL = 'arn:*:bedrock:*::foundation-model/*';
const MODEL_TYPES = [
  FOUNDATION_MODEL,
  ...['provisioned-model', 'custom-model-deployment', 'imported-model', 'inference-profile'].map(typeOf),
  ...['application-inference-profile', 'prompt-router', 'default-prompt-router'].map(typeOf),
];

function typeOf(kind: string): string {
  return `arn:*:bedrock:*:*:${kind}/*`;
}

const NONE: Reading = { arns: [], unknown: [] };

/** What the call names: a model or an inference profile, by ID or by ARN. */
const named: Resource = {
  types: MODEL_TYPES,
  read: (call) => readEach(call, 'ModelId', (id) => namedBy(id, call)),
};

function namedBy(id: string, { place }: Call): Reading {
  if (id.startsWith('arn:')) {
    const stated = wholeArn(id, { anyAccount: true });
    return stated === undefined ? unreadable('ModelId', id) : { arns: [stated], unknown: [] };
  }
  const { partition, region, accountId } = place;
  const resource = PROFILE_ID.test(id)
    ? `${accountId}:inference-profile/${escapePattern(id)}`
    : `:foundation-model/${escapePattern(id)}`;
  return { arns: [{ text: `arn:${partition}:bedrock:${region}:${resource}` }], unknown: [] };
}

/** The profile, where the call names one. */
const profile: Resource = {
  types: [typeOf('inference-profile'), typeOf('application-inference-profile')],
  read: (call) => profileReading(call, (id) => namedBy(id, call)),
};

/** The model that a profile of AWS's routes to, in whichever of its Regions; an account's own profile does not tell. */
const behindProfile: Resource = {
  types: [FOUNDATION_MODEL],
  read: (call) =>
    profileReading(call, (id) => {
      const model = PROFILE_ID.exec(id.slice(id.lastIndexOf('/') + 1))?.[1];
      if (model !== undefined) {
        const text = `arn:${call.place.partition}:bedrock:*::foundation-model/${escapePattern(model)}`;
        return { arns: [{ text }], unknown: [] };
      }
      return {
        arns: [],
        unknown: [{ parameter: 'ModelId', why: `${id} does not tell the models behind it` }],
      };
    }),
};

/** Reads a literal that is a profile; what is unknown about `ModelId` itself is told once, by `named`. */
function profileReading(call: Call, read: (id: string) => Reading): Reading {
  const value = readParameter(call.task, 'ModelId');
  const id = value.kind === 'literal' && typeof value.value === 'string' ? value.value : '';
  return PROFILE_ID.test(id) || id.includes('inference-profile/') ? read(id) : NONE;
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html */
export const invokeNamedModel: readonly Permission[] = [
  allow('bedrock:InvokeModel', named),
  allow('bedrock:InvokeModel', behindProfile, { limits: { 'bedrock:InferenceProfileArn': profile } }),
  allow('bedrock:ApplyGuardrail', arn('bedrock', 'guardrail/{GuardrailIdentifier}'), {
    when: 'GuardrailIdentifier',
  }),
];

const baseModel = arn('bedrock', 'foundation-model/{BaseModelIdentifier}', { anyAccount: true });
const customModels = arn('bedrock', 'custom-model/*');

/** A job's ID is made when it starts. */
const customizationJobs = arn('bedrock', 'model-customization-job/*');

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html */
export const bedrock: ServiceTable = {
  invokeModel: {
    patterns: CALLBACK,
    call: [
      ...invokeNamedModel,
      allow('s3:GetObject', objectAt('Input.S3Uri'), { when: 'Input.S3Uri' }),
      allow('s3:PutObject', objectAt('Output.S3Uri'), { when: 'Output.S3Uri' }),
    ],
  },
  createModelCustomizationJob: {
    patterns: RUN_A_JOB,
    call: [
      allow('bedrock:CreateModelCustomizationJob', [baseModel, customModels, customizationJobs]),
      allow('bedrock:TagResource', [customModels, customizationJobs], {
        when: ['CustomModelTags', 'JobTags'],
      }),
      passRole('RoleArn', 'bedrock.amazonaws.com'),
    ],
    sync: [
      allow(['bedrock:GetModelCustomizationJob', 'bedrock:StopModelCustomizationJob'], customizationJobs),
    ],
  },
};
