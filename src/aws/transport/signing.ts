/**
 * Signs requests as the SDK's signer does (Signature Version 4), with the SDK's own helpers. For each request the SDK's signer
 * makes two digests of the credentials to find the signing key that it has kept, and uses streams and several copies: four
 * times the processor time. Here the key is kept with the credentials from which it was made.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import {
  ALGORITHM_IDENTIFIER,
  AMZ_DATE_HEADER,
  AUTH_HEADER,
  createScope,
  getCanonicalHeaders,
  KEY_TYPE_IDENTIFIER,
  SHA256_HEADER,
  TOKEN_HEADER,
} from '@smithy/signature-v4';
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider, HttpRequest } from '@smithy/types';

interface RequestSignerParts {
  /** As in the scope of a signature. */
  readonly service: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
}

/** Valid for one day. */
interface SigningKey {
  readonly credentials: AwsCredentialIdentity;
  readonly scope: string;
  /** A KeyObject, because Node would make one of the bytes each time, which takes ten times as long as the signature. */
  readonly key: KeyObject;
}

export class RequestSigner {
  readonly #parts: RequestSignerParts;
  #kept: SigningKey | undefined;

  constructor(parts: RequestSignerParts) {
    this.#parts = parts;
  }

  /** Returns the request with the headers of its signature.
   *  @param request to the path `/`, without a query, its body text */
  async sign(request: HttpRequest, { signingDate }: { readonly signingDate: Date }): Promise<HttpRequest> {
    const credentials = await this.#parts.credentials();
    const { region } = this.#parts;
    const longDate = signingDate.toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const key = this.#keyFor(credentials, longDate.slice(0, 8), region);
    const payloadHash = hash('sha256', typeof request.body === 'string' ? request.body : '');
    const headers: Record<string, string> = {
      ...request.headers,
      [AMZ_DATE_HEADER]: longDate,
      ...(credentials.sessionToken !== undefined && { [TOKEN_HEADER]: credentials.sessionToken }),
      [SHA256_HEADER]: payloadHash,
    };
    const canonical = getCanonicalHeaders({ ...request, headers });
    const names = Object.keys(canonical).toSorted();
    const lines = names.map((name) => `${name}:${canonical[name]}\n`).join('');
    const signedHeaders = names.join(';');
    const canonicalRequest = `${request.method}\n/\n\n${lines}\n${signedHeaders}\n${payloadHash}`;
    const stringToSign = `${ALGORITHM_IDENTIFIER}\n${longDate}\n${key.scope}\n${hash('sha256', canonicalRequest)}`;
    const signature = createHmac('sha256', key.key).update(stringToSign).digest('hex');
    headers[AUTH_HEADER] =
      `${ALGORITHM_IDENTIFIER} Credential=${credentials.accessKeyId}/${key.scope}, ` +
      `SignedHeaders=${signedHeaders}, Signature=${signature}`;
    return { ...request, headers };
  }

  /** The same credentials are the same object until they are renewed. */
  #keyFor(credentials: AwsCredentialIdentity, day: string, region: string): SigningKey {
    const { service } = this.#parts;
    const scope = createScope(day, region, service);
    if (this.#kept?.credentials === credentials && this.#kept.scope === scope) return this.#kept;
    const key = [day, region, service, KEY_TYPE_IDENTIFIER].reduce(
      (secret, part) => createHmac('sha256', secret).update(part).digest(),
      Buffer.from(`AWS4${credentials.secretAccessKey}`),
    );
    this.#kept = { credentials, scope, key: createSecretKey(key) };
    return this.#kept;
  }
}
