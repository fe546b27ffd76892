/** The record with each value replaced. Built entry by entry, so that a key `__proto__` is a key like any other. */
export function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  each: (value: T, key: string) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, each(value, key)]));
}
