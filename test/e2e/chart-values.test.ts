/** Values as people know them from other charts: each changes what is rendered, or is refused with an explanation. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { chartSchema, valuesTable } from '../../scripts/generate-chart.ts';
import { about } from '../expectations.ts';
import { CHART, openHelm, Rendered, type Helm } from './chart/helm.ts';
import { ACCEPTED, REFUSED, TOGETHER, type Accepted } from './chart/values.ts';

/** Values that let metrics be scraped have to say by whom. */
const SCRAPED = { networkPolicy: { metricsFrom: [{ namespaceSelector: {} }] } };

/** Other charts' names, each with a word of its refusal. */
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

  /** What helm says about values that it refuses: first about all together, then about those that it did not list as missing,
   *  until it accepts the rest. */
  async function refusalsOf(values: readonly object[]): Promise<readonly Refusal[]> {
    if (values.length === 0) return [];
    const { exitCode, stderr } = await template(Object.assign({}, ...values));
    if (exitCode === 0) return [];
    const refusal = { values, stderr };
    if (values.length === 1) return [refusal];
    const missing = missingIn(stderr);
    const others = values.filter((value) => !missing.has(pathOf(value)));
    if (others.length < values.length) return [refusal, ...(await refusalsOf(others))];
    const half = Math.ceil(values.length / 2);
    return [refusal, ...(await refusalsOf(values.slice(0, half))), ...(await refusalsOf(values.slice(half)))];
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
      expect({ exitCode, stderr }).toStrictEqual({ exitCode: 0, stderr: '' });
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
    expect(policiesOf(new Rendered(stdout))).toStrictEqual([undefined, undefined]);
    expect(policiesOf(plain)).toStrictEqual(['keep', 'keep']);
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

  it('that are missing because helm upgrade --reuse-values kept those of an older version are refused with what to do', async () => {
    const { exitCode, stderr } = await template(
      parse('{claim: null, rbac: {create: null}, userRoles: null}'),
    );
    expect(exitCode).toBe(1);
    expect(stderr).toContain('these values are missing: claim, rbac.create, userRoles\n');
    expect(stderr).toContain('write --reset-then-reuse-values');
  });

  it('that are true unless somebody says otherwise are required, and not taken for false', () => {
    const required = parse(readFileSync(join(CHART, 'files/required.yaml'), 'utf8'));
    // People remove single fields of a security context with null, so that the platform fills them in.
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
      for (const { values: together, stderr } of await refusalsOf(few))
        about(JSON.stringify(together), () => expect(stderr).not.toMatch(/wrong type for value|nil pointer/));
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
    expect({ exitCode, stderr }).toStrictEqual({ exitCode: 0, stderr: '' });
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

/** The rows in few groups that can each be rendered at once: no two rows of a group say the same. A start of helm costs more than
 *  everything that it renders. */
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
  /** What was rendered together. */
  readonly values: readonly object[];
  readonly stderr: string;
}

/** The values that the chart lists as missing. */
function missingIn(words: string): ReadonlySet<string> {
  return new Set(/these values are missing: (.*)/.exec(words)?.[1]?.split(', '));
}

/** Path of the only value in nested objects with one field each: `rbac.create`. */
function pathOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const [[key, inner] = ['', null]] = Object.entries<unknown>({ ...value });
  return inner === null ? key : `${key}.${pathOf(inner)}`;
}

/** Few together, so that hardly any hides what another one does, and none says the same as another. */
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
