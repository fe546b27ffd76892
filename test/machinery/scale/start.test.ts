/** What AWS's pace makes of a start on many links that are in sync, in simulated time: nothing else may hold it up. */
import { expect, it } from '@jest/globals';
import { FleetInMemory } from '../../../bench/scale/fleet-in-memory.ts';

const ACCOUNTS = 5;
const LINKS_AN_ACCOUNT = 100;
const LINKS = ACCOUNTS * LINKS_AN_ACCOUNT;
const RATE = { burst: 10, perSecond: 20 };
/** The operator keeps to so much of a quota. */
const SHARE = 0.95;

/** What AWS's pace allows, lists, a first look at each account, and who comes a moment late. */
function mostSeconds(links: number, { burst, perSecond }: typeof RATE): number {
  return ((links / SHARE - burst) / perSecond) * 1.1 + 0.5;
}

it(`a start on ${ACCOUNTS} accounts takes no longer than AWS's pace in one of them`, async () => {
  const fleet = await FleetInMemory.of({
    links: LINKS,
    accounts: ACCOUNTS,
    driftCheckInterval: '10m',
    machineReadRate: RATE,
  });
  await fleet.run(60_000, () => fleet.read === LINKS);
  fleet.end();
  expect(fleet.read).toBe(LINKS);
  expect(fleet.nowMs / 1000).toBeLessThan(mostSeconds(LINKS_AN_ACCOUNT, RATE));
});

it('links that were not looked at yet go before those whose next check has come', async () => {
  const links = 100;
  const rate = { burst: 5, perSecond: 2 };
  // The first of them are due again before the last are met.
  const fleet = await FleetInMemory.of({
    links,
    accounts: 1,
    driftCheckInterval: '30s',
    machineReadRate: rate,
  });
  await fleet.run(200_000, () => fleet.read === links);
  fleet.end();
  expect(fleet.nowMs / 1000).toBeGreaterThan(40);
  expect(fleet.nowMs / 1000).toBeLessThan(mostSeconds(links, rate));
});
