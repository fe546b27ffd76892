import { expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeSpans, read, ROOT } from './markdown.ts';

const DOCUMENT = 'docs/architecture.md';
const SPANS = new Set(codeSpans(read(DOCUMENT)));
const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'));

/** Words of the document that name nothing in the code. */
const WORDS = new Set([
  'gather → observe → plan → apply → report',
  'aws-sdk:',
  'make simulate',
  'make generate',
]);
/** Names of the API that are written as in a manifest or a definition. */
const API_NAMES = new Set([
  'Credentials',
  'Observe',
  'Retain',
  'abandon',
  'maxLinks',
  'definitionGrowth: Hold',
]);

test('the paths that the architecture names exist', () => {
  const missing = [...SPANS]
    .filter(isPath)
    .filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'src', path)));
  expect(missing).toStrictEqual([]);
});

test('the functions, classes and types that the architecture names exist', () => {
  const names = [...SPANS].filter(namesCode);
  // The document names what it speaks of.
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !isDeclared(name))).toStrictEqual([]);
});

test('the architecture gives every folder of src/ its reason', () => {
  const folders = globSync('src/**/', { cwd: ROOT }).map((path) => `${path.replace(/\/$/, '')}/`);
  expect(folders.filter((folder) => !SPANS.has(folder))).toStrictEqual([]);
});

/** Each step of a link's way, and of an account's: the functions that it names, and the files that it ends with. */
const STEPS = [...read(DOCUMENT).matchAll(/^##+ (.+)\n\n((?:(?!#|> ).*\n)+?)\n> (.*)$/gm)].map(
  ([, title = '', text = '', files = '']) => ({
    title,
    names: codeSpans(text).filter(namesCode),
    files: codeSpans(files),
  }),
);

test('the way of a link is described in steps', () => {
  expect(STEPS.length).toBeGreaterThan(12);
});

test.each(STEPS)(
  '$title: each name stands in one of the files that the step ends with',
  ({ names, files }) => {
    const sources = files.map((path) => readFileSync(join(ROOT, path), 'utf8'));
    expect(names.filter((name) => !isDeclared(name, sources))).toStrictEqual([]);
  },
);

test.each(STEPS)('$title: no file is named for nothing', ({ names, files }) => {
  const idle = files.filter((path) => {
    const source = readFileSync(join(ROOT, path), 'utf8');
    return !names.some((name) => isDeclared(name, [source]));
  });
  expect(idle).toStrictEqual([]);
});

/** Each word of the glossary that names code, with the file that the glossary gives it. */
const WORDS_OF_CODE = [...read(DOCUMENT).matchAll(/^\| (.+?) +\| (.+?) +\| `(src\/.+?)` +\|$/gm)]
  .map(([, word = '', meaning = '', file = '']) => ({ word, names: codeSpans(`${word} ${meaning}`), file }))
  .filter(({ names }) => names.length > 0);

test('the glossary gives words of the code', () => {
  expect(WORDS_OF_CODE.length).toBeGreaterThan(30);
});

test.each(WORDS_OF_CODE)('$word stands in the file that the glossary gives', ({ names, file }) => {
  const source = readFileSync(join(ROOT, file), 'utf8');
  expect(names.some((name) => isDeclared(name, [source]))).toBe(true);
});

/** Words that the project once had of its own, for what the glossary names. */
const FORMER_WORDS =
  /\b(ObjectPasses|RolePassRequest|PassResult|PassFailure|Subject|Standing|TakeDownLook|LOOK|BuildUp|TakeDown|isHeldUp|Ask|askOf|AskContext|Concession|Want|HeldDefinition|RunningRevision|stillRunning|settleRoles|settleTasks|SETTLING_MS|planObservedRole|Fights|Machines|PaperAccount|World|UnheardLinks|UnheardChanges|LettingGo|LinkCauses|News|LatelyRead)\b/;

test('no source and no test keeps a word that the glossary has replaced', () => {
  // A world of modules is jest's own word.
  const paths = globSync('{src,testbed,bench,test}/**/*.ts', { cwd: ROOT }).filter(
    (path) => !path.includes('/jest/') && !path.endsWith('architecture.test.ts'),
  );
  const kept = paths.flatMap((path) =>
    code(readFileSync(join(ROOT, path), 'utf8'))
      .split('\n')
      .filter((line) => FORMER_WORDS.test(line))
      .map((line) => `${path}: ${line.trim()}`),
  );
  expect(kept).toStrictEqual([]);
});

test('the table of files over 250 lines names them all, and no others', () => {
  const long = globSync('src/**/*.{ts,tsx}', { cwd: ROOT }).filter(
    (path) => readFileSync(join(ROOT, path), 'utf8').split('\n').length > 251,
  );
  const [, section = ''] = /^## Files over 250 lines\n([^]*?)^## /m.exec(read(DOCUMENT)) ?? [];
  const named = [...section.matchAll(/^\| `(src\/.+?)`/gm)].map(([, path]) => path);
  expect(named.toSorted()).toStrictEqual(long.toSorted());
});

/** A source without comments, texts and expressions that begin a text (`/^…/`), which may hold any word. */
function code(source: string): string {
  return source.replaceAll(/\/\*\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|`[^`]*`|\/\^[^\n]*?\//g, "''");
}

/** Whether a word of the document is a function, a class, a type or a field. */
function namesCode(span: string): boolean {
  return !isPath(span) && !span.startsWith('kubectl ') && !WORDS.has(span) && !API_NAMES.has(span);
}

function isPath(span: string): boolean {
  return /^[\w./-]+(\/|\.ts|\.json)$/.test(span) || existsSync(join(ROOT, 'src', span));
}

/** `name`, or `Class.member`, if one file has to declare both. */
function isDeclared(name: string, sources: readonly string[] = SOURCES): boolean {
  const [owner = '', member] = name.split('.');
  return (
    sources.some(
      (source) =>
        new RegExp(String.raw`\b(function\*?|class|const|interface|type) ${owner}\b`).test(source) &&
        (member === undefined ||
          new RegExp(String.raw`^\s+(async |get |readonly )*${member}\b`, 'm').test(source)),
    ) ||
    (member === undefined && isField(owner, sources))
  );
}

/** A field of a type, or the kind of a union. */
function isField(name: string, sources: readonly string[]): boolean {
  return sources.some(
    (source) =>
      new RegExp(String.raw`^  (readonly )?${name}\??: `, 'm').test(source) ||
      source.includes(`kind: '${name}'`),
  );
}
