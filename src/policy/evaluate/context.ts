/** The request context: the condition keys of a request, as far as they are known. */

export interface RequestContext {
  /** Values by key in lower case, since condition keys have no case. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Is the request known to come without this key (in lower case)? Keys that are neither here nor there are unknown. */
  isAbsent(key: string): boolean;
}

/** What is known of one key. */
type KeyState = readonly string[] | 'absent' | 'unknown';

/** @param entries condition keys with their value, or values where the key has several
 *  @param isAbsent whether a key that `entries` lacks is known not to be in the request; asked in lower case */
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

/** The values of a condition key, in any case of letters; `absent` where the request certainly lacks it, else `unknown`. */
export function keyState(context: RequestContext, key: string): KeyState {
  const name = key.toLowerCase();
  return context.values.get(name) ?? (context.isAbsent(name) ? 'absent' : 'unknown');
}
