/** One operator leads, another one stands by: how soon does it go on? */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startReplicas, type Replica, type Replicas } from './replicas.ts';
import { about } from '../../expectations.ts';
import { atMost } from '../../../testbed/eventually.ts';

describe('a standby', () => {
  let replicas: Replicas;
  let leader: Replica;
  let standby: Replica;

  beforeAll(async () => {
    replicas = await startReplicas();
    leader = replicas.first();
    for (const link of await replicas.link('before')) await replicas.scene.ready(link);
    standby = await replicas.start();
  });
  afterAll(() => replicas.stop());

  it('is ready with filled caches while another one leads, and does nothing', async () => {
    expect(standby.leads).toBe(false);
    expect((await fetch(`${standby.process.telemetryUrl}/readyz`)).status).toBe(200);
    expect(standby.saidAt('caches are synced') ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(Date.now());
    expect(await standby.metric('crossaccountlink_links{condition="Ready",status="True"')).toBe(1);
    expect(await standby.metric('leader_election_master_status')).toBe(0);
    expect(await leader.metric('leader_election_master_status')).toBe(1);
    expect(standby.aws.calls.count()).toBe(0);
  });

  it('leads within 5 s of a clean stop, which gives the lease back', async () => {
    const stoppedAt = Date.now();
    await about(leader.process.logTail(5), async () => {
      expect(await leader.terminate()).toBe(0);
    });
    const drainedAt = leader.saidAt('stopped') ?? Number.NaN;
    const leadsAt = await standby.untilSaid('leading', 5_000);
    const ready = await readyAfter(stoppedAt, 'after-stop');
    print(
      `SIGTERM: drained after ${seconds(drainedAt - stoppedAt)}, the standby leads after ` +
        `${seconds(leadsAt - stoppedAt)}, a new link is Ready after ${ready}`,
    );
    expect(leadsAt - stoppedAt).toBeLessThan(atMost(5_000));
    expect(await standby.metric('leader_election_master_status')).toBe(1);
  });

  it('leads within 20 s of a kill', async () => {
    const heir = await replicas.start();
    expect(heir.leads).toBe(false);
    const killedAt = Date.now();
    await standby.process.kill();
    const leadsAt = await heir.untilSaid('leading', 20_000);
    const ready = await readyAfter(killedAt, 'after-kill');
    print(
      `SIGKILL: the standby leads after ${seconds(leadsAt - killedAt)}, a new link is Ready after ${ready}`,
    );
    expect(leadsAt - killedAt).toBeLessThan(atMost(20_000));
    // The link of the first leader is known and in order: nothing of it was written again.
    expect(heir.writes().filter(({ parameters }) => parameters.get('RoleName') === 'before')).toStrictEqual(
      [],
    );
  });

  async function readyAfter(sinceMs: number, name: string): Promise<string> {
    for (const link of await replicas.link(name)) await replicas.scene.ready(link);
    return seconds(Date.now() - sinceMs);
  }
});

/** A figure that the reader of a test run wants to see. */
function print(figure: string): void {
  process.stdout.write(`  ${figure}\n`);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
