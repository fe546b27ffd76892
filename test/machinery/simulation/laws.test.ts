/** Each law of the simulation, broken once by hand, as a faulty operator would. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { AWS_ACCOUNT } from '../../../src/api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../../src/api/crossaccountlink.ts';
import { FINALIZER } from '../../../src/api/metadata.ts';
import { objectAt, type JsonObject } from '../../../src/base/json.ts';
import { policyName } from '../../../src/desired/names.ts';
import { AwsModel } from '../../../testbed/simulation/aws-model.ts';
import { FOREIGN_STATEMENT } from '../../../testbed/simulation/events.ts';
import { KubernetesModel } from '../../../testbed/simulation/kubernetes-model.ts';
import { Laws } from '../../../testbed/simulation/laws.ts';
import { problemsAtRest } from '../../../testbed/simulation/at-rest.ts';
import { Random } from '../../../testbed/random.ts';
import { differences, restingState } from '../../../testbed/simulation/resting-state.ts';
import {
  accountSpec,
  CLUSTER_ID,
  definitionOf,
  executionRoleArn,
  furnishAws,
  furnishCluster,
  machineArn,
  makeForeignRole,
  SOURCE,
  TARGET,
  targetRoleArn,
  TASKS,
} from '../../../testbed/simulation/scenery.ts';
import { Scheduler } from '../../../testbed/simulation/scheduler.ts';
import { Truth } from '../../../testbed/simulation/truth.ts';

const NAME = { namespace: 'payments', name: 'a' };
const ROLE = targetRoleArn('payments', 'a');
const MACHINE = machineArn('checkout');
const POLICY = policyName(CLUSTER_ID);
const ALLOWED = { Effect: 'Allow', Action: ['sqs:SendMessage'], Resource: '*' };
const PUBLISH = { actions: ['sns:Publish'], resources: ['*'] };

function policy(...statements: readonly JsonObject[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

const TRUST = policy({
  Effect: 'Allow',
  Principal: { AWS: executionRoleArn('checkout-exec') },
  Action: 'sts:AssumeRole',
  Condition: { StringEquals: { 'sts:ExternalId': MACHINE } },
});
const GRANT = policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: ROLE });

/** Both models, with one link whose access works. */
class Scene {
  readonly scheduler = new Scheduler(new Random(1));
  readonly aws = new AwsModel(this.scheduler);
  readonly kubernetes = new KubernetesModel(this.scheduler);
  readonly truth = new Truth(this.aws, this.kubernetes);
  readonly broken: string[] = [];

  constructor() {
    furnishAws(this.aws);
    furnishCluster(this.kubernetes);
    void new Laws({
      aws: this.aws,
      kubernetes: this.kubernetes,
      truth: this.truth,
      scheduler: this.scheduler,
      onViolation: ({ law }) => this.broken.push(law),
    });
    const spec = {
      stateMachineARN: MACHINE,
      targetRole: { arn: ROLE },
      stateMachineCredentials: { tasks: ['Send'] },
    };
    this.kubernetes.create(CROSS_ACCOUNT_LINK, { metadata: { ...NAME, finalizers: [FINALIZER] }, spec });
    this.aws.createRole('operator', TARGET, {
      name: 'a',
      path: '/crossaccountlink/payments/',
      trust: TRUST,
      inline: new Map([[POLICY, policy(ALLOWED)]]),
    });
    this.setGrant(GRANT);
    this.setDefinition(definitionOf(TASKS, { Send: { RoleArn: ROLE } }));
  }

  setGrant(text: string): void {
    this.aws.changeRole('operator', 'PutRolePolicy', SOURCE, 'checkout-exec', (role) => ({
      ...role,
      inline: new Map([...role.inline, [POLICY, text]]),
    }));
  }

  setDefinition(definition: string): void {
    this.aws.setMachine('operator', MACHINE, { roleArn: executionRoleArn('checkout-exec'), definition });
  }

  /** Lets time pass, so that what people did is no longer recent. */
  pass(ms = 60_000): Promise<void> {
    return this.scheduler.run(this.scheduler.nowMs + ms);
  }

  ready(status: string): void {
    this.report({ Ready: status });
  }

  /** @param fields fields of the spec that are edited together with it */
  suspend(fields: JsonObject): void {
    const spec = objectAt(this.kubernetes.get(CROSS_ACCOUNT_LINK, NAME), 'spec');
    this.kubernetes.update(CROSS_ACCOUNT_LINK, NAME, { spec: { ...spec, ...fields, suspend: true } });
  }

