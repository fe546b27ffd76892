/** IAM's delay covers tags: the whole operator against an AWS whose policies allow its writes by the role's tag, and do
 *  not see that tag at first. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { isJsonObject, objectAt, type JsonObject } from '../../../src/base/json.ts';
import { AwsModel } from '../../../testbed/simulation/aws-model.ts';
import { KubernetesModel } from '../../../testbed/simulation/kubernetes-model.ts';
import { Replicas } from '../../../testbed/simulation/replicas.ts';
import {
  furnishAws,
  furnishCluster,
  machineArn,
  makeForeignRole,
  targetRoleArn,
} from '../../../testbed/simulation/scenery.ts';
import { Random } from '../../../testbed/random.ts';
import { Scheduler } from '../../../testbed/simulation/scheduler.ts';
import { Weather } from '../../../testbed/simulation/weather.ts';

const NAME = { namespace: 'payments', name: 'a' };
const ROLE = targetRoleArn('payments', 'a');

/** One operator on both models, in fine weather. */
class Scene {
  readonly scheduler: Scheduler;
  readonly aws: AwsModel;
  readonly kubernetes: KubernetesModel;
  readonly replicas: Replicas;
  /** Every call of the operator. */
  readonly calls: string[] = [];

  constructor() {
    const random = new Random(7);
    this.scheduler = new Scheduler(random);
    this.aws = new AwsModel(this.scheduler);
    this.kubernetes = new KubernetesModel(this.scheduler);
    furnishAws(this.aws);
    furnishCluster(this.kubernetes);
    this.replicas = new Replicas({
      count: 1,
      scheduler: this.scheduler,
      random,
      weather: new Weather(random, this.scheduler),
      aws: this.aws,
      kubernetes: this.kubernetes,
      onCall: (_, call) => this.calls.push(call),
    });
  }

  link(targetRole: JsonObject): void {
    const spec = {
      stateMachineARN: machineArn('checkout'),
      targetRole: { arn: ROLE, ...targetRole },
      stateMachineCredentials: { tasks: ['Send'] },
    };
    this.kubernetes.create(CROSS_ACCOUNT_LINK, { metadata: NAME, spec });
  }

  /** Lets so many seconds pass. */
  pass(seconds: number): Promise<void> {
    return this.scheduler.run(this.scheduler.nowMs + seconds * 1_000);
  }

  /** `status reason` of a condition. */
  condition(type: string): string | undefined {
    const { conditions } = objectAt(this.kubernetes.find(CROSS_ACCOUNT_LINK, NAME) ?? {}, 'status');
    const all = Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
    const found = all.find((one) => one['type'] === type);
    return found && `${String(found['status'])} ${String(found['reason'])}: ${String(found['message'])}`;
  }
}

let the: Scene;
beforeEach(() => {
  the = new Scene();
});

describe.each<[string, () => void]>([
  ['a role that the operator has just made', () => the.link({})],
  [
    'a role that it has just adopted',
    () => {
      makeForeignRole(the.aws, 'payments', 'a');
      const account = the.kubernetes.find(AWS_ACCOUNT, { name: 'away' }) ?? {};
      const spec = objectAt(account, 'spec');
      const asTarget = {
        rolePathPrefix: '/crossaccountlink/payments/',
        allowedActions: ['sqs:*'],
        allowedResources: ['*'],
        adoptableRoles: [ROLE],
      };
      const access = [{ namespaces: { names: ['payments'] }, asTarget }];
      the.kubernetes.update(AWS_ACCOUNT, { name: 'away' }, { spec: { ...spec, access } });
      the.link({ adoptionPolicy: 'Adopt', unmanaged: 'Remove' });
    },
  ],
])('%s', (_what, make) => {
  it('is denied for as long as its tag spreads: the link waits, says so, and gets there', async () => {
    the.aws.tagDelayMs = 40_000;
    make();
    await the.pass(20);
    expect(the.condition('Ready')).toMatch(/^Unknown Propagating: .*has not yet spread the role's new tags/);
    expect(the.condition('Reconciling')).toMatch(/^True/);
    expect(the.condition('Stalled')).toBeUndefined();
    await the.pass(100);
    expect(the.condition('Ready')).toMatch(/^True InSync/);
  });

  it('is waited for almost two minutes', async () => {
    the.aws.tagDelayMs = 3_600_000;
    make();
    await the.pass(110);
    expect(the.condition('Ready')).toMatch(/^Unknown Propagating/);
    expect(the.condition('Stalled')).toBeUndefined();
  });

  it('is reported as denied after that, with what to do, and not asked for all the time', async () => {
    the.aws.tagDelayMs = 3_600_000;
    make();
    await the.pass(240);
    expect(the.condition('Ready')).toMatch(
      /^False AccessDenied: .*no identity-based policy allows.*compare the operator's role with `kubectl crossaccountlink bootstrap`/,
    );
    expect(the.condition('Stalled')).toMatch(/^True AccessDenied/);
    const soFar = the.calls.length;
    await the.pass(240);
    expect(the.calls.length - soFar).toBeLessThan(60);
  });
});
