import { allow, EVERY_PATTERN } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn, derived, everything } from '../resources.ts';

const queue = arn('batch', 'job-queue/{JobQueue}');

/** `name`, `name:revision` or either as an ARN. Without a revision Batch takes the newest active one and checks that. */
const definition = derived(
  arn('batch', 'job-definition/{JobDefinition}'),
  ['arn:*:batch:*:*:job-definition/*'],
  (text) => (/:\d+$/.test(text) ? text : [text, `${text}:*`]),
);

/** A job's ID is made when it starts. */
const jobs = arn('batch', 'job/*');

const CONSUMED = 'ConsumableResourcePropertiesOverride.ConsumableResourceList[].ConsumableResource';

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-batch.html */
export const batch: ServiceTable = {
  submitJob: {
    patterns: EVERY_PATTERN,
    call: [
      allow('batch:SubmitJob', [definition, queue]),
      allow('batch:SubmitJob', arn('batch', `consumable-resource/{${CONSUMED}}`), { when: CONSUMED }),
      allow('batch:TagResource', jobs, { when: ['Tags', 'PropagateTags'] }),
    ],
    sync: [allow('batch:DescribeJobs', everything), allow('batch:TerminateJob', jobs)],
  },
};
