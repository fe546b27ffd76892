/** Time is always passed in, so that tests can set it. */
import { uptime } from 'node:os';

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds on a clock that is never set back or forward. Only differences have a meaning. */
  monotonicMs(): number;
  /** Milliseconds on a clock that is never set either, and that goes on while the machine is suspended, if the system has one. */
  bootMs(): number;
  /** Milliseconds since 1970, for times that are written into objects. */
  wallMs(): number;
  /** Runs `action` once, `ms` milliseconds from now (at once if that is negative), unless cancelled before. */
  after(ms: number, action: () => void): Cancel;
}

/** Longest delay that Node's timers take; a longer one would fire at once. */
const longestTimerMs = 2 ** 31 - 1;

/** Linux: what `/proc/uptime` says, to 10 ms. https://man7.org/linux/man-pages/man5/proc_uptime.5.html */
function bootMs(): number {
  try {
    return uptime() * 1000;
  } catch {
    return performance.now();
  }
}

export const systemClock: Clock = {
  monotonicMs: () => performance.now(),
  bootMs,
  wallMs: () => Date.now(),
  after(ms, action) {
    // For a negative delay Node prints a warning to standard error, which is the log.
    const timer = setTimeout(action, Math.min(Math.max(ms, 0), longestTimerMs));
    return () => clearTimeout(timer);
  },
};

/** Resolves after `ms` milliseconds, or as soon as `signal` aborts; it never rejects. */
export async function sleep(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  if (ms <= 0 || signal?.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = () => resolve();
  const cancel = clock.after(ms, wake);
  signal?.addEventListener('abort', wake, { once: true });
  await promise;
  cancel();
  signal?.removeEventListener('abort', wake);
}
