import { useRef } from 'preact/hooks';

/** The value of the latest rendering, for effects that need it and shall not run anew whenever it changes. The reference
 *  itself is always the same. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  latest.current = value;
  return latest;
}
