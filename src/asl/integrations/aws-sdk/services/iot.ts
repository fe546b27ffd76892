/** IoT's jobs: a list of targets names things and groups of things by their ARNs. */
import { allow, CALLBACK } from '../../row.ts';
import type { ServiceTable } from '../../row.ts';
import { parsed, arn, wholeArn } from '../../resources.ts';

const TARGET_TYPES = ['arn:*:iot:*:*:thing/*', 'arn:*:iot:*:*:thinggroup/*'];
const targets = parsed('Targets[]', TARGET_TYPES, (text) => wholeArn(text, TARGET_TYPES));

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsiot.html */
export const jobsForThings: ServiceTable = {
  createJob: {
    patterns: CALLBACK,
    call: [
      allow('iot:CreateJob', [arn('iot', 'job/{JobId}'), targets]),
      allow('iot:CreateJob', arn('iot', 'jobtemplate/{JobTemplateArn}'), { when: 'JobTemplateArn' }),
      allow('iot:CreateJob', arn('iot', 'package/{DestinationPackageVersions[]}'), {
        when: 'DestinationPackageVersions',
      }),
      allow('iot:TagResource', arn('iot', 'job/{JobId}'), { when: 'Tags' }),
    ],
  },
};
