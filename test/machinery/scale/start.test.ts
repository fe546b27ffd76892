/** What AWS's pace makes of a start on many links that are in sync, in simulated time: nothing else may hold it up. */
import { expect, it } from '@jest/globals';
import { FleetInMemory } from '../../../bench/scale/fleet-in-memory.ts';

const ACCOUNTS = 5;
const LINKS_AN_ACCOUNT = 100;
const LINKS = ACCOUNTS * LINKS_AN_ACCOUNT;
const RATE = { burst: 10, perSecond: 20 };
/** The operator keeps to so much of a quota. */
const SHARE = 0.95;
const BEST_SECONDS = (LINKS_AN_ACCOUNT / SHARE - RATE.burst) / RATE.perSecond;
/** Lists, a first look at each account, and who comes a moment late. */
const MOST_SECONDS = BEST_SECONDS * 1.1 + 0.5;

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
  expect(fleet.nowMs / 1000).toBeLessThan(MOST_SECONDS);
});
