/** Durations as the CRDs take them: `90s`, `5m`, `1h30m`. */

const UNITS_MS = { hours: 3_600_000, minutes: 60_000, seconds: 1_000 };

/** Milliseconds of a duration of whole hours, minutes and seconds, in this order; undefined if the text is not one. The caller
 *  checks bounds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?$/.exec(text);
  if (match === null || text === '') return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return (
    Number(hours) * UNITS_MS.hours + Number(minutes) * UNITS_MS.minutes + Number(seconds) * UNITS_MS.seconds
  );
}
