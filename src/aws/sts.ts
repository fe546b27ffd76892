/** STS as one account is reached: in the Region that is asked for or, where that is not enabled, in the partition's home. */
import type { STSClient } from '@aws-sdk/client-sts';

/**
 * A Region that has to be enabled by hand must be enabled in the caller's account and in the role's for its STS to work.
 * The partition's home Region always is. Once fallen back, it stays so: the sessions of one Region's STS are good in all.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
 */
export class StsRegion {
  readonly #preferred: string;
  readonly #home: string;
  #current: string;

  constructor(preferred: string, home: string) {
    this.#preferred = preferred;
    this.#home = home;
    this.#current = preferred;
  }

  get name(): string {
    return this.#current;
  }

  /** The Region that was asked for, when its STS is not enabled. */
  get disabled(): string | undefined {
    return this.#current === this.#preferred ? undefined : this.#preferred;
  }

  /** Makes a call, and once more in the home Region when the answer is that of a Region which is not enabled. */
  async run<Result>(call: (region: string) => Promise<Result>): Promise<Result> {
    const region = this.#current;
    try {
      return await call(region);
    } catch (error) {
      if (region === this.#home || !maybeDisabled(error)) throw error;
      const result = await call(this.#home);
      this.#current = this.#home;
      return result;
    }
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
