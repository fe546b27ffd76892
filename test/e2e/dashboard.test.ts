/** The chart's Grafana dashboard, read by Grafana's types and by Prometheus. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { run } from '../../testbed/process.ts';
import { scratchFolder } from '../../testbed/scratch.ts';
import { dashboardProblems } from '../../testbed/tools/dashboard-types.ts';
import { ensurePromtool } from '../../testbed/tools/go-tools.ts';
import { about } from '../expectations.ts';

const DASHBOARD = fileURLToPath(
  new URL('../../charts/crossaccountlink/files/dashboard.json', import.meta.url),
);

interface Panel {
  readonly title: string;
  readonly description?: string;
  readonly targets: readonly { readonly expr: string }[];
}

/** Variables that Grafana fills in itself. */
const BUILT_IN = new Set(['__rate_interval', '__interval', '__range', '__all']);

describe("the chart's dashboard", () => {
  const folder = scratchFolder('dashboard');
  let text: string;
  let panels: readonly Panel[];
  beforeAll(async () => {
    text = await readFile(DASHBOARD, 'utf8');
    panels = JSON.parse(text).panels;
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('has what Grafana’s own types ask for, and nothing that they do not know', async () => {
    expect(await dashboardProblems(text)).toBe('');
    expect(await dashboardProblems(text.replace('"gridPos"', '"position"'))).toContain('position');
  });

  it('asks what Prometheus understands', async () => {
    const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    const rules = expressions.map((expr, index) => ({
      record: `panel_${index}`,
      expr: expr.replaceAll(/\$(?:__rate_interval|__interval|__range)\b/g, '5m').replaceAll(/\$\w+/g, 'x'),
    }));
    const file = join(folder, 'panels.yaml');
    await writeFile(file, stringify({ groups: [{ name: 'panels', rules }] }));
    const { stdout, stderr, exitCode } = await run(await ensurePromtool(), ['check', 'rules', file]);
    about(`${stdout}\n${stderr}`, () => expect(exitCode).toBe(0));
    expect(stdout).toContain(`${rules.length} rules found`);
  });

  it('uses variables that it declares, and says of each panel what it is', () => {
    const { templating } = JSON.parse(text);
    const declared = new Set(templating.list.map(({ name }: { name: string }) => name));
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name = '']) => name);
    expect(used.filter((name) => !declared.has(name) && !BUILT_IN.has(name))).toStrictEqual([]);
    for (const { title, description = '' } of panels)
      about(title, () => expect(description.length).toBeGreaterThan(20));
  });
});
