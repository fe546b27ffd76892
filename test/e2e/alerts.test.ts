import { beforeAll, describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { run } from '../../testbed/process.ts';
import { ensurePromtool } from '../../testbed/tools/go-tools.ts';
import { about } from '../expectations.ts';

const RULES = fileURLToPath(new URL('../../charts/crossaccountlink/files/alerts.yaml', import.meta.url));
const UNIT_TESTS = fileURLToPath(new URL('alerts/alerts.yaml', import.meta.url));

interface Expectation {
  readonly alertname: string;
  readonly exp_alerts?: readonly unknown[];
}

describe("the chart's alerts", () => {
  let promtool: string;
  beforeAll(async () => {
    promtool = await ensurePromtool();
  });

  async function succeeds(...args: readonly string[]): Promise<void> {
    const { stdout, stderr, exitCode } = await run(promtool, args, { timeoutMs: 60_000 });
    about(`${stdout}\n${stderr}`, () => expect(exitCode).toBe(0));
  }

  it('pass promtool check rules, its linter included', async () => {
    await succeeds('check', 'rules', '--lint=all', '--lint-fatal', RULES);
  });

  it('fire when they should, and not before (promtool test rules)', async () => {
    await succeeds('test', 'rules', UNIT_TESTS);
  });

  it('are each shown firing, and not firing', async () => {
    const rules = parse(await readFile(RULES, 'utf8'));
    const { tests } = parse(await readFile(UNIT_TESTS, 'utf8'));
    const alerts: string[] = rules.groups.flatMap((group: { rules: { alert: string }[] }) =>
      group.rules.map(({ alert }) => alert),
    );
    const expectations: Expectation[] = tests.flatMap(
      (test: { alert_rule_test: Expectation[] }) => test.alert_rule_test,
    );
    const shown = (fires: boolean) =>
      new Set(
        expectations
          .filter(({ exp_alerts: expected = [] }) => expected.length > 0 === fires)
          .map(({ alertname }) => alertname),
      );
    expect(alerts.filter((alert) => !shown(true).has(alert))).toStrictEqual([]);
    expect(alerts.filter((alert) => !shown(false).has(alert))).toStrictEqual([]);
  });
});
