/** What the documents tell people to type: verbs, flags, make targets and fields that are there. */
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { isJsonArray, memberOf, objectAt, toJsonObject, type Json } from '../../../src/base/json.ts';
import { createProgram } from '../../../src/cli/program.ts';
import { Terminal } from '../../../src/cli/output/terminal.ts';
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

/** The schemas of both kinds, status included. */
const KINDS = ['awsaccounts', 'crossaccountlinks'].map((plural) =>
  toJsonObject(parse(read(`crds/crossaccountlink.dev_${plural}.yaml`))),
);

function listOf(value: Json | undefined): readonly Json[] {
  return isJsonArray(value) ? value : [];
}

/** Whether a kind has the field, below whatever version it is served as. */
function hasField(path: string): boolean {
  return KINDS.some((crd) => {
    const [version] = listOf(memberOf(objectAt(crd, 'spec'), 'versions'));
    let schema: Json | undefined = memberOf(memberOf(version, 'schema'), 'openAPIV3Schema');
    for (const step of path.split('.')) {
      if (memberOf(schema, 'additionalProperties') !== undefined) return true;
      const field = memberOf(memberOf(schema, 'properties'), step.replace('[]', ''));
      schema = memberOf(field, 'items') ?? field;
    }
    return schema !== undefined;
  });
}

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

  it('names fields that the CRDs have', () => {
    const named = codeSpans(markdown).filter((span) => /^(?:spec|status)(?:\.\w+(?:\[\])?)+$/.test(span));
    expect(named.filter((field) => !hasField(field))).toStrictEqual([]);
  });
});
