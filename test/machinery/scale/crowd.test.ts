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

it('of many links that come at once the first are Ready soon after IAM has had its time, not once all are begun', async () => {
  const shape = { links: LINKS, sources: 1, targets: 10, driftCheckInterval: '24h', atAwsPace: true };
  const fleet = new FleetAlive(shape);
  await fleet.run(10_000);
  await fleet.each('make', 0);
  // Of which 10 s are IAM's.
  await fleet.run(20_000);
  fleet.end();
  expect(fleet.count().ready).toBeGreaterThan(LINKS / 5);
});

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

it('links that share roles are all made, and all go, however many come and go at once', async () => {
  const asked = new Map<string, number>();
  const fleet = new FleetAlive({
    links: 100,
    linksPerRole: 7,
    sources: 1,
    targets: 1,
    driftCheckInterval: '24h',
    atAwsPace: true,
    onCall: (call) => {
      const [operation = ''] = call.split(' ');
      asked.set(operation, (asked.get(operation) ?? 0) + 1);
    },
  });
  await fleet.each('make', 0);
  await fleet.run(240_000);
  expect(fleet.count()).toStrictEqual({ links: 100, ready: 100 });
  // A link that joins others takes nothing away from them. What may still be in use is read once of each machine, as of any other.
  expect(asked.get('ListStateMachineAliases')).toBeLessThanOrEqual(100);
  await fleet.each('delete', 0);
  await fleet.run(600_000);
  fleet.end();
  expect(fleet.count().links).toBe(0);
});

it('links that find no room on their role ask nothing once that is known, however many they are', async () => {
  let asked = 0;
  const fleet = new FleetAlive({
    links: 80,
    linksPerRole: 40,
    sources: 1,
    targets: 1,
    driftCheckInterval: '24h',
    atAwsPace: true,
    onCall: (call) => {
      if (call.startsWith('ListStateMachineAliases ')) asked += 1;
    },
  });
  await fleet.each('make', 0);
  await fleet.run(240_000);
  // A trust policy lets in seven of them by IAM's default quota.
  expect(fleet.count()).toStrictEqual({ links: 80, ready: 14 });
  expect(asked).toBeLessThan(160);
  asked = 0;
  await fleet.run(300_000);
  fleet.end();
  // Aliases are looked at once a day in any case.
  expect(asked).toBeLessThan(3);
});
