/** What the documents tell people to type: verbs, flags, make targets and fields that are there. */
import { describe, expect, it } from '@jest/globals';
import { createProgram } from '../../../src/cli/program.ts';
import { Terminal } from '../../../src/cli/output/terminal.ts';
import { schemaOf, versionOf } from '../api/crd-schema.ts';
import { codeSpans, DOCUMENTS, fencesOf, read } from './markdown.ts';

const nowhere = { write: () => true };
const program = createProgram({
  io: new Terminal(nowhere, nowhere, {}),
  environment: {},
  exitWith: () => undefined,
});
const FLAGS = new Map(
  program.commands.map((verb) => [
    verb.name(),
    new Set(['--help', ...verb.options.flatMap(({ short, long }) => [short ?? '', long ?? ''])]),
  ]),
);
const TARGETS = new Set([...read('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, name]) => name));

/** Lines that somebody may type, of fences and of running text. */
function typed(markdown: string): readonly string[] {
  const fenced = fencesOf(markdown).flatMap(({ text }) => text.replaceAll(/\\\n/g, ' ').split('\n'));
  return [...fenced, ...codeSpans(markdown)].map((line) => line.replace(/\s#.*$/, ''));
}

/** Verbs and flags of the plugin in a line which are none. */
function strange(line: string): readonly string[] {
  const [, rest] = /kubectl[ -]crossaccountlink(?:\.mjs)? (.*)$/.exec(line) ?? [];
  const [verb = '', ...words] = (rest?.split(/[|>;&]/)[0] ?? '').trim().split(/[ =]+/);
  if (!/^[a-z]+$/.test(verb)) return [];
  const known = FLAGS.get(verb);
  if (known === undefined) return [verb];
  return words.filter((word) => /^--?[a-z]/.test(word) && !known.has(word)).map((word) => `${verb} ${word}`);
}

const KINDS = ['awsaccounts', 'crossaccountlinks'] as const;

/** Whether a kind has the field, below whatever version it is served as. */
function hasField(path: string): boolean {
  const steps = path.replaceAll('[]', '').split('.');
  return KINDS.some((plural) => schemaOf(plural, ...steps) !== undefined);
}

/** Paths below `spec` and `status` that a command asks kubectl to print or to sort by. */
function printed(line: string): readonly string[] {
  if (!/^kubectl get (?:xal|crossaccountlinks?|awsaccounts?)\b/.test(line)) return [];
  const [, columns = ''] = /custom-columns='([^']+)'/.exec(line) ?? [];
  const [, sortedBy = ''] = /--sort-by=(\S+)/.exec(line) ?? [];
  const [, list = '', each = ''] = /\{range ([^}]+)\}(.*)\{end\}/.exec(line) ?? [];
  const items = [...each.matchAll(/\{(\.[^}]+)\}/g)].map(([, field = '']) => list + field);
  const paths = [...columns.split(',').map((column) => column.split(':')[1] ?? ''), sortedBy, ...items];
  return paths
    .filter((path) => /^\.(?:spec|status)\./.test(path))
    .map((path) => path.slice(1).replaceAll('[*]', '[]'));
}

/** What stands above the columns of `kubectl get xal`. */
const COLUMNS = [
  'NAME',
  ...versionOf('crossaccountlinks')
    .additionalPrinterColumns.filter(({ priority }) => priority === undefined)
    .map(({ name }) => name.toUpperCase()),
];

describe.each(DOCUMENTS)('%s', (path) => {
  const markdown = read(path);

  it('names verbs and flags that the plugin has', () => {
    expect(typed(markdown).flatMap(strange)).toStrictEqual([]);
  });

  it('names targets that the Makefile has', () => {
    const named = typed(markdown).flatMap((line) => /^(?:\$ )?make ([a-z-]+)/.exec(line)?.[1] ?? []);
    expect(named.filter((name) => !TARGETS.has(name))).toStrictEqual([]);
  });

  it('asks for the logs of all replicas, for only one of them leads', () => {
    const asked = typed(markdown).filter((line) => line.startsWith('kubectl logs '));
    expect(asked.filter((line) => / (?:deploy|deployment|rs)\//.test(line))).toStrictEqual([]);
  });

  it('asks by name for a right that the operator has by name alone', () => {
    const asked = typed(markdown).filter((line) => /^kubectl auth can-i .*--as=/.test(line));
    const unnamed = asked.filter(
      (line) => !/ can-i \w+ lease\/crossaccountlink-CLUSTER_ID-claim /.test(line),
    );
    expect(unnamed).toStrictEqual([]);
  });

  it('has kubectl print fields that the CRDs have', () => {
    expect(
      typed(markdown)
        .flatMap(printed)
        .filter((field) => !hasField(field)),
    ).toStrictEqual([]);
  });

  it('shows the columns that kubectl get xal prints', () => {
    const shown = fencesOf(markdown).flatMap(({ text }) =>
      [...text.matchAll(/\$ kubectl get xal.*\n(NAME.*)\n/g)].map(([, columns = '']) =>
        columns.split(/ {2,}/),
      ),
    );
    expect(shown.filter((columns) => columns.join() !== COLUMNS.join())).toStrictEqual([]);
  });

  it('names fields that the CRDs have', () => {
    const named = codeSpans(markdown).filter((span) => /^(?:spec|status)(?:\.\w+(?:\[\])?)+$/.test(span));
    expect(named.filter((field) => !hasField(field))).toStrictEqual([]);
  });
});
