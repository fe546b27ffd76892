/** Server-sent events out of a stream's text: https://html.spec.whatwg.org/multipage/server-sent-events.html */

/** More than any snapshot: a message without an end would fill the memory. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/** Cuts text that arrives in pieces into the data of its messages. Comments are heartbeats and yield nothing. Each piece is
 *  searched only once: the snapshot of a large fleet comes in hundreds. */
export class StreamParser {
  /** The pieces of a message that has not ended. */
  #pieces: string[] = [];
  #length = 0;
  /** A line break at the end of the last piece, which is not in `#pieces`: the next piece may begin with the second one. */
  #lineBreak = '';

  /** The data of each message that `piece` completes. Throws if a message gets too long. */
  push(piece: string): readonly string[] {
    const [first = '', ...others] = (this.#lineBreak + piece).split('\n\n');
    const rest = others.pop();
    this.#keep(first);
    if (rest === undefined) return [];
    const blocks = [this.#pieces.join(''), ...others];
    this.#pieces = [];
    this.#length = 0;
    this.#keep(rest);
    return blocks.map(dataOf).filter((data) => data !== '');
  }

  #keep(piece: string): void {
    this.#lineBreak = piece.endsWith('\n') ? '\n' : '';
    const text = this.#lineBreak === '' ? piece : piece.slice(0, -1);
    this.#pieces.push(text);
    this.#length += text.length;
    if (this.#length > LONGEST_MESSAGE) throw new Error('a message without an end');
  }
}

function dataOf(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trimStart())
    .join('\n');
}

/** One message as it goes over the wire. JSON has no line breaks of its own. */
export function eventText(json: string): string {
  return `data: ${json}\n\n`;
}

export const HEARTBEAT = ':\n\n';
