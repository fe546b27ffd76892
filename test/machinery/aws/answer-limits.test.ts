/** How long the answer to a call is waited for if AWS loses answers, or is slow. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { Lanes } from '../../../src/aws/pace/lanes.ts';
import type { Rate, Service } from '../../../src/aws/pace/quotas.ts';
import { sessionOf } from '../../../testbed/simulation/aws-sessions.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { callOptions } from './harness.ts';
import { turn } from './lane-harness.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
const LOST = Number.POSITIVE_INFINITY;

let clock: FakeClock;
let calls: AccountCalls;
/** When the account's session was opened. */
let openedAt: number;
/** How long AWS takes for its next answers, in milliseconds, one after the other; the last one for all others. */
let latencies: number[];
/** The limit of each attempt, in milliseconds. */
let limits: number[];

beforeEach(() => {
  clock = new FakeClock();
  latencies = [];
  limits = [];
  openedAt = Number.NEGATIVE_INFINITY;
  calls = callsAt();
});

/** @param iam the pace of calls to IAM; left out: AWS's own */
function callsAt(iam?: Rate): AccountCalls {
  const session = sessionOf(() => Promise.reject(new Error('no client is used')));
  return new AccountCalls({
    config: { accountId: ACCOUNT, partition: 'aws', ...(iam && { rates: { iam } }) },
    sessions: {
      of: () => Object.defineProperty(session, 'openedAt', { get: () => openedAt }),
    },
    lanes: new Lanes(clock),
    clock,
    hooks: { onCall: () => undefined },
    random: () => 0.5,
  });
}

/** As the SDK does it: an answer, or an error when the limit is over. */
function answer(limitMs = LOST): Promise<string> {
  limits.push(limitMs);
  const [latencyMs = 0] = latencies.length > 1 ? latencies.splice(0, 1) : latencies;
  return new Promise((resolve, reject) => {
    const noAnswer = Object.assign(new Error('no answer'), { name: 'TimeoutError' });
    if (latencyMs > limitMs) clock.after(limitMs, () => reject(noAnswer));
    else clock.after(latencyMs, () => resolve('answered'));
  });
}

/** The same if first the account's session has to be opened, which takes 16 seconds. */
async function answerInNewSession(limitMs?: number): Promise<string> {
  await new Promise((resolve) => clock.after(16_000, () => resolve(undefined)));
  openedAt = clock.monotonicMs();
  return answer(limitMs);
}

/** Makes a call while time goes on. Returns what it ended with. */
async function made(operation: string, service: Service = 'iam', ask = answer): Promise<string> {
  const ends: string[] = [];
  const patient = { ...callOptions, maxWaitMs: Number.POSITIVE_INFINITY };
  const details = { service, region: 'us-east-1', operation, object: ROLE, callOptions: patient };
  const note = (outcome: unknown) => void ends.push(String(outcome));
  void calls.call(details, (_session, { requestTimeout }) => ask(requestTimeout)).then(note, note);
  for (let ticks = 0; ends.length === 0 && ticks < 2_000; ticks += 1) await turn(clock, 100);
  return ends[0] ?? 'it takes more than 200 seconds';
}

describe('a small read whose answer is lost', () => {
  it.each([
    ['once', [LOST, 50], [4_000, 12_000]],
    ['twice', [LOST, LOST, 50], [4_000, 12_000, 30_000]],
  ])('%s is made again in place, and waits longer each time', async (_times, lost, expected) => {
    latencies = lost;
    expect(await made('GetRole')).toBe('answered');
    expect(limits.map((limitMs) => Math.round(limitMs / 1_000) * 1_000)).toStrictEqual(expected);
  });

  it('again and again is given up once an attempt has waited as long as any read may', async () => {
    latencies = [LOST];
    const began = clock.monotonicMs();
    expect(await made('GetRole')).toMatch(/no answer/);
    expect(limits).toHaveLength(3);
    expect(clock.monotonicMs() - began).toBeLessThan(50_000);
  });

  it('is made again however long it waited for its turn', async () => {
    calls = callsAt({ burst: 1, perSecond: 0.03 });
    latencies = [50, LOST, 50];
    await made('GetRole');
    expect(await made('GetRole')).toBe('answered');
  });

  it('does not make the next ones wait longer once another was answered', async () => {
    latencies = [LOST, 50];
    await made('GetRole');
    limits = [];
    await made('GetRole');
    expect(limits).toStrictEqual([4_000]);
  });
});

