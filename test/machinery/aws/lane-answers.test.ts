/** What a lane takes for a sign that its quota is used up, and what not. */
import { beforeEach, expect, it } from '@jest/globals';
import { AccountCalls } from '../../../src/aws/calls/calls.ts';
import { AwsFailure } from '../../../src/aws/errors/errors.ts';
import { Lanes } from '../../../src/aws/pace/lanes.ts';
import { sessionOf } from '../../../testbed/simulation/aws-sessions.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { callOptions } from './harness.ts';
import { turn } from './lane-harness.ts';

const ACCOUNT = '222222222222';
const ROLE = `arn:aws:iam::${ACCOUNT}:role/links/checkout`;
const CALL = { service: 'iam', operation: 'GetRole', object: ROLE } as const;
const THROTTLED = named('Throttling', 'Rate exceeded');
const NO_ROLE = named('NoSuchEntity', 'The role with name checkout cannot be found.');
const NO_SESSION = new AwsFailure(
  { accountId: ACCOUNT, operation: 'AssumeRole', object: ROLE },
  { kind: 'throttled', reason: 'Throttled' },
  'Rate exceeded',
);

let clock: FakeClock;
let calls: AccountCalls;

beforeEach(() => {
  clock = new FakeClock();
  calls = new AccountCalls({
    config: { accountId: ACCOUNT, partition: 'aws' },
    sessions: {
      of: () => sessionOf(() => Promise.reject(new Error('no client is used'))),
    },
    lanes: new Lanes(clock),
    clock,
    hooks: { onCall: () => undefined },
    random: () => 0.5,
  });
});

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}

/** Makes a read whose attempts fail one after the other. */
async function read(failures: readonly Error[]): Promise<void> {
  const left = [...failures];
  const ends: unknown[] = [];
  const end = (outcome: unknown) => void ends.push(outcome);
  const details = { ...CALL, region: 'us-east-1', callOptions };
  void calls.call(details, () => Promise.reject(left.shift() ?? NO_ROLE)).then(end, end);
  for (let ticks = 0; ends.length === 0; ticks += 1) {
    if (ticks > 1_000) throw new Error(`the read is not over after 100 s, with ${left.length} failures left`);
    await turn(clock, 100);
  }
}

it.each([
  ['a call that is throttled now and then, between answers that there is no such role', [THROTTLED, NO_ROLE]],
  ['a session that is not opened because STS throttles that', [NO_SESSION]],
])('%s leaves it its tokens', async (_what, failures) => {
  for (let call = 0; call < 8; call += 1) await read(failures);
  expect(calls.busyFor(CALL, { ...callOptions, maxWaitMs: 0 })).toBeUndefined();
});

it('a call that is throttled at each attempt takes them all', async () => {
  await read(Array.from({ length: 5 }, () => THROTTLED));
  expect(calls.busyFor(CALL, { ...callOptions, maxWaitMs: 0 })?.kind).toBe('laneBusy');
});
