/** The calls that went through a proxy. */

/** One call as it was seen. Status and end are added when it has been answered. */
export interface Recorded<Call> {
  readonly call: Call;
  /** Milliseconds of `performance.now()` at arrival. */
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Status that the caller got; absent while the call is under way, and if the connection was cut. */
  readonly status?: number;
}

type Open<Call> = { -readonly [Key in keyof Recorded<Call>]: Recorded<Call>[Key] };

/** All calls since the last {@link clear}, in order of arrival. */
export class CallLog<Call> {
  readonly #nameOf: (call: Call) => string;
  #calls: Recorded<Call>[] = [];

  constructor(nameOf: (call: Call) => string) {
    this.#nameOf = nameOf;
  }

  get all(): readonly Recorded<Call>[] {
    return this.#calls;
  }

  matching(match: (call: Call) => boolean): readonly Recorded<Call>[] {
    return this.#calls.filter(({ call }) => match(call));
  }

  count(match: (call: Call) => boolean = () => true): number {
    return this.matching(match).length;
  }

  /** Number of calls by name, most frequent first. */
  counts(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { call } of this.#calls) {
      const name = this.#nameOf(call);
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return new Map([...counts].toSorted(([, a], [, b]) => b - a));
  }

  clear(): void {
    this.#calls = [];
  }

  /** Notes a call's arrival; the returned function notes its end. */
  open(call: Call): (status: number | undefined) => void {
    const recorded: Open<Call> = { call, startedAt: performance.now() };
    this.#calls.push(recorded);
    return (status) => {
      recorded.endedAt = performance.now();
      if (status !== undefined) recorded.status = status;
    };
  }
}
