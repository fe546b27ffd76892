/** Refusals in the API server's words. */
import type { Answer, Fault } from './rules.ts';

export interface Status {
  readonly code: number;
  readonly reason: string;
  readonly message: string;
}

export const GONE: Status = { code: 410, reason: 'Expired', message: 'too old resource version' };

export function statusObject({ code, reason, message }: Status): object {
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code };
}

/** Refuses a call with a Status; the API server never sees the call. */
export function refuseWith(status: Status, headers: Answer['headers'] = {}): Fault {
  return {
    kind: 'answer',
    answer: {
      status: status.code,
      headers: { 'content-type': 'application/json', ...headers },
      body: Buffer.from(JSON.stringify(statusObject(status))),
    },
  };
}

/** 410 for a list or watch whose resource version is no longer kept. */
export const gone = refuseWith(GONE);

/** 409, as for a write that is not based on the latest resource version. */
export const conflict = refuseWith({
  code: 409,
  reason: 'Conflict',
  message: 'the object has been modified; please apply your changes to the latest version and try again',
});

/** 500, without effect. */
export const internalError = refuseWith({
  code: 500,
  reason: 'InternalError',
  message: 'Internal error occurred',
});

/** 429 with `Retry-After`, as priority and fairness answers. */
export function tooManyRequests(retryAfterSeconds: number): Fault {
  return refuseWith(
    { code: 429, reason: 'TooManyRequests', message: 'Too many requests, please try again later.' },
    { 'retry-after': String(retryAfterSeconds) },
  );
}
