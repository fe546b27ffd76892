import type { Clock } from './clock.ts';

/** A time limit on one operation, as an abort signal. */
interface Deadline {
  /** Aborts with the parent's reason, or with the deadline's own error once time is up. */
  readonly signal: AbortSignal;
  /** Starts anew with `ms` milliseconds: for limits on silence rather than on the whole. */
  restart(ms: number): void;
  /** Lets go of the timer and of the parent. To be called in every case. */
  end(): void;
}

/**
 * Starts a deadline of `ms` milliseconds under `parent`. Made by hand rather than by `AbortSignal.any`, so that a
 * parent that lives as long as the process does not gather one follower for every request ever made.
 */
export function startDeadline(
  clock: Clock,
  ms: number,
  onTimeout: () => Error,
  parent?: AbortSignal,
): Deadline {
  const controller = new AbortController();
  const expire = () => controller.abort(onTimeout());
  const follow = () => controller.abort(parent?.reason);
  let cancel = clock.after(ms, expire);
  if (parent?.aborted) follow();
  parent?.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    restart(next) {
      cancel();
      cancel = clock.after(next, expire);
    },
    end() {
      cancel();
      parent?.removeEventListener('abort', follow);
    },
  };
}
