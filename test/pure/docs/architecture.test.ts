import { expect, test } from '@jest/globals';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeSpans, read, ROOT } from './markdown.ts';

const DOCUMENT = 'docs/architecture.md';
const SPANS = new Set(codeSpans(read(DOCUMENT)));
const SOURCES = globSync('src/**/*.ts', { cwd: ROOT }).map((path) => readFileSync(join(ROOT, path), 'utf8'));

/** Words of the document that name nothing in the code. */
const WORDS = new Set(['observe → plan → apply → report', 'aws-sdk:']);
/** Names of the API that are written as they stand in a manifest or a definition. */
const API_NAMES = new Set(['Credentials', 'Observe', 'Retain', 'abandon']);

test('the paths that the architecture names exist', () => {
  const missing = [...SPANS]
    .filter(isPath)
    .filter((path) => !existsSync(join(ROOT, path)) && !existsSync(join(ROOT, 'src', path)));
  expect(missing).toStrictEqual([]);
});

test('the functions, classes and types that the architecture names exist', () => {
  const names = [...SPANS].filter(
    (span) => !isPath(span) && !span.startsWith('kubectl ') && !WORDS.has(span) && !API_NAMES.has(span),
  );
  // The document names what it speaks of.
  expect(names.length).toBeGreaterThan(50);
  expect(names.filter((name) => !isDeclared(name))).toStrictEqual([]);
});

test('the architecture gives every folder of src/ its reason', () => {
  const folders = globSync('src/**/', { cwd: ROOT }).map((path) => `${path.replace(/\/$/, '')}/`);
  expect(folders.filter((folder) => !SPANS.has(folder))).toStrictEqual([]);
});

function isPath(span: string): boolean {
  return /^[\w./-]+(\/|\.ts|\.json)$/.test(span) || existsSync(join(ROOT, 'src', span));
}

/** `name`, or `Class.member`, where one file has to declare both. */
function isDeclared(name: string): boolean {
  const [owner = '', member] = name.split('.');
  return (
    SOURCES.some(
      (source) =>
        new RegExp(String.raw`\b(function|class|const|interface|type) ${owner}\b`).test(source) &&
        (member === undefined ||
          new RegExp(String.raw`^\s+(async |get |readonly )*${member}\b`, 'm').test(source)),
    ) ||
    (member === undefined && isField(owner))
  );
}

/** A field of a type, or the kind of a union. */
function isField(name: string): boolean {
  return SOURCES.some(
    (source) =>
      new RegExp(String.raw`^  (readonly )?${name}\??: `, 'm').test(source) ||
      source.includes(`kind: '${name}'`),
  );
}
