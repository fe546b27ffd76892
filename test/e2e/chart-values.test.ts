/** Values as people of other charts write them: each changes what is rendered, or is refused with a word. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { chartSchema, valuesTable } from '../../scripts/generate-chart.ts';
import { about } from '../expectations.ts';
import { CHART, openHelm, Rendered, type Helm } from './chart/helm.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What is written, the kind of object where it shows, and how it shows there. */
type Accepted = readonly [values: string, kind: string, shows: string];
const ACCEPTED: readonly Accepted[] = [
  ['image: {registry: r.example.com}', 'Deployment', '"r.example.com/crossaccountlink/crossaccountlink:'],
  [
    'image: {registry: "r.example.com:5000/mirror/"}',
    'Deployment',
    '"r.example.com:5000/mirror/crossaccountlink/',
  ],
  ['image: {repository: r.example.com/team/xal}', 'Deployment', '"r.example.com/team/xal:'],
  ['image: {repository: team/xal, registry: r.example.com}', 'Deployment', '"r.example.com/team/xal:'],
  ['image: {tag: 1.2.3}', 'Deployment', '/crossaccountlink:1.2.3"'],
  [`image: {digest: "${DIGEST}"}`, 'Deployment', `@${DIGEST}"`],
  ['image: {pullPolicy: Always}', 'Deployment', '"imagePullPolicy":"Always"'],
  ['imagePullSecrets: [{name: pull}]', 'Deployment', '"imagePullSecrets":[{"name":"pull"}]'],
  ['global: {imageRegistry: g.example.com}', 'Deployment', '"g.example.com/crossaccountlink/'],
  ['global: {imagePullSecrets: [{name: pull}]}', 'Deployment', '"imagePullSecrets":[{"name":"pull"}]'],
  ['global: {commonLabels: {team: a}}', 'ServiceAccount', '"team":"a"'],
  ['global: {podLabels: {team: a}}', 'Deployment', '"team":"a"'],
  ['global: {podAnnotations: {note: a}}', 'Deployment', '"note":"a"'],
  ['global: {priorityClassName: high}', 'Deployment', '"priorityClassName":"high"'],
  ['global: {revisionHistoryLimit: 1}', 'Deployment', '"revisionHistoryLimit":1,'],
  ['global: {nodeSelector: {disk: ssd}}', 'Deployment', '"nodeSelector":{"disk":"ssd"}'],
  ['global: {tolerations: [{operator: Exists}]}', 'Deployment', '"tolerations":[{"operator":"Exists"}]'],
  ['global: {affinity: {podAffinity: {}}}', 'Deployment', '"affinity":{"podAffinity":{}}'],
  ['global: {topologySpreadConstraints: [{maxSkew: 7}]}', 'Deployment', '"maxSkew":7'],
  ['nameOverride: link', 'Deployment', '"name":"xal-link"'],
  ['fullnameOverride: link', 'Deployment', '"name":"link"'],
  ['namespaceOverride: elsewhere', 'ServiceAccount', '"namespace":"elsewhere"'],
  ['namespaceOverride: elsewhere', 'ClusterRoleBinding', '"namespace":"elsewhere"'],
  ['commonLabels: {team: a}', 'CustomResourceDefinition', '"team":"a"'],
  ['commonLabels: {team: a}', 'Deployment', '"team":"a"'],
  ['commonAnnotations: {note: a}', 'ClusterRole', '"note":"a"'],
  ['commonAnnotations: {note: a}', 'NetworkPolicy', '"note":"a"'],
  ['replicas: 3', 'Deployment', '"replicas":3'],
  ['{replicas: 1, leaderElection: false}', 'Deployment', '"--leader-elect=false"'],
  ['settings: {logLevel: debug}', 'Deployment', '"--log-level=debug"'],
  ['settings: {workers: 4}', 'Deployment', '"--workers=4"'],
  ['settings: {propagationPause: 0s}', 'Deployment', '"--propagation-pause=0s"'],
  ['settings: {linkMetricsLimit: 0}', 'Deployment', '"--link-metrics-limit=0"'],
  ['extraArgs: [--log-level=warn]', 'Deployment', '"--log-level=warn"'],
  ['extraEnv: [{name: HTTPS_PROXY, value: "http://p:1"}]', 'Deployment', '"HTTPS_PROXY"'],
  ['extraEnvFrom: [{secretRef: {name: s}}]', 'Deployment', '"envFrom":[{"secretRef":{"name":"s"}}]'],
  ['aws: {region: eu-west-1}', 'Deployment', '{"name":"AWS_REGION","value":"eu-west-1"}'],
  [
    'aws: {irsaRoleARN: "arn:aws:iam::111111111111:role/o"}',
    'ServiceAccount',
    '"eks.amazonaws.com/role-arn"',
  ],
  ['serviceAccount: {create: false, name: mine}', 'Deployment', '"serviceAccountName":"mine"'],
  ['serviceAccount: {name: mine}', 'ServiceAccount', '"name":"mine"'],
  ['serviceAccount: {annotations: {a: b}}', 'ServiceAccount', '"annotations":{"a":"b"}'],
  ['serviceAccount: {labels: {a: b}}', 'ServiceAccount', '"a":"b"'],
  ['serviceAccount: {automount: false}', 'ServiceAccount', '"automountServiceAccountToken":false'],
  ['serviceAccount: {automount: false}', 'Deployment', '"automountServiceAccountToken":false'],
  ['rbac: {aggregateToEdit: true}', 'ClusterRole', '"rbac.authorization.k8s.io/aggregate-to-edit":"true"'],
  ['rbac: {aggregateToView: true}', 'ClusterRole', '"rbac.authorization.k8s.io/aggregate-to-view":"true"'],
  ['resources: {limits: {memory: 1Gi}}', 'Deployment', '"memory":"1Gi"'],
  ['deploymentAnnotations: {above: pods}', 'Deployment', '"above":"pods"'],
  ['podAnnotations: {noted: pods}', 'Deployment', '"noted":"pods"'],
  ['podLabels: {labelled: pods}', 'Deployment', '"labelled":"pods"'],
  ['strategy: {type: Recreate}', 'Deployment', '"strategy":{"type":"Recreate"}'],
  ['strategy: {rollingUpdate: {maxUnavailable: 1}}', 'Deployment', '"maxUnavailable":1'],
  ['revisionHistoryLimit: 2', 'Deployment', '"revisionHistoryLimit":2'],
  ['podSecurityContext: {fsGroup: 2000}', 'Deployment', '"fsGroup":2000'],
  ['containerSecurityContext: {runAsUser: 1000}', 'Deployment', '"runAsUser":1000'],
  ['livenessProbe: {failureThreshold: 9}', 'Deployment', '"failureThreshold":9'],
  ['readinessProbe: {timeoutSeconds: 7}', 'Deployment', '"timeoutSeconds":7'],
  ['startupProbe: {periodSeconds: 2}', 'Deployment', '"startupProbe":{'],
  ['nodeSelector: {a: b}', 'Deployment', '"nodeSelector":{"a":"b"}'],
  ['tolerations: [{key: a}]', 'Deployment', '"tolerations":[{"key":"a"}]'],
  ['affinity: {nodeAffinity: {}}', 'Deployment', '"affinity":{"nodeAffinity":{}}'],
  ['topologySpreadConstraints: [{maxSkew: 5}]', 'Deployment', '"topologySpreadConstraints":[{"maxSkew":5}]'],
  [
    'priorityClassName: system-cluster-critical',
    'Deployment',
    '"priorityClassName":"system-cluster-critical"',
  ],
  ['runtimeClassName: gvisor', 'Deployment', '"runtimeClassName":"gvisor"'],
  ['schedulerName: mine', 'Deployment', '"schedulerName":"mine"'],
  ['terminationGracePeriodSeconds: 60', 'Deployment', '"terminationGracePeriodSeconds":60'],
  ['dnsPolicy: Default', 'Deployment', '"dnsPolicy":"Default"'],
  ['{dnsPolicy: None, dnsConfig: {nameservers: [10.0.0.1]}}', 'Deployment', '"nameservers":["10.0.0.1"]'],
  ['hostAliases: [{ip: 10.0.0.1, hostnames: [a]}]', 'Deployment', '"hostAliases"'],
  ['hostNetwork: true', 'Deployment', '"dnsPolicy":"ClusterFirstWithHostNet"'],
  ['extraVolumes: [{name: ca, configMap: {name: ca}}]', 'Deployment', '"volumes":[{"'],
  ['extraVolumeMounts: [{name: ca, mountPath: /ca}]', 'Deployment', '"volumeMounts":[{"mountPath":"/ca"'],
  ['initContainers: [{name: i, image: i}]', 'Deployment', '"initContainers":[{'],
  ['extraContainers: [{name: side, image: i}]', 'Deployment', '"name":"side"'],
  [
    'extraObjects: [{apiVersion: v1, kind: Secret, metadata: {name: "{{ .Release.Name }}-s"}}]',
    'Secret',
    '"xal-s"',
  ],
  ['extraObjects: ["{apiVersion: v1, kind: Secret, metadata: {name: s}}"]', 'Secret', '"name":"s"'],
  ['podDisruptionBudget: {minAvailable: 1}', 'PodDisruptionBudget', '"minAvailable":1'],
  ['podDisruptionBudget: {maxUnavailable: 50%}', 'PodDisruptionBudget', '"maxUnavailable":"50%"'],
  ['networkPolicy: {metricsFrom: [{podSelector: {}}]}', 'NetworkPolicy', '"from":[{"podSelector":{}}]'],
  ['networkPolicy: {egressPorts: [8443]}', 'NetworkPolicy', '8443'],
  ['networkPolicy: {extraEgress: [{ports: [{port: 3128}]}]}', 'NetworkPolicy', '3128'],
  ['metrics: {port: 9090}', 'Deployment', '"containerPort":9090'],
  [
    'metrics: {service: {enabled: true, annotations: {prometheus.io/scrape: "true"}}}',
    'Service',
    '"prometheus.io/scrape":"true"',
  ],
  ['metrics: {serviceMonitor: {enabled: true, scrapeTimeout: 5s}}', 'ServiceMonitor', '"scrapeTimeout":"5s"'],
  ['metrics: {serviceMonitor: {enabled: true, labels: {release: p}}}', 'ServiceMonitor', '"release":"p"'],
  [
    'metrics: {serviceMonitor: {enabled: true, namespace: monitoring}}',
    'ServiceMonitor',
    '"matchNames":["default"]',
  ],
  [
    'metrics: {serviceMonitor: {enabled: true, relabelings: [{action: drop}]}}',
    'ServiceMonitor',
    '"relabelings":[{"action":"drop"}]',
  ],
  [
    'metrics: {podMonitor: {enabled: true, metricRelabelings: [{action: keep}]}}',
    'PodMonitor',
    '"metricRelabelings":[{"action":"keep"}]',
  ],
  ['metrics: {podMonitor: {enabled: true, honorLabels: false}}', 'PodMonitor', '"honorLabels":false'],
  ['prometheusRule: {enabled: true, labels: {a: b}}', 'PrometheusRule', '"a":"b"'],
  ['prometheusRule: {enabled: true, alertLabels: {team: a}}', 'PrometheusRule', '"team":"a"'],
  [
    'prometheusRule: {enabled: true, alerts: {CrossAccountLinkSnapshotStale: {threshold: 7200}}}',
    'PrometheusRule',
    '> 7200',
  ],
  [
    'prometheusRule: {enabled: true, alerts: {CrossAccountLinkNoLeader: {for: 1m, severity: page}}}',
    'PrometheusRule',
    '"for":"1m","labels":{"severity":"page"}',
  ],
  ['dashboard: {enabled: true, labels: {folder: a}}', 'ConfigMap', '"folder":"a"'],
  ['dashboard: {enabled: true, annotations: {a: b}}', 'ConfigMap', '"a":"b"'],
  ['dashboard: {enabled: true, namespace: grafana}', 'ConfigMap', '"namespace":"grafana"'],
  [
    'awsAccounts: {a: {accountID: "222222222222", region: eu-west-1, roleReads: PerRole, quotas: {inlinePolicyLength: 20480}}}',
    'AWSAccount',
    '"roleReads":"PerRole"',
  ],
  ['claim: {namespace: shared}', 'Deployment', '{"name":"CLAIM_NAMESPACE","value":"shared"}'],
];

