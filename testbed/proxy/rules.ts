/** What a proxy does to calls: each rule names the calls to which it applies, and a fault. */

/** A complete answer of a server. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

export type Fault =
  /** The call goes on after this many milliseconds. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The call goes on when the promise is fulfilled. */
  | { readonly kind: 'hold'; readonly until: Promise<unknown> }
  /** The server never sees the call; this is the answer. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** The server never sees the call; its connection is cut. */
  | { readonly kind: 'cut' }
  /** The server carries the call out, and the connection is cut in place of its answer. */
  | { readonly kind: 'lose' }
  /** The server carries the call out, and the caller gets what `change` makes of its answer. */
  | { readonly kind: 'change'; readonly change: (answer: Answer) => Answer | Promise<Answer> };

export interface Rule<Call> {
  readonly match: (call: Call) => boolean;
  /** A function is called for each matching call; if it returns undefined, the call passes. */
  readonly fault: Fault | ((call: Call) => Fault | undefined | Promise<Fault | undefined>);
  /** How often it applies; without limit unless given. */
  readonly times?: number;
}

/** A rule in force. */
export interface RuleInForce {
  /** To how many calls it has applied. */
  readonly hits: number;
  remove(): void;
}

/** A rule that holds calls until they are let go. */
export interface Hold extends RuleInForce {
  /** Fulfilled when the first call is held. */
  readonly arrived: Promise<void>;
  /** Lets all held calls go on and holds no more. */
  release(): void;
}

interface Entry<Call> {
  readonly rule: Rule<Call>;
  hits: number;
}

/** The rules of one proxy. Delays and holds of all matching rules apply, in order; the first other fault is the last one. */
export class Rules<Call> {
  #entries: readonly Entry<Call>[] = [];

  /** Puts a rule in force for calls that arrive from now on. */
  add(rule: Rule<Call>): RuleInForce {
    const entry: Entry<Call> = { rule, hits: 0 };
    this.#entries = [...this.#entries, entry];
    return {
      get hits() {
        return entry.hits;
      },
      remove: () => {
        this.#entries = this.#entries.filter((other) => other !== entry);
      },
    };
  }

  /** Holds matching calls before the server sees them. */
  hold(match: (call: Call) => boolean): Hold {
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const inForce = this.add({
      match,
      fault: () => {
        arrived.resolve();
        return { kind: 'hold', until: released.promise };
      },
    });
    return {
      get hits() {
        return inForce.hits;
      },
      remove: () => inForce.remove(),
      arrived: arrived.promise,
      release: () => {
        inForce.remove();
        released.resolve();
      },
    };
  }

  clear(): void {
    this.#entries = [];
  }

  /** Faults that this call meets, in order, each counted as used. */
  async faultsFor(call: Call): Promise<Fault[]> {
    const faults: Fault[] = [];
    for (const entry of this.#entries) {
      const { match, fault, times = Number.POSITIVE_INFINITY } = entry.rule;
      if (entry.hits >= times || !match(call)) continue;
      // Counted before it is called, so that simultaneous calls do not share its last use.
      entry.hits += 1;
      const chosen = typeof fault === 'function' ? await fault(call) : fault;
      if (chosen === undefined) entry.hits -= 1;
      else faults.push(chosen);
    }
    return faults;
  }
}
