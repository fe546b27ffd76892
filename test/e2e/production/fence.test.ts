/** A leader that was paused past its lease, as by a frozen virtual machine, wakes up and still believes that it leads. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import { internalFailure } from '../../../testbed/proxy/aws-answers.ts';
import { viewRole } from '../link/aws-views.ts';
import { callFor, startReplicas, TENANT, type Replica, type Replicas } from './replicas.ts';
import { about } from '../../expectations.ts';

describe('a leader that is paused past its lease', () => {
  let replicas: Replicas;
  let sleeper: Replica;
  let heir: Replica;

  beforeAll(async () => {
    replicas = await startReplicas();
    sleeper = replicas.first();
    heir = await replicas.start();
  });
  afterAll(() => replicas.stop());

  it('writes nothing more to AWS or to a link when it wakes, in the middle of a reconcile or of a write, and ends', async () => {
    const { rules } = sleeper.aws;
    // One link is about to be built, and another one waits for the answer to a write, which will be to try again.
    const reading = rules.hold(callFor('reading', 'DescribeStateMachine'));
    const writing = rules.hold(callFor('writing', 'PutRolePolicy'));
    rules.add({ match: callFor('writing', 'PutRolePolicy'), fault: internalFailure, times: 1 });
    const links = await replicas.link('reading', 'writing');
    await Promise.all([reading.arrived, writing.arrived]);

    const pausedAt = Date.now();
    sleeper.process.signal('SIGSTOP');
    const leadsAt = await heir.untilSaid('leading', 20_000);
    for (const link of links) await replicas.scene.ready(link);

    const written = sleeper.writes().length;
    reading.release();
    writing.release();
    await eventually('the answers to lie before the sleeper', () => {
      const open = sleeper.aws.calls.all.filter(({ endedAt }) => endedAt === undefined);
      expect(open).toStrictEqual([]);
    });
    const left = await Promise.all(links.map((link) => replicas.scene.get(link)));
    const wokenAt = Date.now();
    sleeper.process.signal('SIGCONT');
    await about(sleeper.process.logTail(5), async () => {
      expect(await sleeper.process.ended()).toBe(1);
    });
    process.stdout.write(
      `  paused: the other leads after ${leadsAt - pausedAt} ms; woken, it ends after ${Date.now() - wokenAt} ms\n`,
    );
    expect(sleeper.writes().slice(written)).toStrictEqual([]);
    expect(sleeper.saidAt('the Lease is lost')).toBeDefined();
    // Neither status nor finalizer nor annotation: the versions are those that the successor left.
    expect(await Promise.all(links.map((link) => replicas.scene.get(link)))).toStrictEqual(left);
  });

  it('leaves everything as its successor made it', async () => {
    const { scene } = replicas;
    for (const name of ['reading', 'writing']) {
      const link = await scene.reconcile({ namespace: TENANT, name });
      about(name, () => expect(link.status.drift).toBeUndefined());
      expect(Object.keys((await viewRole(scene.target, name))?.inlinePolicies ?? {})).toHaveLength(1);
    }
  });
});
