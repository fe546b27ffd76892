import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { CHART, crdFile, openHelm, PLURALS, Rendered, type Helm } from './chart/helm.ts';
import { metricsOf, unknownNames } from './chart/metrics.ts';
import { about } from '../expectations.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The policies differ only in the name of the operator's ServiceAccount. */
function withoutAccount(spec: object): string {
  return JSON.stringify(spec).replace(/system:serviceaccount:[a-z-]+:[a-z-]+/, 'THE-OPERATOR');
}

describe('the chart, rendered', () => {
  let helm: Helm;
  beforeAll(async () => {
    helm = await openHelm();
  });
  afterAll(() => helm.close());

  it('passes helm lint', async () => {
    await helm.run('lint', '--strict', CHART, '--set', 'clusterID=test');
  });

  for (const plural of PLURALS) {
    it(`carries the CRD of ${plural} as it stands under crds/, kept on uninstall`, async () => {
      const source = await readFile(crdFile(join(REPOSITORY, 'crds'), plural), 'utf8');
      const copy = await readFile(crdFile(join(CHART, 'files/crds'), plural), 'utf8');
      // Run `npm run generate`.
      expect(copy).toBe(source);
      const rendered = (await helm.render()).one(
        'CustomResourceDefinition',
        `${plural}.crossaccountlink.dev`,
      );
      expect(rendered.metadata.annotations['helm.sh/resource-policy']).toBe('keep');
      expect(rendered.spec).toStrictEqual(parse(source).spec);
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
      expect(exitCode).toBe(1);
      expect(stderr).toContain(says);
    });
  }

  it('runs two replicas that elect a leader, spread and protected from disruption', async () => {
    const rendered = await helm.render();
    const { spec } = rendered.one('Deployment');
    expect(spec.replicas).toBe(2);
    expect(spec.template.spec.containers[0].args).toStrictEqual([
      '--cluster-id=test',
      '--leader-elect=true',
      '--metrics-address=:8080',
    ]);
    expect(
      spec.template.spec.topologySpreadConstraints.map(
        (constraint: { topologyKey: string }) => constraint.topologyKey,
      ),
    ).toStrictEqual(['topology.kubernetes.io/zone', 'kubernetes.io/hostname']);
    expect(rendered.one('PodDisruptionBudget').spec.selector).toStrictEqual(spec.selector);
    expect(rendered.one('NetworkPolicy').spec.podSelector).toStrictEqual(spec.selector);
  });

  it('has no disruption budget for a single replica, which it would keep on its node for ever', async () => {
    expect((await helm.render('replicas=1')).all('PodDisruptionBudget')).toStrictEqual([]);
  });

  it('passes settings on as flags', async () => {
    const rendered = await helm.render(
      'settings.propagationPause=0s',
      'settings.logLevel=debug',
      'settings.workers=4',
    );
    const { args } = rendered.one('Deployment').spec.template.spec.containers[0];
    for (const flag of ['--propagation-pause=0s', '--log-level=debug', '--workers=4'])
      expect(args).toContain(flag);
  });

  it('adds nothing to the edit, view and admin roles of Kubernetes', async () => {
    const labels = (await helm.render())
      .all('ClusterRole')
      .flatMap(({ metadata }) => Object.keys(metadata.labels));
    expect(labels.filter((label) => label.includes('aggregate-to'))).toStrictEqual([]);
  });

  it('annotates the ServiceAccount for IRSA', async () => {
    const role = 'arn:aws:iam::111111111111:role/operator';
    const { annotations } = (await helm.render(`aws.irsaRoleARN=${role}`)).one('ServiceAccount').metadata;
    expect(annotations['eks.amazonaws.com/role-arn']).toBe(role);
  });

  it('lets the operator reach the Pod Identity agent if that is used, and only then', async () => {
    const agent = '169.254.170.23/32';
    for (const used of [true, false]) {
      const { egress } = (await helm.render(`aws.podIdentity=${used}`)).one('NetworkPolicy').spec;
      expect(JSON.stringify(egress).includes(agent)).toBe(used);
    }
  });

  it('gives the operator the same rights as deploy/base', async () => {
    const chart = await helm.render();
    const base = new Rendered(await readFile(join(REPOSITORY, 'deploy/base/rbac.yaml'), 'utf8'));
    expect(chart.one('ClusterRole', '-crossaccountlink').rules).toStrictEqual(base.one('ClusterRole').rules);
    expect(chart.one('Role').rules).toStrictEqual(base.one('Role').rules);
  });

  it('alerts on metrics that exist, and links each alert to its runbook', async () => {
    const rendered = await helm.render(
      'prometheusRule.enabled=true',
      'prometheusRule.runbookURL=https://example.com/runbooks/',
    );
    const [{ rules }] = rendered.one('PrometheusRule').spec.groups;
    expect(rules).not.toHaveLength(0);
    for (const { alert, expr, annotations } of rules) {
      about(alert, () => expect(metricsOf(expr).length).toBeGreaterThan(0));
      about(alert, () => expect(unknownNames(expr)).toStrictEqual([]));
      expect(annotations.runbook_url).toBe(`https://example.com/runbooks/${alert}.md`);
    }
  });

  it('shows metrics that exist on the dashboard', async () => {
    const { data } = (await helm.render('dashboard.enabled=true')).one('ConfigMap', 'dashboard');
    const { panels }: { panels: { title: string; targets: { expr: string }[] }[] } = JSON.parse(
      data['crossaccountlink.json'],
    );
    expect(panels.flatMap(({ targets }) => targets)).not.toHaveLength(0);
    for (const { title, targets } of panels) {
      for (const { expr } of targets) {
        about(title, () => expect(metricsOf(expr).length).toBeGreaterThan(0));
        about(title, () => expect(unknownNames(expr)).toStrictEqual([]));
      }
    }
  });

  it('lets nobody scrape unless the values say who', async () => {
    const policy = (await helm.render()).one('NetworkPolicy');
    expect(policy.spec.ingress).toStrictEqual([]);
    const sets = ['--set', 'clusterID=a', '--set', 'metrics.podMonitor.enabled=true'];
    const { stderr } = await helm.try('template', 'xal', CHART, ...sets);
    expect(stderr).toContain('networkPolicy.metricsFrom lets nobody in');
  });

  it('renders the admission policy of deploy/base, for its own ServiceAccount', async () => {
    const rendered = (await helm.render()).one('ValidatingAdmissionPolicy');
    const base = new Rendered(
      await readFile(
        fileURLToPath(new URL('../../deploy/base/admissionpolicy.yaml', import.meta.url)),
        'utf8',
      ),
    ).one('ValidatingAdmissionPolicy');
    expect(withoutAccount(rendered.spec)).toBe(withoutAccount(base.spec));
    expect(rendered.spec.variables[0].expression).toBe(
      'request.userInfo.username == "system:serviceaccount:default:xal-crossaccountlink"',
    );
  });

  describe('under a name, a namespace and labels that YAML would take for numbers', () => {
    let objects: Rendered['objects'];
    beforeAll(async () => {
      const texts = [
        'clusterID=test,nameOverride=12,namespaceOverride=5678,claim.namespace=91',
        'commonLabels.team=3,commonAnnotations.note=4,metrics.podMonitor.namespace=7',
        'networkPolicy.metricsFrom[0].podSelector.matchLabels.app=8',
      ];
      const parts = ['metrics.service', 'metrics.podMonitor', 'prometheusRule', 'dashboard'];
      const rendered = await helm.run(
        'template',
        '1234',
        CHART,
        ...texts.flatMap((text) => ['--set-string', text]),
        ...parts.flatMap((part) => ['--set', `${part}.enabled=true`]),
      );
      ({ objects } = new Rendered(rendered));
    });

    it('has only strings where Kubernetes accepts nothing else', () => {
      for (const { kind, metadata, roleRef, spec } of objects) {
        const { name, namespace = '', labels, annotations } = metadata;
        const { matchLabels = {} } = spec?.selector ?? spec?.podSelector ?? {};
        const texts = [name, namespace, roleRef?.name ?? '', ...Object.values({ ...labels, ...annotations })];
        for (const text of [...texts, ...Object.values(matchLabels)])
          about(`${kind} ${name}`, () => expect(typeof text).toBe('string'));
      }
    });

    it('has the labels and annotations that all objects should have', () => {
      for (const { kind, metadata } of objects)
        about(kind, () =>
          expect(metadata).toMatchObject({ labels: { team: '3' }, annotations: { note: '4' } }),
        );
    });

    it('has the admission policy know the operator where it is', () => {
      const policy = objects.find(({ kind }) => kind === 'ValidatingAdmissionPolicy');
      expect(policy.spec.variables[0].expression).toContain('"system:serviceaccount:5678:1234"');
    });
  });

  it('leaves the admission policy out on request', async () => {
    const rendered = await helm.render('admissionPolicy.enabled=false');
    expect(rendered.all('ValidatingAdmissionPolicy')).toStrictEqual([]);
    expect(rendered.all('ValidatingAdmissionPolicyBinding')).toStrictEqual([]);
  });

  it('renders both kinds of monitors for the port that the Deployment names', async () => {
    const from = 'networkPolicy.metricsFrom[0].podSelector.matchLabels.app=prometheus';
    const pods = (await helm.render('metrics.podMonitor.enabled=true', from)).one('PodMonitor');
    expect(pods.spec.podMetricsEndpoints[0].port).toBe('metrics');
    const services = await helm.render('metrics.serviceMonitor.enabled=true', from);
    expect(services.one('ServiceMonitor').spec.endpoints[0].port).toBe(
      services.one('Service').spec.ports[0].name,
    );
  });
});
