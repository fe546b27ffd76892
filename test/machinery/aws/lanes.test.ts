import { expect, test } from '@jest/globals';
import { AwsFailure, type CallSubject } from '../../../src/aws/errors/errors.ts';
import { Lane, Lanes, type CallOptions } from '../../../src/aws/pace/lanes.ts';
import { quotaOf } from '../../../src/aws/pace/quotas.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { about, narrow } from '../../expectations.ts';
import { failureOf } from './harness.ts';
import { emptyLane, patient, RATE, settle, SUBJECT, subjectOf, turn } from './lane-harness.ts';

test('a call goes out at once while there are tokens', async () => {
  const lane = new Lane(RATE, new FakeClock());
  expect(await lane.run(patient, SUBJECT, () => Promise.resolve('answer'))).toBe('answer');
});

test('nobody watches over a call that goes at once', async () => {
  const clock = new FakeClock();
  const lane = new Lane(RATE, clock);
  const answer = lane.run({ ...patient, maxWaitMs: 500 }, SUBJECT, () => Promise.resolve(clock.pending));
  expect(await answer).toStrictEqual([]);
});

test('who would wait longer than it can is refused at once, and told when to come back', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  let called = false;
  const failure = await failureOf(
    lane.run({ ...patient, maxWaitMs: 500 }, SUBJECT, () => {
      called = true;
      return Promise.resolve();
    }),
  );
  expect(failure.kind).toBe('laneBusy');
  expect(Math.abs((failure.retryAfterMs ?? 0) - 1_053)).toBeLessThan(10);
  expect(called).toBe(false);
});

test('who can wait long enough goes out when the next token comes in', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  const calls: string[] = [];
  void lane.run({ ...patient, maxWaitMs: 2_000 }, SUBJECT, () => Promise.resolve(calls.push('made')));
  await turn(clock, 1_000);
  expect(calls).toStrictEqual([]);
  await turn(clock, 100);
  expect(calls).toStrictEqual(['made']);
});

/** When a caller may come back that is not to wait, in the time that a token takes. */
async function refusal(lane: Lane, subject: CallSubject, { tenant } = patient): Promise<number> {
  const impatient = { ...patient, tenant, maxWaitMs: 0 };
  const failure = await failureOf(lane.run(impatient, subject, () => Promise.resolve()));
  return Math.round((failure.retryAfterMs ?? 0) / 1_053);
}

test('callers that are refused together are given times as far apart as tokens come in', async () => {
  const lane = emptyLane(new FakeClock());
  const times: number[] = [];
  for (let call = 0; call < 4; call += 1) times.push(await refusal(lane, subjectOf(call)));
  expect(times).toStrictEqual([1, 2, 3, 4]);
});

test('who comes before its time gets the same time again: nobody would come at the former', async () => {
  const lane = emptyLane(new FakeClock());
  const times: number[] = [];
  for (const machine of [0, 1, 0, 1, 2]) times.push(await refusal(lane, subjectOf(machine)));
  expect(times).toStrictEqual([1, 2, 1, 2, 3]);
});

test("a machine's turn behind many links of one tenant is not that of another tenant's link", async () => {
  const lane = emptyLane(new FakeClock());
  for (let machine = 0; machine < 50; machine += 1) await refusal(lane, subjectOf(machine));
  expect(await refusal(lane, subjectOf(49), { ...patient, tenant: 'b' })).toBeLessThan(3);
});

test('callers that make a call each about the same thing do not all come back at each time that one of them gets', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  const callers = 30;
  let attempts = 0;
  let made = 0;
  const attempt = async (): Promise<void> => {
    attempts += 1;
    try {
      await lane.run({ ...patient, maxWaitMs: 0 }, SUBJECT, () => Promise.resolve((made += 1)));
    } catch (error) {
      narrow(error instanceof AwsFailure && error.retryAfterMs !== undefined, error);
      clock.after(error.retryAfterMs, () => void attempt());
    }
  };
  for (let caller = 0; caller < callers; caller += 1) void attempt();
  for (let step = 0; step < 400; step += 1) await turn(clock, 100);
  expect(made).toBe(callers);
  expect(attempts).toBeLessThan(6 * callers);
});

test('who comes after its time, and finds no token, is given another', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await refusal(lane, subjectOf(0));
  await turn(clock, 1_060);
  void lane.run(patient, subjectOf(1), () => Promise.resolve());
  expect(await refusal(lane, subjectOf(0))).toBe(1);
});

test('callers that come back when they were told find their token', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  const made: number[] = [];
  const attempt = async (caller: number): Promise<void> => {
    try {
      await lane.run({ ...patient, maxWaitMs: 0 }, subjectOf(caller), () =>
        Promise.resolve(made.push(clock.monotonicMs())),
      );
    } catch (error) {
      narrow(error instanceof AwsFailure && error.retryAfterMs !== undefined, error);
      clock.after(error.retryAfterMs, () => void attempt(caller));
    }
  };
  for (let caller = 0; caller < 10; caller += 1) void attempt(caller);
  for (let step = 0; step < 120; step += 1) await turn(clock, 100);
  expect(made).toHaveLength(10);
});

