/** One HTTP exchange with the API server: credentials, time limit, retries when the server throttles, errors. */
import {
  request as requestPlainly,
  type IncomingMessage,
  type RequestOptions as HttpOptions,
} from 'node:http';
import { request as requestSecurely } from 'node:https';
import { refusal, statusOf, textOf } from './answer.ts';
import { ApiError, fencedError } from './api-error.ts';
import { backoffMs, type BackoffLimits } from '../base/backoff.ts';
import { sleep } from '../base/clock.ts';
import type { Clock } from '../base/clock.ts';
import type { Connection } from './connection.ts';
import { startDeadline } from '../base/deadline.ts';
import { isJsonObject, objectAt, stringAt } from '../base/json.ts';
import type { JsonObject } from '../base/json.ts';
import type { Fence } from './fence.ts';
import { lines } from './lines.ts';
import type { ResourceType } from './metadata.ts';

export interface TransportOptions {
  readonly connection: Pick<Connection, 'server' | 'credentials'>;
  readonly clock: Clock;
  readonly userAgent: string;
  /** Limit on one attempt of a request, in milliseconds; 30 s when left out. */
  readonly timeoutMs?: number;
  readonly random?: () => number;
  /** Longest answer that is read, in bytes; 16 MiB when left out. */
  readonly longestAnswer?: number;
  /** Called for each attempt: `status` is the HTTP status, or `<error>` (client-go's word) without an answer. */
  readonly onRequest?: (method: string, resource: ResourceType, status: string, ms: number) => void;
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Limit on each attempt, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** How often a request is repeated, if that does no harm, when the server throttles, fails or hangs up; 4 if left out. */
  readonly retries?: number | undefined;
  /** Longest answer that is read, in bytes, if less than the client's own bound. */
  readonly longestAnswer?: number | undefined;
  /** Asked right before each attempt is sent; if it is closed, the call fails with `Fenced`. Left out: open. */
  readonly fence?: Fence | undefined;
}

interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly resource: ResourceType;
  /** Path and query. */
  readonly path: string;
  readonly body?: JsonObject;
  readonly contentType?: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 4;
const PAUSES: BackoffLimits = { minMs: 100, maxMs: 1_000 };
/** The longest `Retry-After` that is waited for here; with a longer one the caller gets the error. */
const LONGEST_RETRY_AFTER_SECONDS = 10;
/** An object has at most 1.5 MB in etcd; escapes may make it longer. */
const LONGEST_LINE = 16 * 1024 * 1024;
/** While it is read, an answer is in memory three times: as it came, as a text, and as objects. Lists come in pages, and what is
 *  too long is asked for again with fewer objects (`pagesOf`). */
const LONGEST_ANSWER = 16 * 1024 * 1024;

export class Transport {
  readonly #options: TransportOptions;

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /** Returns the JSON object of the server's answer. Waits and repeats the request if the server throttles (then it has not
   *  begun to work on it), or if the server fails or hangs up and the request can be made twice: a read, or a patch with the
   *  resource version from which it was made. If the first patch took effect, the second is refused as a conflict, and the
   *  caller reads again. */
  async send(call: Call, options: RequestOptions = {}): Promise<JsonObject> {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.#attempt(call, options);
      } catch (error) {
        const waitMs =
          attempt < (options.retries ?? DEFAULT_RETRIES)
            ? retryDelayMs(call, error, attempt, this.#options.random ?? Math.random)
            : undefined;
        if (waitMs === undefined) throw error;
        await sleep(this.#options.clock, waitMs, options.signal);
      }
    }
  }

