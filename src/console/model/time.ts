/** Milliseconds since 1970 of a time as the API writes it; undefined for anything else. */
export function wallMsOf(time: string | undefined): number | undefined {
  const ms = time === undefined ? NaN : Date.parse(time);
  return Number.isNaN(ms) ? undefined : ms;
}
