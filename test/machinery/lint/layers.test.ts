import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { LAYERS, layerOf } from '../../../scripts/lint/layers.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** A file, what it says, and whether the linter refuses it. */
const CASES: readonly (readonly [verdict: 'refused' | 'fine', path: string, text: string])[] = [
  ['fine', 'src/kubernetes/a.ts', `export { sleep } from '../base/clock.ts';`],
  ['refused', 'src/kubernetes/b.ts', `export { parseArn } from '../arn/arn.ts';`],
  ['refused', 'src/base/a.ts', `export { parseArn } from '../arn/arn.ts';`],
  ['refused', 'src/policy/a.ts', `export * from '../asl/derive.ts';`],
  ['fine', 'src/asl/a.ts', `export * from '../policy/parse.ts';`],
  ['refused', 'src/asl/integrations/aws-sdk/a.ts', `export * from '../../../desired/link.ts';`],
  ['fine', 'src/asl/integrations/aws-sdk/b.ts', `export * from '../../../arn/arn.ts';`],
  [
    'refused',
    'src/plan/a.ts',
    `import type { CallOptions } from '../aws/lanes.ts'; export type A = CallOptions;`,
  ],
  ['refused', 'src/plan/b.ts', `export type A = import('../aws/lanes.ts').CallOptions;`],
  ['refused', 'src/plan/c.ts', `export const lanes = () => import('../aws/lanes.ts');`],
  ['refused', 'src/plan/d.ts', `export * from '../assemble.ts';`],
  ['fine', 'src/plan/e.ts', `export * from '../desired/grant.ts';`],
  ['refused', 'src/desired/a.ts', `export * from '../kubernetes/metadata.ts';`],
  ['refused', 'src/aws/a.ts', `export * from '../kubernetes/fence.ts';`],
  ['refused', 'src/controllers/state/a.ts', `export * from '../link/ensure.ts';`],
  ['fine', 'src/controllers/link/a.ts', `export * from '../state/link-memory.ts';`],
  ['refused', 'src/controllers/link/b.ts', `export * from '../../cli/main.ts';`],
  ['fine', 'src/cli/a.ts', `export * from '../controllers/state/link-object.ts';`],
  ['refused', 'src/policy/b.ts', `export * from '../base/clock.ts';`],
  ['fine', 'src/policy/c.ts', `export * from '../base/compare-text.ts';`],
  ['refused', 'src/report/a.ts', `import { readFileSync } from 'node:fs'; export const a = readFileSync;`],
  ['refused', 'src/report/b.ts', `import { pino } from 'pino'; export const a = pino;`],
  ['fine', 'src/report/c.ts', `import { createHash } from 'node:crypto'; export const a = createHash;`],
  ['fine', 'src/aws/b.ts', `import { readFileSync } from 'node:fs'; export const a = readFileSync;`],
  ['refused', 'src/access/a.ts', `export const a = () => Date.now();`],
  ['refused', 'src/access/b.ts', `export const a = () => new Date();`],
  ['refused', 'src/access/c.ts', `export const a = () => Math.random();`],
  ['refused', 'src/access/d.ts', `export const a = () => process.env['HOME'];`],
  ['fine', 'src/access/e.ts', `export const a = (text: string) => Date.parse(text);`],
  ['fine', 'src/telemetry/a.ts', `export const a = () => Date.now();`],
];

const EXPRESSIONS: typeof CASES = [
  ['refused', 'src/arn/a.ts', String.raw`export const a = /(a+)+$/;`],
  ['refused', 'src/arn/b.ts', String.raw`export const a = (text: string) => text.replace(/\s*,\s*$/, '');`],
  ['refused', 'src/arn/c.ts', String.raw`export const a = new RegExp('\\s+$');`],
  ['refused', 'src/arn/d.ts', "const C = '[a-z]'; export const a = new RegExp(`^(?:${C}+)*$`, 'i');"],
  ['refused', 'src/arn/e.ts', `export const a = (text: string) => new RegExp(text);`],
  ['refused', 'src/arn/f.ts', `export const a = (text: string) => RegExp(text);`],
  ['refused', 'src/arn/g.ts', "import { LETTER } from './h.ts'; export const a = RegExp(`(${LETTER}|b)*$`);"],
  ['fine', 'src/arn/h.ts', `export const LETTER = '[abc]';`],
  ['fine', 'src/arn/i.ts', String.raw`export const a = [/^\s*,\s*$/, new RegExp('^a+$', 'i')];`],
  ['fine', 'src/arn/j.ts', "import { LETTER } from './h.ts'; export const a = new RegExp(`^${LETTER}+$`);"],
  ['fine', 'test/a.ts', `export const a = /(a+)+$/;`],
];

describe('the linter, in a checkout with files of every kind', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'layers-'));
  afterAll(() => rmSync(checkout, { recursive: true }));
  symlinkSync(join(ROOT, 'node_modules'), join(checkout, 'node_modules'));
  for (const path of ['.oxlintrc.json', 'scripts/lint'])
    cpSync(join(ROOT, path), join(checkout, path), { recursive: true });
  for (const [, path, text] of [...CASES, ...EXPRESSIONS]) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    writeFileSync(join(checkout, path), `${text}\n`);
  }
  const refused = lint(checkout);

  it.each(CASES)('%s: %s', (verdict, path) => {
    expect(refused('layers').has(path) ? 'refused' : 'fine').toBe(verdict);
  });

  it.each(EXPRESSIONS)('%s: regular expression of %s', (verdict, path) => {
    expect(refused('bounded-expressions').has(path) ? 'refused' : 'fine').toBe(verdict);
  });
});

describe('the list of layers', () => {
  it('has a layer for every file below a folder of src/, and none without files', () => {
    const files = globSync('src/*/**/*.{ts,tsx}', { cwd: ROOT });
    expect(files.filter((path) => layerOf(path) === undefined)).toEqual([]);
    const used = new Set(files.map(layerOf));
    expect(LAYERS.filter((layer) => !used.has(layer))).toEqual([]);
  });

  it('excepts only folders that stand above', () => {
    const order = LAYERS.map(({ folder }) => folder);
    for (const { folder, without = [] } of LAYERS)
      expect(order.slice(0, order.indexOf(folder))).toEqual(expect.arrayContaining([...without]));
  });
});

/** The files that a rule of the project refuses. */
function lint(checkout: string): (rule: string) => ReadonlySet<string> {
  const oxlint = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  const output = run(process.execPath, [oxlint, '--format', 'json', 'src', 'test'], checkout);
  const { diagnostics }: { diagnostics: readonly { code: string; filename: string }[] } = JSON.parse(output);
  return (rule) =>
    new Set(diagnostics.filter(({ code }) => code === `project(${rule})`).map(({ filename }) => filename));
}

/** Standard output, whatever the exit status: a linter that finds something exits with 1. */
function run(command: string, args: readonly string[], cwd: string): string {
  try {
    return execFileSync(command, args, {
      cwd,
      encoding: 'utf8',
      env: {},
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    if (error instanceof Error && 'stdout' in error && typeof error.stdout === 'string') return error.stdout;
    throw error;
  }
}
