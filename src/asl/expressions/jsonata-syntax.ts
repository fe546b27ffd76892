/**
 * The grammar of JSONata, as far as anything can be said about values. All of an expression is parsed, so that a part with an
 * unknown value (a filter, a regular expression, a sort) does not hide the parts beside it. https://docs.jsonata.org/overview
 */
import { fromJson, fromNumeral } from './known.ts';
import type { Known } from './known.ts';
import {
  COMMENT,
  FUNCTION,
  NAME,
  NUMBER,
  OPERATOR,
  POWERS,
  QUOTED,
  REGULAR_EXPRESSION,
  unquote,
  VARIABLE,
  WORD,
} from './jsonata-tokens.ts';
import { NotUnderstood } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Known }
  /** `$name`; for `$` and `$$` the name is empty. */
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string }
  | { readonly kind: 'item'; readonly of: Expression; readonly at: Expression }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'choice';
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression | undefined;
    }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [Expression, Expression])[] }
  | { readonly kind: 'block'; readonly steps: readonly Expression[] }
  | { readonly kind: 'binding'; readonly name: string; readonly value: Expression }
  | { readonly kind: 'function'; readonly parameters: readonly string[]; readonly body: Expression }
  | { readonly kind: 'call'; readonly of: Expression; readonly given: readonly Expression[] }
  /** A part that is parsed and not followed. */
  | { readonly kind: 'opaque' };

const OPAQUE: Expression = { kind: 'opaque' };

/** Parses one expression.
 *  @throws NotUnderstood if the text is none that is known here */
export function readExpression(tokens: TokenReader): Expression {
  return new Reader(tokens).expression(0);
}

class Reader {
  readonly #tokens: TokenReader;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
  }

  /** Everything that binds more strongly than `power`. */
  expression(power: number): Expression {
    return this.#tokens.nested(() => {
      let left = this.#primary();
      for (;;) {
        const operator = this.#operator(power);
        if (operator === undefined) return left;
        left = this.#after(left, operator);
      }
    });
  }

  #operator(power: number): string | undefined {
    this.#skipComments();
    return this.#tokens.takeIf(OPERATOR, (operator) => (POWERS.get(operator) ?? 0) > power);
  }

  #after(left: Expression, operator: string): Expression {
    switch (operator) {
      case '.':
        return this.#step(left);
      case '[':
        return this.#filter(left);
      case '(':
        return { kind: 'call', of: left, given: this.#list(')', () => this.#argument()) };
      case '?':
        return this.#choice(left);
      case ':=':
        return left.kind === 'variable' && left.name !== ''
          ? { kind: 'binding', name: left.name, value: this.expression(9) }
          : fail();
      case '{':
        this.#members();
        return OPAQUE;
      case '^':
        this.#expect(/\(/y);
        this.#list(')', () => this.#sortKey());
        return OPAQUE;
      case '@':
      case '#':
        this.#expect(VARIABLE);
        return OPAQUE;
      default:
        return {
          kind: 'binary',
          operator,
          left,
          right: this.expression(POWERS.get(operator) ?? 0),
        };
    }
  }

  #step(of: Expression): Expression {
    const step = this.#primary();
    if (step.kind === 'member' && step.of === CONTEXT) return { kind: 'member', of, name: step.name };
    return step.kind === 'literal' && step.value.kind === 'scalar' && typeof step.value.value === 'string'
      ? { kind: 'member', of, name: step.value.value }
      : OPAQUE;
  }

  #filter(of: Expression): Expression {
    // `[]` keeps a list of one item a list.
    if (this.#take(/\]/y) !== undefined) return OPAQUE;
    const at = this.expression(0);
    this.#expect(/\]/y);
    return { kind: 'item', of, at };
  }

  #choice(test: Expression): Expression {
    const yes = this.expression(0);
    const no = this.#take(/:(?!=)/y) === undefined ? undefined : this.expression(0);
    return { kind: 'choice', test, yes, no };
  }

  #sortKey(): Expression {
    this.#take(/[<>]/y);
    return this.expression(0);
  }

  /** A `?` leaves the argument to a later call. */
  #argument(): Expression {
    return this.#take(/\?/y) === undefined ? this.expression(0) : fail();
  }

  #primary(): Expression {
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) return { kind: 'literal', value: fromJson(unquote(quoted)) };
    const numeral = this.#take(NUMBER);
    if (numeral !== undefined) return { kind: 'literal', value: fromNumeral(numeral) };
    if (this.#take(FUNCTION) !== undefined) return this.#function();
    const variable = this.#take(VARIABLE);
    if (variable !== undefined) return { kind: 'variable', name: variable.replaceAll('$', '') };
    const word = this.#take(WORD);
    if (word !== undefined) return { kind: 'literal', value: fromJson(JSON.parse(word)) };
    const name = this.#take(NAME);
    if (name !== undefined) return { kind: 'member', of: CONTEXT, name: name.replaceAll('`', '') };
    return this.#bracketed();
  }

  #bracketed(): Expression {
    if (this.#take(/\(/y) !== undefined) return this.#block();
    if (this.#take(/\[/y) !== undefined)
      return { kind: 'array', items: this.#list(']', () => this.expression(0)) };
    if (this.#take(/\{/y) !== undefined) return { kind: 'object', members: this.#members() };
    if (this.#take(/-/y) !== undefined) this.expression(70);
    else if (this.#take(REGULAR_EXPRESSION) === undefined) this.#expect(/\*\*|[*%]/y);
    return OPAQUE;
  }

  /** `($a := 1; $a + 1)` */
  #block(): Expression {
    const steps: Expression[] = [];
    while (this.#take(/\)/y) === undefined) {
      steps.push(this.expression(0));
      if (this.#take(/;/y) !== undefined) continue;
      this.#expect(/\)/y);
      break;
    }
    return { kind: 'block', steps };
  }

  #members(): (readonly [Expression, Expression])[] {
    return this.#list('}', () => {
      const key = this.expression(0);
      this.#expect(/:/y);
      return [key, this.expression(0)];
    });
  }

  #function(): Expression {
    this.#expect(/\(/y);
    const parameters = this.#list(')', () => this.#expect(VARIABLE).slice(1));
    this.#take(/<[^{}]*>/y);
    this.#expect(/\{/y);
    const body = this.expression(0);
    this.#expect(/\}/y);
    return { kind: 'function', parameters, body };
  }

  /** Parts with commas between them, to the closing bracket. */
  #list<T>(closing: ')' | ']' | '}', read: () => T): T[] {
    const end = CLOSING[closing];
    const parts: T[] = [];
    if (this.#take(end) !== undefined) return parts;
    do parts.push(read());
    while (this.#take(/,/y) !== undefined);
    this.#expect(end);
    return parts;
  }

  #take(pattern: RegExp): string | undefined {
    this.#skipComments();
    return this.#tokens.take(pattern);
  }

  #expect(pattern: RegExp): string {
    return this.#take(pattern) ?? fail();
  }

  #skipComments(): void {
    while (this.#tokens.take(COMMENT) !== undefined);
  }
}

/** In which a name alone is looked up. */
const CONTEXT: Expression = { kind: 'variable', name: '' };
const CLOSING = { ')': /\)/y, ']': /\]/y, '}': /\}/y };

function fail(): never {
  throw new NotUnderstood();
}
