/** STS for one account: in the Region that was asked for or, if that is not enabled, in the partition's home Region. */
import type { STSClient } from '@aws-sdk/client-sts';

/** After a Region's STS was found not to be enabled, it is asked again after this time: enabling one takes minutes to hours. */
const TRY_AGAIN_MS = 15 * 60_000;

/** For a Region that has to be enabled by hand, STS works only if the Region is enabled in the caller's account and in the
 *  role's. The partition's home Region always is, and sessions from one Region's STS are valid in all. After falling back to
 *  the home Region, one call every quarter of an hour is made in the Region that was asked for.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html */
export class StsRegion {
  readonly #preferred: string;
  readonly #home: string;
  readonly #now: () => number;
  /** Set after falling back: when the Region that was asked for is tried again. */
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

  /** The Region that was asked for, if its STS is not enabled. */
  get disabled(): string | undefined {
    return this.#tryAgainAt === undefined ? undefined : this.#preferred;
  }

  /** Makes a call, and once more in the home Region if the answer is that of a Region that is not enabled. */
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

  /** However this try fails, the home Region decides: it has worked until now. */
  async #tryBack<Result>(call: (region: string) => Promise<Result>): Promise<Result> {
    if (this.#tryAgainAt !== undefined && this.#now() >= this.#tryAgainAt) {
      // Set before the call, so that of many calls at once only one tries.
      this.#fellBack();
      try {
        const result = await call(this.#preferred);
        this.#tryAgainAt = undefined;
        return result;
      } catch {
        // `disabled` goes on reporting it.
      }
    }
    return call(this.#home);
  }

  #fellBack(): void {
    this.#tryAgainAt = this.#now() + TRY_AGAIN_MS;
  }
}

/** The clients of one identity, one for each Region. */
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

/** Whether the answer may be that of a Region that is not enabled. If the role's account has not enabled it, STS says so; if
 *  the caller's has not, STS knows no key of that account. Compared by name, as in the answer: not all operations have these
 *  errors in their models. */
function maybeDisabled(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(RegionDisabled|InvalidClientTokenId|UnrecognizedClient)(Exception)?$/.test(error.name)
  );
}
