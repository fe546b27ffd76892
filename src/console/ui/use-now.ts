import { useEffect, useState } from 'preact/hooks';

/** The time, in milliseconds since 1970, updated so that `5m ago` does not stay the same for ever. */
export function useNow(everyMs = 10_000): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
