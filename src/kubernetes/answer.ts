/** Reading an answer of the API server, as much of it as fits in memory. */
import type { IncomingMessage } from 'node:http';
import { ApiError, errorFromStatus, isTooLarge } from './api-error.ts';

/** Of a refusal that is longer nothing but its HTTP status is known. */
const LONGEST_REFUSAL = 1024 * 1024;

/** The body of an answer; of one that is longer than `most` bytes no more is read, and its connection is closed.
 *  @throws Error where it ends in the middle, ApiError where it is too long */
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

/** Always there in an answer. */
export function statusOf({ statusCode = 0 }: IncomingMessage): number {
  return statusCode;
}

/** The error that an answer tells whose status says no. */
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
