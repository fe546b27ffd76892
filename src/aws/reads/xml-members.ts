/**
 * Parses IAM's long XML answers as they arrive. The SDK would hold a page of some megabytes completely, three times over, and
 * block the event loop while it parses it. Here each member of a list is handed on and dropped. Understands what AWS's query
 * protocol consists of: elements and text, no attributes that matter, no mixed content.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

export interface XmlElement {
  readonly name: string;
  /** The text of an element without children. */
  text: string;
  readonly children: XmlElement[];
}

/** @param text the member as it was sent, with its tags: {@link readElement} parses it */
export type OnMember = (list: string, text: string) => void;

/** Longest tag, or text outside of the lists, in characters. Each chunk that does not complete one has it searched again, so
 *  one without end would block the event loop longer and longer. */
const LONGEST_PIECE = 1024 * 1024;

/** Longest member, in characters. A role is listed with each instance profile that contains it. These take about 1,200
 *  characters each, and an account may have 10,000. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_MEMBER = 16 * 1024 * 1024;

/** A member that has begun, and perhaps not ended. */
interface Begun {
  readonly list: string;
  /** What has arrived of it; none of that is searched again. */
  readonly pieces: string[];
  length: number;
  /** How many members are open: a member may contain lists. */
  depth: number;
}

/** Reads one document, chunk by chunk. */
export class XmlMembers {
  readonly #lists: ReadonlySet<string>;
  readonly #onMember: OnMember;
  /** The open elements outside of the lists. */
  readonly #open: { readonly name: string; text: string }[] = [];
  readonly #fields = new Map<string, string>();
  #member: Begun | undefined;
  /** What has arrived of a tag, or of a text outside of members, that is not complete yet. */
  #rest = '';

  /** @param lists names of the elements whose `member`s are handed on, wherever they are */
  constructor(lists: readonly string[], onMember: OnMember) {
    this.#lists = new Set(lists);
    this.#onMember = onMember;
  }

  /** Takes in a chunk.
   *  @throws Error if a tag, a text or a member is longer than any of AWS's */
  write(chunk: string): void {
    const text = this.#rest + chunk;
    let position = 0;
    for (let end = this.#take(text, 0); end > position; end = this.#take(text, position)) position = end;
    this.#rest = text.slice(position);
    if (this.#rest.length > LONGEST_PIECE || (this.#member?.length ?? 0) > LONGEST_MEMBER)
      throw new Error('one element of the answer is longer than any of AWS’s');
  }

  /** Texts of the elements outside of the lists, by name.
   *  @throws Error if the document ended too early */
  end(): ReadonlyMap<string, string> {
    if (this.#open.length > 0 || this.#rest.trim() !== '') throw new Error('the answer ended in the middle');
    return this.#fields;
  }

  /** Returns where to go on; the same position if more has to arrive first. */
  #take(text: string, position: number): number {
    if (this.#member !== undefined) return this.#goOn(this.#member, text, position);
    const next = nextTag(text, position);
    if (next === undefined) return position;
    const { begin, end } = next;
    const tag = text.slice(begin + 1, end - 1);
    const inside = this.#open.at(-1);
    if (inside !== undefined && this.#lists.has(inside.name) && nameOf(tag) === 'member') {
      this.#member = { list: inside.name, pieces: [], length: 0, depth: 0 };
      return this.#goOn(this.#member, text, begin);
    }
    if (inside !== undefined && position < begin) inside.text = unescape(text.slice(position, begin));
    this.#tag(tag);
    return end;
  }

  #goOn(member: Begun, text: string, position: number): number {
    const over = endOfMember(member, text, position);
    const end = over ?? endOfWhole(text);
    member.pieces.push(text.slice(position, end));
    member.length += end - position;
    if (over === undefined) return end;
    this.#member = undefined;
    this.#onMember(member.list, member.pieces.join(''));
    return end;
  }

  #tag(tag: string): void {
    if (tag.startsWith('?') || tag.startsWith('!')) return;
    if (!tag.startsWith('/')) this.#open.push({ name: nameOf(tag), text: '' });
    if (!tag.startsWith('/') && !tag.endsWith('/')) return;
    const closed = this.#open.pop();
    if (closed !== undefined && this.#open.length > 0) this.#fields.set(closed.name, closed.text);
  }
}

/** Parses a member that {@link XmlMembers} handed on. */
export function readElement(text: string): XmlElement {
  const root: XmlElement = { name: '', text: '', children: [] };
  const open = [root];
  let position = 0;
  for (let next = nextTag(text, 0); next !== undefined; next = nextTag(text, position)) {
    const { begin, end } = next;
    const inside = open.at(-1) ?? root;
    if (position < begin) inside.text = unescape(text.slice(position, begin));
    position = end;
    const tag = text.slice(begin + 1, end - 1);
    if (tag.startsWith('/')) {
      open.pop();
      continue;
    }
    const element: XmlElement = { name: nameOf(tag), text: '', children: [] };
    inside.children.push(element);
    if (!tag.endsWith('/')) open.push(element);
  }
  return root.children[0] ?? root;
}

interface Tag {
  readonly begin: number;
  /** Position after its `>`. */
  readonly end: number;
}

function nextTag(text: string, position: number): Tag | undefined {
  const begin = text.indexOf('<', position);
  const end = begin === -1 ? -1 : text.indexOf('>', begin);
  return end === -1 ? undefined : { begin, end: end + 1 };
}

/** The name in a tag that opens an element. */
function nameOf(tag: string): string {
  return /^[^\s/]*/.exec(tag)?.[0] ?? '';
}

/** Position after the member, counting the depth of nested ones; undefined if it does not end in this text. */
function endOfMember(member: Pick<Begun, 'depth'>, text: string, position: number): number | undefined {
  const tags = /<(\/?)member\s*(\/?)>/g;
  tags.lastIndex = position;
  for (let tag = tags.exec(text); tag !== null; tag = tags.exec(text)) {
    const [, closes, isEmpty] = tag;
    if (isEmpty === '') member.depth += closes === '' ? 1 : -1;
    if (member.depth === 0) return tags.lastIndex;
  }
  return undefined;
}

/** Position before an incomplete tag at the end of a text. */
function endOfWhole(text: string): number {
  const begin = text.lastIndexOf('<');
  return begin > text.lastIndexOf('>') ? begin : text.length;
}

/** The text of a child; empty if there is none. */
export function childText(element: XmlElement, name: string): string {
  return copied(element.children.find((child) => child.name === name)?.text ?? '');
}

/** The members of a list in an element. */
export function childMembers(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.find((child) => child.name === name)?.children ?? [];
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return ENTITIES.get(name) ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}

/** A copy with its own memory: a piece cut from a chunk would keep the whole chunk in memory. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
