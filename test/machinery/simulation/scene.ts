/** One operator on the models of AWS and Kubernetes, in fine weather, with one link. */
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { isJsonObject, objectAt, type JsonObject } from '../../../src/base/json.ts';
import { AwsModel } from '../../../testbed/simulation/aws-model.ts';
import { KubernetesModel } from '../../../testbed/simulation/kubernetes-model.ts';
import { Replicas } from '../../../testbed/simulation/replicas.ts';
import {
  furnishAws,
  furnishCluster,
  machineArn,
  targetRoleArn,
} from '../../../testbed/simulation/scenery.ts';
import { Random } from '../../../testbed/random.ts';
import { Scheduler } from '../../../testbed/simulation/scheduler.ts';
import { Weather } from '../../../testbed/simulation/weather.ts';

export const NAME = { namespace: 'payments', name: 'a' };
export const ROLE = targetRoleArn('payments', 'a');

export class Scene {
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

  link(targetRole: JsonObject = {}): void {
    const spec = {
      stateMachineARN: machineArn('checkout'),
      targetRole: { arn: ROLE, ...targetRole },
      stateMachineCredentials: { tasks: ['Send'] },
    };
    this.kubernetes.create(CROSS_ACCOUNT_LINK, { metadata: NAME, spec });
  }

  /** Lets this many seconds pass. */
  pass(seconds: number): Promise<void> {
    return this.scheduler.run(this.scheduler.nowMs + seconds * 1_000);
  }

  /** `status reason` of a link's condition. */
  condition(type: string, name = NAME): string | undefined {
    const { conditions } = objectAt(this.kubernetes.find(CROSS_ACCOUNT_LINK, name) ?? {}, 'status');
    const all = Array.isArray(conditions) ? conditions.filter(isJsonObject) : [];
    const found = all.find((one) => one['type'] === type);
    return found && `${String(found['status'])} ${String(found['reason'])}: ${String(found['message'])}`;
  }

  get status(): JsonObject {
    return objectAt(this.kubernetes.find(CROSS_ACCOUNT_LINK, NAME) ?? {}, 'status');
  }

  /** Makes the operator look at the link now, with fresh reads. */
  request(token: string): void {
    const annotations = { 'crossaccountlink.dev/reconcile-requested-at': token };
    this.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { metadata: { annotations } });
  }

  /** The operator's calls that change something in AWS, since the list was last emptied. */
  get writes(): readonly string[] {
    return this.calls
      .filter((call) => /^(Create|Delete|Put|Update|Attach|Detach|Tag|Untag)[A-Z]/.test(call))
      .map((call) => call.split(' ')[0] ?? '');
  }
}
