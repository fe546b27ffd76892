import { describe, expect, it } from '@jest/globals';
import { parseDuration } from '../../../src/api/duration.ts';

describe('parseDuration', () => {
  for (const [text, milliseconds] of [
    ['30s', 30_000],
    ['90s', 90_000],
    ['5m', 300_000],
    ['24h', 86_400_000],
    ['1h30m', 5_400_000],
    ['1h0m1s', 3_601_000],
  ] as const) {
    it(`reads ${text} as ${milliseconds} ms`, () => expect(parseDuration(text)).toBe(milliseconds));
  }

  for (const text of ['', '5', 'm', '5 minutes', '1.5h', '-5m', '30s5m', '5m ', '9'.repeat(10) + 's']) {
    it(`does not read ${JSON.stringify(text)}`, () => expect(parseDuration(text)).toBeUndefined());
  }
});
