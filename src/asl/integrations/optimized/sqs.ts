import { partitionOfRegion } from '../../../arn/partitions.ts';
import { HOLE } from '../../expressions/known.ts';
import { allow, CALLBACK, note } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { isNamed, parsed, toPattern } from '../resources.ts';
import type { Call, ResourceArn } from '../reading.ts';

/** `https://sqs.us-east-1.amazonaws.com/222222222222/orders` and its older, regional and private hosts. */
const QUEUE_URL = new RegExp(
  String.raw`^https?:\/\/([^/${HOLE}]+)\/(\d{12})\/([\w${HOLE}-]{1,80}(?:\.fifo)?)$`,
);

function queueArn(url: string, { place }: Call): ResourceArn | undefined {
  const [matched, host = '', accountId = '', name = ''] = QUEUE_URL.exec(url) ?? [];
  if (matched === undefined || !isNamed(name)) return undefined;
  const region = host.split('.').find((label) => partitionOfRegion(label) !== undefined) ?? place.region;
  return { text: `arn:${place.partition}:sqs:${region}:${accountId}:${toPattern(name)}`, accountId };
}

/** The queue behind a `QueueUrl`. */
export const queue = parsed('QueueUrl', ['arn:*:sqs:*:*:*'], queueArn);

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html */
export const SENDER_KEY = note(
  'KeyPermissionUnknown',
  'if the queue is encrypted with a customer managed key, add a statement with kms:GenerateDataKey and kms:Decrypt on the key’s ARN',
);
export const RECEIVER_KEY = note(
  'KeyPermissionUnknown',
  'if the queue is encrypted with a customer managed key, add a statement with kms:Decrypt on the key’s ARN',
);

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-sqs.html */
export const sqs: ServiceTable = {
  sendMessage: { patterns: CALLBACK, call: [allow('sqs:SendMessage', queue)], notes: [SENDER_KEY] },
};
