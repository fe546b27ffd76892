import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { operatorProgram } from '../../testbed/bundle.ts';
import type { SharedControlPlane } from '../../testbed/control-plane.ts';
import { cleanEnvironment } from '../../testbed/environment.ts';
import { eventually, Hopeless } from '../../testbed/eventually.ts';
import { AdminApi } from '../../testbed/kubernetes/admin-api.ts';
import { startService, type Service } from '../../testbed/process.ts';
import { openControlPlane } from '../../testbed/stage.ts';
import { LINK } from './crds/manifests.ts';
import { CHART, crdFile, openHelm, PLURALS, type Helm } from './chart/helm.ts';
import { about, narrow } from '../expectations.ts';

const NAMESPACE = 'crossaccountlink-system';
const OURS = '/apis/crossaccountlink.dev/v1alpha1';
const LINKS = `${OURS}/namespaces/default/crossaccountlinks`;

/** Nobody listens on the discard port. */
const NO_AWS = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: '222222222222',
  AWS_SECRET_ACCESS_KEY: 'none',
};

describe('the chart in a cluster', () => {
  let controlPlane: SharedControlPlane;
  let api: AdminApi;
  let helm: Helm;
  let folder: string;

  beforeAll(async () => {
    ({ controlPlane } = await openControlPlane({ bare: true }));
    api = new AdminApi(controlPlane);
    helm = await openHelm(controlPlane.adminKubeconfig);
    folder = await mkdtemp(join(tmpdir(), 'xal-chart-'));
  });
  afterAll(async () => {
    await api.close();
    await helm.close();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = async (...args: readonly string[]) => {
    const { stdout, stderr, exitCode } = await controlPlane.kubectl(args);
    about(stderr, () => expect(exitCode).toBe(0));
    return stdout;
  };
  const account = async (name: string) => Object(await api.get(`${OURS}/awsaccounts/${name}`));
  const deployment = async () =>
    Object(await api.get(`/apis/apps/v1/namespaces/${NAMESPACE}/deployments/xal-crossaccountlink`));
  const lease = async (namespace: string, name: string) =>
    Object(await api.get(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/${name}`));

  const claimHolder = async () =>
    (await lease('kube-system', 'crossaccountlink-test-claim')).spec.holderIdentity;

  const apply = async (command: string, chart: string, accounts: object, ...flags: readonly string[]) => {
    const values = join(folder, 'values.yaml');
    await writeFile(values, stringify({ clusterID: 'test', awsAccounts: accounts }));
    return helm.run(
      command,
      'xal',
      chart,
      '--namespace',
      NAMESPACE,
      '--create-namespace',
      '-f',
      values,
      ...flags,
    );
  };

  const BILLING = { accountID: '222222222222' };

  it('installs the CRDs, and says that accounts need a second run', async () => {
    const notes = await apply('install', await previousChart(join(folder, 'previous')), { billing: BILLING });
    expect(notes).toMatch(/Run the same command again, as\s+helm upgrade xal/);
    for (const plural of PLURALS)
      await api.get(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}.crossaccountlink.dev`);
  });

  it('makes the accounts with the second run', async () => {
    const notes = await apply('upgrade', join(folder, 'previous'), { billing: BILLING });
    expect(notes).toMatch(/kubectl get awsaccounts/);
    expect((await account('billing')).spec.accountID).toBe('222222222222');
  });

  it('upgrades from the version before, CRDs and accounts included', async () => {
    const eventQueueURL = 'https://sqs.us-east-1.amazonaws.com/222222222222/events';
    await apply('upgrade', CHART, { billing: { ...BILLING, eventQueueURL } });
    const { spec, metadata } = await account('billing');
    expect(spec.eventQueueURL).toBe(eventQueueURL);
    expect(metadata.labels['helm.sh/chart']).toBe('crossaccountlink-0.1.0');
  });

  it('upgrades to itself without a change', async () => {
    const { resourceVersion } = (await account('billing')).metadata;
    await helm.run('upgrade', 'xal', CHART, '--namespace', NAMESPACE, '--reuse-values');
    expect((await account('billing')).metadata.resourceVersion).toBe(resourceVersion);
  });

  it('keeps an account that is taken out of the values', async () => {
    await apply('upgrade', CHART, {});
    expect((await account('billing')).metadata.deletionTimestamp).toBeUndefined();
  });

  const KINDS = { group: 'crossaccountlink.dev' };
  const LEASES = { group: 'coordination.k8s.io', resource: 'leases' };
  for (const [allowed, verb, what] of [
    [true, 'watch', { ...KINDS, resource: 'crossaccountlinks' }],
    [true, 'patch', { ...KINDS, resource: 'crossaccountlinks' }],
    [true, 'patch', { ...KINDS, resource: 'awsaccounts', subresource: 'status' }],
    [true, 'list', { resource: 'namespaces' }],
    [true, 'create', { resource: 'events', namespace: 'default' }],
    [true, 'update', { ...LEASES, name: 'crossaccountlink', namespace: NAMESPACE }],
    [false, 'delete', { ...KINDS, resource: 'crossaccountlinks' }],
    [false, 'create', { ...KINDS, resource: 'awsaccounts' }],
    [false, 'update', { ...LEASES, name: 'other', namespace: NAMESPACE }],
    [false, 'update', { ...LEASES, name: 'crossaccountlink', namespace: 'kube-system' }],
    [false, 'get', { resource: 'secrets', namespace: NAMESPACE }],
    [false, 'get', { resource: 'configmaps', namespace: NAMESPACE }],
    [false, 'patch', { resource: 'namespaces' }],
  ] as const) {
    it(`${allowed ? 'lets the operator' : 'does not let the operator'} ${verb} ${Object.values(what).join(' ')}`, async () => {
      const user = `system:serviceaccount:${NAMESPACE}:xal-crossaccountlink`;
      const review = await api.call('POST', '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
        body: { spec: { user, resourceAttributes: { verb, ...what } } },
      });
      expect(review).toMatchObject({ status: { allowed } });
    });
  }

  it('runs the operator: its caches fill, it leads, writes status and Events, and is refused nothing', async () => {
    const { containers, serviceAccountName } = (await deployment()).spec.template.spec;
    const logFile = join(folder, 'operator.log');
    const kubeconfig = await controlPlane.serviceAccountKubeconfig(NAMESPACE, serviceAccountName);
    const operator = start(containers[0], logFile, kubeconfig, NAMESPACE);
    try {
      await eventually('the container to be ready, by its probes', () => probe(containers[0], operator), {
        deadlineMs: 20_000,
      });
      await api.call('POST', LINKS, { body: LINK });
      await eventually('the link to say that no account allows it', async () => {
        const { status } = Object(await api.get(`${LINKS}/checkout-to-billing`));
        expect(status.conditions?.find(({ type }: { type: string }) => type === 'Ready')?.reason).toBe(
          'AccountNotAllowed',
        );
      });
      await eventually('the account to say that it cannot be reached', async () => {
        expect((await account('billing')).status.conditions).toContainEqual(
          expect.objectContaining({ type: 'Ready', status: 'False', reason: 'Unavailable' }),
        );
      });
      await eventually('an Event to say so', async () => {
        const events = JSON.stringify(await api.list('/api/v1/events'));
        expect(events).toMatch(/"kind":"(?:CrossAccountLink|AWSAccount)"/);
      });
      const renewed = async () => (await lease(NAMESPACE, 'crossaccountlink')).spec.renewTime;
      const first = await renewed();
      await eventually('the lease to be renewed', async () => expect(await renewed()).not.toBe(first));
      expect(await readFile(logFile, 'utf8')).not.toMatch(/forbidden/i);
    } finally {
      await operator.stop();
    }
  });

  it.each([
    [
      'the same cluster ID, which names the first',
      'TEST',
      `clusterID TEST is taken by release xal in namespace ${NAMESPACE}`,
    ],
    [
      'any other cluster ID: the two would be in each other’s way',
      'another',
      `release xal in namespace ${NAMESPACE} serves all namespaces of this cluster`,
    ],
  ])('is refused as a second release under %s', async (_what, clusterID, says) => {
    const { exitCode, stderr } = await helm.try(
      'install',
      'other',
      CHART,
      '--namespace=second',
      '--create-namespace',
      `--set=clusterID=${clusterID},crds.enabled=false`,
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain(says);
  });

  it('is refused as an upgrade to another cluster ID, under which the operator would know nothing of what it made', async () => {
    const { exitCode, stderr } = await helm.try(
      'upgrade',
      'xal',
      CHART,
      '--namespace',
      NAMESPACE,
      '--set=clusterID=staging',
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('clusterID of this release is test, and may not become staging');
  });

  it('makes its operator wait if another installation leads under the same cluster ID', async () => {
    const { containers, serviceAccountName } = (await deployment()).spec.template.spec;
    const kubeconfig = await controlPlane.serviceAccountKubeconfig(NAMESPACE, serviceAccountName);
    await api.call('POST', '/api/v1/namespaces', { body: { metadata: { name: 'second' } } });
    const first = start(containers[0], join(folder, 'first.log'), kubeconfig, NAMESPACE);
    try {
      await eventually('the first to lead', async () => expect(await claimHolder()).toBe(NAMESPACE), {
        deadlineMs: 30_000,
      });
      const second = start(containers[0], join(folder, 'second.log'), controlPlane.adminKubeconfig, 'second');
      try {
        await eventually(
          'the second to say for whom it waits',
          () =>
            expect(second.logTail(1000)).toContain(`the installation in namespace ${NAMESPACE} leads under`),
          { deadlineMs: 30_000 },
        );
        expect(second.logTail(1000)).not.toContain('"msg":"leading"');
        await first.stop();
        await eventually('the second to take over', async () => expect(await claimHolder()).toBe('second'), {
          deadlineMs: 30_000,
        });
      } finally {
        await second.stop();
      }
    } finally {
      await first.stop();
    }
  });

  it('leaves CRDs and accounts behind when it is uninstalled', async () => {
    await apply('upgrade', CHART, { billing: BILLING });
    await helm.run('uninstall', 'xal', '--namespace', NAMESPACE);
    expect((await account('billing')).metadata.deletionTimestamp).toBeUndefined();
    expect(
      await kubectl(
        'get',
        'deployment,serviceaccount,role',
        '-n',
        NAMESPACE,
        '-l',
        'helm.sh/chart',
        '-o',
        'name',
      ),
    ).toBe('');
  });

  it('takes them up again, and says that an account differs from the values', async () => {
    const changed = { billing: { ...BILLING, driftCheckInterval: '2m' } };
    expect(await apply('install', CHART, changed)).toMatch(
      /AWSAccount billing in the cluster differs from the values/,
    );
    await helm.run('uninstall', 'xal', '--namespace', NAMESPACE);
    await apply('install', CHART, changed, '--take-ownership');
    expect((await account('billing')).spec.driftCheckInterval).toBe('2m');
  });
});

interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value?: string }[];
}

