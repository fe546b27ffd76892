/** The text without an ending, however often it is there. Takes a step for each time. */
export function withoutEnding(text: string, ending: string): string {
  if (ending === '') return text;
  let end = text.length;
  for (; text.endsWith(ending, end); end -= ending.length);
  return text.slice(0, end);
}
