/** How long Ready stays as it was while an account cannot be reached: as far as is known, nobody has changed anything. */

/** For this many checks drift may have gone unnoticed by then. */
const CHECKS = 3;
const AT_LEAST_MS = 120_000;

/** @param driftCheckMs milliseconds between two drift checks of the link
 *  @returns milliseconds from the beginning of the outage */
export function toleratedOutageMs(driftCheckMs: number): number {
  return Math.max(CHECKS * driftCheckMs, AT_LEAST_MS);
}