/** Whether a routine check's call goes out. */
async function yieldingGoes(lane: Lane, subject: CallSubject, tenant = patient.tenant): Promise<boolean> {
  const options = { ...patient, tenant, maxWaitMs: 0, yields: true };
  try {
    return await lane.run(options, subject, () => Promise.resolve(true));
  } catch (error) {
    narrow(error instanceof AwsFailure && error.kind === 'laneBusy', error);
    return false;
  }
}

test('a routine check is no sooner than those of its tenant that were told when to come, and then has its turn', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await refusal(lane, subjectOf(0));
  await refusal(lane, subjectOf(1));
  await turn(clock, 1_060);
  expect(await yieldingGoes(lane, subjectOf(2))).toBe(false);
  expect(await yieldingGoes(lane, subjectOf(2), 'b')).toBe(true);
  await turn(clock, 1_060);
  void lane.run(patient, subjectOf(1), () => Promise.resolve());
  await turn(clock, 1_060);
  expect(await yieldingGoes(lane, subjectOf(2))).toBe(true);
});

test("routine checks of many links of one machine have their turn, however often the machine's time is given again", async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await refusal(lane, subjectOf(0));
  await refusal(lane, subjectOf(1));
  let made = 0;
  const attempt = async (): Promise<void> => {
    try {
      const options = { ...patient, maxWaitMs: 0, yields: true };
      await lane.run(options, SUBJECT, () => Promise.resolve((made += 1)));
    } catch (error) {
      narrow(error instanceof AwsFailure && error.retryAfterMs !== undefined, error);
      clock.after(error.retryAfterMs, () => void attempt());
    }
  };
  for (let link = 0; link < 12; link += 1) void attempt();
  for (let step = 0; step < 300; step += 1) await turn(clock, 100);
  expect(made).toBe(12);
});

test('a routine check that comes late still has its turn, however many were told when to come meanwhile', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await refusal(lane, subjectOf(0));
  expect(await yieldingGoes(lane, subjectOf(1))).toBe(false);
  await turn(clock, 10_600);
  for (let call = 0; call < 10; call += 1) void lane.run(patient, subjectOf(0), () => Promise.resolve());
  for (let machine = 2; machine < 72; machine += 1) await refusal(lane, subjectOf(machine));
  await turn(clock, 1_060);
  expect(await yieldingGoes(lane, subjectOf(1))).toBe(true);
});

test('where nobody was told when to come, a routine check goes at once', async () => {
  const lane = new Lane(RATE, new FakeClock());
  expect(await yieldingGoes(lane, SUBJECT)).toBe(true);
});

test("another tenant's few calls do not wait behind one tenant's many", async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  const order: string[] = [];
  const call = (tenant: string) =>
    void lane.run({ ...patient, tenant }, SUBJECT, () => Promise.resolve(order.push(tenant)));
  for (let index = 0; index < 50; index += 1) call('big');
  for (let index = 0; index < 3; index += 1) call('small');
  await settle();
  for (let second = 0; second < 8; second += 1) await turn(clock, 1_060);
  expect(order.slice(0, 8).filter((tenant) => tenant === 'small')).toHaveLength(3);
});

test('a repair overtakes what waits to be made', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  const order: string[] = [];
  void lane.run(patient, SUBJECT, () => Promise.resolve(order.push('make')));
  void lane.run({ ...patient, urgency: 'repair' }, SUBJECT, () => Promise.resolve(order.push('repair')));
  await turn(clock, 1_060);
  expect(order).toStrictEqual(['repair']);
});

test("one tenant's repairs without end do not keep what another has made from its turn", async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  const repair: CallOptions = { urgency: 'repair', tenant: 'endless', maxWaitMs: Infinity };
  const again = (): void => {
    void lane.run(repair, subjectOf(0), () => Promise.resolve()).then(again);
  };
  for (let call = 0; call < 5; call += 1) again();
  let made = 0;
  const make = async (): Promise<void> => {
    try {
      await lane.run({ ...patient, tenant: 'b', maxWaitMs: 2_000 }, SUBJECT, () => Promise.resolve());
      made += 1;
    } catch (error) {
      narrow(error instanceof AwsFailure && error.retryAfterMs !== undefined, error);
      clock.after(error.retryAfterMs, () => void make());
    }
  };
  void make();
  for (let second = 0; second < 60; second += 1) await turn(clock, 1_060);
  expect(made).toBe(1);
});

test('who was overtaken until its patience ended is refused then, and its call is never made', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  await settle();
  let called = false;
  const waiting = failureOf(
    lane.run({ ...patient, maxWaitMs: 1_500 }, SUBJECT, () => {
      called = true;
      return Promise.resolve();
    }),
  );
  for (let index = 0; index < 5; index += 1) {
    void lane.run({ ...patient, urgency: 'repair' }, SUBJECT, () => Promise.resolve());
  }
  await turn(clock, 1_500);
  expect((await waiting).kind).toBe('laneBusy');
  for (let second = 0; second < 10; second += 1) await turn(clock, 1_060);
  expect(called).toBe(false);
  expect(lane.depth).toBe(0);
});

