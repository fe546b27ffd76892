import { allow, EVERY_PATTERN } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

const job = arn('glue', 'job/{JobName}');

/** The role that the job runs with is a setting of the job. https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html */
export const glue: ServiceTable = {
  startJobRun: {
    patterns: EVERY_PATTERN,
    call: [allow('glue:StartJobRun', job)],
    sync: [allow(['glue:GetJobRun', 'glue:GetJobRuns', 'glue:BatchStopJobRun'], job)],
  },
};
