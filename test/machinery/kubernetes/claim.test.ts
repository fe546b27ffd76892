import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { objectAt } from '../../../src/base/json.ts';
import { Claim } from '../../../src/kubernetes/claim.ts';
import { FakeApiServer, refuse, type SeenRequest } from './fake-api-server.ts';
import { Participant } from './participant.ts';
import { until } from '../../until.ts';

const COLLECTION = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases';

/** A write of the installation `one`. */
const isOfOne = ({ body }: SeenRequest) => objectAt(body, 'spec')['holderIdentity'] === 'one';

/** The leader of one installation. */
class Leader extends Participant {
  readonly claim: Claim;

  constructor(server: FakeApiServer, installation: string) {
    super(server);
    this.claim = new Claim({
      client: this.client,
      clock: this.clock,
      name: { namespace: 'kube-system', name: 'claim' },
      holder: installation,
      onHeld: (guarded) => this.events.push(guarded ? 'held' : 'unguarded'),
      onLost: (reason) => this.events.push(`lost: ${reason}`),
      onWait: (holder) => this.events.push(`waits for ${holder}`),
      onError: (error) => this.events.push(String(error)),
    });
    this.run((signal) => this.claim.run(signal));
  }

  /** Lets time pass, attempt by attempt, until `event` was reported. */
  reported(event: string): Promise<void> {
    return until(
      () => {
        if (this.events.includes(event)) return true;
        if (this.underWay === 0) this.clock.advance(500);
        return false;
      },
      () => this.events,
    );
  }
}

describe('the claim on a cluster ID', () => {
  let server: FakeApiServer;
  const leaders: Leader[] = [];
  beforeEach(async () => {
    server = await new FakeApiServer().start();
  });
  afterEach(async () => {
    await Promise.all(leaders.splice(0).map((leader) => leader.stop()));
    await server.stop();
  });

  function lead(installation: string): Leader {
    const leader = new Leader(server, installation);
    leaders.push(leader);
    return leader;
  }

  it('is held by one installation; the leader of another waits, says for whom, and may not write', async () => {
    server.put(COLLECTION, 'claim');
    const first = lead('one');
    await first.reported('held');
    const second = lead('two');
    await second.reported('waits for one');
    expect([first.claim.mayWrite(), second.claim.mayWrite()]).toStrictEqual([true, false]);
    expect(second.events).toStrictEqual(['waits for one']);
  });

  it('reports an installation that has it once, however often it is asked for', async () => {
    server.put(COLLECTION, 'claim');
    const first = lead('one');
    await first.reported('held');
    const second = lead('two');
    await second.reported('waits for one');
    await second.pass(20_000);
    expect(second.events).toStrictEqual(['waits for one']);
  });

  it('is renewed every five seconds, given up after twenty without, and free for another after thirty', async () => {
    server.put(COLLECTION, 'claim');
    const first = lead('one');
    await first.settled();
    const before = server.requests.length;
    await first.pass(20_000);
    expect(server.requests.length - before).toBe(4);
    const second = lead('two');
    await second.settled();
    server.fail(Infinity, isOfOne, (response) => refuse(response, 500, 'InternalError'));
    await first.pass(19_900);
    expect(first.events.filter((event) => event.startsWith('lost'))).toStrictEqual([]);
    await first.pass(2_000);
    expect(first.events).toContain('lost: could not renew the lease for 20000 ms');
    await second.pass(29_900);
    expect(second.events).toStrictEqual(['waits for one']);
    await second.pass(200);
    expect(second.events).toStrictEqual(['waits for one', 'held']);
  });

  it('goes over at once to the next leader of the same installation', async () => {
    server.put(COLLECTION, 'claim');
    await lead('one').reported('held');
    const next = lead('one');
    await next.reported('held');
    expect(next.events).toStrictEqual(['held']);
  });

  it('is free once its holder has stopped', async () => {
    server.put(COLLECTION, 'claim');
    const first = lead('one');
    await first.reported('held');
    await first.stop();
    const second = lead('two');
    await second.reported('held');
    expect(second.claim.mayWrite()).toBe(true);
  });

  it('keeps nobody from leading where it was not brought', async () => {
    const leader = lead('one');
    await leader.reported('unguarded');
    expect(leader.claim.mayWrite()).toBe(true);
  });

  it('keeps everybody from leading who may not read it', async () => {
    server.put(COLLECTION, 'claim');
    server.faults.push((_, response) => {
      refuse(response, 403, 'Forbidden');
      return true;
    });
    const leader = lead('one');
    await until(
      () => leader.events.some((event) => event.includes('Forbidden')),
      () => leader.events,
    );
    expect(leader.claim.mayWrite()).toBe(false);
    await leader.settled();
    expect(leader.clock.pending).toStrictEqual([5_000]);
  });
});
