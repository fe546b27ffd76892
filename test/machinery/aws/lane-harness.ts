/** Lanes for tests: what calls are about, an empty bucket, and steps of simulated time. */
import type { CallSubject } from '../../../src/aws/errors/errors.ts';
import { Lane, type CallOptions } from '../../../src/aws/pace/lanes.ts';
import type { FakeClock } from '../kubernetes/fake-clock.ts';

export const SUBJECT: CallSubject = {
  accountId: '222222222222',
  operation: 'UpdateStateMachine',
  object: 'arn:aws:states:us-east-1:222222222222:stateMachine:checkout',
};
/** Twenty calls at once, then one a second (a little less: see bucket.ts). */
export const RATE = { burst: 20, perSecond: 1 };
export const patient: CallOptions = { urgency: 'make', tenant: 'a', maxWaitMs: Number.POSITIVE_INFINITY };

/** Lets everything run that waits for nothing but the event loop. */
export async function settle(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export async function turn(clock: FakeClock, ms: number): Promise<void> {
  clock.advance(ms);
  await settle();
}

/** Of another state machine each. */
export function subjectOf(machine: number): CallSubject {
  return { ...SUBJECT, object: `${SUBJECT.object}-${machine}` };
}

export function emptyLane(clock: FakeClock): Lane {
  const lane = new Lane(RATE, clock);
  for (let call = 0; call < 19; call += 1) void lane.run(patient, SUBJECT, () => Promise.resolve());
  return lane;
}
