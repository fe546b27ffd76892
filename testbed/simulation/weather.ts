/** How badly the network and both servers behave at present. All of it is drawn from the seed. */
import type { Random } from '../random.ts';
import type { Outage } from './history.ts';
import type { Scheduler } from './scheduler.ts';

/** What happens to a call. */
export type Fate =
  | 'answered'
  /** It has no effect, and the caller is told so: a throttle. */
  | 'throttled'
  /** It has no effect, and the caller is told that something went wrong. */
  | 'failed'
  /** It has no effect, and no answer comes. */
  | 'dropped'
  /** It takes effect, and no answer comes. */
  | 'lost';

const MISFORTUNES = ['throttled', 'failed', 'dropped', 'lost'] as const;

interface Storm {
  readonly probability: number;
  readonly untilMs: number;
}

export class Weather {
  readonly #random: Random;
  readonly #scheduler: Scheduler;
  readonly #storms = new Map<'aws' | 'kubernetes', Storm>();
  /** By account. */
  readonly #outages = new Map<string, { readonly how: Outage; readonly untilMs: number }>();
  #iamLag: { readonly ms: number; readonly untilMs: number } | undefined;

  constructor(random: Random, scheduler: Scheduler) {
    this.#random = random;
    this.#scheduler = scheduler;
  }

  /** From now on calls go wrong with this probability, for this long. */
  storm(over: 'aws' | 'kubernetes', probability: number, forMs: number): void {
    this.#storms.set(over, { probability, untilMs: this.#scheduler.nowMs + forMs });
  }

  /** From now on every call to an account is refused, for this long. */
  refuse(accountId: string, how: Outage, forMs: number): void {
    this.#outages.set(accountId, { how, untilMs: this.#scheduler.nowMs + forMs });
  }

  /** Why calls to an account are refused at present; undefined if they are not. */
  outage(accountId: string): Outage | undefined {
    const outage = this.#outages.get(accountId);
    return outage === undefined || this.#scheduler.nowMs > outage.untilMs ? undefined : outage.how;
  }

  /** From now on lists of whole accounts may show the state of up to `ms` milliseconds ago. */
  lagIam(ms: number, forMs: number): void {
    this.#iamLag = { ms, untilMs: this.#scheduler.nowMs + forMs };
  }

  /** Ends everything bad. */
  calm(): void {
    this.#storms.clear();
    this.#outages.clear();
    this.#iamLag = undefined;
  }

  fate(over: 'aws' | 'kubernetes'): Fate {
    const storm = this.#storms.get(over);
    if (storm === undefined || this.#scheduler.nowMs > storm.untilMs) return 'answered';
    return this.#random.chance(storm.probability) ? this.#random.pick(MISFORTUNES) : 'answered';
  }

  /** How many milliseconds a message takes: mostly few, now and then many. */
  latencyMs(): number {
    const draw = this.#random.next();
    if (draw < 0.85) return 1 + Math.floor(draw * 40);
    return draw < 0.99 ? this.#random.between(40, 300) : this.#random.between(300, 1_500);
  }

  /** How many milliseconds old the state that a list of a whole account shows may be. */
  iamLagMs(): number {
    if (this.#iamLag === undefined || this.#scheduler.nowMs > this.#iamLag.untilMs) return 0;
    return this.#random.below(this.#iamLag.ms + 1);
  }
}
