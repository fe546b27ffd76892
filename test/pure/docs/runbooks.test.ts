import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { headingsOf, read, ROOT } from './markdown.ts';

interface Rule {
  readonly alert: string;
  readonly labels: { readonly severity: string };
}

const RULES: readonly Rule[] = parse(read('charts/crossaccountlink/files/alerts.yaml')).groups.flatMap(
  (group: { rules: Rule[] }) => group.rules,
);

test('each alert has a runbook, and each runbook an alert', () => {
  expect(readdirSync(join(ROOT, 'docs/runbooks')).sort()).toStrictEqual(
    RULES.map(({ alert }) => `${alert}.md`).sort(),
  );
});

describe('the runbook', () => {
  for (const { alert, labels } of RULES) {
    test(`of ${alert} says how severe it is, what it means, what it does and what to do`, () => {
      const text = read(`docs/runbooks/${alert}.md`);
      expect(headingsOf(text)).toStrictEqual([alert, 'Meaning', 'Impact', 'Look here first', 'What to do']);
      expect(text).toContain(`Severity: ${labels.severity}.`);
    });
  }
});
