/** YAML from files that others may have written. The parser takes seconds and gigabytes for some texts of a megabyte: what
 *  is no manifest and no definition of anybody is refused before it is parsed. */
import { isCollection, isScalar, Lexer, parseAllDocuments, visit, type Document, type ScalarTag } from 'yaml';
import { aliasProblem, NO_TEXT_KEY, yamlProblem } from './yaml-problem.ts';

/** Longest text read, in characters; as long as the longest definition. */
export const MAX_YAML_LENGTH = 1_048_576;

/** Tokens of the lexer: words, marks and line breaks. The longest definitions take a third. */
const MAX_TOKENS = 400_000;
/** `[`, `{`, `- `, `? `, `: `, anchors and tags, one after the other without a word between them. */
const MAX_MARKS_IN_A_ROW = 64;
/** Lines that begin with `%`. */
const MAX_DIRECTIVES = 100;
/** Lists and maps in brackets, one in the other. */
const MAX_DEPTH = 64;

/**
 * The values of the documents in a YAML text.
 * @throws Error in one sentence for people, when it is too large, too deep, or no YAML
 */
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

/** What kubectl reads otherwise than YAML 1.2 has it: its parser keeps to YAML 1.1 there, so that `suspend: yes` is true and
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

/** @throws Error in one sentence for people, for a text that would take the parser long */
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
      throw new Error(`its lists and maps lie more than ${MAX_DEPTH} deep in each other`);
  }
}

const MARKS = /^(?:[[\]{},?:-]|[&!].*)$/s;

/** What the parser would do by comparing each key with all that came before it.
 *  @throws Error that names the key, and for a key that is a list or a map, which no JSON has */
export function refuseDuplicateKeys(document: Document): void {
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (isCollection(key)) throw new Error(NO_TEXT_KEY);
        const name = isScalar(key) ? key.value : key;
        if (keys.has(name)) throw new Error(`the key ${JSON.stringify(name)} stands twice in one map`);
        keys.add(name);
      }
    },
  });
}

/**
 * The document as plain values. An alias stands for what it names: a text of a few lines can grow to gigabytes, or go
 * round in a circle.
 * @throws Error in one sentence for people
 */
export function valueOf(document: Document, maxAliasCount = 100): unknown {
  try {
    const value: unknown = document.toJS({ maxAliasCount });
    // No JSON goes round in a circle.
    JSON.stringify(value);
    return value;
  } catch (error) {
    throw new Error(aliasProblem(error), { cause: error });
  }
}
