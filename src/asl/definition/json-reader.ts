/**
 * `JSON.parse`, a few values at a time: for a megabyte of small objects, `JSON.parse` alone would block everything else. A
 * short text is left to `JSON.parse`, whose messages are better.
 */
import type { Json } from '../../base/json.ts';
import { type Parts } from '../../base/parts.ts';

/** A text up to this length is parsed at once: that takes a few milliseconds, whatever it contains. */
const AT_ONCE = 65_536;
/** Values between two yields. */
const VALUES_A_PART = 64;

/** An object or a list that is being read. */
type Open =
  | { readonly kind: 'object'; readonly members: Record<string, Json>; key: string }
  | { readonly kind: 'array'; readonly items: Json[] };

/** @param atOnce the length of text that is left to `JSON.parse` @throws SyntaxError as it does */
export function* jsonInParts(text: string, atOnce: number = AT_ONCE): Parts<Json> {
  if (text.length <= atOnce) return parse(text);
  const reader = new Reader(text);
  const open: Open[] = [];
  for (let count = 1; ; count += 1) {
    if (count % VALUES_A_PART === 0) yield;
    let value: Json;
    const opened = reader.open();
    if (opened === undefined) value = reader.scalar();
    else if (reader.close(opened)) value = valueOf(opened);
    else {
      if (opened.kind === 'object') opened.key = reader.key();
      open.push(opened);
      continue;
    }
    for (;;) {
      const holder = open.at(-1);
      if (holder === undefined) {
        reader.end();
        return value;
      }
      if (holder.kind === 'object') setMember(holder.members, holder.key, value);
      else holder.items.push(value);
      if (!reader.close(holder)) {
        reader.comma();
        if (holder.kind === 'object') holder.key = reader.key();
        break;
      }
      value = valueOf(holder);
      open.pop();
    }
  }
}

function valueOf(holder: Open): Json {
  return holder.kind === 'array' ? holder.items : holder.members;
}

/** Sets one member at a time, because making a large object of all its members at once takes long. Of equal keys the last
 *  counts. */
function setMember(members: Record<string, Json>, key: string, value: Json): void {
  if (key === '__proto__')
    Object.defineProperty(members, key, { value, configurable: true, enumerable: true, writable: true });
  else members[key] = value;
}

function parse(text: string): Json {
  return JSON.parse(text);
}

/** Reads tokens, skipping blanks before each. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The object or list that begins here. */
  open(): Open | undefined {
    const next = this.#next();
    if (next === '{') {
      this.#at += 1;
      return { kind: 'object', members: {}, key: '' };
    }
    if (next !== '[') return undefined;
    this.#at += 1;
    return { kind: 'array', items: [] };
  }

  /** Whether it ends here. */
  close({ kind }: Open): boolean {
    if (this.#next() !== (kind === 'object' ? '}' : ']')) return false;
    this.#at += 1;
    return true;
  }

  comma(): void {
    if (this.#next() !== ',') this.#fail();
    this.#at += 1;
  }

  key(): string {
    if (this.#next() !== '"') this.#fail();
    const key = this.#string();
    if (this.#next() !== ':') this.#fail();
    this.#at += 1;
    return key;
  }

  /** A text, a number, `true`, `false` or `null`. */
  scalar(): Json {
    if (this.#next() === '"') return this.#string();
    SCALAR.lastIndex = this.#at;
    const [token] = SCALAR.exec(this.#text) ?? this.#fail();
    this.#at += token.length;
    return parse(token);
  }

  /** The text ends here. */
  end(): void {
    if (this.#next() !== '') this.#fail();
  }

  #string(): string {
    const start = this.#at;
    let end = start;
    do {
      end = this.#text.indexOf('"', end + 1);
      if (end < 0) this.#fail();
    } while (isEscaped(this.#text, end));
    this.#at = end + 1;
    const quoted: unknown = parse(this.#text.slice(start, this.#at));
    return typeof quoted === 'string' ? quoted : this.#fail();
  }

  #next(): string {
    while (isBlank(this.#text.charCodeAt(this.#at))) this.#at += 1;
    return this.#text.charAt(this.#at);
  }

  #fail(): never {
    const found = this.#text.charAt(this.#at);
    throw new SyntaxError(
      found === ''
        ? 'Unexpected end of JSON input'
        : `Unexpected token ${JSON.stringify(found)} in JSON at position ${this.#at}`,
    );
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09;
}

const SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;

/** Whether there is an odd number of backslashes before a quote. */
function isEscaped(text: string, quote: number): boolean {
  let at = quote - 1;
  while (text[at] === '\\') at -= 1;
  return (quote - at) % 2 === 0;
}
