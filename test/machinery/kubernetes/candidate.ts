import { LeaderElection } from '../../../src/kubernetes/lease.ts';
import type { LeaseOptions } from '../../../src/kubernetes/lease.ts';
import type { FakeApiServer } from './fake-api-server.ts';
import { Participant } from './participant.ts';
import { until } from '../../until.ts';

export const LEASES = '/apis/coordination.k8s.io/v1/namespaces/ops/leases';

/** A process that would lead. */
export class Candidate extends Participant {
  readonly election: LeaderElection;

  constructor(server: FakeApiServer, identity: string, options: Partial<LeaseOptions> = {}) {
    super(server);
    this.election = new LeaderElection({
      client: this.client,
      clock: this.clock,
      random: () => 0,
      name: { namespace: 'ops', name: 'leader' },
      identity,
      onElected: () => this.events.push('elected'),
      onLost: (reason) => this.events.push(`lost: ${reason}`),
      onError: (error) => this.events.push(String(error)),
      ...options,
    });
    this.run((signal) => this.election.run(signal));
  }

  /** Waits until the attempt under way is over and the pause before the next has begun. */
  async settled(): Promise<void> {
    const isPausing = () => this.underWay === 0 && this.clock.pending.length === 1;
    await until(isPausing, () => [this.events, this.underWay, this.clock.pending]);
  }

  /** Lets time pass in steps of 100 ms, so that each attempt gets its answer at once. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 100) {
      this.clock.advance(100);
      await this.settled();
    }
  }
}
