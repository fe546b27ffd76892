/** The poll for drift: what a check of many links costs, and that it finds differences by itself. */
import { DeleteRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { DescribeStateMachineCommand, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countsOf } from '../../../bench/counts.ts';
import { fleetOf, type FleetLink } from '../../../bench/fleet.ts';
import { createInSync } from '../../../bench/in-sync.ts';
import { startRig, type Rig } from '../../../bench/rig.ts';
import { awsClients } from '../../../testbed/aws-clients.ts';
import { eventually } from '../../../testbed/eventually.ts';
import { viewRole } from '../link/aws-views.ts';
import { narrow, remark } from '../../expectations.ts';
import { OPERATOR_POLICY, document } from '../link/policies.ts';

const LINKS = 60;
const INTERVAL_MS = 30_000;
const FLEET = fleetOf({
  links: LINKS,
  sources: 1,
  targets: 2,
  namespace: 'many',
  prefix: 'link',
  driftCheckInterval: '30s',
});

describe('the poll', () => {
  let rig: Rig;

  beforeAll(async () => {
    rig = await startRig({ fleets: [FLEET], latencyMs: 0 });
    await createInSync(rig.emulatorUrl, FLEET);
    await rig.register();
    await rig.apply(FLEET);
    await rig.startOperator();
    await rig.watch.untilReady(FLEET);
    await rig.untilQuiet();
  });
  afterAll(() => rig.stop());

  it(`of ${LINKS} links in sync costs one read for each machine and one page for each account, and writes nothing`, async () => {
    rig.clearCounts();
    await rig.untilChecked(FLEET);
    const { aws, iam, awsWrites, kubernetesWrites, byName } = countsOf(rig);
    remark(`${aws / LINKS} AWS calls a link, IAM ${iam / LINKS}: ${JSON.stringify(byName)}`);
    // Aliases are read once a day for each machine, spread over the day, and are not part of the budget of a check.
    const { ListStateMachineAliases: _, ...ofChecks } = byName;
    expect(ofChecks).toStrictEqual({
      DescribeStateMachine: LINKS,
      GetAccountAuthorizationDetails: FLEET.sources.length + FLEET.targets.length,
    });
    expect(aws).toBeLessThanOrEqual(1.06 * LINKS);
    expect(iam).toBeLessThanOrEqual(0.055 * LINKS);
    expect([awsWrites, kubernetesWrites]).toStrictEqual([0, 0]);
  });

  it('finds within its interval what somebody changed, and touches nothing else', async () => {
    const [trust, grant, credentials] = FLEET.links.filter((_, index) => index % 20 === 0);
    narrow(trust && grant && credentials, { trust, grant, credentials });
    const order = await Promise.all([trust, grant, credentials].map(picture));
    await drift(trust, grant, credentials);
    rig.clearCounts();
    const began = performance.now();
    // The calls, as they are made: reading AWS itself all the time would take more than the operator does.
    const writes = () =>
      rig.aws.calls
        .matching(({ write }) => write)
        .map(({ call }) => call.operation)
        .toSorted();
    await eventually(
      'each to be written',
      () => expect(writes()).toStrictEqual(['PutRolePolicy', 'UpdateAssumeRolePolicy', 'UpdateStateMachine']),
      { deadlineMs: INTERVAL_MS + 10_000 },
    );
    remark(`repaired after ${Math.round(performance.now() - began)} ms`);
    await rig.untilQuiet();
    expect(await Promise.all([trust, grant, credentials].map(picture))).toStrictEqual(order);
    expect(writes()).toHaveLength(3);
  });

  async function drift(trust: FleetLink, grant: FleetLink, credentials: FleetLink): Promise<void> {
    const open = { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' };
    await awsClients(rig.emulatorUrl, trust.target).iam.send(
      new UpdateAssumeRolePolicyCommand({
        RoleName: trust.name,
        PolicyDocument: document(open),
      }),
    );
    await awsClients(rig.emulatorUrl, grant.source).iam.send(
      new DeleteRolePolicyCommand({ RoleName: grant.name, PolicyName: OPERATOR_POLICY }),
    );
    const { sfn } = awsClients(rig.emulatorUrl, credentials.source);
    const bare = JSON.parse(await definitionOf(credentials), (key, value: unknown) =>
      key === 'Credentials' ? undefined : value,
    );
    await sfn.send(
      new UpdateStateMachineCommand({
        stateMachineArn: credentials.machineArn,
        definition: JSON.stringify(bare),
      }),
    );
  }

  async function definitionOf({ source, machineArn }: FleetLink): Promise<string> {
    const { sfn } = awsClients(rig.emulatorUrl, source);
    const { definition } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn: machineArn }));
    return definition ?? '';
  }

  /** Everything that a link is about, as AWS has it. */
  async function picture(link: FleetLink) {
    const [target, execution, definition] = await Promise.all([
      viewRole(awsClients(rig.emulatorUrl, link.target), link.name),
      viewRole(awsClients(rig.emulatorUrl, link.source), link.name),
      definitionOf(link),
    ]);
    const parsed: unknown = JSON.parse(definition);
    return { target, execution, definition: parsed };
  }
});
