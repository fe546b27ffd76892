/** What a Task's `Resource` names: which service integration, in which pattern. */
import { parseArn } from '../arn/arn.ts';
import type { Arn } from '../arn/arn.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html; `` is request-response. */
export type Pattern = '' | '.sync' | '.sync:2' | '.waitForTaskToken';

export type Integration =
  /** `arn:aws:states:::sqs:sendMessage.waitForTaskToken` */
  | { readonly kind: 'optimized'; readonly service: string; readonly api: string; readonly pattern: Pattern }
  /** `arn:aws:states:::aws-sdk:s3:getObject` */
  | { readonly kind: 'sdk'; readonly service: string; readonly api: string; readonly pattern: Pattern }
  /** A Lambda function's own ARN. */
  | { readonly kind: 'function'; readonly arn: Arn }
  | { readonly kind: 'activity'; readonly arn: Arn }
  | { readonly kind: 'unknown' };

/** Takes a `Resource` apart. */
export function parseIntegration(resource: string): Integration {
  const arn = parseArn(resource);
  if (arn?.service === 'lambda') return { kind: 'function', arn };
  if (arn?.service !== 'states') return { kind: 'unknown' };
  if (arn.resource.startsWith('activity:')) return { kind: 'activity', arn };
  if (arn.region !== '' || arn.accountId !== '') return { kind: 'unknown' };
  const match = /^(aws-sdk:)?([A-Za-z0-9-]+):([A-Za-z0-9]+)(\.sync:2|\.sync|\.waitForTaskToken)?$/.exec(
    arn.resource,
  );
  if (match === null) return { kind: 'unknown' };
  const [, sdk, service = '', api = '', suffix = ''] = match;
  return { kind: sdk === undefined ? 'optimized' : 'sdk', service, api, pattern: toPattern(suffix) };
}

function toPattern(suffix: string): Pattern {
  switch (suffix) {
    case '.sync':
    case '.sync:2':
    case '.waitForTaskToken':
      return suffix;
    default:
      return '';
  }
}
