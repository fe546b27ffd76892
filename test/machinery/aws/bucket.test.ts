import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { TokenBucket } from '../../../src/aws/bucket.ts';

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
  assert.equal(times.filter((time) => time === 0).length, 95);
  assert.equal(times.length, 95 + 19);
});

test('300 calls of a bucket of 100 and 1/s take less than 1.15 of the 200 s that AWS makes them wait', () => {
  const last = drain(new TokenBucket(RATE, 0), 400_000)[299] ?? Number.NaN;
  assert.ok(last < 1.15 * 200_000, `the 300th call went out at ${last} ms`);
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
        assert.ok(aws >= -1e-6, `refused at ${now} ms`);
      }
    }),
  );
});

test('a throttled call empties the bucket and halves the refill', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  bucket.throttled(0);
  assert.equal(bucket.perMs(0), before / 2);
  assert.ok(Math.abs(bucket.waitMs(0, 1) - 2 * (1 / before)) < 50);
});

test('calls that were under way together and all throttled count once', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  for (let call = 0; call < 16; call += 1) bucket.throttled(call);
  assert.ok(bucket.perMs(16) >= before / 2);
});

test('throttled again and again, the refill never falls to nothing', () => {
  const bucket = new TokenBucket(RATE, 0);
  for (let second = 0; second < 100; second += 1) bucket.throttled(second * 2_000);
  assert.ok(bucket.waitMs(200_000, 1) < 60_000);
});

test('without further throttling the refill is whole again after a minute', () => {
  const bucket = new TokenBucket(RATE, 0);
  const before = bucket.perMs(0);
  bucket.throttled(0);
  assert.ok(bucket.perMs(30_000) < before);
  assert.equal(bucket.perMs(60_000), before);
});

test('nothing goes out before the time that AWS named', () => {
  const bucket = new TokenBucket({ burst: 100, perSecond: 100 }, 0);
  bucket.throttled(0, 7_000);
  assert.equal(bucket.waitMs(1_000, 1), 6_000);
});

test('a clock that is set back gives no tokens and takes none', () => {
  const bucket = new TokenBucket(RATE, 10_000);
  bucket.take(10_000);
  assert.equal(bucket.waitMs(5_000, 94), 0);
  assert.ok(bucket.waitMs(5_000, 95) > 0);
});
