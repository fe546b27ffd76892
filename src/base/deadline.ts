import type { Clock } from './clock.ts';

/** A time limit on one operation, as an abort signal. */
interface Deadline {
  /** Aborts with the parent's reason, or with the deadline's own error once the time is over. */
  readonly signal: AbortSignal;
  /** Starts again with `ms` milliseconds: for limits on silence rather than on the whole. */
  restart(ms: number): void;
  /** Releases the timer and the parent. To be called in every case. */
  end(): void;
}

/** Starts a deadline of `ms` milliseconds under `parent`. Not with `AbortSignal.any`: a parent that lives as long as the
 *  process would collect a follower for every request ever made. */
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
