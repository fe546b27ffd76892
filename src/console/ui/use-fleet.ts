/** The fleet as the stream sends it, and what is new in it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { StreamMessage } from '../model/contract.ts';
import { afterMessage, type Fleet } from '../model/fleet.ts';
import { toastsOf, type Toast } from '../model/toasts.ts';
import type { Connection, ConnectionState } from './connection.ts';

const TOAST_MS = 8000;
const MOST_TOASTS = 4;

interface LiveFleet {
  readonly fleet: Fleet | undefined;
  readonly state: ConnectionState;
  /** Of the last seconds, the newest first. */
  readonly toasts: readonly Toast[];
}

export function useFleet(connection: Connection): LiveFleet {
  const [fleet, setFleet] = useState<Fleet>();
  const [state, setState] = useState<ConnectionState>('connecting');
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const latest = useRef<Fleet | undefined>(undefined);
  useEffect(() => {
    const stop = new AbortController();
    const take = (message: StreamMessage) => {
      // Rows that arrive while the first list is still being read are not shown as changes.
      const reading = latest.current?.sources.some((source) => source.state === 'connecting') ?? true;
      const added = reading ? [] : toastsOf(latest.current, message);
      latest.current = afterMessage(latest.current, message);
      setFleet(latest.current);
      if (added.length === 0) return;
      setToasts((before) => [...added.toReversed(), ...before].slice(0, MOST_TOASTS));
      setTimeout(() => setToasts((before) => before.filter((item) => !added.includes(item))), TOAST_MS);
    };
    void connection.listen(stop.signal, take, setState);
    return () => stop.abort();
  }, [connection]);
  return { fleet, state, toasts };
}