  /** Returns the answer line by line, for as long as the server keeps it open. Throws if nothing at all comes for `silenceMs`,
   *  if the server refuses, and if the connection breaks; the socket is closed in every case. */
  async *stream(call: Call, silenceMs: number, signal: AbortSignal): AsyncGenerator<string> {
    const timeoutMs = Math.min(this.#timeoutMs({}), silenceMs);
    const silent = () => new ApiError(0, 'Timeout', `the watch on ${call.resource.plural} sent nothing`);
    const deadline = startDeadline(this.#options.clock, timeoutMs, silent, signal);
    try {
      const response = await this.#exchange(call, deadline.signal);
      if (statusOf(response) >= 400) throw await refusal(response);
      deadline.restart(silenceMs);
      for await (const line of lines(response, LONGEST_LINE)) {
        deadline.restart(silenceMs);
        yield line;
      }
    } catch (error) {
      throw asApiError(error, deadline.signal);
    } finally {
      deadline.end();
    }
  }

  async #attempt(call: Call, options: RequestOptions): Promise<JsonObject> {
    const timeoutMs = this.#timeoutMs(options);
    const expired = () =>
      new ApiError(0, 'Timeout', `${call.method} ${call.path}: no answer in ${timeoutMs} ms`);
    const deadline = startDeadline(this.#options.clock, timeoutMs, expired, options.signal);
    try {
      const response = await this.#exchange(call, deadline.signal, options.fence);
      if (statusOf(response) >= 300) throw await refusal(response);
      const longest = Math.min(
        options.longestAnswer ?? Infinity,
        this.#options.longestAnswer ?? LONGEST_ANSWER,
      );
      const body: unknown = JSON.parse(await textOf(response, longest));
      if (!isJsonObject(body))
        throw new ApiError(0, 'Garbage', `${call.method} ${call.path}: not a JSON object`);
      return body;
    } catch (error) {
      throw asApiError(error, deadline.signal);
    } finally {
      deadline.end();
    }
  }

  /** Sends the request and waits for the answer's headers. @throws ApiError `Fenced`, with nothing sent */
  async #exchange(call: Call, signal: AbortSignal, fence?: Fence): Promise<IncomingMessage> {
    const { connection, clock, userAgent, onRequest } = this.#options;
    const startedMs = clock.monotonicMs();
    let status = '<error>';
    try {
      const { headers, agent } = await connection.credentials();
      const body = call.body && yamlSafeJson(call.body);
      const options = {
        method: call.method,
        agent,
        headers: {
          ...headers,
          Accept: 'application/json',
          'User-Agent': userAgent,
          ...(body !== undefined && { 'Content-Type': call.contentType ?? 'application/json' }),
        },
      };
      // Getting the credentials may have taken a while.
      if (fence?.mayWrite() === false) throw fencedError();
      const response = await send(new URL(connection.server + call.path), options, body, signal);
      status = String(response.statusCode);
      return response;
    } finally {
      onRequest?.(call.method, call.resource, status, clock.monotonicMs() - startedMs);
    }
  }

  #timeoutMs(options: RequestOptions): number {
    return options.timeoutMs ?? this.#options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }
}

function retryDelayMs(call: Call, error: unknown, attempt: number, random: () => number): number | undefined {
  if (!(error instanceof ApiError)) return undefined;
  const { status, reason, retryAfterSeconds } = error;
  const isThrottled = (status === 429 || status === 503) && retryAfterSeconds !== undefined;
  const isBroken = status >= 500 || reason === 'ConnectionFailed' || reason === 'Garbage';
  if (!isThrottled && !(isBroken && mayRepeat(call))) return undefined;
  if (retryAfterSeconds !== undefined && retryAfterSeconds > LONGEST_RETRY_AFTER_SECONDS) return undefined;
  // If the server has closed a kept-alive socket, that is not a failure of the server.
  if (reason === 'ConnectionFailed' && attempt === 0) return 0;
  return Math.max(backoffMs(PAUSES, attempt + 1, random), (retryAfterSeconds ?? 0) * 1000);
}

function mayRepeat({ method, body }: Call): boolean {
  return method === 'GET' || (method === 'PATCH' && carriesVersion(body));
}

function carriesVersion(body: JsonObject | undefined): boolean {
  return stringAt(objectAt(body ?? {}, 'metadata'), 'resourceVersion') !== undefined;
}

/** Resolves with the head of the answer; its body is still to come. `signal` ends both: if Node were given it, Node would watch
 *  request and answer with half a dozen listeners. */
function send(
  url: URL,
  options: HttpOptions,
  body: string | undefined,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const begin = url.protocol === 'https:' ? requestSecurely : requestPlainly;
  const request = begin(url, options, resolve);
  const abort = () => request.destroy(new Error('aborted'));
  signal.addEventListener('abort', abort, { once: true });
  request.once('close', () => {
    signal.removeEventListener('abort', abort);
    // If the server switches to another protocol (101), Node closes the connection and says nothing.
    reject(new Error('closed without an answer'));
  });
  // Stays: a request that is aborted later fails once more.
  request.on('error', reject);
  if (signal.aborted) abort();
  request.end(body);
  return promise;
}

/** node throws many classes of errors; callers only need to know that no usable answer came, and why. */
function asApiError(error: unknown, signal: AbortSignal): ApiError {
  if (error instanceof ApiError) return error;
  if (signal.aborted && signal.reason instanceof ApiError) return signal.reason;
  const message = error instanceof Error ? error.message : String(error);
  const reason = error instanceof SyntaxError ? 'Garbage' : 'ConnectionFailed';
  return new ApiError(0, signal.aborted ? 'Aborted' : reason, message, { cause: error });
}

/** Characters that YAML takes for the end of a line, or does not allow, although JSON may contain them: the API server reads an
 *  apply patch as YAML. https://yaml.org/spec/1.2.2/#51-character-set */
const NOT_IN_YAML = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function yamlSafeJson(body: JsonObject): string {
  return JSON.stringify(body).replaceAll(
    NOT_IN_YAML,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
