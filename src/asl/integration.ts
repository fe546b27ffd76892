/** What a Task's `Resource` names: which service integration, and in which pattern. */
import { parseArn } from '../arn/arn.ts';
import type { Arn } from '../arn/arn.ts';

/** https://docs.aws.amazon.com/step-functions/latest/dg/connect-to-resource.html; `` is request-response. */
export type Pattern = '' | '.sync' | '.sync:2' | '.waitForTaskToken';

export type Integration =
  /** `arn:aws:states:::sqs:sendMessage.waitForTaskToken` */
  | ({ readonly kind: 'optimized' } & ServiceCall)
  /** `arn:aws:states:::aws-sdk:s3:getObject` */
  | ({ readonly kind: 'sdk' } & ServiceCall)
  /** A Lambda function's own ARN. */
  | { readonly kind: 'function'; readonly arn: Arn }
  /** `${PayFunctionArn}`, which some template has yet to fill in: it stands for the ARN of a function, because everything else is
   *  written out. */
  | { readonly kind: 'placeholder'; readonly text: string }
  | { readonly kind: 'activity'; readonly arn: Arn }
  | { readonly kind: 'unknown' };

export interface ServiceCall {
  /** Empty if it is a placeholder. */
  readonly partition: string;
  readonly service: string;
  readonly api: string;
  readonly pattern: Pattern;
}

/** Splits a `Resource` into its parts. Consoles also export service integrations with the machine's Region and account in
 *  them. */
export function parseIntegration(resource: string): Integration {
  if (PLACEHOLDER.test(resource) || FUNCTION_SOMEWHERE.test(resource))
    return { kind: 'placeholder', text: resource };
  const [written = '', ownPartition = ''] = SOMEWHERE.exec(resource) ?? [];
  const isOpen = ownPartition.startsWith('$');
  // The integration is the same in every Region and account.
  const arn = parseArn(
    written === ''
      ? resource
      : `arn:${isOpen ? 'aws' : ownPartition}:states:::${resource.slice(written.length)}`,
  );
  // A call by a function's ARN alone cannot wait. No function's name has a dot, but a version's may: `$LATEST.PUBLISHED`.
  if (arn?.service === 'lambda')
    return WAITING.test(arn.resource) ? { kind: 'unknown' } : { kind: 'function', arn };
  if (arn?.service !== 'states') return { kind: 'unknown' };
  if (arn.resource.startsWith('activity:')) return { kind: 'activity', arn };
  const match = /^(aws-sdk:)?([A-Za-z0-9-]+):([A-Za-z0-9]+)(\.sync:2|\.sync|\.waitForTaskToken)?$/.exec(
    arn.resource,
  );
  if (match === null) return { kind: 'unknown' };
  const [, sdk, service = '', api = '', suffix = ''] = match;
  const kind = sdk === undefined ? 'optimized' : 'sdk';
  const partition = isOpen ? '' : arn.partition;
  return { kind, partition, service, api, pattern: toPattern(suffix) };
}

/** `arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:…`, with a placeholder for at least one of them. */
const SOMEWHERE =
  /^arn:(?=[^$]*\$)([a-z-]+|\$\{[\w:.-]{1,100}\}):states:(?:[a-z0-9-]*|\$\{[\w:.-]{1,100}\}):(?:\d*|\$\{[\w:.-]{1,100}\}):/;
const WAITING = /\.(?:sync(?::2)?|waitForTaskToken)$/;
/** A function's ARN with such placeholders, in its name as well. The `$LATEST` of a version is none.
 *  https://docs.aws.amazon.com/lambda/latest/dg/lambda-managed-instances-version-publishing.html */
const FUNCTION_SOMEWHERE =
  /^arn:(?=[^$]*\$\{)(?:[a-z-]+|\$\{[\w:.-]{1,100}\}):lambda:(?:[a-z0-9-]*|\$\{[\w:.-]{1,100}\}):(?:\d*|\$\{[\w:.-]{1,100}\}):function:[^$]/;
const PLACEHOLDER = /^\$\{[\w:.-]{1,200}\}$/;

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
