/** Somebody widens a trust policy, and CloudTrail reports it: how long until it is right again? */
import { UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { awsClients } from '../../testbed/aws-clients.ts';
import { cloudTrailEvent } from '../../testbed/cloudtrail.ts';
import { eventually } from '../../testbed/eventually.ts';
import { fleetOf, type FleetLink, type FleetShape } from '../fleet.ts';
import { createInSync } from '../in-sync.ts';
import { createQueue } from '../queue.ts';
import { withRig, type Rig } from '../rig.ts';
import type { Part } from './part.ts';

const REPAIRS_AT_LEAST = 50;

export const repair: Part = async ({ links, accounts, latencyMs, program }) => {
  const shape = {
    links: Math.max(REPAIRS_AT_LEAST, Math.round(links / 4)),
    sources: accounts,
    targets: accounts,
    namespace: 'bench',
    prefix: 'link',
    // So that every repair is due to an event.
    driftCheckInterval: '1h',
  };
  return withRig({ fleets: [fleetOf(shape)], latencyMs, program }, async (rig) => {
    const { fleet, eventQueueUrl } = await runWithEvents(rig, shape);
    const times: number[] = [];
    for (const link of fleet.links) times.push(await repairTime(rig, link, eventQueueUrl));
    times.sort((a, b) => a - b);
    return { repair: { repairs: times.length, p50Ms: quantile(times, 0.5), p99Ms: quantile(times, 0.99) } };
  });
};

/** Starts the operator on links that are in sync and whose accounts have an event queue, and waits until nothing is left to
 *  do. */
export async function runWithEvents(rig: Rig, shape: FleetShape) {
  const eventQueueUrl = await createQueue(rig.emulatorUrl, fleetOf(shape));
  const fleet = fleetOf({ ...shape, eventQueueUrl });
  await createInSync(rig.emulatorUrl, fleet);
  await rig.register([fleet]);
  await rig.apply(fleet);
  await rig.startOperator();
  await rig.watch.untilReady(fleet);
  await rig.untilQuiet();
  return { fleet, eventQueueUrl };
}

/** From the message's arrival in the queue to the end of the write that corrects the trust policy. */
async function repairTime(rig: Rig, { name, target }: FleetLink, queueUrl: string): Promise<number> {
  await widenTrust(rig.emulatorUrl, target, name);
  await tellOfWidening(rig.emulatorUrl, queueUrl, target, name);
  const delivered = performance.now();
  return eventually(
    `the trust policy of ${name} to be repaired`,
    () => {
      const [write] = rig.aws.calls.matching(
        ({ operation, parameters }) =>
          operation === 'UpdateAssumeRolePolicy' && parameters.get('RoleName') === name,
      );
      if (write?.status !== 200 || write.endedAt === undefined) throw new Error('it was not written');
      return write.endedAt - delivered;
    },
    { deadlineMs: 20_000, everyMs: 20 },
  );
}

/** What somebody in the account does who lets everybody in. */
export async function widenTrust(url: string, account: string, RoleName: string): Promise<void> {
  const { iam } = awsClients(url, account);
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: OPEN_TRUST }));
}

/** What EventBridge does, which may write into the queue in any account. */
export async function tellOfWidening(
  url: string,
  QueueUrl: string,
  account: string,
  roleName: string,
): Promise<void> {
  const { sqs } = awsClients(url, QueueUrl.split('/').at(-2) ?? '');
  const event = cloudTrailEvent({
    account,
    eventName: 'UpdateAssumeRolePolicy',
    requestParameters: { roleName, policyDocument: OPEN_TRUST },
  });
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
}

const OPEN_TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }],
});

/** Of sorted numbers; the worst if there are too few for the share. */
function quantile(sorted: readonly number[], share: number): number {
  return Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? Number.NaN);
}
