/** One operator leads, another one stands by: how soon does it go on? */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startReplicas, type Replica, type Replicas } from './replicas.ts';

describe('a standby', { concurrency: false }, () => {
  let replicas: Replicas;
  let leader: Replica;
  let standby: Replica;

  before(async () => {
    replicas = await startReplicas();
    leader = replicas.first();
    for (const link of await replicas.link('before')) await replicas.scene.ready(link);
    standby = await replicas.start();
  });
  after(() => replicas.stop());

  it('is ready with filled caches while another one leads, and does nothing', async () => {
    assert.equal(standby.leads, false);
    assert.equal((await fetch(`${standby.process.telemetryUrl}/readyz`)).status, 200);
    assert.ok((standby.saidAt('caches are synced') ?? Number.POSITIVE_INFINITY) <= Date.now());
    assert.equal(await standby.metric('crossaccountlink_links{condition="Ready",status="True"'), 1);
    assert.equal(await standby.metric('leader_election_master_status'), 0);
    assert.equal(await leader.metric('leader_election_master_status'), 1);
    assert.equal(standby.aws.calls.count(), 0);
  });

  it('leads within 5 s of a clean stop, which gives the lease back', async () => {
    const stoppedAt = Date.now();
    assert.equal(await leader.terminate(), 0, leader.process.logTail(5));
    const drainedAt = leader.saidAt('stopped') ?? Number.NaN;
    const leadsAt = await standby.untilSaid('leading', 5_000);
    const ready = await readyAfter(stoppedAt, 'after-stop');
    print(
      `SIGTERM: drained after ${seconds(drainedAt - stoppedAt)}, the standby leads after ` +
        `${seconds(leadsAt - stoppedAt)}, a new link is Ready after ${ready}`,
    );
    assert.ok(leadsAt - stoppedAt < 5_000, `it took ${leadsAt - stoppedAt} ms`);
    assert.equal(await standby.metric('leader_election_master_status'), 1);
  });

  it('leads within 20 s of a kill', async () => {
    const heir = await replicas.start();
    assert.equal(heir.leads, false);
    const killedAt = Date.now();
    await standby.process.kill();
    const leadsAt = await heir.untilSaid('leading', 20_000);
    const ready = await readyAfter(killedAt, 'after-kill');
    print(
      `SIGKILL: the standby leads after ${seconds(leadsAt - killedAt)}, a new link is Ready after ${ready}`,
    );
    assert.ok(leadsAt - killedAt < 20_000, `it took ${leadsAt - killedAt} ms`);
    // The link of the first leader is known and in order: nothing of it was written again.
    assert.deepEqual(
      heir.writes().filter(({ parameters }) => parameters.get('RoleName') === 'before'),
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
