/**
 * Whether it was AWS that answered. A proxy, a captive portal or a load balancer answers in HTML or with nothing at all. With
 * the status 200, the SDK takes that for an answer without content: a role that does not exist, a write that was made. Every
 * answer of the query protocol is XML with a root called `…Response`, after the operation if that succeeded; every one of JSON
 * is an object. A proxy that confuses connections may answer with what is meant for another request, and a list of other things
 * would be an empty list.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#response-serialization
 */
import { Readable } from 'node:stream';
import type { HttpRequest, HttpResponse } from '@smithy/types';

/** This much of an answer has to show what it is. */
const ENOUGH_BYTES = 2_048;

/** Far more than any answer of AWS's that is held as a whole: a definition takes 1 MiB. */
export const MOST_ANSWER_BYTES = 32 * 1024 * 1024;

/** The limit for the one answer that is parsed as it arrives: a page of a thousand roles with the largest policies, about 60 kB
 *  each, or of a thousand policies with five versions each. */
const MOST_PAGE_BYTES = 256 * 1024 * 1024;

/** The limit for an answer to the SDK. The limits of its handler end with the answer's headers, or start again with each byte:
 *  a server that sends one byte now and then would hold a call, and its place in the lane, for good. */
const MOST_ANSWER_MS = 120_000;

/** Somebody else answered: it is not known what became of the request. */
export class ForeignAnswer extends Error {
  readonly $metadata: { readonly httpStatusCode: number };
  /** Read by the SDK, for Retry-After. */
  readonly $response: Pick<HttpResponse, 'headers'>;

  /** @param what shows that it was somebody else */
  constructor({ statusCode, headers }: HttpResponse, what = headers['content-type'] ?? 'without content') {
    super(`HTTP ${statusCode}, ${what}`);
    this.name = statusCode === 429 ? 'TooManyRequests' : 'ForeignAnswer';
    this.$metadata = { httpStatusCode: statusCode };
    this.$response = { headers };
  }

  /** The error for an answer that is too long: one without end would use up the memory of the process. */
  static withoutEnd(response: HttpResponse, most = MOST_ANSWER_BYTES): ForeignAnswer {
    return new ForeignAnswer(response, `more than ${most / 1024 / 1024} MiB`);
  }
}

/** The answer, after its beginning was recognized as AWS's. It can be read no further than an answer of AWS's may be long.
 *  Protocols other than those of IAM, STS, Step Functions and SQS are passed on unchecked.
 *  @param wholeMs until the answer must have been read to its end
 *  @throws ForeignAnswer, or an error named TimeoutError; so does the body when it is read */
export async function onlyFromAws(
  request: HttpRequest,
  response: HttpResponse,
  wholeMs = MOST_ANSWER_MS,
): Promise<HttpResponse> {
  const looksRight = formOf(request, response.statusCode);
  if (looksRight === undefined || !(response.body instanceof Readable)) return response;
  endWithin(response.body, wholeMs);
  const body = await beginningOf(response.body, looksRight);
  if (body === undefined) throw new ForeignAnswer(response);
  return Object.assign(response, { body: Readable.from(bounded(body, response, mostBytesOf(request))) });
}

/** The reader of the body gets an error when the time is over. */
function endWithin(body: Readable, wholeMs: number): void {
  const late = Object.assign(new Error(`no whole answer within ${wholeMs} ms`), { name: 'TimeoutError' });
  const timer = setTimeout(() => body.destroy(late), wholeMs);
  body.once('close', () => clearTimeout(timer));
}

/** Whether a beginning is that of an answer of AWS's; undefined if more is needed to tell. */
type Form = (beginning: string, isWhole: boolean) => boolean | undefined;

function formOf({ headers, body }: HttpRequest, status: number): Form | undefined {
  const target = headers['x-amz-target'];
  if (target !== undefined) {
    // SQS has operations that answer nothing.
    const mayBeEmpty = target.startsWith('AmazonSQS.') && status === 200;
    return (text, isWhole) => (text === '' && isWhole ? mayBeEmpty : isObject(text, isWhole));
  }
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return undefined;
  const [, operation] = /^Action=([A-Za-z]+)(?:&|$)/.exec(typeof body === 'string' ? body : '') ?? [];
  const ending = status === 200 && operation !== undefined ? `${operation}Response` : 'Response';
  return (text, isWhole) => hasRoot(text, isWhole, ending);
}

function hasRoot(text: string, isWhole: boolean, ending: string): boolean | undefined {
  const [, root] = /<([A-Za-z][^\s<>/]*)[\s>/]/.exec(text) ?? [];
  if (root === undefined) return isWhole ? false : undefined;
  return root.endsWith(ending);
}

function isObject(text: string, isWhole: boolean): boolean | undefined {
  const begun = text.trimStart();
  return begun === '' && !isWhole ? undefined : begun.startsWith('{');
}

/** The whole body again; undefined if it begins as no answer of AWS's does. */
async function beginningOf(body: Readable, looksRight: Form): Promise<AsyncIterable<unknown> | undefined> {
  const chunks: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  const seen: unknown[] = [];
  let text = '';
  for (;;) {
    const { done = false, value } = await chunks.next();
    if (!done) seen.push(value);
    if (value instanceof Uint8Array) text += Buffer.from(value).toString('latin1');
    const verdict = looksRight(text, done || text.length > ENOUGH_BYTES);
    if (verdict === undefined) continue;
    if (verdict) return joined(seen, chunks);
    body.destroy();
    return undefined;
  }
}

async function* joined(seen: readonly unknown[], rest: AsyncIterator<unknown>): AsyncGenerator {
  yield* seen;
  yield* { [Symbol.asyncIterator]: () => rest };
}

function mostBytesOf({ body }: HttpRequest): number {
  const isPage = typeof body === 'string' && body.includes('Action=GetAccountAuthorizationDetails');
  return isPage ? MOST_PAGE_BYTES : MOST_ANSWER_BYTES;
}

async function* bounded(body: AsyncIterable<unknown>, response: HttpResponse, most: number): AsyncGenerator {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk instanceof Uint8Array ? chunk.byteLength : 0;
    if (bytes > most) throw ForeignAnswer.withoutEnd(response, most);
    yield chunk;
  }
}
