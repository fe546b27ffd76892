/** Manifests from files and folders, as `plan -f` takes them. */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { readManifestFiles, type ManifestSources } from '../../../src/cli/plan/manifest-files.ts';
import { Written } from '../../pure/cli/fixtures.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifests-'));
});
afterEach(() => rm(folder, { recursive: true }));

class Files extends Written {
  override read(path: string): Promise<string> {
    return path === '-' ? super.read(path) : readFile(path, 'utf8');
  }
}

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

const link = (name: string) =>
  `apiVersion: crossaccountlink.dev/v1alpha1\nkind: CrossAccountLink\nmetadata: {name: ${name}}\n`;

/** The name of each object, with its place below the folder. */
async function read(files: readonly string[], options: Partial<ManifestSources> = {}, input = '') {
  const paths = files.map((file) => (file === '-' ? file : join(folder, file)));
  const sources = { files: paths, recursive: false, ...options };
  const found = await readManifestFiles(sources, new Files({ '-': input }));
  return found.map(({ where, value }) => {
    const metadata = JSON.parse(JSON.stringify(value['metadata'] ?? {}));
    return `${String(metadata.name)} in ${where.replace(`${folder}/`, '')}`;
  });
}

/** Any file has nine million characters. */
class LargeFiles extends Written {
  reads = 0;

  override read(): Promise<string> {
    this.reads += 1;
    return Promise.resolve('#'.repeat(9_000_000));
  }
}

it('of too many characters no more is read than shows it', async () => {
  const files = Array.from({ length: 50 }, (_, at) => join(folder, `${at}.yaml`));
  const io = new LargeFiles();
  await expect(readManifestFiles({ files, recursive: false }, io)).rejects.toThrow('name fewer files');
  expect(io.reads).toBe(4);
});

describe('manifests', () => {
  it('of JSON come one after the other without a line between them, as jq -c writes them', async () => {
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({
      kind: 'CrossAccountLink',
      metadata: { name, annotations: { note: '}{"\\' } },
    }));
    const stream = `${JSON.stringify(a)}\n${JSON.stringify(b)}${JSON.stringify(c, null, 2)}\n`;
    expect(await read(['-'], {}, stream)).toStrictEqual([
      'a in standard input, document 1',
      'b in standard input, document 2',
      'c in standard input, document 3',
    ]);
  });

  it('have lines that end in whatever an editor ends them with', async () => {
    const both = `${link('a')}---\n${link('b')}`;
    for (const end of ['\r', '\r\n'])
      expect(await read(['-'], {}, both.replaceAll('\n', end))).toStrictEqual([
        'a in standard input, document 1',
        'b in standard input, document 2',
      ]);
  });

  it('that are a template yet are refused with the advice to render them first', async () => {
    const rendered =
      /^standard input: holds \{\{ … \}\} and cannot be parsed until it is rendered: .*helm template CHART \|/;
    await expect(read(['-'], {}, `{{- if .Values.on }}\n${link('a')}{{- end }}\n`)).rejects.toThrow(rendered);
    await expect(read(['-'], {}, link('{{ include "name" . }}'))).rejects.toThrow(rendered);
  });

  it('that a kustomization builds are refused with the advice to build them', async () => {
    await put({ 'overlay/kustomization.yaml': 'resources: [../base]\n' });
    await expect(read(['overlay'])).rejects.toThrow(
      /there is no CrossAccountLink .*\(-k \S+\/overlay plans what the kustomization builds\)$/,
    );
  });

  it('come from several files and standard input, document by document', async () => {
    await put({
      'a.yaml': `${link('a')}---\n${link('b')}`,
      'c.json': JSON.stringify({
        apiVersion: 'crossaccountlink.dev/v1alpha1',
        kind: 'AWSAccount',
        metadata: { name: 'c' },
      }),
    });
    expect(await read(['a.yaml', 'c.json', '-'], {}, `---\n# a comment\n${link('d')}`)).toStrictEqual([
      'a in a.yaml, document 1',
      'b in a.yaml, document 2',
      'c in c.json',
      'd in standard input',
    ]);
  });

  it('come from the files of a folder, and with -R from its folders', async () => {
    await put({
      'a.yaml': link('a'),
      'b.yml': link('b'),
      'notes.txt': link('x'),
      'deep/er/c.yaml': link('c'),
    });
    expect(await read(['.'])).toStrictEqual(['a in a.yaml', 'b in b.yml']);
    expect(await read(['.'], { recursive: true })).toStrictEqual([
      'a in a.yaml',
      'b in b.yml',
      'c in deep/er/c.yaml',
    ]);
  });

  it('come out of lists, also of lists without a kind', async () => {
    const items = ['a', 'b'].map((name) => ({ kind: 'CrossAccountLink', metadata: { name } }));
    await put({
      'a.json': JSON.stringify({ kind: 'List', items }),
      'b.json': JSON.stringify({ items: [items[0]] }),
    });
    expect(await read(['a.json', 'b.json'])).toStrictEqual(['a in a.json', 'b in a.json', 'a in b.json']);
  });

  it('are found among what is neither ours nor YAML, as in an output of kustomize', async () => {
    const template = 'kind: Deployment\nspec: {{ .Values.spec }}\n\tnot: yaml';
    const noise = `kind: ConfigMap\ndata:\n  text: "${'x'.repeat(1_500_000)}"\n`;
    await put({ 'all.yaml': `${template}\n---\n${noise}---\n${link('a')}` });
    expect(await read(['all.yaml'])).toStrictEqual(['a in all.yaml, document 3']);
  });

  it('keep text with dashes, and know anchors and merged maps', async () => {
    const merged =
      'base: &base {name: merged}\nkind: CrossAccountLink\nmetadata: {<<: *base}\ntext: |\n  --- not the end\n  more\n';
    await put({ 'a.yaml': merged });
    expect(await read(['a.yaml'])).toStrictEqual(['merged in a.yaml']);
  });

  it('are built by kubectl kustomize, whose complaint is reported in one line', async () => {
    await put({ 'k/x.yaml': 'x' });
    await expect(read([], { kustomize: join(folder, 'k') })).rejects.toThrow(
      /\/k: (?:-k needs kubectl|kubectl kustomize says: [^\n]+$)/,
    );
  });

  const problems: readonly [string, readonly string[], RegExp][] = [
    ['a folder without manifests', ['deep'], /deep: holds no .yaml, .yml or .json file: -R searches/],
    ['broken YAML, with the line of the file', ['broken.yaml'], /broken\.yaml, document 2: .*line 5/],
    ['an address', ['https://example.com/a.yaml'], /is a URL: download it/],
    ['standard input twice', ['-', '-'], /standard input \(-\) can be read only once/],
    [
      'nothing of ours',
      ['pod.yaml', 'pod.yaml'],
      /pod\.yaml and 1 more: there is no CrossAccountLink and no AWSAccount in it/,
    ],
    ['a file that is not there', ['nowhere.yaml'], /nowhere\.yaml/],
  ];
  it.each(problems)('are refused: %s', async (_, files, message) => {
    await put({
      'pod.yaml': 'kind: Pod',
      'deep/er/c.yaml': link('c'),
      'broken.yaml': `${link('a')}---\nkind: CrossAccountLink: x\n`,
    });
    const paths = files.map((file) => (/^(?:-$|https:)/.test(file) ? file : join(folder, file)));
    await expect(
      readManifestFiles({ files: paths, recursive: false }, new Files({ '-': '' })),
    ).rejects.toThrow(message);
  });
});
