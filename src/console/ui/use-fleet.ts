/** The fleet as the stream sends it, and what is new in it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StreamMessage } from '../model/contract.ts';
import { afterMessage, type Fleet } from '../model/fleet.ts';
import { newsOf, type News } from '../model/news.ts';
import type { Connection, ConnectionState } from './connection.ts';

const NEWS_MS = 8000;
const MOST_NEWS = 4;

interface LiveFleet {
  readonly fleet: Fleet | undefined;
  readonly state: ConnectionState;
  /** Of the last seconds, the newest first. */
  readonly news: readonly News[];
}

export function useFleet(connection: Connection): LiveFleet {
  const [fleet, setFleet] = useState<Fleet>();
  const [state, setState] = useState<ConnectionState>('connecting');
  const [news, setNews] = useState<readonly News[]>([]);
  const latest = useRef<Fleet | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    const take = (message: StreamMessage) => {
      // Rows that arrive while the first list is still read are no news.
      const reading = latest.current?.sources.some((source) => source.state === 'connecting') ?? true;
      const heard = reading ? [] : newsOf(latest.current, message);
      latest.current = afterMessage(latest.current, message);
      setFleet(latest.current);
      if (heard.length === 0) return;
      setNews((before) => [...heard.toReversed(), ...before].slice(0, MOST_NEWS));
      setTimeout(() => setNews((before) => before.filter((item) => !heard.includes(item))), NEWS_MS);
    };
    void connection.listen(stop.signal, take, setState);
    return () => stop.abort();
  }, [connection]);
  return { fleet, state, news };
}