/** Runs the operator as the kubelet would: with the container's arguments and environment, in this namespace. */
function start({ args, env }: Container, logFile: string, kubeconfig: string, namespace: string): Service {
  const given = env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  return startService(
    'operator',
    process.execPath,
    [operatorProgram(), ...args, '--metrics-address=127.0.0.1:0'],
    {
      logFile,
      env: cleanEnvironment({
        ...Object.fromEntries(given),
        KUBECONFIG: kubeconfig,
        POD_NAMESPACE: namespace,
        POD_NAME: 'xal-0',
        ...NO_AWS,
      }),
    },
  );
}

/** Asks what the kubelet would ask, at the address in the operator's first log line. */
async function probe(
  { livenessProbe, readinessProbe }: { livenessProbe: Probe; readinessProbe: Probe },
  operator: Service,
): Promise<void> {
  if (!operator.running()) throw new Hopeless(`the operator has ended: ${operator.logTail()}`);
  const url = /"telemetry":"([^"]+)"/.exec(operator.logTail(1000))?.[1];
  narrow(url !== undefined, operator.logTail());
  for (const { httpGet } of [livenessProbe, readinessProbe]) {
    const answer = await fetch(new URL(httpGet.path, url));
    about(`${httpGet.path}: ${await answer.text()}`, () => expect(answer.status).toBe(200));
  }
}

interface Probe {
  readonly httpGet: { readonly path: string };
}

/** The chart as an earlier version of it may have been, in `folder`: with one field fewer in a CRD. */
async function previousChart(folder: string): Promise<string> {
  await cp(CHART, folder, { recursive: true });
  await edit(join(folder, 'Chart.yaml'), (chart) => {
    chart.version = '0.0.1';
  });
  await edit(crdFile(join(folder, 'files/crds'), 'awsaccounts'), (crd) => {
    delete crd.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.eventQueueURL;
  });
  return folder;
}

async function edit(file: string, change: (content: ReturnType<typeof parse>) => void): Promise<void> {
  const content = parse(await readFile(file, 'utf8'));
  change(content);
  await writeFile(file, stringify(content));
}
