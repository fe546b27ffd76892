/** What many deletions at once ask of both servers, at AWS's own pace and in simulated time: most of them wait for a quota most of the
 *  time, and waiting is to cost nothing. */
import { expect, it } from '@jest/globals';
import { FleetAlive } from '../../../bench/scale/fleet-alive.ts';

/** More than AWS takes at once of what a deletion needs once. */
const LINKS = 150;
/** For each link. A deletion that finds all that it needs makes the first two twice, the lists twice. */
const MOST = {
  'get crossaccountlinks': 4,
  DescribeStateMachine: 4,
  'list crossaccountlinks': 3,
  'status crossaccountlinks': 4,
} as const;

it('deletions that wait for a quota of AWS ask nothing of AWS or of the API server meanwhile', async () => {
  const calls = new Map<string, number>();
  const fleet = new FleetAlive({
    links: LINKS,
    sources: 1,
    targets: 1,
    driftCheckInterval: '24h',
    atAwsPace: true,
    onCall: (call) => {
      const [verb = '', what = ''] = call.split(' ');
      const name = /^[a-z]/.test(verb) ? `${verb} ${what}` : verb;
      calls.set(name, (calls.get(name) ?? 0) + 1);
    },
  });
  await fleet.each('make', 0);
  await fleet.run(900_000);
  expect(fleet.count()).toStrictEqual({ links: LINKS, ready: LINKS });
  calls.clear();
  await fleet.each('delete', 0);
  await fleet.run(900_000);
  fleet.end();
  expect(fleet.count().links).toBe(0);
  const tooMany = Object.entries(MOST).flatMap(([name, most]) => {
    const each = (calls.get(name) ?? 0) / LINKS;
    return each > most ? [`${name}: ${each}`] : [];
  });
  expect(tooMany).toStrictEqual([]);
});
