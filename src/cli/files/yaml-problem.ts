/** What is wrong with a YAML text, in words for people who write manifests: the parser's own words are about its grammar. */
import type { ErrorCode, YAMLError } from 'yaml';

/** For `{{ name }}`, and for `? [a]`. */
export const NO_TEXT_KEY =
  'a key is a list or a map: put a text that begins with a bracket or a brace in quotes';

const PROBLEMS: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: 'an alias (*name) has an anchor or a tag of its own: remove it',
  BAD_ALIAS:
    'a word beginning with * refers to an anchor that does not exist: put it in quotes if it is a string',
  BAD_COLLECTION_TYPE: 'a tag (!name) does not fit its list or map',
  BAD_DIRECTIVE: 'a line beginning with % is not a directive: put it in quotes if it is a string',
  BAD_DQ_ESCAPE: 'an escape (\\…) in a double-quoted string is invalid: write \\\\, or use single quotes',
  BAD_INDENT:
    'the indentation does not fit the lines above (keys of one map begin in the same column), or a bracket is not closed',
  BAD_PROP_ORDER: 'an anchor or a tag is in the wrong place',
  BAD_SCALAR_START: 'a value begins with a character that means something else there: put it in quotes',
  BLOCK_AS_IMPLICIT_KEY: 'a line has one ": " too many: put the value in quotes, or begin a new line',
  BLOCK_IN_FLOW: 'a list or map in block style is inside brackets',
  DUPLICATE_KEY: 'a key occurs twice in one map',
  IMPOSSIBLE: 'it cannot be read',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters: is a quote or a line break missing?',
  MISSING_CHAR: 'a quote, a bracket, a comma or a space is missing',
  MULTILINE_IMPLICIT_KEY:
    'a line that should be "key: value" has no colon, or a text goes on where none is expected',
  MULTIPLE_ANCHORS: 'a value has two anchors',
  MULTIPLE_DOCS: 'there are several documents (---), and only one is expected',
  MULTIPLE_TAGS: 'a value has two tags',
  NON_STRING_KEY: 'a key is not a string',
  RESOURCE_EXHAUSTION: 'it is nested too deeply or aliases itself too often',
  TAB_AS_INDENT: 'the line is indented with a tab: use spaces',
  TAG_RESOLVE_FAILED: 'a tag (!name) is unknown',
  UNEXPECTED_TOKEN:
    'there is something where nothing is expected: is a bracket closed twice, or a quote missing?',
};

/** What is wrong with a text that cannot be parsed; if it is a template, that it has to be rendered first.
 *  @param problem as a parser words it
 *  @param how the command that renders it */
export function orTemplate(text: string, problem: string, how: string): string {
  return text.includes('{{')
    ? `holds {{ … }} and cannot be parsed until it is rendered: render the template first (${how})`
    : problem;
}

/** What is wrong with the aliases of a text that is valid otherwise. */
export function aliasProblem(error: unknown): string {
  return error instanceof ReferenceError && error.message.startsWith('Unresolved alias')
    ? PROBLEMS.BAD_ALIAS
    : 'its aliases (*name) refer to each other, or expand to far more than the text itself';
}

/** `line 3: the line is indented with a tab: use spaces` */
export function yamlProblem({ code, linePos }: YAMLError): string {
  const line = linePos?.[0].line;
  return `${line === undefined ? '' : `line ${line}: `}${PROBLEMS[code]}`;
}
