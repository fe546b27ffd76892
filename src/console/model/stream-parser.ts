/** Server-sent events out of a stream's text: https://html.spec.whatwg.org/multipage/server-sent-events.html */

/** More than any snapshot: a stream without an end of message would fill the memory. */
const LONGEST_MESSAGE = 64 * 1024 * 1024;

/** Cuts text that arrives in pieces into the data of its messages. Comments are heartbeats and yield nothing. */
export class StreamParser {
  #rest = '';

  /** The data of each message that `piece` completes. Throws when a message gets longer than any may be. */
  push(piece: string): readonly string[] {
    const blocks = (this.#rest + piece).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    if (this.#rest.length > LONGEST_MESSAGE) throw new Error('a message without an end');
    return blocks.map(dataOf).filter((data) => data !== '');
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
