import { useRef } from 'preact/hooks';

/** The value of the latest rendering, for effects that need it but should not run again whenever it changes. The reference itself
 *  is always the same. */
export function useLatest<T>(value: T): { readonly current: T } {
  const latest = useRef(value);
  latest.current = value;
  return latest;
}
