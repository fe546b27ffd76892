/**
 * The same work done by AWS Controllers for Kubernetes, measured beside ours in the same run: one of our links corresponds to two
 * Roles (the target role; the execution role with its grant) and a StateMachine of theirs. `--peer=DIR` names a folder with their
 * `iam-controller` and `sfn-controller` as executables, and their CRDs as YAML, in any folders below it.
 * https://aws-controllers-k8s.github.io/community/docs/community/overview/
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator } from '../../testbed/aws-emulator.ts';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { cleanEnvironment } from '../../testbed/environment.ts';
import { eventually, Hopeless } from '../../testbed/eventually.ts';
import { AdminApi } from '../../testbed/kubernetes/admin-api.ts';
import { startService, type Service } from '../../testbed/process.ts';
import { startAwsProxy } from '../../testbed/proxy/aws.ts';
import { latency } from '../../testbed/proxy/latency.ts';
import { scratchFolder } from '../../testbed/scratch.ts';
import { fleetOf, inParallel, REGION, STATES_TRUST, type Fleet, type FleetLink } from '../fleet.ts';
import { inSyncState } from '../in-sync.ts';
import { cpuSeconds, untilMachineRests } from '../machine.ts';
import { rssMB } from '../process-memory.ts';
import type { Figures, Part } from './part.ts';

const ACCOUNT = '111111111111';
const NAMESPACE = 'bench';
/** As many as our own operator has workers for links. */
const CONCURRENCY = 10;
const ROLES = { group: 'iam.services.k8s.aws', plural: 'roles' } as const;
const MACHINES = { group: 'sfn.services.k8s.aws', plural: 'statemachines' } as const;

/** @param folder the folder that `--peer` names */
export function peerOf(folder: string): Part {
  return async ({ links, latencyMs }, say) => {
    await using cleanUp = new AsyncDisposableStack();
    const controlPlane = await startControlPlane();
    cleanUp.defer(() => controlPlane.stop());
    const emulator = await startEmulator({ accountId: ACCOUNT });
    cleanUp.defer(() => emulator.stop());
    const aws = await startAwsProxy(emulator.url);
    cleanUp.defer(() => aws.stop());
    if (latencyMs > 0) aws.rules.add(latency(latencyMs));

    const admin = new AdminApi(controlPlane);
    cleanUp.defer(() => admin.close());
    await installCrds(controlPlane, folder);
    await admin.call('POST', '/api/v1/namespaces', { body: { metadata: { name: NAMESPACE } } });
    const controllers = ['iam-controller', 'sfn-controller'].map((name) =>
      startController(join(folder, name), controlPlane, aws.url),
    );
    for (const controller of controllers) cleanUp.defer(() => controller.stop());
    await untilMachineRests();
    aws.calls.clear();

    const cpuBefore = cpuOf(controllers);
    const began = performance.now();
    await createAll(admin, fleet(links));
    await untilSynced(admin, controllers, links);
    const seconds = (performance.now() - began) / 1000;
    const figures: Figures = {
      links,
      seconds,
      callsPerLink: aws.calls.all.length / links,
      cpuSeconds: cpuOf(controllers) - cpuBefore,
      rssMB: (await Promise.all(controllers.map(({ pid }) => rssMB(pid)))).reduce((sum, mb) => sum + mb, 0),
    };
    say(JSON.stringify(figures));
    return { peer: figures };
  };
}

/** Here, both accounts are the same: their controllers act in the account of their credentials. */
function fleet(links: number): Fleet {
  const shape = { links, sources: 1, targets: 1, namespace: NAMESPACE, prefix: 'link' };
  const made = fleetOf(shape);
  return { ...made, links: made.links.map(inOneAccount) };
}

function inOneAccount(link: FleetLink): FleetLink {
  const { name } = link;
  return { ...link, executionRoleArn: `arn:aws:iam::${ACCOUNT}:role/bench/${name}-execution` };
}

