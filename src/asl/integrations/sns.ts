import { allow, CALLBACK, note } from './row.ts';
import type { ServiceTable } from './row.ts';
import { arn, everything, firstGiven } from './resources.ts';

/** A text message to a `PhoneNumber` is sent on no resource; IAM knows it as `*` alone. */
const destination = firstGiven({
  TopicArn: arn('sns', '{TopicArn}'),
  TargetArn: arn('sns', '{TargetArn}'),
  PhoneNumber: everything,
});

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html */
export const sns: ServiceTable = {
  publish: {
    patterns: CALLBACK,
    call: [allow('sns:Publish', destination)],
    notes: [
      note(
        'KeyPermissionUnknown',
        'if the topic is encrypted with a customer key, add a statement with kms:GenerateDataKey and kms:Decrypt on the key’s ARN',
        { when: ['TopicArn', 'TargetArn'] },
      ),
    ],
  },
};
