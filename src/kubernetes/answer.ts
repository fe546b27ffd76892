/** Reading an answer of the API server, as much of it as fits in memory. */
import type { IncomingMessage } from 'node:http';
import { ApiError, errorFromStatus, isTooLarge } from './api-error.ts';

/** Of a longer refusal, only the HTTP status is read. */
const LONGEST_REFUSAL = 1024 * 1024;

/** The body of an answer. If it is longer than `most` bytes, the rest is not read, and the connection is closed.
 *  @throws Error if the body ends half-way, ApiError if it is too long */
export function textOf(response: IncomingMessage, most: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  let bytes = 0;
  response.on('data', (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes <= most) return void chunks.push(chunk);
    chunks.length = 0;
    reject(new ApiError(0, 'TooLarge', `the API server answered with more than ${most} bytes`));
    response.destroy();
  });
  response.once('end', () => resolve(Buffer.concat(chunks).toString()));
  response.on('error', reject);
  response.once('close', () => reject(new Error('the answer ended in the middle')));
  return promise;
}

/** An answer always has one. */
export function statusOf({ statusCode = 0 }: IncomingMessage): number {
  return statusCode;
}

/** The error of an answer with a status that refuses the request. */
export async function refusal(response: IncomingMessage): Promise<ApiError> {
  const text = await textOf(response, LONGEST_REFUSAL).catch((error: unknown) => {
    if (isTooLarge(error)) return '';
    throw error;
  });
  return errorFromStatus(parseJson(text), statusOf(response), response.headers['retry-after']);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
