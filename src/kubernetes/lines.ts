/**
 * Cuts a stream of bytes into its lines. What follows the last line break is left out: it is half a line, from a connection
 * that was cut. Throws for a line of more than `maxLength` characters.
 */
export async function* lines(chunks: AsyncIterable<Uint8Array>, maxLength: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const pieces = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = pieces.pop() ?? '';
    for (const piece of pieces) {
      yield parts.join('') + piece;
      parts = [];
      length = 0;
    }
    parts.push(rest);
    length += rest.length;
    if (length > maxLength) throw new Error(`a line of more than ${maxLength} characters`);
  }
}