describe('a write whose answer is lost', () => {
  it.each([
    ['once', [LOST, 50], [4_000, 4_000]],
    ['twice', [LOST, LOST, 50], [4_000, 4_000, 4_000]],
  ])('%s is made again in place, if it may be made twice', async (_times, lost, expected) => {
    latencies = lost;
    expect(await made('PutRolePolicy')).toBe('answered');
    expect(limits).toStrictEqual(expected);
  });

  it('again and again is left to the next reconcile: what it was planned from grows old', async () => {
    latencies = [LOST];
    const began = clock.monotonicMs();
    expect(await made('PutRolePolicy')).toMatch(/no answer/);
    expect(clock.monotonicMs() - began).toBeLessThan(15_000);
  });

  it('is not made again if that is not the same as making it once', async () => {
    latencies = [LOST];
    await made('CreateRole');
    expect(limits).toStrictEqual([4_000]);
  });
});

describe('a page of a whole account, for which all its links wait', () => {
  it('is waited for longer than a small read, and made again if its answer is lost', async () => {
    latencies = [LOST, 50];
    expect(await made('GetAccountAuthorizationDetails')).toBe('answered');
    expect(limits).toStrictEqual([10_000, 30_000]);
  });

  it('that takes long is not asked for twice each time', async () => {
    latencies = [15_000];
    await made('GetAccountAuthorizationDetails');
    limits = [];
    expect(await made('GetAccountAuthorizationDetails')).toBe('answered');
    expect(limits).toStrictEqual([30_000]);
  });
});

describe('a small read that waits until the session is open', () => {
  it('does not make the next ones wait longer: it is STS that was slow', async () => {
    latencies = [50];
    expect(await made('GetRole', 'iam', answerInNewSession)).toBe('answered');
    limits = [];
    await made('GetRole');
    expect(limits).toStrictEqual([4_000]);
  });

  it('and whose answer is lost then is made again as any other', async () => {
    latencies = [LOST, 50];
    let ask = answerInNewSession;
    const first = (limitMs?: number) => {
      const asked = ask(limitMs);
      ask = answer;
      return asked;
    };
    expect(await made('GetRole', 'iam', first)).toBe('answered');
    expect(limits).toStrictEqual([4_000, 12_000]);
  });
});

describe('an AWS that takes longer than the shortest limit', () => {
  it.each([5_000, 10_000, 25_000])('is read all the same, at %i ms for each answer', async (latencyMs) => {
    latencies = [latencyMs];
    expect(await made('GetRole')).toBe('answered');
  });

  it('is not asked twice for each answer: the next reads wait longer from the start', async () => {
    latencies = [5_000];
    await made('GetRole');
    limits = [];
    for (let read = 0; read < 20; read += 1) await made('GetRole');
    expect(limits).toStrictEqual(Array.from({ length: 20 }, () => 15_000));
  });

  it('is not taken for one that does not answer by many calls at once, which all begin with the shortest limit', async () => {
    latencies = [5_000];
    await Promise.all(Array.from({ length: 40 }, () => made('GetRole')));
    await turn(clock, 10_000);
    expect(await made('GetRole')).toBe('answered');
    expect(calls.outage()).toBeUndefined();
  });

  it('is expected to be quick again some minutes later', async () => {
    latencies = [5_000, 5_000, 50];
    await made('GetRole');
    await turn(clock, 5 * 60_000);
    limits = [];
    await made('GetRole');
    expect(limits).toStrictEqual([4_000]);
  });
});

describe('the limit of', () => {
  it.each([
    ['a long poll of a queue', 'sqs', 'ReceiveMessage', 30_000],
    ['a write, by which the fence counts on its being over', 'iam', 'PutRolePolicy', 4_000],
  ] as const)('%s stays what it is', async (_what, service, operation, expected) => {
    latencies = [LOST];
    await made(operation, service);
    latencies = [3_500];
    await made('GetRole');
    limits = [];
    await made(operation, service);
    expect(limits).toStrictEqual([expected]);
  });

  it('a small read is not learned from pages of a whole account', async () => {
    latencies = [20_000];
    await made('GetAccountAuthorizationDetails');
    limits = [];
    latencies = [50];
    await made('GetRole');
    expect(limits).toStrictEqual([4_000]);
  });
});
