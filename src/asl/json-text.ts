/**
 * Where the values of a JSON text stand, so that one of them can be changed and every other byte kept.
 * Only for text that `JSON.parse` has already accepted: nothing is validated here a second time.
 */

export interface ObjectSpan {
  readonly kind: 'object';
  readonly start: number;
  readonly end: number;
  readonly members: readonly MemberSpan[];
  /** Members by their keys; of equal keys the last counts, as for `JSON.parse`. */
  readonly byKey: ReadonlyMap<string, MemberSpan>;
}

export interface ArraySpan {
  readonly kind: 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly Span[];
}

export interface ScalarSpan {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
}

export type Span = ObjectSpan | ArraySpan | ScalarSpan;

export interface MemberSpan {
  readonly key: string;
  /** Of the key's opening quote. */
  readonly start: number;
  readonly value: Span;
}

/** A replacement of `[start, end)` of a text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Locates every value of a valid JSON text. Recursion follows the nesting: bound that first. */
export function scanJson(text: string): Span {
  let at = 0;

  function skipBlanks(): void {
    while (' \t\n\r'.includes(text.charAt(at)) && at < text.length) at += 1;
  }

  function skipString(): void {
    at += 1;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at += 1;
  }

  function scanMember(): MemberSpan {
    const start = at;
    skipString();
    const key: string = JSON.parse(text.slice(start, at));
    skipBlanks();
    at += 1; // the colon
    return { key, start, value: scanValue() };
  }

  function scanList<T>(closing: string, scanOne: () => T): T[] {
    const found: T[] = [];
    at += 1;
    skipBlanks();
    while (text[at] !== closing) {
      found.push(scanOne());
      skipBlanks();
      if (text[at] === ',') at += 1;
      skipBlanks();
    }
    at += 1;
    return found;
  }

  function scanValue(): Span {
    skipBlanks();
    const start = at;
    switch (text[at]) {
      case '{': {
        const members = scanList('}', scanMember);
        const byKey = new Map(members.map((member) => [member.key, member]));
        return { kind: 'object', start, end: at, members, byKey };
      }
      case '[': {
        const items = scanList(']', scanValue);
        return { kind: 'array', start, end: at, items };
      }
      case '"':
        skipString();
        return { kind: 'scalar', start, end: at };
      default:
        while (at < text.length && !',]} \t\n\r'.includes(text.charAt(at))) at += 1;
        return { kind: 'scalar', start, end: at };
    }
  }

  return scanValue();
}

/** The span at a path of keys and indexes. */
export function spanAt(root: Span, path: readonly (string | number)[]): Span | undefined {
  let span: Span | undefined = root;
  for (const step of path) {
    if (span?.kind === 'array' && typeof step === 'number') span = span.items[step];
    else if (span?.kind === 'object') span = span.byKey.get(String(step))?.value;
    else return undefined;
  }
  return span;
}

/** Deepest nesting of arrays and objects in a text, brackets inside strings left out. Valid JSON is not needed. */
export function nestingDepth(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at += 1;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      depth += 1;
      deepest = Math.max(deepest, depth);
    } else if (char === '}' || char === ']') depth -= 1;
  }
  return deepest;
}

/** Applies edits that do not overlap, in whatever order they are given: the text is copied once, whatever their number. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return piecesOf(text, edits).join('');
}

/** What stands between the edits, and they themselves, in order. */
export function piecesOf(text: string, edits: readonly TextEdit[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    pieces.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  pieces.push(text.slice(at));
  return pieces;
}
