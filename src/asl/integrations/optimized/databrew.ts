import { allow, RUN_A_JOB } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

const job = arn('databrew', 'job/{Name}');

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-databrew.html */
export const databrew: ServiceTable = {
  startJobRun: {
    patterns: RUN_A_JOB,
    call: [allow('databrew:StartJobRun', job)],
    sync: [allow(['databrew:ListJobRuns', 'databrew:StopJobRun'], job)],
  },
};