async function createAll(admin: AdminApi, { links, shape }: Fleet): Promise<void> {
  await inParallel(links, async (link) => {
    const { name, executionRoleArn } = link;
    const { trust, permissions, grant, definition } = inSyncState(link, shape);
    const target = { name, path: '/crossaccountlink/bench/', assumeRolePolicyDocument: trust };
    const execution = { name: `${name}-execution`, path: '/bench/', assumeRolePolicyDocument: STATES_TRUST };
    await create(admin, ROLES, name, {
      ...target,
      inlinePolicies: { [permissions.name]: permissions.document },
    });
    await create(admin, ROLES, `${name}-execution`, {
      ...execution,
      inlinePolicies: { [grant.name]: grant.document },
    });
    await create(admin, MACHINES, name, { name, roleARN: executionRoleArn, definition });
  });
}

type Resource = typeof ROLES | typeof MACHINES;

function pathOf({ group, plural }: Resource): string {
  return `/apis/${group}/v1alpha1/namespaces/${NAMESPACE}/${plural}`;
}

async function create(admin: AdminApi, resource: Resource, name: string, spec: object): Promise<void> {
  const kind = resource === ROLES ? 'Role' : 'StateMachine';
  const body = { apiVersion: `${resource.group}/v1alpha1`, kind, metadata: { name }, spec };
  await admin.call('POST', pathOf(resource), { body });
}

async function untilSynced(admin: AdminApi, controllers: readonly Service[], links: number): Promise<void> {
  const look = async () => {
    const ended = controllers.find((controller) => !controller.running());
    if (ended !== undefined) throw new Hopeless(`${ended.name} ended:\n${ended.logTail()}`);
    const synced = (await syncedIn(admin, ROLES)) + (await syncedIn(admin, MACHINES));
    if (synced < 3 * links) throw new Error(`${synced} of ${3 * links} resources are synced`);
  };
  await eventually('all of theirs to be synced', look, { deadlineMs: 600_000, everyMs: 500 });
}

async function syncedIn(admin: AdminApi, resource: Resource): Promise<number> {
  const items = await admin.list(pathOf(resource));
  return items.filter((item) => {
    const conditions: unknown = Object(Object(item).status).conditions;
    return Array.isArray(conditions) && conditions.some(isSynced);
  }).length;
}

function isSynced(condition: unknown): boolean {
  const { type, status } = Object(condition);
  return type === 'ACK.ResourceSynced' && status === 'True';
}

async function installCrds(controlPlane: ControlPlane, folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => /^kind: CustomResourceDefinition$/m.test(readFileSync(file, 'utf8')));
  if (files.length === 0) throw new Error(`--peer: ${folder} holds no CustomResourceDefinition`);
  const outcome = await controlPlane.kubectl([
    'apply',
    '--server-side',
    ...files.flatMap((file) => ['-f', file]),
  ]);
  if (outcome.exitCode !== 0) throw new Error(outcome.stderr);
  await controlPlane.kubectl(['wait', 'crd', '--all', '--for=condition=Established', '--timeout=60s']);
}

function startController(program: string, controlPlane: ControlPlane, awsUrl: string): Service {
  const name = program.slice(program.lastIndexOf('/') + 1);
  const flags = [
    `--aws-region=${REGION}`,
    `--aws-endpoint-url=${awsUrl}`,
    '--allow-unsafe-aws-endpoint-urls',
    '--enable-leader-election=false',
    `--watch-namespace=${NAMESPACE}`,
    `--reconcile-default-max-concurrent-syncs=${CONCURRENCY}`,
    '--metrics-addr=127.0.0.1:0',
    '--healthz-addr=127.0.0.1:0',
    '--log-level=error',
  ];
  return startService(name, program, flags, {
    logFile: join(scratchFolder(name), `${name}.log`),
    env: cleanEnvironment({
      KUBECONFIG: controlPlane.adminKubeconfig,
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'secret',
      ACK_SYSTEM_NAMESPACE: NAMESPACE,
    }),
  });
}

function cpuOf(processes: readonly Service[]): number {
  return processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}
