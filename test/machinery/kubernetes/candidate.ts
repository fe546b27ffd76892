import { LeaderElection } from '../../../src/kubernetes/lease.ts';
import type { LeaseOptions } from '../../../src/kubernetes/lease.ts';
import type { FakeApiServer } from './fake-api-server.ts';
import { Participant } from './participant.ts';

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
}
