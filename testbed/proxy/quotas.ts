/** AWS's rates as token buckets, one for each account, Region and API. */
import { throttle } from './aws-answers.ts';
import type { AwsCall } from './aws-call.ts';
import type { Rule } from './rules.ts';

export interface Quota {
  /** `service:operation`, or `service:*` for the operations of a service that share one bucket. */
  readonly api: string;
  readonly bucket: number;
  readonly perSecond: number;
}

/**
 * Step Functions: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html ("API action throttling").
 * IAM's rates are unpublished; these are the operator's own assumption. STS: about 600 a second.
 */
export const AWS_QUOTAS: readonly Quota[] = [
  { api: 'states:UpdateStateMachine', bucket: 100, perSecond: 1 },
  { api: 'states:DescribeStateMachine', bucket: 200, perSecond: 20 },
  { api: 'states:TagResource', bucket: 200, perSecond: 1 },
  { api: 'states:UntagResource', bucket: 200, perSecond: 1 },
  { api: 'states:ListTagsForResource', bucket: 100, perSecond: 1 },
  { api: 'states:ListStateMachineVersions', bucket: 100, perSecond: 1 },
  { api: 'states:ListStateMachineAliases', bucket: 100, perSecond: 1 },
  { api: 'states:ValidateStateMachineDefinition', bucket: 100, perSecond: 1 },
  { api: 'states:TestState', bucket: 1, perSecond: 1 },
  { api: 'iam:*', bucket: 50, perSecond: 5 },
  { api: 'sts:*', bucket: 600, perSecond: 600 },
];

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Throttles calls beyond `table`. `now` is a clock in milliseconds. */
export function quotas(
  table: readonly Quota[] = AWS_QUOTAS,
  now: () => number = () => performance.now(),
): Rule<AwsCall> {
  const quotaOf = new Map(table.map((quota) => [quota.api, quota]));
  const buckets = new Map<string, Bucket>();
  return {
    match: () => true,
    fault: (call) => {
      const quota = quotaOf.get(`${call.service}:${call.operation}`) ?? quotaOf.get(`${call.service}:*`);
      if (quota === undefined) return undefined;
      // IAM has one control plane for each partition: the Region that signs its calls is always the same.
      const key = `${call.accountId} ${call.region} ${quota.api}`;
      const bucket = buckets.get(key) ?? { tokens: quota.bucket, filledAt: now() };
      buckets.set(key, bucket);
      refill(bucket, quota, now());
      if (bucket.tokens < 1) return throttle(call);
      bucket.tokens -= 1;
      return undefined;
    },
  };
}

function refill(bucket: Bucket, { bucket: capacity, perSecond }: Quota, now: number): void {
  const gained = ((now - bucket.filledAt) / 1000) * perSecond;
  bucket.tokens = Math.min(capacity, bucket.tokens + gained);
  bucket.filledAt = now;
}
