/** STS as one account is reached: in the Region that is asked for or, where that is not enabled, in the partition's home. */
import type { STSClient } from '@aws-sdk/client-sts';

/** So long after a Region's STS was found not to be enabled it is asked again: enabling one takes minutes to hours. */
const TRY_AGAIN_MS = 15 * 60_000;

/**
 * A Region that has to be enabled by hand must be enabled in the caller's account and in the role's for its STS to work.
 * The partition's home Region always is, and the sessions of one Region's STS are good in all. Once fallen back to that,
 * every quarter of an hour one call is made in the Region that was asked for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
export class StsRegion {
  readonly #preferred: string;
  readonly #home: string;
  readonly #now: () => number;
  /** While fallen back: when the Region that was asked for is tried again. */
  #tryAgainAt: number | undefined;

  /** @param now monotonic milliseconds */
  constructor(preferred: string, home: string, now: () => number) {
    this.#preferred = preferred;
    this.#home = home;
    this.#now = now;
  }

  get name(): string {
    return this.#tryAgainAt === undefined ? this.#preferred : this.#home;
  }

  /** The Region that was asked for, when its STS is not enabled. */
  get disabled(): string | undefined {
    return this.#tryAgainAt === undefined ? undefined : this.#preferred;
  }

  /** Makes a call, and once more in the home Region when the answer is that of a Region which is not enabled. */
  async run<Result>(call: (region: string) => Promise<Result>): Promise<Result> {
    if (this.#tryAgainAt !== undefined) return this.#tryBack(call);
    try {
      return await call(this.#preferred);
    } catch (error) {
      if (this.#preferred === this.#home || !maybeDisabled(error)) throw error;
      const result = await call(this.#home);
      this.#fellBack();
      return result;
    }
  }

  /** However the try fails, the home Region has the last word: it has worked up to now. */
  async #tryBack<Result>(call: (region: string) => Promise<Result>): Promise<Result> {
    if (this.#tryAgainAt !== undefined && this.#now() >= this.#tryAgainAt) {
      // Before the call: of many at once, one tries.
      this.#fellBack();
      try {
        const result = await call(this.#preferred);
        this.#tryAgainAt = undefined;
        return result;
      } catch {
        // Told by `disabled`, as before.
      }
    }
    return call(this.#home);
  }

  #fellBack(): void {
    this.#tryAgainAt = this.#now() + TRY_AGAIN_MS;
  }
}

/** The clients of one identity, one a Region. */
export class StsClients {
  readonly #make: (region: string) => STSClient;
  readonly #clients = new Map<string, STSClient>();

  constructor(make: (region: string) => STSClient) {
    this.#make = make;
  }

  of(region: string): STSClient {
    const client = this.#clients.get(region) ?? this.#make(region);
    this.#clients.set(region, client);
    return client;
  }
}

/** Where the role's account has not enabled the Region, STS says so; where the caller's has not, it knows no key of that
 *  account. By name, as the wire has it: not all operations have these in their models. */
function maybeDisabled(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(RegionDisabled|InvalidClientTokenId|UnrecognizedClient)(Exception)?$/.test(error.name)
  );
}
