/**
 * YAML from files that others may have written. For some texts of a megabyte the parser takes seconds and gigabytes: what
 * cannot be anybody's manifest or definition is refused before it is parsed.
 */
import { isCollection, isScalar, Lexer, parseAllDocuments, visit, type Document, type ScalarTag } from 'yaml';
import { aliasProblem, NO_TEXT_KEY, yamlProblem } from './yaml-problem.ts';

/** Longest text read, in characters; as long as the longest definition. */
export const MAX_YAML_LENGTH = 1_048_576;

/** Tokens of the lexer: words, marks and line breaks. The longest definitions have a third of that. */
const MAX_TOKENS = 400_000;
/** `[`, `{`, `- `, `? `, `: `, anchors and tags, one after the other without a word between them. */
const MAX_MARKS_IN_A_ROW = 64;
/** Lines that begin with `%`. */
const MAX_DIRECTIVES = 100;
/** How deep lists and maps in brackets may be nested. */
const MAX_DEPTH = 64;

/** The values of the documents in a YAML text.
 *  @throws Error in one sentence for people, if it is too large, too deep, or not YAML */
export function parseYaml(text: string): readonly unknown[] {
  refuseBombs(text);
  const documents = parseAllDocuments(text, {
    uniqueKeys: false,
    prettyErrors: true,
    merge: true,
    customTags: (tags) => [...KUBECTL_SCALARS, ...tags],
  });
  return [...documents].map((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new Error(yamlProblem(problem));
    refuseDuplicateKeys(document);
    return valueOf(document);
  });
}

/** Scalars that kubectl reads differently from YAML 1.2: there its parser follows YAML 1.1, so that `suspend: yes` is true and
 *  `maxLinks: 010` is 8. https://github.com/kubernetes-sigs/yaml/blob/master/goyaml.v2/resolve.go */
const KUBECTL_SCALARS: readonly ScalarTag[] = [
  {
    tag: 'tag:yaml.org,2002:bool',
    default: true,
    test: /^(?:[yYnN]|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)$/,
    resolve: (text) => /^(?:y|on)/i.test(text),
  },
  {
    tag: 'tag:yaml.org,2002:int',
    default: true,
    test: /^[-+]?(?:[0-9][0-9_]*|0[bB][01_]+)$/,
    resolve: kubectlInteger,
  },
];

function kubectlInteger(text: string): number {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  const number = /^0[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number(digits);
  return text.startsWith('-') ? -number : number;
}

/** Refuses a text that would take the parser long.
 *  @throws Error in one sentence for people */
export function refuseBombs(text: string): void {
  if (text.length > MAX_YAML_LENGTH)
    throw new Error(`it has ${text.length} characters, more than ${MAX_YAML_LENGTH}`);
  let tokens = 0;
  let inARow = 0;
  let depth = 0;
  let directives = 0;
  for (const token of new Lexer().lex(text)) {
    tokens += 1;
    if (MARKS.test(token)) inARow += 1;
    else if (/[^ \t\uFEFF]/.test(token)) inARow = 0;
    if (token.startsWith('%')) directives += 1;
    if (token === '[' || token === '{') depth += 1;
    else if ((token === ']' || token === '}') && depth > 0) depth -= 1;
    if (tokens > MAX_TOKENS) throw new Error(`it has more than ${MAX_TOKENS} words and marks`);
    if (directives > MAX_DIRECTIVES) throw new Error(`it has more than ${MAX_DIRECTIVES} directives`);
    if (depth > MAX_DEPTH || inARow > MAX_MARKS_IN_A_ROW)
      throw new Error(`its lists and maps are nested more than ${MAX_DEPTH} levels deep`);
  }
}

const MARKS = /^(?:[[\]{},?:-]|[&!].*)$/s;

/** Refuses duplicate keys. The parser itself would compare each key with all before it.
 *  @throws Error that names the key, also for a key that is a list or a map, which JSON does not have */
export function refuseDuplicateKeys(document: Document): void {
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (isCollection(key)) throw new Error(NO_TEXT_KEY);
        const name = isScalar(key) ? key.value : key;
        if (keys.has(name)) throw new Error(`the key ${JSON.stringify(name)} occurs twice in one map`);
        keys.add(name);
      }
    },
  });
}

/** The document as plain values. Because of aliases, a text of a few lines can grow to gigabytes, or contain itself.
 *  @throws Error in one sentence for people */
export function valueOf(document: Document, maxAliasCount = 100): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount });
    // Throws for a value that contains itself.
    JSON.stringify(value);
    return value;
  } catch (error) {
    throw new Error(aliasProblem(error), { cause: error });
  }
}
