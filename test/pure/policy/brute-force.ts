/** Patterns by what they match: of every text, whether it does. */

/** All texts over an alphabet up to a length, the empty one included. */
export function texts(alphabet: string, longest: number): readonly string[] {
  let last = [''];
  const all = [''];
  for (let length = 1; length <= longest; length += 1) {
    last = last.flatMap((text) => [...alphabet].map((character) => text + character));
    all.push(...last);
  }
  return all;
}

/** One bit for each of the texts: set if the pattern matches it. */
export function matchedBy(pattern: string, all: readonly string[]): bigint {
  const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  return BigInt(`0b${all.map((text) => (expression.test(text) ? '1' : '0')).join('')}`);
}

/** Whether nothing is matched by the inner one alone. */
export function isSubset(inner: bigint, outer: bigint): boolean {
  return (inner & ~outer) === 0n;
}