  /** @param conditions type → status */
  report(conditions: Readonly<Record<string, string>>, more: JsonObject = {}): void {
    const all = Object.entries(conditions).map(([type, status]) => {
      return { type, status, reason: 'InSync', message: '', observedGeneration: 1, lastTransitionTime: '' };
    });
    const status = { observedGeneration: 1, conditions: all, ...more };
    this.kubernetes.applyStatus(CROSS_ACCOUNT_LINK, NAME, { status });
  }
}

let scene = new Scene();
beforeEach(async () => {
  scene = new Scene();
  await scene.pass();
});

it('nothing is wrong with a link whose access works', () => {
  scene.ready('True');
  expect(scene.truth.links().map((link) => scene.truth.problem(link))).toStrictEqual([undefined]);
  expect(problemsAtRest(scene.truth, 0)).toStrictEqual([]);
  expect(scene.broken).toStrictEqual([]);
});

describe('Ready of a suspended link says what it said:', () => {
  const law = 'Ready of a suspended link says what it said';
  it.each([
    { is: 'True', fields: {}, broken: [] },
    { is: 'Unknown', fields: {}, broken: [law] },
    { is: 'False', fields: {}, broken: [law] },
    { is: 'True', fields: { deletionPolicy: 'Retain' }, broken: [law] },
    { is: 'Unknown', fields: { deletionPolicy: 'Retain' }, broken: [] },
  ])('was True, is $is, edited besides: $fields', ({ is, fields, broken }) => {
    scene.ready('True');
    scene.suspend(fields);
    scene.report({ Ready: is }, { taskCount: 1 });
    expect(scene.broken).toStrictEqual(broken);
  });

  it('an annotation after an edit breaks nothing: no status was written', () => {
    scene.ready('True');
    scene.suspend({ deletionPolicy: 'Retain' });
    scene.kubernetes.update(CROSS_ACCOUNT_LINK, NAME, {
      metadata: { annotations: { 'example.com/a': 'b' } },
    });
    expect(scene.broken).toStrictEqual([]);
  });
});

describe('nothing is removed that a living link needs:', () => {
  const law = 'nothing is removed that a living link needs';
  it.each([
    ['its grant', () => scene.setGrant(policy())],
    [
      'its role',
      () =>
        scene.aws.changeRole('operator', 'DeleteRolePolicy', TARGET, 'a', (role) => ({
          ...role,
          inline: new Map(),
        })),
    ],
    ['its trust', () => scene.aws.setTrust('operator', TARGET, 'a', policy(FOREIGN_STATEMENT))],
    ['its Credentials', () => scene.setDefinition(definitionOf(TASKS))],
  ])('%s', (_what, remove) => {
    remove();
    expect(scene.broken).toStrictEqual([law]);
  });

  it('unless people changed it a moment ago', () => {
    scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
    scene.setGrant(policy());
    expect(scene.broken).toStrictEqual([]);
  });
});

describe('foreign content is untouched:', () => {
  const law = 'foreign content is untouched';
  it.each([
    [
      'an execution role',
      () =>
        scene.aws.changeRole('operator', 'TagRole', SOURCE, 'refund-exec', (role) => ({
          ...role,
          tags: new Map(),
        })),
    ],
    [
      'a definition',
      () => scene.setDefinition(definitionOf(['Send', 'Notify'], { Send: { RoleArn: ROLE } })),
    ],
    [
      'a role that somebody else made',
      () => {
        const spec = { stateMachineARN: MACHINE, targetRole: { arn: targetRoleArn('payments', 'theirs') } };
        const metadata = { ...NAME, name: 'b', finalizers: [FINALIZER] };
        scene.kubernetes.create(CROSS_ACCOUNT_LINK, { metadata, spec });
        makeForeignRole(scene.aws, 'payments', 'theirs');
        scene.aws.setTrust('operator', TARGET, 'theirs', TRUST);
      },
    ],
  ])('%s', (_what, touch) => {
    touch();
    expect(scene.broken).toStrictEqual([law]);
  });
});

