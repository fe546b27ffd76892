/** Reads of whole accounts take a while and may lag behind: they only suggest, and decide nothing. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../../../testbed/eventually.ts';
import type { AwsCall } from '../../../testbed/proxy/aws-call.ts';
import { lagReads } from '../../../testbed/proxy/aws-truths/read-lag.ts';
import type { KubernetesCall } from '../../../testbed/proxy/kubernetes-call.ts';
import { SOURCE, targetRole } from '../link/aws-owners.ts';
import { viewRole } from '../link/aws-views.ts';
import { chain, sendMessage } from '../link/definitions.ts';
import { MACHINES, startScene, TENANTS, type LinkName, type Scene } from '../link/scene.ts';
import { about } from '../../expectations.ts';
import { accessTo } from '../link/linked.ts';

const MINUTE_MS = 60_000;
const SLOW = '333333333333';
const LAGGING = '444444444444';
/** As often as the accounts' minimum interval allows. */
const POLL_MS = 35_000;

describe('a snapshot', () => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await startScene({ accounts: [SLOW, LAGGING] });
    await scene.register(SOURCE, [{ namespaces: TENANTS, asSource: MACHINES }]);
    for (const account of [SLOW, LAGGING]) {
      await scene.register(account, accessTo(account));
    }
    await scene.tenant('slow');
    await scene.tenant('lagging');
    scene.aws.rules.add({
      ...lagReads(MINUTE_MS),
      match: (call) => call.accountId === LAGGING && (call.write || isSnapshot(call)),
    });
    await Promise.all([
      make(slow('polled'), SLOW, { driftCheckInterval: '30s' }),
      make(slow('edited'), SLOW, { driftCheckInterval: '1h' }),
      make(lagging('polled'), LAGGING, { driftCheckInterval: '30s' }),
      make(lagging('edited'), LAGGING, { driftCheckInterval: '1h' }),
    ]);
    // For a minute, an operator knows its own writes without any snapshot: this one has written nothing.
    await scene.operator.stop();
    scene.aws.calls.clear();
    scene.kubernetes.calls.clear();
    await scene.startOperator();
  });
  afterAll(() => scene.stop());

  async function make(link: LinkName, account: string, spec: object): Promise<void> {
    const name = `${link.namespace}-${link.name}`;
    const machine = await scene.workflow(name, chain({ Send: sendMessage(name, account) }));
    const arn = targetRole(name, account);
    await scene.link(link, { stateMachineARN: machine, targetRole: { arn }, ...spec });
    await scene.ready(link);
  }

  function rolesOf(account: string, ...names: readonly string[]) {
    return Promise.all(names.map((name) => viewRole(scene.clients(account), name)));
  }

  function driftOf(...links: readonly LinkName[]) {
    return Promise.all(links.map(async (link) => (await scene.get(link)).status.drift));
  }

  const writesIn = (account: string) =>
    scene.aws.calls
      .matching((call) => call.accountId === account && call.write)
      .map(({ call }) => call.operation);

  it.concurrent('that was begun before a write neither takes it for drift nor takes it back', async () => {
    await untilRead(SLOW);
    const released = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    scene.aws.rules.add({
      match: (call) => call.accountId === SLOW && isSnapshot(call),
      fault: {
        kind: 'change',
        change: async (answer) => {
          asked.resolve();
          await released.promise;
          return answer;
        },
      },
      times: 1,
    });
    await asked.promise;
    await scene.patch(slow('edited'), { targetRole: { tags: { team: 'payments' } } });
    await scene.ready(slow('edited'));
    await make(slow('made'), SLOW, { driftCheckInterval: '1h' });
    const roles = await rolesOf(SLOW, 'slow-edited', 'slow-made');
    const writes = writesIn(SLOW);
    expect(writes).toStrictEqual(['TagRole', 'CreateRole', 'PutRolePolicy']);
    released.resolve();
    for (const link of [slow('edited'), slow('made')]) await lookAgain(link);
    expect(await rolesOf(SLOW, 'slow-edited', 'slow-made')).toStrictEqual(roles);
    expect(writesIn(SLOW)).toStrictEqual(writes);
    expect(await driftOf(slow('edited'), slow('made'))).toStrictEqual([undefined, undefined]);
  });

  it.concurrent('that lags by a minute removes nothing that exists or is being written', async () => {
    await untilRead(LAGGING);
    for (const link of [lagging('polled'), lagging('edited')]) await lookAgain(link);
    // What the snapshot does not show yet is left as it is.
    expect(writesIn(LAGGING)).toStrictEqual([]);
    // And there is nothing to report.
    expect(scene.kubernetes.calls.count(isStatusWrite)).toBe(0);
    await scene.patch(lagging('edited'), { targetRole: { tags: { team: 'payments' } } });
    await scene.ready(lagging('edited'));
    const roles = await rolesOf(LAGGING, 'lagging-polled', 'lagging-edited');
    await untilRead(LAGGING, 2);
    for (const link of [lagging('polled'), lagging('edited')]) await lookAgain(link);
    expect(await rolesOf(LAGGING, 'lagging-polled', 'lagging-edited')).toStrictEqual(roles);
    expect(writesIn(LAGGING)).toStrictEqual(['TagRole']);
    expect(await driftOf(lagging('polled'), lagging('edited'))).toStrictEqual([undefined, undefined]);
  });

  /** Waits until the operator has read a whole account this many times. */
  async function untilRead(account: string, times = 1): Promise<void> {
    const look = () => {
      const reads = scene.aws.calls.matching((call) => call.accountId === account && isSnapshot(call));
      about(`${reads.length} were begun`, () =>
        expect(reads.filter(({ endedAt }) => endedAt !== undefined).length).toBeGreaterThanOrEqual(times),
      );
    };
    await eventually(`${account} to be read ${times} times`, look, { deadlineMs: POLL_MS });
  }

  /** Has a link reconciled as in a routine check, from what snapshots say. */
  async function lookAgain({ namespace, name }: LinkName): Promise<void> {
    const looked = () =>
      scene.logLines().filter(({ msg, link }) => msg === 'reconciled' && link === `${namespace}/${name}`)
        .length;
    const earlier = looked();
    await scene.annotate({ namespace, name }, `example.com/look=${crypto.randomUUID()}`);
    await eventually(`a look at ${name}`, () => expect(looked()).toBeGreaterThan(earlier));
  }
});

function isSnapshot({ operation }: AwsCall): boolean {
  return operation === 'GetAccountAuthorizationDetails';
}

function isStatusWrite({ resource, subresource, write, namespace }: KubernetesCall): boolean {
  return write && resource === 'crossaccountlinks' && subresource === 'status' && namespace === 'lagging';
}

function slow(name: string): LinkName {
  return { namespace: 'slow', name };
}

function lagging(name: string): LinkName {
  return { namespace: 'lagging', name };
}
