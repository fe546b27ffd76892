/**
 * Signature Version 4 of a request that is one that the SDK has signed, but for its body and its time.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, hash } from 'node:crypto';
import type { AwsCredentialIdentity } from '@smithy/types';

/** What the signature of a request says of it. */
export interface Signed {
  readonly region: string;
  readonly service: string;
  /** Names of the headers that it covers, in lower case and in order. */
  readonly headers: readonly string[];
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Reads an `authorization` header; undefined where it is of another kind. */
export function readAuthorization(text: string): Signed | undefined {
  const [, region, service, names] =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(
      text,
    ) ?? [];
  if (region === undefined || service === undefined || names === undefined) return undefined;
  return { region, service, headers: names.split(';') };
}

/** The time as it stands in `x-amz-date`. @param wallMs milliseconds since 1970 */
export function amzDate(wallMs: number): string {
  return new Date(wallMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

/** Signs requests of one account, Region and service. */
export class Signer {
  /** Of one day and one secret: it is the same for all of its requests. */
  #key: { readonly of: string; readonly bytes: Buffer } | undefined;

  /** The `authorization` of a POST to `/` with these headers, `x-amz-date` and the body's digest among them.
   *  @param headers by their names in lower case */
  authorization(
    headers: Readonly<Record<string, string>>,
    { region, service, headers: names }: Signed,
    { accessKeyId, secretAccessKey }: AwsCredentialIdentity,
  ): string {
    const { 'x-amz-date': date = '', 'x-amz-content-sha256': bodyDigest = '' } = headers;
    const day = date.slice(0, 8);
    const lines = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('');
    const canonical = ['POST', '/', '', lines, names.join(';'), bodyDigest].join('\n');
    const scope = `${day}/${region}/${service}/aws4_request`;
    const text = [ALGORITHM, date, scope, hash('sha256', canonical)].join('\n');
    const key = this.#keyOf(secretAccessKey, [day, region, service, 'aws4_request']);
    const signature = hmac(key, text).toString('hex');
    return `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
  }

  #keyOf(secret: string, scope: readonly string[]): Buffer {
    const of = [secret, ...scope].join(' ');
    if (this.#key?.of !== of) this.#key = { of, bytes: scope.reduce(hmac, Buffer.from(`AWS4${secret}`)) };
    return this.#key.bytes;
  }
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