describe('no write without its evidence:', () => {
  const law = 'no write without its evidence';
  it.each([
    [
      'for a link without finalizer',
      () => scene.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { metadata: { finalizers: [] } }),
    ],
    [
      'for no link',
      () => {
        scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
        scene.kubernetes.patch(CROSS_ACCOUNT_LINK, NAME, { metadata: { finalizers: [] } });
      },
    ],
  ])('%s', async (_what, arrange) => {
    arrange();
    await scene.pass();
    scene.aws.changeRole('operator', 'TagRole', TARGET, 'a', (role) => ({
      ...role,
      tags: new Map([['a', 'b']]),
    }));
    expect(scene.broken).toStrictEqual([law]);
  });

  it('a link that is being deleted makes no role', async () => {
    scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
    await scene.pass();
    scene.aws.changeRole('others', 'DeleteRolePolicy', TARGET, 'a', (role) => ({
      ...role,
      inline: new Map(),
    }));
    scene.aws.deleteRole('others', TARGET, 'a');
    scene.aws.createRole('operator', TARGET, {
      name: 'a',
      path: '/crossaccountlink/payments/',
      trust: TRUST,
    });
    expect(scene.broken).toStrictEqual([law]);
  });
});

function widen(): void {
  scene.aws.changeRole('operator', 'PutRolePolicy', TARGET, 'a', (role) => ({
    ...role,
    inline: new Map([[POLICY, policy(ALLOWED, { ...ALLOWED, Action: 'sns:Publish' })]]),
  }));
}

describe('a definition widens no role where growth is held:', () => {
  const law = 'a definition widens no role where growth is held';
  beforeEach(async () => {
    const spec = accountSpec(TARGET, undefined, 'Hold');
    scene.kubernetes.update(AWS_ACCOUNT, { name: 'away' }, { spec });
    scene.ready('True');
    await scene.pass();
  });

  it('a wider policy on the role breaks it', () => {
    widen();
    expect(scene.broken).toStrictEqual([law]);
  });

  it('what the link needed when it was edited does not', () => {
    const tasks = ['Send', 'Publish'];
    const spec = {
      stateMachineARN: MACHINE,
      targetRole: { arn: ROLE, permissions: { statements: [PUBLISH] } },
      stateMachineCredentials: { tasks },
    };
    scene.kubernetes.update(CROSS_ACCOUNT_LINK, NAME, { spec });
    widen();
    expect(scene.broken).toStrictEqual([]);
  });
});

it('Ready is not True while the access has long failed', async () => {
  scene.aws.setTrust('others', TARGET, 'a', policy(FOREIGN_STATEMENT));
  await scene.pass(60_000);
  scene.ready('True');
  expect(scene.broken).toStrictEqual([]);
  await scene.pass(3_600_000);
  scene.ready('False');
  scene.ready('True');
  expect(scene.broken).toStrictEqual(['Ready is not True while the access fails']);
  expect(problemsAtRest(scene.truth, 0)[0]?.law).toBe('Ready is not True while the access fails');
});

it('Effective is not True while a leg is missing', () => {
  scene.report({ Effective: 'True', PermissionsReady: 'Unknown' });
  expect(scene.broken).toStrictEqual([]);
  scene.report({ Effective: 'True', PermissionsReady: 'False' });
  expect(scene.broken).toStrictEqual(['Effective is not True while a leg is missing']);
});

it('drift is what somebody else did', () => {
  const time = '2026-01-01T00:00:00Z';
  const recent = [{ time, object: ROLE, field: 'description', repaired: true }];
  const drift = { total: 1, lastDetectedTime: time, recent };
  scene.aws.changeRole('others', 'UpdateRoleDescription', TARGET, 'a', (role) => ({
    ...role,
    description: 'x',
  }));
  scene.report({}, { drift });
  expect(scene.broken).toStrictEqual([]);
  const other = new Scene();
  other.report({}, { drift });
  expect(other.broken).toStrictEqual(['drift is what somebody else did']);
});

it('every deletion ends, and everything comes to rest', () => {
  scene.ready('Unknown');
  expect(problemsAtRest(scene.truth, 0)[0]?.law).toBe('everything comes to rest');
  scene.kubernetes.delete(CROSS_ACCOUNT_LINK, NAME);
  expect(problemsAtRest(scene.truth, 0)[0]?.law).toBe('every deletion ends');
});

it('two states differ by what they mean, not by how it is written', () => {
  const other = new Scene();
  const wanted = restingState(other.aws, other.kubernetes);
  scene.setGrant(policy({ Action: ['sts:AssumeRole'], Resource: [ROLE], Effect: 'Allow' }));
  expect(differences(restingState(scene.aws, scene.kubernetes), wanted)).toStrictEqual([]);
  scene.setGrant(policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }));
  expect(differences(restingState(scene.aws, scene.kubernetes), wanted)).toStrictEqual([
    expect.stringContaining(`checkout-exec policy ${POLICY} is`),
  ]);
});
