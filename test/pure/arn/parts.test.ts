import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { isWholeArn, joinArn, splitArn, unqualifiedArn } from '../../../src/arn/parts.ts';

const MACHINE = 'arn:aws:states:us-east-1:111111111111:stateMachine:orders';

describe('an ARN taken apart', () => {
  it('keeps the colons of its resource', () => {
    expect(splitArn(`${MACHINE}:live`)).toStrictEqual({
      prefix: 'arn',
      partition: 'aws',
      service: 'states',
      region: 'us-east-1',
      accountId: '111111111111',
      resource: 'stateMachine:orders:live',
    });
  });

  it('is the same once it is put together, whatever stands in its parts', () => {
    const part = fc.string().map((text) => text.replaceAll(':', ''));
    fc.assert(
      fc.property(fc.tuple(part, part, part, part, part, fc.string()), (parts) => {
        const text = parts.join(':');
        expect(joinArn(splitArn(text))).toBe(text);
        expect(isWholeArn(text)).toBe(true);
      }),
    );
  });

  it.each(['', '*', 'orders', 'arn:aws:lambda:*:*'])('is not whole: %s', (text) => {
    expect(isWholeArn(text)).toBe(false);
    expect(unqualifiedArn(text, 1)).toBe(text);
  });

  it.each([
    [`${MACHINE}:live`, 2, MACHINE],
    [MACHINE, 2, MACHINE],
    ['arn:aws:sns:us-east-1:111111111111:orders:6a1f', 1, 'arn:aws:sns:us-east-1:111111111111:orders'],
  ])('loses what qualifies its name: %s', (text, pieces, unqualified) => {
    expect(unqualifiedArn(text, pieces)).toBe(unqualified);
  });
});
