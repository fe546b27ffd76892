import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { TokenBucket } from '../../../src/aws/pace/bucket.ts';
import { about } from '../../expectations.ts';

const RATE = { burst: 100, perSecond: 1 };

/** Takes tokens as fast as the bucket allows, for so long; answers the times. */
function drain(bucket: TokenBucket, untilMs: number): number[] {
  const times: number[] = [];
  let now = 0;
  for (;;) {
    now += bucket.waitMs(now, 1);
    if (now > untilMs) return times;
    bucket.take(now);
    times.push(now);
  }
}

test('a rested bucket gives its burst at once, and then tokens at its refill', () => {
  const times = drain(new TokenBucket(RATE, 0), 20_000);
  expect(times.filter((time) => time === 0)).toHaveLength(95);
  expect(times).toHaveLength(95 + 19);
});

test('300 calls of a bucket of 100 and 1/s take less than 1.15 of the 200 s that AWS makes them wait', () => {
  const last = drain(new TokenBucket(RATE, 0), 400_000)[299] ?? Number.NaN;
  expect(last).toBeLessThan(1.15 * 200_000);
});

test('no sequence of calls would be refused by the bucket that AWS has', () => {
  const rates = fc.record({
    burst: fc.integer({ min: 1, max: 200 }),
    perSecond: fc.integer({ min: 1, max: 50 }),
  });
  const gaps = fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 300 });
  fc.assert(
    fc.property(rates, gaps, (rate, pauses) => {
      const bucket = new TokenBucket(rate, 0);
      let aws = rate.burst;
      let then = 0;
      let now = 0;
      for (const pause of pauses) {
        now += pause;
        now += bucket.waitMs(now, 1);
        bucket.take(now);
        aws = Math.min(rate.burst, aws + ((now - then) * rate.perSecond) / 1000) - 1;
        then = now;
        about(`refused at ${now} ms`, () => expect(aws).toBeGreaterThanOrEqual(-1e-6));
      }
    }),
  );
});

/** As many throttled calls in a row as are taken for a sign. */
function throttle(bucket: TokenBucket, now: number): void {
  for (let call = 0; call < 4; call += 1) bucket.throttled(now);
}

/** Makes this many calls at the refill, of which this share is throttled at random; returns how many times that was halved. */
function halvings(share: number, count: number): number {
  const bucket = new TokenBucket(RATE, 0);
  drain(bucket, 0);
  let halved = 0;
  let seed = 1;
  let now = 0;
  for (let call = 0; call < count; call += 1) {
    seed = (seed * 48_271) % 2_147_483_647;
    now += bucket.waitMs(now, 1);
    bucket.take(now);
    const before = bucket.perMs(now);
    if (seed / 2_147_483_647 < share) bucket.throttled(now);
    else bucket.answered();
    if (bucket.perMs(now) < before) halved += 1;
  }
  return halved;
}

test('one throttled call in forty slows hardly anything down, one in five does', () => {
  expect(halvings(0.025, 2_000)).toBeLessThanOrEqual(2);
  expect(halvings(0.2, 2_000)).toBeGreaterThan(20);
});

test('calls that are throttled in a row empty the bucket and halve the refill', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  throttle(bucket, 0);
  expect(bucket.perMs(0)).toBe(before / 2);
  expect(Math.abs(bucket.waitMs(0, 1) - 2 * (1 / before))).toBeLessThan(50);
});

test('calls that are throttled now and then leave the tokens of a rested bucket, and its refill', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  for (let call = 0; call < 60; call += 1) {
    bucket.take(0);
    if (call % 3 === 0) bucket.throttled(0);
    else bucket.answered();
  }
  expect([bucket.waitMs(0, 35), bucket.perMs(0)]).toStrictEqual([0, before]);
});

test.each([
  ['half of the quota, its burst', { burst: 100, perSecond: 0.5 }, 0.17],
  ['all but a fifth of the quota', { burst: 100, perSecond: 0.2 }, 0.45],
])(
  'if others use %s, few calls are throttled, and all goes on as fast as AWS allows',
  (_what, left, most) => {
    const bucket = new TokenBucket(RATE, 0);
    let [tokens, then, now, accepted, throttled] = [left.burst, 0, 0, 0, 0];
    while (accepted < 500) {
      now += bucket.waitMs(now, 1);
      bucket.take(now);
      tokens = Math.min(left.burst, tokens + ((now - then) * left.perSecond) / 1000);
      then = now;
      if (tokens < 1) {
        throttled += 1;
        bucket.throttled(now);
      } else {
        tokens -= 1;
        accepted += 1;
        bucket.answered();
      }
    }
    expect(throttled / (throttled + accepted)).toBeLessThan(most);
    expect(now).toBeLessThan((1.1 * 1_000 * (500 - left.burst)) / left.perSecond);
  },
);

test('calls that were under way together and all throttled count once', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  for (let call = 0; call < 16; call += 1) bucket.throttled(call);
  expect(bucket.perMs(16)).toBeGreaterThanOrEqual(before / 2);
});

test('throttled again and again, the refill never falls to nothing', () => {
  const bucket = new TokenBucket(RATE, 0);
  for (let second = 0; second < 100; second += 1) throttle(bucket, second * 2_000);
  expect(bucket.waitMs(200_000, 1)).toBeLessThan(60_000);
});

test('without further throttling the refill is whole again after a minute', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  throttle(bucket, 0);
  expect(bucket.perMs(30_000)).toBeLessThan(before);
  expect(bucket.perMs(60_000)).toBe(before);
});

test('nothing goes out before the time that AWS named', () => {
  const bucket = new TokenBucket({ burst: 100, perSecond: 100 }, 0);
  bucket.throttled(0, 7_000);
  expect(bucket.waitMs(1_000, 1)).toBe(6_000);
});

test('a clock that is set back gives no tokens and takes none', () => {
  const bucket = new TokenBucket(RATE, 10_000);
  bucket.take(10_000);
  expect(bucket.waitMs(5_000, 94)).toBe(0);
  expect(bucket.waitMs(5_000, 95)).toBeGreaterThan(0);
});
