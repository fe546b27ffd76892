/** The project's documents, and what tests ask of a Markdown text. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

export const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Every document for people, by its path from the root. */
export const DOCUMENTS: readonly string[] = [
  'README.md',
  'SECURITY.md',
  'CONTRIBUTING.md',
  'test/README.md',
  'bench/README.md',
  'charts/crossaccountlink/README.md',
  ...globSync('docs/**/*.md', { cwd: ROOT }).sort(),
];

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export interface Fence {
  /** All that stands after the backticks: `yaml`, `sh ci`. */
  readonly info: string;
  readonly text: string;
}

export function fencesOf(markdown: string): readonly Fence[] {
  return [...markdown.matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = '', info = '', text = '']) => ({
      info: info.trim(),
      text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    }),
  );
}

/** The text without its fenced blocks. */
export function prose(markdown: string): string {
  return markdown.replaceAll(/^( *)```.*\n[\s\S]*?^\1```$/gm, '');
}

/** What stands between backticks in running text. */
export function codeSpans(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
}

/** Targets of links: addresses, paths, anchors. */
export function linksOf(markdown: string): readonly string[] {
  const text = prose(markdown).replaceAll(/`[^`\n]*`/g, '');
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => target);
}

export function headingsOf(markdown: string): readonly string[] {
  return [...prose(markdown).matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => heading.trim());
}

/** The anchor that GitHub gives a heading. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}
