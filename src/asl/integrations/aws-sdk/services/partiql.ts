/**
 * PartiQL for DynamoDB, as far as the verb and the table: what follows the table's name only says which items.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
 */
import { HOLE } from '../../../expressions/known.ts';

export type Verb = 'Select' | 'Insert' | 'Update' | 'Delete';

export interface TableStatement {
  readonly verb: Verb;
  /** A name or an ARN; holes in it are wildcards. */
  readonly table: string;
  readonly index?: string;
}

/** DynamoDB accepts no longer statement.
 *  https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExecuteStatement.html */
const MAX_LENGTH = 8_192;

/** Blanks and comments, quoted and bare names, texts, anything else; what is not closed extends to the end. */
const TOKEN =
  // oxlint-disable-next-line project/bounded-expressions -- read of MAX_LENGTH characters at most
  /(?<blank>\s+|--[^\n]*|\/\*[\s\S]*?\*\/)|(?<quoted>"(?:[^"]|"")+")|'(?:[^']|'')*'|(?:["']|\/\*)[\s\S]*|(?<bare>[A-Za-z_][\w$]*)|[\s\S]/g;

interface Token {
  readonly kind: 'bare' | 'quoted' | 'other';
  /** Without quotes; bare names as written. */
  readonly text: string;
}

/** Only a quoted name may contain a hole: no other table can come in through it. */
function tokensOf(statement: string): Token[] {
  return [...statement.matchAll(TOKEN)].flatMap(({ 0: whole, groups = {} }): Token[] => {
    if (groups['quoted'] !== undefined) {
      return [{ kind: 'quoted', text: whole.slice(1, -1).replaceAll('""', '"') }];
    }
    if (groups['bare'] !== undefined) return [{ kind: 'bare', text: whole }];
    const isSilent = groups['blank'] !== undefined && !whole.includes(HOLE);
    return isSilent ? [] : [{ kind: 'other', text: whole }];
  });
}

/** Undefined if this is not a statement on one table, or if a hole may hide which one. */
export function readPartiql(statement: string): TableStatement | undefined {
  if (statement.length > MAX_LENGTH) return undefined;
  const tokens = tokensOf(statement);
  if (isWord(tokens[0], 'EXISTS') && tokens[1]?.text === '(') tokens.splice(0, 2);
  const [verb, at] = verbOf(tokens);
  return verb === undefined ? undefined : tableAt(verb, tokens, at);
}

/** The verb, and the position of its table's name. */
function verbOf(tokens: readonly Token[]): [Verb | undefined, number] {
  const [first, second] = tokens;
  if (isWord(first, 'INSERT') && isWord(second, 'INTO')) return ['Insert', 2];
  if (isWord(first, 'DELETE') && isWord(second, 'FROM')) return ['Delete', 2];
  if (isWord(first, 'UPDATE')) return ['Update', 1];
  const from = tokens.findIndex((token) => isWord(token, 'FROM'));
  const isWhole = isWord(first, 'SELECT') && !tokens.slice(0, from).some(({ text }) => text.includes(HOLE));
  return from > 0 && isWhole ? ['Select', from + 1] : [undefined, 0];
}

function tableAt(verb: Verb, tokens: readonly Token[], at: number): TableStatement | undefined {
  const [table, dot, index] = tokens.slice(at);
  if (!isName(table) || dot?.text.includes(HOLE) === true) return undefined;
  if (dot?.text !== '.') return { verb, table: table.text };
  return isName(index) ? { verb, table: table.text, index: index.text } : undefined;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'bare' && token.text.toUpperCase() === word;
}

function isName(token: Token | undefined): token is Token {
  return token !== undefined && token.kind !== 'other';
}
