import type { Service } from './process.ts';

/** Waits for a service to end, or for an interruption; keeps this process alive until then, and no longer.
 *  @returns the exit code of the service; undefined if it was interrupted */
export async function untilEnded(
  service: Pick<Service, 'ended'> | undefined,
  interrupted: Promise<undefined>,
): Promise<number | undefined> {
  const alive = setInterval(() => {}, 60_000);
  try {
    return await Promise.race([interrupted, ...(service === undefined ? [] : [service.ended()])]);
  } finally {
    clearInterval(alive);
  }
}
