import { isJsonObject, numberAt, objectAt, stringAt } from '../base/json.ts';

/**
 * A request that did not succeed: refused by the API server, or never answered. What it asked for may all the same
 * have happened when `status` is 0 or 5xx.
 */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /**
   * `metav1.Status.reason`, such as `NotFound`, `Conflict`, `Expired`; with status 0 one of our own: `Timeout`,
   * `ConnectionFailed`, `Garbage` (not what the API speaks), `TooLarge` (more than is read of an answer), `Aborted` (by the
   * caller), `Lagging` (see the reflector), `Fenced` (not sent: this process may not write any more).
   */
  readonly reason: string;
  /** How long the server asks not to be called. */
  readonly retryAfterSeconds: number | undefined;
  /** `metav1.Status.details.causes[].reason`, such as `NamespaceTerminating`. */
  readonly causes: readonly string[];

  constructor(
    status: number,
    reason: string,
    message: string,
    details: { retryAfterSeconds?: number | undefined; causes?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, { cause: details.cause });
    this.status = status;
    this.reason = reason;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.causes = details.causes ?? [];
  }
}

/** A write that was not sent. @see Fence */
export function fencedError(): ApiError {
  return new ApiError(
    0,
    'Fenced',
    'this process may not write any more: another one leads, or it is about to end',
  );
}

/** Whether the API server said that there is no such object. */
export function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404;
}

/** The caller has no right to it, or a policy of the cluster refuses it with the same status. */
export function isForbidden(error: unknown): boolean {
  return error instanceof ApiError && error.status === 403;
}

/** RBAC, a policy of the cluster or the schema refuses it: the same is refused again until a person changes something. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && [400, 403, 413, 422].includes(error.status);
}

/** The API server knows no such path: for a list, the kind's CRD is not installed. (For an object that does not exist it
 *  answers with a Status and the reason NotFound.) */
export function isUnknownKind(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && error.reason === NO_STATUS_404;
}

/** The applied object has a field that its CRD's schema does not have. */
export function isUnknownField(error: unknown): boolean {
  return error instanceof ApiError && error.message.includes('field not declared in schema');
}

/** The objects of a list were selected by a field by which the CRD does not let them be selected. */
export function isUnknownSelector(error: unknown): boolean {
  return (
    error instanceof ApiError && error.status === 400 && error.message.includes('field label not supported')
  );
}

/** The object was changed by someone else since it was read. */
export function isConflict(error: unknown): boolean {
  return error instanceof ApiError && error.status === 409 && error.reason === 'Conflict';
}

/** Somebody changed the object meanwhile, or it is gone. A watch will bring its new state. */
export function isOutdated(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 409 || error.status === 404);
}

/** The answer is longer than is read of one. For a list, a page of fewer objects may fit. */
export function isTooLarge(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'TooLarge';
}

/** The resource version or continue token asked for is older than what the server keeps. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && error.status === 410;
}

/** Reads a `metav1.Status`: the body of a refused request, or the object of a watch's ERROR event. Anything else makes an
 *  error, too, from the HTTP status alone. */
export function errorFromStatus(body: unknown, httpStatus = 0, retryAfterHeader?: string): ApiError {
  const status = isJsonObject(body) && body['kind'] === 'Status' ? body : {};
  const details = objectAt(status, 'details');
  const causes = Array.isArray(details['causes']) ? details['causes'].filter(isJsonObject) : [];
  const code = httpStatus || (numberAt(status, 'code') ?? 0);
  return new ApiError(
    code,
    stringAt(status, 'reason') ?? noStatus(code),
    stringAt(status, 'message') ?? `the API server answered ${code} without saying why`,
    {
      retryAfterSeconds: parseRetryAfter(retryAfterHeader) ?? numberAt(details, 'retryAfterSeconds'),
      causes: causes.flatMap((cause) => stringAt(cause, 'reason') ?? []),
    },
  );
}

/** The longest pause, whatever a server, or a proxy before it, asks for. */
const LONGEST_PAUSE_MS = 300_000;

/** How long the server asks not to be called, in milliseconds, five minutes at most; 0 if it does not say. Coming back sooner
 *  would only make things worse. */
export function askedPauseMs(error: unknown): number {
  const seconds = error instanceof ApiError ? (error.retryAfterSeconds ?? 0) : 0;
  return Math.min(seconds * 1000, LONGEST_PAUSE_MS);
}

/** The reason of an answer that is no Status. */
function noStatus(code: number): string {
  return `HTTP ${code}`;
}
const NO_STATUS_404 = noStatus(404);

/** The API server always gives seconds, never a date. */
function parseRetryAfter(header: string | undefined): number | undefined {
  return header !== undefined && /^[0-9]{1,9}$/.test(header) ? Number(header) : undefined;
}
