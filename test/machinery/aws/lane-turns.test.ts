/** Callers of a lane that ask beforehand whether there is room: each gets its turn, no matter who else comes and how often. */
import { expect, test } from '@jest/globals';
import type { Lane } from '../../../src/aws/pace/lanes.ts';
import { FakeClock } from '../kubernetes/fake-clock.ts';
import { emptyLane, patient, settle, subjectOf, turn } from './lane-harness.ts';

/** Callers that ask before whether there is room, as a deletion does, and come again when they were told, or sooner if something
 *  else brings them: every `broughtBackMs`, for the first two minutes. */
class Askers {
  readonly #lane: Lane;
  readonly #clock: FakeClock;
  readonly #broughtBackMs: number;

  constructor(lane: Lane, clock: FakeClock, broughtBackMs = Infinity) {
    this.#lane = lane;
    this.#clock = clock;
    this.#broughtBackMs = broughtBackMs;
  }

  /** How often they asked, all together. */
  asked = 0;

  ask(machine: number, call: () => void): void {
    this.asked += 1;
    const options = { ...patient, maxWaitMs: 500 };
    const busy = this.#lane.busyFor(options, subjectOf(machine))?.retryAfterMs;
    if (busy === undefined) void this.#lane.run(options, subjectOf(machine), () => Promise.resolve(call()));
    else this.#clock.after(Math.min(busy, this.#soonestMs()), () => this.ask(machine, call));
  }

  #soonestMs(): number {
    return this.#clock.monotonicMs() < 120_000 ? this.#broughtBackMs : Infinity;
  }
}

test('who comes again and again does not take the turns of those that were told when to come', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  const askers = new Askers(lane, clock);
  await settle();
  let made = 0;
  const again = (machine: number) => askers.ask(machine, () => void clock.after(2_000, () => again(machine)));
  for (let machine = 0; machine < 3; machine += 1) again(machine);
  for (let machine = 3; machine < 33; machine += 1) askers.ask(machine, () => (made += 1));
  for (let step = 0; step < 1_000; step += 1) await turn(clock, 100);
  expect(made).toBe(30);
});

test('who was brought back before its time, again and again, does not come later for that', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  const askers = new Askers(lane, clock, 1_000);
  await settle();
  let made = 0;
  for (let machine = 0; machine < 200; machine += 1) askers.ask(machine, () => (made += 1));
  for (let step = 0; step < 2_500; step += 1) await turn(clock, 100);
  expect(made).toBe(200);
});

test.each([1, 10])(
  'a hundred that ask about machines they share, %d, are as quick as if each had its own, and seldom ask in vain',
  async (machines) => {
    const clock = new FakeClock();
    const lane = emptyLane(clock);
    const askers = new Askers(lane, clock);
    await settle();
    const callers = 100;
    let made = 0;
    for (let caller = 0; caller < callers; caller += 1) askers.ask(caller % machines, () => (made += 1));
    for (let step = 0; step < 1_250; step += 1) await turn(clock, 100);
    expect(made).toBe(callers);
    expect(askers.asked).toBeLessThan(8 * callers);
  },
);

test('who comes again does not wait for all times that were given in vain while AWS let nothing through', async () => {
  const clock = new FakeClock();
  const lane = emptyLane(clock);
  const askers = new Askers(lane, clock, 100);
  lane.throttled(120_000);
  let made = 0;
  for (let machine = 0; machine < 20; machine += 1) askers.ask(machine, () => (made += 1));
  for (let step = 0; step < 1_200; step += 1) await turn(clock, 100);
  askers.ask(20, () => (made += 1));
  for (let step = 0; step < 1_000; step += 1) await turn(clock, 100);
  expect(made).toBe(21);
});
