/**
 * Why the call of a Task failed, according to what Step Functions wrote: whether AWS denied the call to the link's roles. What
 * the callee says is kept apart from what AWS says of the call, because anybody can write a Lambda function that fails with "is
 * not authorized". https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
import { parseArn, type RoleArn } from '../arn/arn.ts';

export interface FailedCall {
  readonly error: string;
  readonly cause: string;
  /** As the history names it: `sqs:sendMessage`. */
  readonly call: string;
  /** Whether the call itself had succeeded: then a job failed, its polling, or whoever holds the token. */
  readonly submitted: boolean;
}

type FailureClass =
  /** `call`: the IAM action if AWS names it, otherwise the call as the history names it. */
  | { readonly kind: 'denied'; readonly call: string }
  /** The call went through, and what it called failed. */
  | { readonly kind: 'reached' }
  /** Anything else, which says nothing about the access. */
  | { readonly kind: 'other' };

/** Codes by which AWS's services deny, with their different endings. */
const DENIED_CODE =
  /^(?:kms)?(?:AccessDenied|AuthorizationError|UnauthorizedOperation|Unauthorized|NotAuthorized|Forbidden)(?:Exception|Fault)?$/i;
const NOT_AUTHORIZED =
  /\bnot authorized to (?:perform|access|assume)\b|\byou are not allowed to access\b|\bexplicit deny\b/i;
/** HeadObject and similar calls deny without a message. */
const WORDLESS_403 = /^(?:null|Forbidden|Access Denied\.?)?\s*\(Service: [\w .]+[,;] Status Code: 403[,;]/i;
const ASSUME = /is not authorized to assume the task state's role/;
const ACTION = /not authorized to perform:?\s+([a-z0-9-]+:[a-z0-9]+)/i;

/** @param role of the Task's Credentials, which makes the call */
export function classifyFailure(failed: FailedCall, role: RoleArn): FailureClass {
  const { error, cause, call, submitted } = failed;
  if (ASSUME.test(cause))
    return names(cause, role.text) ? { kind: 'denied', call: 'sts:AssumeRole' } : { kind: 'other' };
  if (isJson(cause)) return classifyBody(error, cause);
  if (submitted && call.endsWith('.waitForTaskToken')) return { kind: 'reached' };
  const action = ACTION.exec(cause)?.[1];
  const principal = /\bUser: (arn:\S+)/.exec(cause)?.[1];
  if (principal !== undefined) {
    const assumes = action === 'sts:AssumeRole' && names(cause, role.text);
    const isDenied = NOT_AUTHORIZED.test(cause) && (assumes || isSessionOf(principal, role));
    return isDenied ? { kind: 'denied', call: action ?? call } : { kind: 'other' };
  }
  if (submitted) return { kind: 'reached' };
  const codes = [error.split('.').at(-1) ?? '', /Error Code: (\w+)/.exec(cause)?.[1] ?? ''];
  const isDenied =
    codes.some((code) => DENIED_CODE.test(code)) || NOT_AUTHORIZED.test(cause) || WORDLESS_403.test(cause);
  return isDenied ? { kind: 'denied', call: action ?? call } : { kind: 'other' };
}

/** Classifies the answer of a function, a job or a server. API Gateway itself answers in JSON when it denies. */
function classifyBody(error: string, body: string): FailureClass {
  const isDenied =
    error === 'ApiGateway.403' &&
    /not authorized to (?:perform: execute-api:Invoke|access this resource)/i.test(body);
  return isDenied ? { kind: 'denied', call: 'execute-api:Invoke' } : { kind: 'reached' };
}

/** No sentence of AWS begins like that. The text is not parsed, because one that was cut would then pass for a sentence. */
function isJson(text: string): boolean {
  return /^\s*[[{"]/.test(text);
}

/** Whether a text names an ARN, not just one that begins like it. */
function names(text: string, arn: string): boolean {
  return text.split(/[\s,;"']+/).some((word) => word.replace(/\.$/, '') === arn);
}

/** A session names its role without the path.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-arns */
function isSessionOf(principal: string, role: RoleArn): boolean {
  const arn = parseArn(principal);
  return (
    arn?.service === 'sts' &&
    arn.accountId === role.accountId &&
    arn.resource.split('/').slice(0, 2).join('/') === `assumed-role/${role.name}`
  );
}
