/**
 * Keeps two installations from working at the same time. The election of a leader cannot do that, because each installation
 * elects over a Lease of its own. The claim is another Lease, in a place that all installations share, and held in the name of
 * the installation, so that its next leader can go on at once. The manifests create it, so that no right to create Leases is
 * needed.
 */
import { isNotFound } from './api-error.ts';
import { sleep, type Clock } from '../base/clock.ts';
import { leaseFence, type Fence } from './fence.ts';
import { LEASE, LeaderElection, type LeaseOptions } from './lease.ts';

/** Renewed at long intervals: only an installation that should not be there waits for it. */
const TIMES = { durationMs: 30_000, renewDeadlineMs: 20_000, retryMs: 5_000 } as const;

interface ClaimOptions {
  readonly client: LeaseOptions['client'];
  readonly clock: Clock;
  /** Where the claim is, for all installations that must not work at the same time. */
  readonly name: LeaseOptions['name'];
  /** The installation, the same for each of its processes. Only its leader may run this. */
  readonly holder: string;
  /** Called when the claim is ours, or when there is none (`guarded` is then false). */
  readonly onHeld: (guarded: boolean) => void;
  readonly onLost: (reason: string) => void;
  /** Called when another installation has it, once for each. */
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

  /** Takes the claim and keeps it until `signal` aborts; then releases it. Never rejects. */
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

  /** Whether this installation may write: it has the claim, or there is none. */
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
