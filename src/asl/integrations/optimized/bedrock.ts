import { invokesModel } from '../bedrock-models.ts';
import { allow, CALLBACK, note, passRole, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';
import { objectAt } from '../s3-uri.ts';

/** A base model is AWS's own, or one that the account made: an ARN says which, a name means AWS's. */
const baseModel = arn('bedrock', 'foundation-model/{BaseModelIdentifier}', { anyAccount: true });
const customModels = arn('bedrock', 'custom-model/*');

/** A job's ID is made when it starts. */
const customizationJobs = arn('bedrock', 'model-customization-job/*');

const guardrail = allow('bedrock:ApplyGuardrail', arn('bedrock', 'guardrail/{GuardrailIdentifier}'), {
  when: 'GuardrailIdentifier',
});

/** https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html */
export const GUARDRAIL_PROFILE = note(
  'CallerPermissionsNeeded',
  'if the guardrail works across Regions, add a statement with bedrock:ApplyGuardrail on its guardrail profile in each of them (guardrail-profile/…)',
  { when: ['GuardrailIdentifier', 'GuardrailConfig.GuardrailIdentifier'] },
);

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html */
export const bedrock: ServiceTable = {
  invokeModel: {
    patterns: CALLBACK,
    call: [
      ...invokesModel('ModelId'),
      guardrail,
      allow('bedrock:ApplyGuardrail', arn('bedrock', 'guardrail/{GuardrailConfig.GuardrailIdentifier}'), {
        when: 'GuardrailConfig.GuardrailIdentifier',
      }),
      allow('s3:GetObject', objectAt('Input.S3Uri'), { when: 'Input.S3Uri' }),
      allow('s3:PutObject', objectAt('Output.S3Uri'), { when: 'Output.S3Uri' }),
    ],
    notes: [GUARDRAIL_PROFILE],
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
