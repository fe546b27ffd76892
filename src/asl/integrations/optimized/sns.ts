import { allow, CALLBACK, note } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { firstGiven, join } from '../reading.ts';
import { arn, everything } from '../resources.ts';
import type { Resource } from '../reading.ts';

const topic = arn('sns', '{TargetArn}');
const endpoint = arn('sns', 'endpoint/{TargetArn}');

/** A topic, or the endpoint of a mobile app. https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html */
const target: Resource = {
  types: [...topic.types, ...endpoint.types],
  read(call) {
    const [asTopic, asEndpoint] = [topic.read(call), endpoint.read(call)];
    const stated = asEndpoint.arns.some(({ accountId }) => accountId !== undefined);
    return stated ? join([asEndpoint]) : asTopic;
  },
};

/** A text message to a `PhoneNumber` is sent on no resource; IAM knows it only as `*`. */
const destination = firstGiven({
  TopicArn: arn('sns', '{TopicArn}'),
  TargetArn: target,
  PhoneNumber: everything,
});

/** https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html */
export const PUBLISHER_KEY = note(
  'KeyPermissionUnknown',
  'if the topic is encrypted with a customer managed key, add a statement with kms:GenerateDataKey and kms:Decrypt on the key’s ARN',
  { when: ['TopicArn', 'TargetArn'] },
);

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-sns.html */
export const sns: ServiceTable = {
  publish: { patterns: CALLBACK, call: [allow('sns:Publish', destination)], notes: [PUBLISHER_KEY] },
};