/** What is written, and a word that says what is wrong with it. */
/** Whoever has metrics scraped says who may. */
const SCRAPED = { networkPolicy: { metricsFrom: [{ namespaceSelector: {} }] } };

const REFUSED: readonly (readonly [values: string, word: string])[] = [
  ['replcas: 3', "'replcas' not allowed"],
  ['commonLabels: {app.kubernetes.io/name: a}', 'commonLabels may not hold app.kubernetes.io/name, by which'],
  [
    'podLabels: {app.kubernetes.io/instance: a}',
    'podLabels may not hold app.kubernetes.io/instance, by which',
  ],
  [
    'global: {podLabels: {app.kubernetes.io/name: a}}',
    'global.podLabels may not hold app.kubernetes.io/name',
  ],
  ['nameOverride: Upper', "at '/nameOverride': 'Upper' does not match"],
  ['fullnameOverride: a_b', "at '/fullnameOverride': 'a_b' does not match"],
  ['fullnameOverride: a-', "at '/fullnameOverride': 'a-' does not match"],
  ['image: {tags: a}', "'tags' not allowed"],
  ['image: {tag: "a b"}', "at '/image/tag'"],
  ['image: {digest: abc}', "at '/image/digest'"],
  ['image: crossaccountlink:1', 'image is a map in this chart: write image.repository, and image.tag'],
  ['strategy: Recreate', 'strategy is a map in this chart: write strategy.type'],
  ['leaderElection: {enabled: true}', 'leaderElection is true or false in this chart'],
  ['imagePullSecrets: [pull]', "at '/imagePullSecrets/0': got string, want object"],
  [
    'global: {storageClass: a}',
    'global.storageClass is not looked at by this chart; of global it takes imageRegistry',
  ],
  ['global: {rbac: {create: true}}', 'global.rbac is not looked at by this chart'],
  ['global: {nodeSelector: {a: 1}}', "at '/global/nodeSelector/a': got number, want string"],
  ['podLabels: {a: true}', "at '/podLabels/a': got boolean, want string"],
  ['replicas: "2"', "at '/replicas': got string, want integer"],
  ['strategy: {type: OnDelete}', "at '/strategy/type'"],
  [
    'strategy: {type: Recreate, rollingUpdate: {maxSurge: 2}}',
    'strategy.rollingUpdate means nothing with strategy.type: Recreate',
  ],
  ['dnsPolicy: None', 'dnsPolicy: None needs name servers'],
  ['livenessProbe: {exec: {command: [a]}}', "'exec' not allowed"],
  ['extraArgs: {log-level: debug}', "at '/extraArgs': got object, want array"],
  ['extraArgs: [log-level=debug]', "at '/extraArgs/0'"],
  ['extraEnv: {A: b}', "at '/extraEnv': got object, want array"],
  ['serviceAccount: {create: false}', 'serviceAccount.name is required when serviceAccount.create is false'],
  [
    'prometheusRule: {alerts: {NoSuchAlert: {enabled: false}}}',
    'there is no such alert; there are CrossAccountLinkNotReady',
  ],
  [
    'prometheusRule: {alerts: {CrossAccountLinkNoLeader: {threshold: 2}}}',
    'prometheusRule.alerts.CrossAccountLinkNoLeader.threshold: this alert has none',
  ],
  ['metrics: {serviceMonitor: {interval: often}}', "at '/metrics/serviceMonitor/interval'"],
  ['metrics: {serviceMonitor: {enabled: true}}', 'networkPolicy.metricsFrom'],
  ['podDisruptionBudget: {minAvailable: half}', "at '/podDisruptionBudget/minAvailable'"],
  ['settings: {log: debug}', "'log' not allowed"],
  ['awsAccounts: {a: {accountId: "222222222222"}}', "'accountId' not allowed"],
  [
    'awsAccounts: {a: {accountID: "222222222222", access: [{namespaces: {names: [p]}, asTarget: {allowedAction: [a]}}]}}',
    "at '/awsAccounts/a/access/0/asTarget': additional properties 'allowedAction' not allowed",
  ],
  [
    'awsAccounts: {a: {accountID: "222222222222", eventQueueURL: "https://example.com"}}',
    "at '/awsAccounts/a/eventQueueURL'",
  ],
  ['awsAccounts: [{name: a}]', "at '/awsAccounts': got array, want object"],
];

