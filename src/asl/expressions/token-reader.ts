/** Parses an expression token by token. */

/** Thrown at the first token that a parser does not know: then the whole expression is unknown. */
export class NotUnderstood extends Error {
  override readonly name = 'NotUnderstood';
}

/** Longer than any expression that only spells out a name. */
export const MAX_EXPRESSION = 4_096;
/** Deeper than any real expression, and shallow enough for recursion. */
const MAX_NESTING = 64;

/** Parses a whole text; undefined if it is too long or not understood to its end. */
export function readWhole<T>(text: string, read: (tokens: TokenReader) => T): T | undefined {
  if (text.length > MAX_EXPRESSION) return undefined;
  try {
    const tokens = new TokenReader(text);
    const value = read(tokens);
    return tokens.atEnd() ? value : undefined;
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

export class TokenReader {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next token if it matches, after any blanks; each pattern must be sticky. */
  take(pattern: RegExp): string | undefined {
    return this.takeIf(pattern, () => true);
  }

  /** `take`, for those that are wanted here. */
  takeIf(pattern: RegExp, isWanted: (token: string) => boolean): string | undefined {
    pattern.lastIndex = this.#skipBlanks();
    const token = pattern.exec(this.#text)?.[0];
    if (token === undefined || !isWanted(token)) return undefined;
    this.#at = pattern.lastIndex;
    return token;
  }

  /** Parses a part that may contain parts of its own kind. */
  nested<T>(read: () => T): T {
    if (this.#depth >= MAX_NESTING) throw new NotUnderstood();
    this.#depth += 1;
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** `take`, if no other token is allowed. */
  expect(pattern: RegExp): string {
    const token = this.take(pattern);
    if (token === undefined) throw new NotUnderstood();
    return token;
  }

  atEnd(): boolean {
    return this.#skipBlanks() === this.#text.length;
  }

  #skipBlanks(): number {
    while (/\s/.test(this.#text.charAt(this.#at))) this.#at += 1;
    return this.#at;
  }
}
