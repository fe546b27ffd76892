/** Reads files that people name, up to a limit, in whatever encoding their editor used. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { fileProblem } from '../output/errors.ts';

/** Longer than any template, manifest or definition. A device or a pipe may never end. */
const MOST_BYTES = 64 * 1_048_576;

interface Encoding {
  readonly name: 'utf-8' | 'utf-16le' | 'utf-16be';
  /** Bytes of the byte order mark. */
  readonly mark: Uint8Array;
}

/** A path as messages name it. */
export function spoken(path: string): string {
  return path === '-' ? 'standard input' : path;
}

/** The text of a file; `-` is standard input.
 *  @throws Error for people that begins with the path */
export async function readText(path: string): Promise<string> {
  return decodeText(await readBytes(path));
}

/** The bytes of a file; `-` is standard input.
 *  @throws Error for people that begins with the path */
export async function readBytes(path: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of path === '-' ? process.stdin : createReadStream(path)) {
      const bytes = Buffer.from(chunk);
      chunks.push(bytes);
      length += bytes.length;
      if (length > MOST_BYTES) break;
    }
  } catch (error) {
    throw new Error(fileProblem(spoken(path), error), { cause: error });
  }
  if (length > MOST_BYTES) throw new Error(tooLarge(spoken(path)));
  return Buffer.concat(chunks);
}

/** The text of a file, synchronously. It is read only once: a pipe, as of `<(…)`, gives nothing the second time.
 *  @throws Error for people that begins with the path */
export function readTextNow(path: string): string {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const file = openSync(path, 'r');
    try {
      let read: number;
      do {
        const chunk = Buffer.alloc(65_536);
        read = readSync(file, chunk);
        chunks.push(chunk.subarray(0, read));
        length += read;
      } while (read > 0 && length <= MOST_BYTES);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw new Error(fileProblem(path, error), { cause: error });
  }
  if (length > MOST_BYTES) throw new Error(tooLarge(path));
  return decodeText(Buffer.concat(chunks));
}

function tooLarge(path: string): string {
  return `${path}: is larger than ${MOST_BYTES / 1_048_576} MB, the most that is read of a file`;
}

/** The text of a file in UTF-8 or, as some editors and shells on Windows write it, in UTF-16, without the byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes).name).decode(bytes);
}

/** A text in the encoding of `before`, with its byte order mark. */
export function encodeAs(before: Uint8Array, text: string): Uint8Array {
  const { name, mark } = encodingOf(before);
  const body = Buffer.from(text, name === 'utf-8' ? 'utf8' : 'utf16le');
  return Buffer.concat([mark, name === 'utf-16be' ? body.swap16() : body]);
}

function encodingOf(bytes: Uint8Array): Encoding {
  const [first, second, third] = bytes;
  if (first === 0xff && second === 0xfe) return { name: 'utf-16le', mark: bytes.slice(0, 2) };
  if (first === 0xfe && second === 0xff) return { name: 'utf-16be', mark: bytes.slice(0, 2) };
  if (first === 0xef && second === 0xbb && third === 0xbf) return { name: 'utf-8', mark: bytes.slice(0, 3) };
  const mark = bytes.slice(0, 0);
  // Without a mark: text for a program begins with an ASCII character.
  const isWide = first !== undefined && second !== undefined && (first === 0) !== (second === 0);
  if (!isWide) return { name: 'utf-8', mark };
  return { name: first === 0 ? 'utf-16be' : 'utf-16le', mark };
}
