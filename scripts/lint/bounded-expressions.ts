/**
 * The rule that the work of every regular expression of src/ grows only in proportion to its text (expressions/growth.ts). An
 * expression whose source the rule cannot know is refused, too. If such an expression is right, a comment switches the rule off
 * and names the limit of the text: `oxlint-disable-next-line project/bounded-expressions -- at most 256 characters`.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { growthProblem } from './expressions/growth.ts';

/** The parts of ESLint's plugin API (https://eslint.org/docs/latest/extend/custom-rules) that the rule uses. */
interface Node {
  readonly type: string;
}
interface Literal extends Node {
  readonly value: unknown;
  readonly regex?: { readonly pattern: string; readonly flags: string } | null;
}
interface Identifier extends Node {
  readonly name: string;
}
interface TemplateLiteral extends Node {
  readonly quasis: readonly { readonly value: { readonly raw: string; readonly cooked: string | null } }[];
  readonly expressions: readonly Node[];
}
interface TaggedTemplate extends Node {
  readonly tag: Node;
  readonly quasi: TemplateLiteral;
}
interface Call extends Node {
  readonly callee: Node;
  readonly arguments: readonly Node[];
}
interface Declaration extends Node {
  readonly declaration?: Node | null;
  readonly declarations?: readonly { readonly id: Node; readonly init: Node | null }[];
  readonly specifiers?: readonly { readonly local: Node }[];
  readonly source?: Literal | null;
}
interface Program extends Node {
  readonly body: readonly Declaration[];
}
interface Context {
  readonly cwd: string;
  readonly filename: string;
  report(problem: { readonly node: Node; readonly message: string }): void;
}

export function boundedExpressions(context: Context) {
  if (!relative(context.cwd, context.filename).split(sep).join('/').startsWith('src/')) return {};
  const constants = new Constants(dirname(context.filename));
  const check = (node: Node, source: string, flags: string): void => {
    const problem = growthProblem(source, flags);
    if (problem !== undefined) context.report({ node, message: `This regular expression does ${problem}.` });
  };
  const checkMade = (node: Call): void => {
    if (!isIdentifier(node.callee) || node.callee.name !== 'RegExp') return;
    const [source, flags = ''] = node.arguments.map((argument) => constants.textOf(argument));
    if (source !== undefined && (node.arguments.length === 1 || node.arguments[1] !== undefined))
      check(node, source, flags);
    else
      context.report({
        node,
        message: 'Nobody knows what this regular expression will be: make it of constants.',
      });
  };
  return {
    Program(node: Program) {
      constants.read(node);
    },
    Literal(node: Literal) {
      if (node.regex) check(node, node.regex.pattern, node.regex.flags);
    },
    NewExpression: checkMade,
    CallExpression: checkMade,
  };
}

/** The texts of a file's constants, including those that it imports. */
class Constants {
  readonly #texts = new Map<string, string>();
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  read({ body }: Program): void {
    for (const statement of body) {
      for (const { local } of statement.specifiers ?? []) this.#import(local, statement.source?.value);
      const declared: Declaration = statement.declaration ?? statement;
      for (const { id, init } of declared.declarations ?? []) {
        const text = init === null ? undefined : this.textOf(init);
        if (isIdentifier(id) && text !== undefined) this.#texts.set(id.name, text);
      }
    }
  }

  /** The text of an expression, if it is made of constants. */
  textOf(node: Node): string | undefined {
    if (isLiteral(node)) return typeof node.value === 'string' ? node.value : undefined;
    if (isIdentifier(node)) return this.#texts.get(node.name);
    if (isTemplate(node)) return this.#filled(node, ({ cooked }) => cooked ?? '');
    if (isTagged(node)) return this.#filled(node.quasi, ({ raw }) => raw);
    return undefined;
  }

  #filled(
    { quasis, expressions }: TemplateLiteral,
    read: (value: { readonly raw: string; readonly cooked: string | null }) => string,
  ): string | undefined {
    const values = expressions.map((expression) => this.textOf(expression));
    if (values.includes(undefined)) return undefined;
    return quasis.map(({ value }, index) => read(value) + (values[index] ?? '')).join('');
  }

  /** For another file, a constant that is written there as `export const NAME = 'text'` on one line. */
  #import(local: Node, from: unknown): void {
    if (!isIdentifier(local) || typeof from !== 'string' || !/^\.{1,2}\//.test(from)) return;
    // Only a name that is written like a constant is taken for one.
    if (!/^[A-Z][A-Z0-9_]*$/.test(local.name)) return;
    const text = readFileSync(join(this.#folder, from), 'utf8');
    const line = text.split('\n').find((each) => each.startsWith(`export const ${local.name} = '`));
    const [, value] = /'([^']*)';$/.exec(line ?? '') ?? [];
    if (value !== undefined) this.#texts.set(local.name, JSON.parse(`"${value}"`));
  }
}

function isIdentifier(node: Node): node is Identifier {
  return node.type === 'Identifier';
}

function isLiteral(node: Node): node is Literal {
  return node.type === 'Literal';
}

function isTemplate(node: Node): node is TemplateLiteral {
  return node.type === 'TemplateLiteral';
}

/** Only `String.raw` is looked for in the tree, so every tag is taken for it. */
function isTagged(node: Node): node is TaggedTemplate {
  return node.type === 'TaggedTemplateExpression';
}
