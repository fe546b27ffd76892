import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { lines } from '../../../src/kubernetes/lines.ts';

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** The lines that a stream of these bytes has, when they arrive `size` at a time. */
async function linesOf(bytes: Uint8Array, size: number, maxLength: number): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines(inChunks(bytes, size), maxLength)) found.push(line);
  return found;
}

describe('cutting a stream into lines', () => {
  test('finds the same lines however the bytes arrive', async () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '));
    await fc.assert(
      fc.asyncProperty(fc.array(line), fc.integer({ min: 1, max: 20 }), async (texts, size) => {
        const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
        expect(await linesOf(bytes, size, 1000)).toStrictEqual(texts);
      }),
    );
  });

  test('leaves out what a cut connection left of the last line', async () => {
    expect(await linesOf(Buffer.from('one\ntw'), 2, 1000)).toStrictEqual(['one']);
  });

  test('refuses a line without an end', async () => {
    await expect(linesOf(Buffer.alloc(101, 'x'), 10, 100)).rejects.toThrow(/more than 100/);
  });
});
