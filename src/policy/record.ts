/** The record with each value replaced. It is built entry by entry, so that `__proto__` is a key like any other. */
export function mapValues<T, U>(
  record: Readonly<Record<string, T>>,
  each: (value: T, key: string) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, each(value, key)]));
}
