import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pluginProgram } from '../../testbed/bundle.ts';
import { cleanEnvironment } from '../../testbed/environment.ts';
import { eventually } from '../../testbed/eventually.ts';
import { run } from '../../testbed/process.ts';
import { openControlPlane, type OpenControlPlane } from '../../testbed/stage.ts';
import { ensureTools } from '../../testbed/tools/go-tools.ts';
import { codeSpans, DOCUMENTS, fencesOf, read, ROOT } from '../pure/docs/markdown.ts';
import { CHART, openHelm, type Helm } from './chart/helm.ts';
import { metricsOf, unknownNames } from './chart/metrics.ts';
import { about } from '../expectations.ts';

interface Example {
  /** `docs/faq.md, 2nd yaml`. */
  readonly name: string;
  readonly text: string;
}

/** Every fenced block with this info string, in all documents. */
function examples(info: string): readonly Example[] {
  const found = DOCUMENTS.flatMap((path) =>
    fencesOf(read(path))
      .filter((fence) => fence.info === info)
      .map(({ text }, index) => ({ name: `${path}, ${info} ${index + 1}`, text })),
  );
  about(`no document holds an example marked "${info}"`, () => expect(found.length).toBeGreaterThan(0));
  return found;
}

describe('the manifests in the documents', () => {
  let plane: OpenControlPlane;
  beforeAll(async () => {
    plane = await openControlPlane();
    await eventually('kubectl explain to know the kinds', () => kubectl(['explain', 'xal']));
    await kubectl(['create', 'namespace', 'payments']);
  });
  afterAll(() => plane.stop());

  async function kubectl(args: readonly string[], input = ''): Promise<void> {
    const { stderr, exitCode } = await plane.controlPlane.kubectl(args, { input });
    about(stderr, () => expect(exitCode).toBe(0));
  }

  for (const { name, text } of examples('yaml')) {
    it(`are admitted by the API server: ${name}`, async () => {
      await kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', '-'], text);
    });
  }
});

describe("the chart's values in the documents", () => {
  let helm: Helm;
  let folder: string;
  beforeAll(async () => {
    helm = await openHelm();
    folder = await mkdtemp(join(tmpdir(), 'xal-docs-'));
  });
  afterAll(async () => {
    await helm.close();
    await rm(folder, { recursive: true });
  });

  for (const { name, text } of examples('yaml values')) {
    it(`are taken by helm: ${name}`, async () => {
      const file = join(folder, 'values.yaml');
      await writeFile(file, text);
      await helm.run('template', 'crossaccountlink', CHART, '-f', file);
    });
  }
});

describe('the commands in the documents', () => {
  let bin: string;
  beforeAll(async () => {
    bin = await mkdtemp(join(tmpdir(), 'xal-bin-'));
    await symlink((await ensureTools()).kubectl, join(bin, 'kubectl'));
    await symlink(join(ROOT, 'dist/kubectl-crossaccountlink.mjs'), join(bin, 'kubectl-crossaccountlink'));
  });
  afterAll(() => rm(bin, { recursive: true }));

  for (const { name, text } of examples('sh ci')) {
    it(`run as written, make only saying what it would do: ${name}`, async () => {
      const env = cleanEnvironment({
        MAKEFLAGS: 'n',
        PATH: [bin, join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(':'),
      });
      const { stdout, stderr, exitCode } = await run('sh', ['-ec', text], {
        cwd: ROOT,
        env,
        timeoutMs: 60_000,
      });
      about(`${stdout}${stderr}`, () => expect(exitCode).toBe(0));
      expect(stdout).not.toBe('');
    });
  }

  for (const { name, text } of examples('sh')) {
    it(`can be read by a shell: ${name}`, async () => {
      const { stderr, exitCode } = await run('sh', ['-n'], { input: text });
      about(stderr, () => expect(exitCode).toBe(0));
    });
  }

  it('use the verbs that the plugin has, and docs/cli.md knows them all', async () => {
    const help = await run(process.execPath, [pluginProgram(), '--help']);
    const verbs = [...help.stdout.matchAll(/^ {2}([a-z]+) .*(?:\[options\]|<|\[)/gm)].map(
      ([, verb = '']) => verb,
    );
    const known = new Set(verbs);
    known.delete('help');
    about(help.stdout, () => expect(known.size).toBeGreaterThan(5));
    const described = new Set(codeSpans(read('docs/cli.md')).map((span) => span.split(' ')[0] ?? ''));
    expect([...known].filter((verb) => !described.has(verb))).toStrictEqual([]);
    const used = DOCUMENTS.flatMap((path) =>
      [...read(path).matchAll(/\b(?:kubectl[ -]crossaccountlink|xal) ([a-z]+)/g)]
        .map(([, verb = '']) => verb)
        .filter((verb) => !known.has(verb) && !KUBECTL_WORDS.has(verb))
        .map((verb) => `${path}: ${verb}`),
    );
    expect(used).toStrictEqual([]);
  });
});

/** Words after `xal` if it means the kind and not the plugin: a link's name. */
const KUBECTL_WORDS = new Set(['checkout']);

describe('the queries in the documents', () => {
  for (const { name, text } of examples('promql')) {
    it(`ask for metrics that exist: ${name}`, () => {
      for (const query of text.trim().split('\n')) {
        expect(metricsOf(query).length).toBeGreaterThan(0);
        expect(unknownNames(query)).toStrictEqual([]);
      }
    });
  }
});
