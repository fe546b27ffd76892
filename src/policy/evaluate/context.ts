/** The request context: the condition keys of a request, as far as they are known. */

export interface RequestContext {
  /** Values by key in lower case, because condition keys ignore case. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Whether the request is known to lack this key (in lower case). Keys that are neither in `values` nor absent are unknown. */
  isAbsent(key: string): boolean;
}

/** What is known of one key. */
type KeyState = readonly string[] | 'absent' | 'unknown';

/** @param entries condition keys with their value, or with values if the key has several
 *  @param isAbsent whether a key that `entries` lacks is known to be missing from the request; called with lower case */
export function requestContext(
  entries: Iterable<readonly [key: string, value: string | readonly string[]]>,
  isAbsent: (key: string) => boolean,
): RequestContext {
  return {
    values: new Map(
      [...entries].map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value]),
    ),
    isAbsent,
  };
}

/** The values of a condition key, in any case of letters; `absent` if the request certainly lacks it, else `unknown`. */
export function keyState(context: RequestContext, key: string): KeyState {
  const name = key.toLowerCase();
  return context.values.get(name) ?? (context.isAbsent(name) ? 'absent' : 'unknown');
}
