/**
 * Keeps two installations from working at the same time, where the election of a leader cannot: each installation has a
 * Lease of its own for that. The claim is one more Lease, in a place that all of them share, and held in the name of the
 * installation: its next leader goes on with it at once. The manifests bring it, so that no right to make Leases is needed.
 */
import { isNotFound } from './api-error.ts';
import { sleep, type Clock } from '../base/clock.ts';
import { leaseFence, type Fence } from './fence.ts';
import { LEASE, LeaderElection, type LeaseOptions } from './lease.ts';

/** Renewed seldom: nobody waits for it but an installation that should not be there. */
const TIMES = { durationMs: 30_000, renewDeadlineMs: 20_000, retryMs: 5_000 } as const;

interface ClaimOptions {
  readonly client: LeaseOptions['client'];
  readonly clock: Clock;
  /** Where the claim is, for all installations that must not work at the same time. */
  readonly name: LeaseOptions['name'];
  /** The installation, the same for each of its processes. Only its leader may run this. */
  readonly holder: string;
  /** The claim is ours, or there is none (`guarded` is false then). */
  readonly onHeld: (guarded: boolean) => void;
  readonly onLost: (reason: string) => void;
  /** Another installation has it; reported once for each. */
  readonly onWait: (holder: string) => void;
  readonly onError: (error: unknown) => void;
}

export class Claim implements Fence {
  readonly #options: ClaimOptions;
  readonly #election: LeaderElection;
  readonly #fence: Fence;
  #guarded = true;
  #waitedFor: string | undefined;

  constructor(options: ClaimOptions) {
    const { client, clock, name, holder, onHeld, onLost, onError } = options;
    this.#options = options;
    this.#election = new LeaderElection({
      client,
      clock,
      name,
      identity: holder,
      ...TIMES,
      onElected: () => onHeld(true),
      onLost,
      onError,
      onHeldByOther: (other) => this.#waitFor(other),
    });
    this.#fence = leaseFence({ lease: this.#election, clock, leaseDurationMs: TIMES.durationMs });
  }

  /** Takes the claim and keeps it until `signal` aborts; then it is free. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onHeld, onError } = this.#options;
    while (!signal.aborted) {
      try {
        this.#guarded = await this.#exists();
        if (this.#guarded) return await this.#election.run(signal);
        return onHeld(false);
      } catch (error) {
        onError(error);
        await sleep(clock, TIMES.retryMs, signal);
      }
    }
  }

  mayWrite(): boolean {
    return !this.#guarded || this.#fence.mayWrite();
  }

  async #exists(): Promise<boolean> {
    const { client, name } = this.#options;
    try {
      await client.get(LEASE, name, { timeoutMs: TIMES.retryMs, retries: 0 });
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  #waitFor(holder: string): void {
    if (this.#waitedFor === holder) return;
    this.#waitedFor = holder;
    this.#options.onWait(holder);
  }
}
