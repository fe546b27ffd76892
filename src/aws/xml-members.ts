/**
 * IAM's long XML answers, taken apart as they arrive. The SDK would hold a page of some megabytes whole, three times over,
 * and the event loop for as long as it takes to parse it; here each member of a list is handed over and dropped.
 * Reads what AWS's query protocol is made of: elements and text, no attributes of meaning, no mixed content.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */

export interface XmlElement {
  readonly name: string;
  /** Of an element without children. */
  text: string;
  readonly children: XmlElement[];
}

export type OnMember = (list: string, member: XmlElement) => void;

/** Reads one document, chunk by chunk. */
export class XmlMembers {
  readonly #lists: ReadonlySet<string>;
  readonly #onMember: OnMember;
  readonly #open: XmlElement[] = [];
  readonly #fields = new Map<string, string>();
  /** What came of a tag or a text that is not complete yet. */
  #rest = '';

  /** @param lists names of the elements whose `member`s are handed over, wherever they stand */
  constructor(lists: readonly string[], onMember: OnMember) {
    this.#lists = new Set(lists);
    this.#onMember = onMember;
  }

  write(chunk: string): void {
    const text = this.#rest + chunk;
    let position = 0;
    for (;;) {
      const begin = text.indexOf('<', position);
      const end = begin === -1 ? -1 : text.indexOf('>', begin);
      if (end === -1) break;
      this.#text(text.slice(position, begin));
      this.#tag(text.slice(begin + 1, end));
      position = end + 1;
    }
    this.#rest = text.slice(position);
  }

  /**
   * Texts of the elements outside of the lists, by name.
   * @throws Error when the document ended too early.
   */
  end(): ReadonlyMap<string, string> {
    if (this.#open.length > 0 || this.#rest.trim() !== '') throw new Error('the answer ended in the middle');
    return this.#fields;
  }

  #text(text: string): void {
    const element = this.#open.at(-1);
    if (element !== undefined && text !== '') element.text = unescape(text);
  }

  #tag(tag: string): void {
    if (tag.startsWith('?') || tag.startsWith('!')) return;
    if (tag.startsWith('/')) {
      this.#close();
      return;
    }
    const name = /^[^\s/]*/.exec(tag)?.[0] ?? '';
    this.#open.push({ name, text: '', children: [] });
    if (tag.endsWith('/')) this.#close();
  }

  #close(): void {
    const element = this.#open.pop();
    const parent = this.#open.at(-1);
    if (element === undefined || parent === undefined) return;
    if (element.name === 'member' && this.#lists.has(parent.name)) this.#onMember(parent.name, element);
    else if (this.#inMember()) parent.children.push(element);
    else this.#fields.set(element.name, element.text);
  }

  #inMember(): boolean {
    return this.#open.some(
      ({ name }, index) => name === 'member' && this.#lists.has(this.#open[index - 1]?.name ?? ''),
    );
  }
}

/** The text of a child; empty when there is none. */
export function childText(element: XmlElement, name: string): string {
  return copied(element.children.find((child) => child.name === name)?.text ?? '');
}

/** The members of a list that stands in an element. */
export function childMembers(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.find((child) => child.name === name)?.children ?? [];
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name] ?? whole;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10_ff_ff ? String.fromCodePoint(code) : whole;
  });
}

/** With memory of its own: a piece cut out of a chunk would hold the chunk for as long as itself is kept. */
function copied(text: string): string {
  return Buffer.from(text).toString();
}
