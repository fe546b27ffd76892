/** How long an account that cannot be reached leaves Ready as it was: nobody has changed anything, as far as is known. */

/** Drift may have gone unnoticed for so many checks by then. */
const CHECKS = 3;
const AT_LEAST_MS = 120_000;

/** @param driftCheckMs between two drift checks of the link
 *  @returns milliseconds from the beginning of the outage */
export function toleratedOutageMs(driftCheckMs: number): number {
  return Math.max(CHECKS * driftCheckMs, AT_LEAST_MS);
}