test('a call that is under way is not given up when its patience for a token ends', async () => {
  const clock = new FakeClock();
  const lane = new Lane(RATE, clock);
  const { promise, resolve } = Promise.withResolvers<string>();
  const call = lane.run({ ...patient, maxWaitMs: 500 }, SUBJECT, () => promise);
  await turn(clock, 5_000);
  resolve('answer');
  expect(await call).toBe('answer');
});

test('a throttled lane is slow, and the lane of another account is not', async () => {
  const clock = new FakeClock();
  const lanes = new Lanes(clock);
  const key = { region: 'us-east-1', service: 'iam', operation: 'PutRolePolicy' } as const;
  const slow = lanes.laneOf({ ...key, accountId: '111111111111' });
  const quick = lanes.laneOf({ ...key, accountId: '222222222222' });
  slow.throttled(10_000);
  const impatient = { ...patient, maxWaitMs: 0 };
  expect((await failureOf(slow.run(impatient, SUBJECT, () => Promise.resolve()))).kind).toBe('laneBusy');
  expect(await quick.run(impatient, SUBJECT, () => Promise.resolve('answer'))).toBe('answer');
});

const SHARING = [
  { a: 'CreateRole', b: 'PutRolePolicy', service: 'iam', shared: true },
  { a: 'DescribeStateMachine', b: 'UpdateStateMachine', service: 'states', shared: false },
] as const;

for (const { a, b, service, shared } of SHARING) {
  test(`${a} and ${b} ${shared ? 'share a bucket' : 'have a bucket each'}`, () => {
    const lanes = new Lanes(new FakeClock());
    const key = { accountId: '111111111111', region: 'us-east-1', service };
    expect(lanes.laneOf({ ...key, operation: a }) === lanes.laneOf({ ...key, operation: b })).toBe(shared);
  });
}

const OWN_RATES = [
  { given: 'iam', service: 'iam', holdsFor: ['GetRole', 'CreateRole'] },
  { given: 'states', service: 'states', holdsFor: ['DescribeStateMachine', 'UpdateStateMachine'] },
  { given: 'states:UpdateStateMachine', service: 'states', holdsFor: ['UpdateStateMachine'] },
  { given: 'iam:PutRolePolicy', service: 'iam', holdsFor: ['PutRolePolicy'] },
  { given: 'sts', service: 'sts', holdsFor: ['GetCallerIdentity'] },
  { given: 'sqs', service: 'sqs', holdsFor: ['ReceiveMessage', 'DeleteMessage'] },
] as const;

for (const { given, service, holdsFor } of OWN_RATES) {
  test(`a rate for ${given} holds for ${holdsFor.join(' and ')}`, () => {
    const rate = { burst: 7, perSecond: 3 };
    for (const operation of [...holdsFor, 'ListStateMachineVersions']) {
      const { rate: found } = quotaOf(service, operation, { [given]: rate });
      const expected = given === service || holdsFor.some((name) => name === operation);
      about(operation, () => expect(found === rate).toBe(expected));
    }
  });
}

test('an operation with a rate of its own has a bucket of its own', () => {
  const rates = { 'iam:PutRolePolicy': { burst: 1, perSecond: 1 } };
  expect(quotaOf('iam', 'PutRolePolicy', rates).lane).not.toBe(quotaOf('iam', 'GetRole', rates).lane);
});

const GET_ROLE = {
  accountId: '111111111111',
  region: 'us-east-1',
  service: 'iam',
  operation: 'GetRole',
} as const;

test("an AWSAccount's own rates hold, and editing them begins a new lane", () => {
  const lanes = new Lanes(new FakeClock());
  const lane = lanes.laneOf(GET_ROLE, { iam: { burst: 2, perSecond: 1 } });
  expect(lanes.laneOf(GET_ROLE, { iam: { burst: 2, perSecond: 1 } })).toBe(lane);
  expect(lanes.laneOf(GET_ROLE, { iam: { burst: 3, perSecond: 1 } })).not.toBe(lane);
});

test('the number of waiting calls is reported by lane', async () => {
  const clock = new FakeClock();
  const lanes = new Lanes(clock);
  const lane = lanes.laneOf(GET_ROLE, { iam: { burst: 1, perSecond: 1 } });
  void lane.run(patient, SUBJECT, () => Promise.resolve());
  void lane.run(patient, SUBJECT, () => Promise.resolve());
  await settle();
  expect([...lanes.depths()]).toStrictEqual([['111111111111/us-east-1/iam', 1]]);
});

test('the lanes of Regions that nobody has asked for in a while go: links may name as many as they like', () => {
  const lanes = new Lanes(new FakeClock());
  const key = { accountId: '111111111111', service: 'states', operation: 'DescribeStateMachine' } as const;
  const used = lanes.laneOf({ ...key, region: 'us-east-1' });
  for (let region = 0; region < 2_000; region += 1) {
    lanes.laneOf({ ...key, region: `us-none-${region}` });
    expect(lanes.laneOf({ ...key, region: 'us-east-1' })).toBe(used);
  }
  expect(lanes.depths().size).toBeLessThan(1_000);
});
