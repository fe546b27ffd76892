/** The documents in a text of manifests, divided as kubectl divides it. */
import { isJson } from '../../base/json.ts';

interface ManifestDocument {
  /** From 1. */
  readonly number: number;
  /** Preceded by as many empty lines as the file has lines before it, so that line numbers in errors are those of the file. */
  readonly text: string;
}

/** The documents that are not empty, separated by lines of dashes or, in JSON, by nothing. */
export function documentsOf(text: string): readonly ManifestDocument[] {
  // In YAML a single carriage return ends a line, too, which the parser does not know.
  const lines = text.replaceAll(/\r(?!\n)/g, '\n');
  return numbered(jsonValues(lines) ?? lines.split(DOCUMENT_START))
    .filter(({ part }) => SOMETHING.test(part))
    .map(({ document }, index) => ({ number: index + 1, text: document }));
}

/** A line of dashes ends a document, even in a text block. https://yaml.org/spec/1.2.2/#91-documents */
const DOCUMENT_START = /^(?=---(?:\s|$))/m;
const SOMETHING = /^(?!---|#|%|[^\S\n\r\u2028\u2029]*$).|^--- *[^\s#]/m;

function numbered(parts: readonly string[]): readonly { readonly part: string; readonly document: string }[] {
  let line = 0;
  return parts.map((part) => {
    const document = '\n'.repeat(line) + part;
    line += part.split('\n').length - 1;
    return { part, document };
  });
}

/** The parts of a text with one JSON object after the other, as from `jq -c '.items[]'`; undefined for any other. */
function jsonValues(text: string): readonly string[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let inString = false;
  for (const { 0: token, index } of text.matchAll(/\\.|["{}]/g)) {
    if (token === '"') inString = !inString;
    if (inString || token.startsWith('\\')) continue;
    if (token === '{') depth += 1;
    if (token !== '}') continue;
    depth -= 1;
    if (depth > 0) continue;
    parts.push(text.slice(start, index + 1));
    start = index + 1;
  }
  parts.push(text.slice(start));
  const values = parts.filter((part) => part.trim() !== '');
  return values.length > 1 && values.every(isJson) ? parts : undefined;
}
