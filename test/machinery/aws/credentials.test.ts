import { expect, test } from '@jest/globals';
import { renewing } from '../../../src/aws/sessions/credentials.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { present } from '../../expectations.ts';

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
  expect(await keyOf(credentials)).toBe('key-1');
  clock.advance(HOUR_MS - 301_000);
  expect(await keyOf(credentials)).toBe('key-1');
  clock.advance(2_000);
  expect(await keyOf(credentials)).toBe('key-2');
});

test('many callers at once cause one renewal', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, HOUR_MS), clock);
  const keys = await Promise.all(Array.from({ length: 50 }, () => keyOf(credentials)));
  expect(new Set(keys)).toStrictEqual(new Set(['key-1']));
});

test('it is known when credentials came: until then, whoever needs them waits', async () => {
  const clock = new FakeClock();
  const slow = async () => {
    clock.advance(16_000);
    return source(clock, HOUR_MS)();
  };
  const credentials = renewing(slow, clock);
  const began = clock.monotonicMs();
  expect(credentials.cameAt).toBe(Number.NEGATIVE_INFINITY);
  await credentials.provider();
  expect(credentials.cameAt).toBe(began + 16_000);
});

test('credentials without an end are kept', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, undefined), clock);
  await keyOf(credentials);
  clock.advance(100 * HOUR_MS);
  expect(await keyOf(credentials)).toBe('key-1');
});

test('credentials that AWS called expired are fetched again', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, HOUR_MS), clock);
  await keyOf(credentials);
  credentials.forget();
  expect(await keyOf(credentials)).toBe('key-2');
});

/** STS is down for one call. */
function afterOutage(clock: FakeClock) {
  const answers = [Promise.reject(new Error('STS is down')), source(clock, HOUR_MS)()];
  return renewing(async () => present(answers.shift(), 'asked too often'), clock);
}

test('a failed renewal answers for five seconds, so that a thousand links do not ask a thousand times', async () => {
  const clock = new FakeClock();
  const credentials = afterOutage(clock);
  for (let caller = 0; caller < 1_000; caller += 1)
    await expect(keyOf(credentials)).rejects.toThrow(/STS is down/);
  clock.advance(5_000);
  expect(await keyOf(credentials)).toBe('key-1');
});

test('a failed renewal is tried again at once by whoever finds out when STS is back', async () => {
  const credentials = afterOutage(new FakeClock());
  await expect(keyOf(credentials)).rejects.toThrow(/STS is down/);
  credentials.retry();
  expect(await keyOf(credentials)).toBe('key-1');
  credentials.retry();
  expect(await keyOf(credentials)).toBe('key-1');
});

test('when our clock is an hour ahead, credentials are not fetched again for each call', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, -60_000), clock);
  await keyOf(credentials);
  clock.advance(1_000);
  expect(await keyOf(credentials)).toBe('key-1');
});

test('credentials that AWS does not know are fetched again, once a minute at most: many accounts may say so', async () => {
  const clock = new FakeClock();
  const credentials = renewing(source(clock, undefined), clock);
  await keyOf(credentials);
  credentials.distrust();
  expect(await keyOf(credentials)).toBe('key-1');
  clock.advance(60_000);
  for (let account = 0; account < 1_000; account += 1) {
    credentials.distrust();
    expect(await keyOf(credentials)).toBe('key-2');
  }
});
