/**
 * A request and its answer over HTTP, for frequent calls, writes included. The SDK's handler needs half a dozen timers for the
 * same, and a stream that inspects the answer: twice the processor time.
 */
import { request as overHttp, type Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { request as overHttps, type Agent as HttpsAgent } from 'node:https';
import type { Socket } from 'node:net';
import type { HttpRequest } from '@smithy/types';
import { ForeignAnswer, MOST_ANSWER_BYTES } from './foreign-answers.ts';

export interface Agents {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: HttpsAgent;
}

interface ExchangeLimits {
  /** Until there is a connection, in milliseconds. */
  readonly connectMs: number;
  /** Until the answer has been read to its end, in milliseconds. */
  readonly wholeMs: number;
}

export interface WholeAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Sends a request whose body is text, and reads the answer to its end.
 *  @throws Error as the SDK's handler does: `TimeoutError` by name, or with a code of Node's; ForeignAnswer where there is no
 *  end to it */
export function exchange(
  request: HttpRequest,
  { httpAgent, httpsAgent }: Agents,
  { connectMs, wholeMs }: ExchangeLimits,
): Promise<WholeAnswer> {
  const { method, path, port, headers } = request;
  const host = request.hostname.replace(/^\[(.*)\]$/, '$1');
  const options = { host, port, path, method, headers };
  return new Promise((resolve, reject) => {
    const outgoing =
      request.protocol === 'https:'
        ? overHttps({ ...options, agent: httpsAgent })
        : overHttp({ ...options, agent: httpAgent });
    const endWith = (error: Error) => {
      reject(error);
      outgoing.destroy(error);
    };
    let isAnswered = false;
    const giveUp = (what: string, afterMs: number) =>
      endWith(Object.assign(new Error(`no ${what} within ${afterMs} ms`), { name: 'TimeoutError' }));
    const whole = setTimeout(giveUp, wholeMs, 'answer', wholeMs);
    outgoing.once('socket', (socket: Socket) => {
      if (!socket.connecting) return;
      const connecting = setTimeout(giveUp, connectMs, 'connection', connectMs);
      for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(connecting));
    });
    outgoing.once('response', (incoming) => {
      isAnswered = true;
      const { statusCode = -1, headers: received } = incoming;
      const chunks: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength;
        if (bytes > MOST_ANSWER_BYTES) endWith(ForeignAnswer.withoutEnd({ statusCode, headers: {} }));
        else chunks.push(chunk);
      });
      incoming.once('error', reject);
      incoming.once('end', () => resolve({ statusCode, headers: received, body: Buffer.concat(chunks) }));
    });
    outgoing.once('error', (error: Error & { code?: unknown }) => {
      reject(isTimeout(error.code) ? Object.assign(error, { name: 'TimeoutError' }) : error);
    });
    outgoing.once('close', () => {
      clearTimeout(whole);
      // If the server switches to another protocol (101), Node closes the connection and says nothing. Without this the call
      // would never end, and would keep its place in the lane for good.
      if (!isAnswered) reject(closedUnanswered());
    });
    outgoing.end(request.body);
  });
}

function closedUnanswered(): Error {
  return Object.assign(new Error('closed without an answer'), { name: 'TimeoutError' });
}

/** The codes that the SDK's handler takes for a timeout, too. */
function isTimeout(code: unknown): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE' || code === 'ETIMEDOUT';
}
