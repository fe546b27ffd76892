import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { startControlPlane, type ControlPlane } from '../../testbed/control-plane.ts';
import { CHART, openHelm, Rendered, type Helm } from './chart/helm.ts';
import { METRICS, metricsOf } from './chart/metrics.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
const NAMESPACE = 'crossaccountlink-system';
const PLURALS = ['awsaccounts', 'crossaccountlinks'];

function crdFile(folder: string, plural: string): string {
  return join(folder, `crossaccountlink.dev_${plural}.yaml`);
}

describe('the chart, rendered', () => {
  let helm: Helm;
  before(async () => {
    helm = await openHelm();
  });
  after(() => helm.close());

  it('passes helm lint', async () => {
    await helm.run('lint', '--strict', CHART, '--set', 'clusterID=test');
  });

  for (const plural of PLURALS) {
    it(`carries the CRD of ${plural} as it stands under crds/, kept on uninstall`, async () => {
      const source = await readFile(crdFile(join(REPOSITORY, 'crds'), plural), 'utf8');
      const copy = await readFile(crdFile(join(CHART, 'files/crds'), plural), 'utf8');
      assert.equal(copy, source, 'run `npm run generate`');
      const rendered = (await helm.render()).one(
        'CustomResourceDefinition',
        `${plural}.crossaccountlink.dev`,
      );
      assert.equal(rendered.metadata.annotations['helm.sh/resource-policy'], 'keep');
      assert.deepEqual(rendered.spec, parse(source).spec);
    });
  }

  for (const [what, sets, says] of [
    ['no cluster ID', [], 'clusterID is required: it names this cluster in AWS'],
    [
      'a cluster ID that AWS would not take in a name',
      ['clusterID=a/b'],
      "at '/clusterID': 'a/b' does not match",
    ],
    ['an unknown value', ['clusterID=a', 'replcas=3'], "additional properties 'replcas' not allowed"],
    ['fewer than no replicas', ['clusterID=a', 'replicas=-1'], "at '/replicas': minimum"],
    [
      'an unknown log level',
      ['clusterID=a', 'settings.logLevel=loud'],
      "at '/settings/logLevel': value must be one of",
    ],
    [
      'a pause without a unit',
      ['clusterID=a', 'settings.propagationPause=10'],
      "at '/settings/propagationPause'",
    ],
    [
      'an account without its ID',
      ['clusterID=a', 'awsAccounts.b.partition=aws'],
      "missing property 'accountID'",
    ],
    [
      'an account ID that is a number',
      ['clusterID=a', 'awsAccounts.b.accountID=222222222222'],
      'got number, want string',
    ],
    ['an IRSA role that is none', ['clusterID=a', 'aws.irsaRoleARN=operator'], "at '/aws/irsaRoleARN'"],
    [
      'several replicas without an election',
      ['clusterID=a', 'leaderElection=false'],
      'leaderElection: false needs replicas: 1',
    ],
    [
      'two monitors of the same pods',
      ['clusterID=a', 'metrics.podMonitor.enabled=true', 'metrics.serviceMonitor.enabled=true'],
      'enable metrics.podMonitor or metrics.serviceMonitor, not both',
    ],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { exitCode, stderr } = await helm.try(
        'template',
        CHART,
        ...sets.flatMap((set) => ['--set', set]),
      );
      assert.equal(exitCode, 1);
      assert.ok(stderr.includes(says), stderr);
    });
  }

  it('runs two replicas that elect a leader, spread and protected from disruption', async () => {
    const rendered = await helm.render();
    const { spec } = rendered.one('Deployment');
    assert.equal(spec.replicas, 2);
    assert.deepEqual(spec.template.spec.containers[0].args, [
      '--cluster-id=test',
      '--leader-elect',
      '--metrics-address=0.0.0.0:8080',
    ]);
    assert.deepEqual(
      spec.template.spec.topologySpreadConstraints.map(
        (constraint: { topologyKey: string }) => constraint.topologyKey,
      ),
      ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'],
    );
    assert.deepEqual(rendered.one('PodDisruptionBudget').spec.selector, spec.selector);
    assert.deepEqual(rendered.one('NetworkPolicy').spec.podSelector, spec.selector);
  });

  it('has no disruption budget for a single replica, which it would keep on its node for ever', async () => {
    assert.deepEqual((await helm.render('replicas=1')).all('PodDisruptionBudget'), []);
  });

  it('passes settings on as flags', async () => {
    const rendered = await helm.render(
      'settings.propagationPause=0s',
      'settings.logLevel=debug',
      'settings.workers=4',
    );
    const { args } = rendered.one('Deployment').spec.template.spec.containers[0];
    for (const flag of ['--propagation-pause=0s', '--log-level=debug', '--workers=4'])
      assert.ok(args.includes(flag), flag);
  });

  it('adds nothing to the edit, view and admin roles of Kubernetes', async () => {
    const labels = (await helm.render())
      .all('ClusterRole')
      .flatMap(({ metadata }) => Object.keys(metadata.labels));
    assert.deepEqual(
      labels.filter((label) => label.includes('aggregate-to')),
      [],
    );
  });

  it('annotates the ServiceAccount for IRSA', async () => {
    const role = 'arn:aws:iam::111111111111:role/operator';
    const { annotations } = (await helm.render(`aws.irsaRoleARN=${role}`)).one('ServiceAccount').metadata;
    assert.equal(annotations['eks.amazonaws.com/role-arn'], role);
  });

  it('lets the operator reach the Pod Identity agent where that is used, and only there', async () => {
    const agent = '169.254.170.23/32';
    for (const used of [true, false]) {
      const { egress } = (await helm.render(`aws.podIdentity=${used}`)).one('NetworkPolicy').spec;
      assert.equal(JSON.stringify(egress).includes(agent), used);
    }
  });

  it('gives the operator the same rights as deploy/base', async () => {
    const chart = await helm.render();
    const base = new Rendered(await readFile(join(REPOSITORY, 'deploy/base/rbac.yaml'), 'utf8'));
    assert.deepEqual(chart.one('ClusterRole', '-crossaccountlink').rules, base.one('ClusterRole').rules);
    assert.deepEqual(chart.one('Role').rules, base.one('Role').rules);
  });

  it('alerts on metrics that exist, and links each alert to its runbook', async () => {
    const rendered = await helm.render(
      'prometheusRule.enabled=true',
      'prometheusRule.runbookURL=https://example.com/runbooks/',
    );
    for (const { alert, expr, annotations } of rendered.one('PrometheusRule').spec.groups[0].rules) {
      assert.deepEqual(
        metricsOf(expr).filter((name) => !METRICS.has(name)),
        [],
        alert,
      );
      assert.equal(annotations.runbook_url, `https://example.com/runbooks/${alert}.md`);
    }
  });

  it('shows metrics that exist on the dashboard', async () => {
    const { data } = (await helm.render('dashboard.enabled=true')).one('ConfigMap', 'dashboard');
    const { panels }: { panels: { title: string; targets: { expr: string }[] }[] } = JSON.parse(
      data['crossaccountlink.json'],
    );
    for (const { title, targets } of panels) {
      const names = targets.flatMap(({ expr }) => metricsOf(expr));
      assert.ok(names.length > 0, title);
      assert.deepEqual(
        names.filter((name) => !METRICS.has(name)),
        [],
        title,
      );
    }
  });

  it('renders both kinds of monitors for the port that the Deployment names', async () => {
    const pods = (await helm.render('metrics.podMonitor.enabled=true')).one('PodMonitor');
    assert.equal(pods.spec.podMetricsEndpoints[0].port, 'metrics');
    const services = await helm.render('metrics.serviceMonitor.enabled=true');
    assert.equal(
      services.one('ServiceMonitor').spec.endpoints[0].port,
      services.one('Service').spec.ports[0].name,
    );
  });
});

