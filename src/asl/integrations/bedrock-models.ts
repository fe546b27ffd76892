/** Models of Bedrock as a parameter names them: by ID or ARN, directly or through an inference profile. */
import { readParameters } from '../parameters.ts';
import { allow } from './row.ts';
import type { Permission } from './row.ts';
import { join, NONE, readEach, undetermined, unreadable } from './reading.ts';
import { isNamed, toPattern, wholeArn } from './resources.ts';
import type { Call, Reading, Resource } from './reading.ts';

/** AWS's own inference profiles, which cover the Regions of one geography: `us.anthropic.claude-…`, with the model behind the
 *  first dot. */
const PROFILE_ID = /^(?:amer|apac|au|ca|eu|global|jp|sa|us|us-gov)\.(.+)$/;

const FOUNDATION_MODEL = 'arn:*:bedrock:*::foundation-model/*';
const PROFILE_TYPES = ['inference-profile', 'application-inference-profile'].map(typeOf);
const MODEL_TYPES = [
  FOUNDATION_MODEL,
  ...PROFILE_TYPES,
  ...['provisioned-model', 'custom-model', 'custom-model-deployment', 'imported-model'].map(typeOf),
  ...['prompt-router', 'default-prompt-router'].map(typeOf),
];

function typeOf(kind: string): string {
  return `arn:*:bedrock:*:*:${kind}/*`;
}

/** What the parameter names: a model or an inference profile. */
export function modelNamedBy(parameter: string): Resource {
  return {
    types: MODEL_TYPES,
    read: (call) => readEach(call, parameter, (id) => readModel(parameter, id, call)),
  };
}

function readModel(parameter: string, id: string, { place }: Call): Reading {
  if (PROMPT.test(id)) return undetermined(parameter, 'is a prompt, which does not show the model behind it');
  if (id.startsWith('arn:')) {
    const stated = wholeArn(id, MODEL_TYPES, { anyAccount: true });
    return stated === undefined ? unreadable(parameter, id) : { arns: [stated], unknown: [] };
  }
  if (!isNamed(id)) return unreadable(parameter, id);
  const { partition, region, accountId } = place;
  const resource = PROFILE_ID.test(id)
    ? `${accountId}:inference-profile/${toPattern(id)}`
    : `:foundation-model/${toPattern(id)}`;
  return { arns: [{ text: `arn:${partition}:bedrock:${region}:${resource}` }], unknown: [] };
}

/** A prompt of Prompt management. https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-management-prereq.html */
const PROMPT = /^arn:[^:]+:bedrock:[^:]*:\d{12}:prompt\//;

function promptNamedBy(parameter: string): Resource {
  const type = typeOf('prompt');
  return {
    types: [type],
    read: (call) =>
      ofThose(call, parameter, PROMPT, (id) => {
        const stated = wholeArn(id, type);
        return stated === undefined ? NONE : { arns: [stated], unknown: [] };
      }),
  };
}

const PROFILE = /^(?:amer|apac|au|ca|eu|global|jp|sa|us|us-gov)\.|:(?:application-)?inference-profile\//;

/** The profile, if the call names one. */
function profileNamedBy(parameter: string): Resource {
  return {
    types: PROFILE_TYPES,
    read: (call) => ofThose(call, parameter, PROFILE, (id) => readModel(parameter, id, call)),
  };
}

/** The model to which one of AWS's profiles routes, in any of its Regions. The profile of an account does not name its model. */
function modelBehindProfile(parameter: string): Resource {
  return {
    types: [FOUNDATION_MODEL],
    read: (call) =>
      ofThose(call, parameter, PROFILE, (id) => {
        const model = PROFILE_ID.exec(id.slice(id.lastIndexOf('/') + 1))?.[1];
        if (model === undefined) return undetermined(parameter, `${id} does not show the models behind it`);
        const text = `arn:${call.place.partition}:bedrock:*::foundation-model/${toPattern(model)}`;
        return { arns: [{ text }], unknown: [] };
      }),
  };
}

/** Reads the literals that have this form. What is unknown about the parameter itself is reported elsewhere, once. */
function ofThose(call: Call, parameter: string, form: RegExp, read: (id: string) => Reading): Reading {
  const texts = readParameters(call.task, parameter).flatMap((value) =>
    (value.kind === 'text' || value.kind === 'pattern') && form.test(value.text) ? [value.text] : [],
  );
  return join(texts.map(read));
}

/** https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html */
export function invokesModel(parameter: string, when?: string): readonly Permission[] {
  const given = when === undefined ? {} : { when };
  return [
    allow('bedrock:InvokeModel', modelNamedBy(parameter), given),
    allow(['bedrock:GetPrompt', 'bedrock:RenderPrompt'], promptNamedBy(parameter), given),
    allow('bedrock:InvokeModel', modelBehindProfile(parameter), {
      ...given,
      limits: { 'bedrock:InferenceProfileArn': profileNamedBy(parameter) },
    }),
  ];
}
