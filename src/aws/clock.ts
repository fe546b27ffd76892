/** Time as it is passed in, so that tests own it. */
export interface Clock {
  /** Monotonic milliseconds; no relation to the time of day. */
  now(): number;
  /** Calls back once after so many milliseconds; the answer takes it back. */
  after(ms: number, callback: () => void): () => void;
}

/** The machine's own time. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};
