import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renewing } from '../../../src/aws/credentials.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';

const HOUR_MS = 3_600_000;

/** A source whose n-th credentials are `key-n` and live for so long. */
function source(clock: FakeClock, lifeMs: number | undefined) {
  let given = 0;
  return async () => {
    given += 1;
    const expiration = lifeMs === undefined ? {} : { expiration: new Date(clock.wallMs() + lifeMs) };
    return { accessKeyId: `key-${given}`, secretAccessKey: 'secret', ...expiration };
  };
}

async function keyOf({ provider }: ReturnType<typeof renewing>): Promise<string> {
  return (await provider()).accessKeyId;
}

test('credentials are kept until five minutes before they expire', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, HOUR_MS), clock);
  assert.equal(await keyOf(credentials), 'key-1');
  clock.advance(HOUR_MS - 301_000);
  assert.equal(await keyOf(credentials), 'key-1');
  clock.advance(2_000);
  assert.equal(await keyOf(credentials), 'key-2');
});

test('many callers at once cause one renewal', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, HOUR_MS), clock);
  const keys = await Promise.all(Array.from({ length: 50 }, () => keyOf(credentials)));
  assert.deepEqual(new Set(keys), new Set(['key-1']));
});

test('credentials without an end are kept', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, undefined), clock);
  await keyOf(credentials);
  clock.advance(100 * HOUR_MS);
  assert.equal(await keyOf(credentials), 'key-1');
});

test('credentials that AWS called expired are fetched again', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, HOUR_MS), clock);
  await keyOf(credentials);
  credentials.forget();
  assert.equal(await keyOf(credentials), 'key-2');
});

test('a failed renewal is tried again by the next caller', async () => {
  const clock = new FakeClock();
  const answers = [Promise.reject(new Error('STS is down')), source(clock, HOUR_MS)()];
  const credentials = renewing(async () => answers.shift() ?? assert.fail('asked too often'), clock);
  await assert.rejects(keyOf(credentials), /STS is down/);
  assert.equal(await keyOf(credentials), 'key-1');
});

test('when our clock is an hour ahead, credentials are not fetched anew for each call', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, -60_000), clock);
  await keyOf(credentials);
  clock.advance(1_000);
  assert.equal(await keyOf(credentials), 'key-1');
});
