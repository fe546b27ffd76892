import { allow, passRole, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

/** A job's ID is made when it starts. */
const jobs = arn('mediaconvert', 'jobs/*');

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-mediaconvert.html */
export const mediaconvert: ServiceTable = {
  createJob: {
    patterns: RUN_A_JOB,
    call: [
      allow('mediaconvert:CreateJob', arn('mediaconvert', 'queues/{Queue=Default}')),
      allow('mediaconvert:CreateJob', arn('mediaconvert', 'jobTemplates/{JobTemplate}'), {
        when: 'JobTemplate',
      }),
      allow(
        'mediaconvert:CreateJob',
        arn('mediaconvert', 'presets/{Settings.OutputGroups[].Outputs[].Preset}'),
        {
          when: 'Settings.OutputGroups[].Outputs[].Preset',
        },
      ),
      allow('mediaconvert:TagResource', jobs, { when: 'Tags' }),
      passRole('Role', 'mediaconvert.amazonaws.com'),
    ],
    sync: [
      allow(['mediaconvert:GetJob', 'mediaconvert:CancelJob'], jobs, {
        conditions: { StringEquals: { 'aws:ResourceTag/ManagedByService': ['AWSStepFunctions'] } },
      }),
    ],
  },
};
