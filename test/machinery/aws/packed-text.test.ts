import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { pack, unpack } from '../../../src/aws/reads/packed-text.ts';

const ROLE = JSON.stringify({
  roleId: 'AROAEXAMPLE',
  trust: JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'CrossAccountLinkTrust0123456789ab',
        Effect: 'Allow',
        Principal: { AWS: ['arn:aws:iam::111111111111:role/payments/checkout'] },
        Action: ['sts:AssumeRole'],
        Condition: {
          StringEquals: { 'sts:ExternalId': ['arn:aws:states:eu-west-1:111111111111:stateMachine:checkout'] },
        },
      },
    ],
  }),
  inlinePolicies: [],
  managedPolicyArns: [],
  tags: [{ key: 'crossaccountlink.dev/namespace', value: 'payments' }],
  instanceProfiles: [],
});

/** Few enough that nothing is collected meanwhile. */
const TIMES = 50;

describe('a packed text', () => {
  it('is unpacked as it was, whatever it says', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => unpack(pack(text)) === text));
  });

  it('is the same for the same text', () => {
    expect(pack(ROLE)).toBe(pack(ROLE));
  });

  it('takes a third of the text of a role, a byte a character', () => {
    const packed = pack(ROLE);
    expect(packed.length).toBeLessThan(ROLE.length / 3);
    expect(Buffer.from(packed, 'latin1').toString('latin1')).toBe(packed);
  });

  it('takes less than 4 KiB of buffers to pack or to unpack', () => {
    const before = process.memoryUsage().arrayBuffers;
    for (let time = 0; time < TIMES; time += 1) unpack(pack(ROLE));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * TIMES * 4_096);
  });
});