/** Values that have a say in each other's effect. */
const TOGETHER = [
  ['hostNetwork', 'dnsPolicy'],
  ['nameOverride', 'fullnameOverride', 'namespaceOverride', 'metrics'],
  ['replicas', 'leaderElection', 'podDisruptionBudget'],
];

/** Other charts' names, each with the word that refuses it. */
const ELSEWHERE: Readonly<Record<string, string>> = parse(
  readFileSync(join(CHART, 'files/spellings.yaml'), 'utf8'),
);

describe("the chart's values", () => {
  let helm: Helm;
  let folder: string;
  let plain: Rendered;
  beforeAll(async () => {
    helm = await openHelm();
    folder = await mkdtemp(join(tmpdir(), 'xal-values-'));
    plain = await helm.render();
  });
  afterAll(async () => {
    await helm.close();
    await rm(folder, { recursive: true });
  });

  async function template(values: object) {
    const file = join(folder, 'values.yaml');
    await writeFile(file, stringify({ clusterID: 'test', ...values }));
    return helm.try('template', 'xal', CHART, '-f', file);
  }

  /** Each of the values that is refused on its own, with helm's words. Of values that are taken together, none is. */
  async function refusalsOf(values: readonly object[]): Promise<readonly Refusal[]> {
    const { exitCode, stderr } = await template(Object.assign({}, ...values));
    const [value = {}, ...others] = values;
    if (exitCode === 0) return [];
    if (others.length === 0) return [{ value, stderr }];
    const half = Math.ceil(values.length / 2);
    return [...(await refusalsOf(values.slice(0, half))), ...(await refusalsOf(values.slice(half)))];
  }

  async function countAlerts(values: string): Promise<number> {
    const { stdout } = await template(parse(values));
    return new Rendered(stdout).one('PrometheusRule').spec.groups[0].rules.length;
  }

  describe.each(batches(ACCEPTED).map((batch) => ({ batch })))('are taken together, and', ({ batch }) => {
    let rendered: Rendered;
    beforeAll(async () => {
      const taken = batch.map(([values]) => parse(values));
      const { stdout, stderr, exitCode } = await template(Object.assign({}, SCRAPED, ...taken));
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      rendered = new Rendered(stdout);
    });

    it.each(batch)('%s shows in the %s', (_, kind, shows) => {
      expect(textOf(rendered, kind)).toContain(shows);
      expect(textOf(plain, kind)).not.toContain(shows);
    });
  });

  it.each([
    ['crds: {enabled: false}', 'CustomResourceDefinition'],
    ['userRoles: false', 'ClusterRole'],
    ['rbac: {create: false}', 'ClusterRoleBinding'],
    ['podDisruptionBudget: {enabled: false}', 'PodDisruptionBudget'],
    ['networkPolicy: {enabled: false}', 'NetworkPolicy'],
    ['claim: {enabled: false}', 'Lease'],
  ])('%s leaves out objects of kind %s', async (values, kind) => {
    const { stdout } = await template(parse(values));
    expect(new Rendered(stdout).all(kind).length).toBeLessThan(plain.all(kind).length);
  });

  it('crds: {keep: false} lets them go with the release', async () => {
    const { stdout } = await template({ crds: { keep: false } });
    expect(policiesOf(new Rendered(stdout))).toEqual([undefined, undefined]);
    expect(policiesOf(plain)).toEqual(['keep', 'keep']);
  });

  it('a single alert can be left out', async () => {
    const all = await countAlerts('prometheusRule: {enabled: true}');
    const fewer = 'prometheusRule: {enabled: true, alerts: {CrossAccountLinkThrottled: {enabled: false}}}';
    expect(await countAlerts(fewer)).toBe(all - 1);
  });

  it.each(REFUSED)('%s is refused, with a word', async (values, word) => {
    const { exitCode, stderr } = await template(parse(values));
    expect(exitCode).toBe(1);
    expect(stderr).toContain(word);
  });

  it('that an older version of the chart has not, as helm upgrade --reuse-values leaves them out, are told with what to do', async () => {
    const { exitCode, stderr } = await template(
      parse('{claim: null, rbac: {create: null}, userRoles: null}'),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('these values are missing: claim, rbac.create, userRoles\n');
    expect(stderr).toContain('write --reset-then-reuse-values');
  });

  it('that are true unless somebody says otherwise are told where they are missing, and not taken for false', () => {
    const required = parse(readFileSync(join(CHART, 'files/required.yaml'), 'utf8'));
    // People take single fields of a security context away by null, so that the platform fills them in.
    const theirs = ['podSecurityContext.', 'containerSecurityContext.'];
    const wanted = truths(parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'))).filter(
      (path) => !theirs.some((prefix) => path.startsWith(prefix)),
    );
    expect(required).toEqual(expect.arrayContaining(wanted));
  });

  it('no value that is set to null ends in an error of a template', async () => {
    const values = parse(readFileSync(join(CHART, 'values.yaml'), 'utf8'));
    const nested = Object.entries<unknown>(values).flatMap(([key, value]) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.keys(value).map((inner) => ({ [key]: { [inner]: null } }))
        : [],
    );
    const all = [...Object.keys(values).map((key) => ({ [key]: null })), ...nested];
    for (const few of inGroups(all))
      for (const { value, stderr } of await refusalsOf(few))
        about(JSON.stringify(value), () => expect(stderr).not.toMatch(/wrong type for value|nil pointer/));
  });

  it(`refuses ${Object.keys(ELSEWHERE).length} spellings of other charts, each with what to write here`, async () => {
    const { exitCode, stderr } = await template(allOf(Object.keys(ELSEWHERE)));
    expect(exitCode).toBe(1);
    for (const [path, word] of Object.entries(ELSEWHERE))
      expect(stderr).toContain(`${path} is no value of this chart: ${word}`);
  });

  it('lets an umbrella chart share globals with others', async () => {
    const umbrella = join(folder, 'umbrella');
    await helm.run('create', umbrella);
    await writeFile(
      join(umbrella, 'Chart.yaml'),
      stringify({
        apiVersion: 'v2',
        name: 'umbrella',
        version: '1.0.0',
        dependencies: [{ name: 'crossaccountlink', version: '*', repository: `file://${CHART}` }],
      }),
    );
    await helm.run('dependency', 'update', umbrella);
    const { exitCode, stderr } = await helm.try(
      'template',
      umbrella,
      ...['crossaccountlink.clusterID=test', 'global.storageClass=gp3'].flatMap((set) => ['--set', set]),
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});

describe('what the chart says twice', () => {
  it('is the same: the schema lets the templates refuse the spellings (make generate)', async () => {
    expect(readFileSync(join(CHART, 'values.schema.json'), 'utf8')).toBe(await chartSchema());
  });

  it('is the same: every value has its line in the table', () => {
    const lines = valuesTable().split('\n');
    for (const value of ['clusterID', 'metrics.serviceMonitor.scrapeTimeout', 'settings.workers'])
      expect(lines.some((line) => line.startsWith(`| \`${value}\` |`))).toBe(true);
  });
});

/** The rows in few groups that can each be rendered at once: none says anything twice. A start of helm costs more than all
 *  that it renders. */
function batches(rows: readonly Accepted[]): readonly (readonly Accepted[])[] {
  const found: { rows: Accepted[]; taken: Set<string> }[] = [];
  for (const row of rows) {
    const keys = Object.keys(parse(row[0]));
    const wants = [...keys, ...TOGETHER.filter((group) => group.some((key) => keys.includes(key))).flat()];
    const batch = found.find(
      ({ taken }) =>
        !wants.some((key) => taken.has(key)) &&
        (taken.size === 0 || taken.has('global') === keys.includes('global')),
    );
    if (batch === undefined) found.push({ rows: [row], taken: new Set(wants) });
    else {
      batch.rows.push(row);
      for (const key of wants) batch.taken.add(key);
    }
  }
  return found.map((batch) => batch.rows);
}

interface Refusal {
  readonly value: object;
  readonly stderr: string;
}

/** Few together, so that hardly any hides what another does, and none that says the same thing. */
function inGroups(values: readonly object[]): readonly (readonly object[])[] {
  const groups: object[][] = [];
  for (const value of values) {
    const [key = ''] = Object.keys(value);
    const group = groups.find((one) => one.length < 8 && one.every((other) => !Object.hasOwn(other, key)));
    if (group === undefined) groups.push([value]);
    else group.push(value);
  }
  return groups;
}

function textOf(rendered: Rendered, kind: string): string {
  return JSON.stringify(rendered.all(kind));
}

function policiesOf(rendered: Rendered): readonly unknown[] {
  return rendered
    .all('CustomResourceDefinition')
    .map(({ metadata }) => metadata.annotations?.['helm.sh/resource-policy']);
}

/** An object that has something at each of these paths. */
function allOf(paths: readonly string[]): object {
  const root: Record<string, unknown> = {};
  for (const path of paths) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let at = root;
    for (const key of keys) {
      const next: Record<string, unknown> = {};
      at[key] ??= next;
      at = Object(at[key]);
    }
    at[last] = 'something';
  }
  return root;
}

/** The paths of the values that are true. */
function truths(values: unknown, prefix = ''): readonly string[] {
  if (values === true) return [prefix];
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return [];
  return Object.entries(values).flatMap(([key, value]) =>
    truths(value, prefix === '' ? key : `${prefix}.${key}`),
  );
}
