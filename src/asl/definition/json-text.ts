/**
 * Finds the positions of some values in a JSON text, so that they can be changed while every other byte stays. Only for text
 * that `JSON.parse` has accepted: nothing is validated again here.
 */
import { Effort, type Parts } from '../../base/parts.ts';

export interface ObjectSpan {
  readonly start: number;
  readonly members: readonly MemberSpan[];
  /** Members by their keys; of equal keys the last counts, as for `JSON.parse`. */
  readonly byKey: ReadonlyMap<string, MemberSpan>;
}

interface MemberSpan {
  readonly key: string;
  /** Position of the key's opening quote. */
  readonly start: number;
  readonly value: { readonly start: number; readonly end: number };
}

/** A replacement of `[start, end)` of a text. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Keys and indexes that lead to the objects to be found. */
interface Sought {
  /** The name under which this value itself is reported, if it is one to be found. */
  name?: string;
  readonly below: Map<string | number, Sought>;
}

/** @param paths by the name under which each is reported */
export function seek(paths: Iterable<readonly [name: string, path: readonly (string | number)[]]>): Sought {
  const root: Sought = { below: new Map() };
  for (const [name, path] of paths) {
    let at = root;
    for (const step of path) {
      const next = at.below.get(step) ?? { below: new Map() };
      at.below.set(step, next);
      at = next;
    }
    at.name = name;
  }
  return root;
}

/** How many characters are skipped in one step. */
const CHARACTERS_A_STEP = 32;
/** The cost of keeping a member. */
const STEPS_A_MEMBER = 4;

/** Locates the members of the objects to be found. The recursion follows the nesting, which has to be limited before. */
export function* locateInParts(text: string, sought: Sought): Parts<ReadonlyMap<string, ObjectSpan>> {
  const found = new Map<string, ObjectSpan>();
  yield* new Locator(text, found).value(sought);
  return found;
}

class Locator {
  readonly #text: string;
  readonly #found: Map<string, ObjectSpan>;
  readonly #effort = new Effort();
  #at = 0;

  constructor(text: string, found: Map<string, ObjectSpan>) {
    this.#text = text;
    this.#found = found;
  }

  *value(sought: Sought | undefined): Parts<void> {
    this.#skipBlanks();
    const before = this.#at;
    const opening = this.#text[this.#at];
    if (sought !== undefined && opening === '{') yield* this.#object(sought);
    else if (sought !== undefined && opening === '[') yield* this.#array(sought);
    else {
      this.#skipValue();
      this.#effort.spend(1 + (this.#at - before) / CHARACTERS_A_STEP);
      yield* this.#effort.yieldDue();
    }
  }

  *#object({ name, below }: Sought): Parts<void> {
    const start = this.#at;
    const members: MemberSpan[] = [];
    const byKey = new Map<string, MemberSpan>();
    while (this.#enters('}')) {
      const keyStart = this.#at;
      this.#skipString();
      const key: string = JSON.parse(this.#text.slice(keyStart, this.#at));
      this.#skipBlanks();
      this.#at += 1; // the colon
      this.#skipBlanks();
      const valueStart = this.#at;
      yield* this.value(below.get(key));
      if (name === undefined) continue;
      const member = { key, start: keyStart, value: { start: valueStart, end: this.#at } };
      members.push(member);
      byKey.set(key, member);
      this.#effort.spend(STEPS_A_MEMBER);
    }
    if (name !== undefined) this.#found.set(name, { start, members, byKey });
  }

  *#array({ below }: Sought): Parts<void> {
    for (let index = 0; this.#enters(']'); index += 1) yield* this.value(below.get(index));
  }

  /** Past the opening bracket or a comma, to the next member; false past the closing bracket. */
  #enters(closing: string): boolean {
    this.#skipBlanks();
    if (this.#text[this.#at] !== closing) this.#at += 1;
    this.#skipBlanks();
    if (this.#text[this.#at] !== closing) return true;
    this.#at += 1;
    return false;
  }

  #skipBlanks(): void {
    while (' \t\n\r'.includes(this.#text.charAt(this.#at)) && this.#at < this.#text.length) this.#at += 1;
  }

  #skipString(): void {
    this.#at += 1;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at += 1;
  }

  #skipValue(): void {
    let depth = 0;
    do {
      const char = this.#text[this.#at];
      if (char === '"') this.#skipString();
      else if (char === '{' || char === '[') {
        depth += 1;
        this.#at += 1;
      } else if (char === '}' || char === ']') {
        depth -= 1;
        this.#at += 1;
      } else if (depth === 0) {
        while (this.#at < this.#text.length && !',]} \t\n\r'.includes(this.#text.charAt(this.#at)))
          this.#at += 1;
      } else this.#at += 1;
    } while (depth > 0);
  }
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

/** Applies edits that do not overlap, given in any order. The text is copied once, however many there are. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  return piecesOf(text, edits).join('');
}

/** The text between the edits and the edits themselves, in order. */
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