describe('the chart in a cluster', () => {
  let controlPlane: ControlPlane;
  let helm: Helm;
  let folder: string;

  before(async () => {
    controlPlane = await startControlPlane();
    helm = await openHelm(controlPlane.adminKubeconfig);
    folder = await mkdtemp(join(tmpdir(), 'xal-chart-'));
  });
  after(async () => {
    await helm.close();
    await controlPlane.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const kubectl = async (...args: readonly string[]) => {
    const { stdout, stderr, exitCode } = await controlPlane.kubectl(args);
    assert.equal(exitCode, 0, stderr);
    return stdout;
  };
  const account = async (name: string) => JSON.parse(await kubectl('get', 'awsaccount', name, '-o', 'json'));

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
    assert.match(notes, /Run the same command once more, as\s+helm upgrade xal/);
    for (const plural of PLURALS) await kubectl('get', 'crd', `${plural}.crossaccountlink.dev`);
  });

  it('makes the accounts with the second run', async () => {
    const notes = await apply('upgrade', join(folder, 'previous'), { billing: BILLING });
    assert.match(notes, /kubectl get awsaccounts/);
    assert.equal((await account('billing')).spec.accountID, '222222222222');
  });

  it('upgrades from the version before, CRDs and accounts included', async () => {
    const eventQueueURL = 'https://sqs.us-east-1.amazonaws.com/222222222222/events';
    await apply('upgrade', CHART, { billing: { ...BILLING, eventQueueURL } });
    const { spec, metadata } = await account('billing');
    assert.equal(spec.eventQueueURL, eventQueueURL);
    assert.equal(metadata.labels['helm.sh/chart'], 'crossaccountlink-0.1.0');
  });

  it('upgrades to itself without a change', async () => {
    const { resourceVersion } = (await account('billing')).metadata;
    await helm.run('upgrade', 'xal', CHART, '--namespace', NAMESPACE, '--reuse-values');
    assert.equal((await account('billing')).metadata.resourceVersion, resourceVersion);
  });

  it('keeps an account that is taken out of the values', async () => {
    await apply('upgrade', CHART, {});
    assert.equal((await account('billing')).metadata.deletionTimestamp, undefined);
  });

  for (const [verdict, verb, resource, where] of [
    ['yes', 'watch', 'crossaccountlinks.crossaccountlink.dev', []],
    ['yes', 'patch', 'crossaccountlinks.crossaccountlink.dev', []],
    ['yes', 'patch', 'awsaccounts.crossaccountlink.dev/status', []],
    ['yes', 'list', 'namespaces', []],
    ['yes', 'create', 'events', ['-n', 'default']],
    ['yes', 'update', 'leases.coordination.k8s.io/crossaccountlink', ['-n', NAMESPACE]],
    ['no', 'delete', 'crossaccountlinks.crossaccountlink.dev', []],
    ['no', 'create', 'awsaccounts.crossaccountlink.dev', []],
    ['no', 'update', 'leases.coordination.k8s.io/other', ['-n', NAMESPACE]],
    ['no', 'update', 'leases.coordination.k8s.io/crossaccountlink', ['-n', 'kube-system']],
    ['no', 'get', 'secrets', ['-n', NAMESPACE]],
    ['no', 'get', 'configmaps', ['-n', NAMESPACE]],
    ['no', 'patch', 'namespaces', []],
  ] as const) {
    it(`${verdict === 'yes' ? 'lets the operator' : 'does not let the operator'} ${verb} ${resource} ${where.join(' ')}`, async () => {
      const [plural, subresource] = resource.includes('/status') ? resource.split('/') : [resource];
      const { stdout } = await controlPlane.kubectl(
        [
          'auth',
          'can-i',
          verb,
          plural ?? '',
          ...(subresource === undefined ? [] : [`--subresource=${subresource}`]),
          ...where,
        ],
        { as: `system:serviceaccount:${NAMESPACE}:xal-crossaccountlink` },
      );
      assert.equal(stdout.trim().split('\n').at(-1), verdict);
    });
  }

  it('leaves CRDs and accounts behind when it is uninstalled', async () => {
    await apply('upgrade', CHART, { billing: BILLING });
    await helm.run('uninstall', 'xal', '--namespace', NAMESPACE);
    assert.equal((await account('billing')).metadata.deletionTimestamp, undefined);
    assert.equal(
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
      '',
    );
  });

  it('takes them up again, and says that an account differs from the values', async () => {
    const changed = { billing: { ...BILLING, driftCheckInterval: '2m' } };
    assert.match(
      await apply('install', CHART, changed),
      /AWSAccount billing stands in the cluster with another spec/,
    );
    await helm.run('uninstall', 'xal', '--namespace', NAMESPACE);
    await apply('install', CHART, changed, '--take-ownership');
    assert.equal((await account('billing')).spec.driftCheckInterval, '2m');
  });
});

/** The chart as an earlier version of it may have been, in `folder`: one field fewer in a CRD. */
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
