/** Requests have the signature that the SDK's own signer would give them. */
import { expect, it } from '@jest/globals';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentialIdentity } from '@smithy/types';
import * as fc from 'fast-check';
import { RequestSigner } from '../../../src/aws/transport/signing.ts';
import { present } from '../../expectations.ts';

const { sha256 } = new SFNClient({ region: 'us-east-1' }).config;

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const headers = fc.dictionary(
  fc.constantFrom(
    'host',
    'content-type',
    'x-amz-target',
    'User-Agent',
    'x-amz-user-agent',
    'connection',
    'Content-Length',
    'x-amzn-trace-id',
    'proxy-connection',
    'a',
  ),
  text,
);
const credentials = fc.record(
  {
    accessKeyId: fc.string({ minLength: 1 }),
    secretAccessKey: text,
    sessionToken: fc.string({ minLength: 1 }),
  },
  { requiredKeys: ['accessKeyId', 'secretAccessKey'] },
);
const times = fc.date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const requests = fc.record({ headers, body: text });

it('a request has the signature of the SDK, whatever it holds, whoever signs it and when', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(credentials, { minLength: 1, maxLength: 2 }),
      fc.array(fc.tuple(requests, fc.nat(1), times), { minLength: 1, maxLength: 4 }),
      fc.constantFrom('us-east-1', 'cn-north-1'),
      async (identities, sent, region) => {
        let identity: AwsCredentialIdentity = present(identities[0], 'there is none');
        const parts = {
          service: 'states',
          region,
          credentials: () => Promise.resolve(identity),
        };
        const signer = new RequestSigner(parts);
        const bySdk = new SignatureV4({ ...parts, sha256 });
        for (const [request, which, signingDate] of sent) {
          identity = identities[which] ?? identity;
          const whole = { protocol: 'https:', hostname: 'h', method: 'POST', path: '/', ...request };
          const signed = await signer.sign(whole, { signingDate });
          const expected = await bySdk.sign({ ...whole, headers: { ...whole.headers } }, { signingDate });
          expect(signed.headers).toStrictEqual(expected.headers);
        }
      },
    ),
  );
});
