import { expect, jest, test } from '@jest/globals';
import { machine, SOURCE } from '../../access/fixtures.ts';
import { EXEC, objectOf, TestCluster } from '../test-cluster.ts';
import { link } from '../../desired/fixtures.ts';

type Order = 'in their order' | 'the last one first';

/** How often state machines are looked up while each of so many links in one account is read, asked for its grant and gets
 *  its status, and then is asked again. */
async function lookUps(links: number, order: Order): Promise<number> {
  const the = new TestCluster();
  const names = Array.from({ length: links }, (_, index) => `link-${index}`);
  for (const name of names) the.links.upsert(objectOf(link(name, { stateMachine: machine(name) })));
  const { contributors, machines } = the.parts;
  const known = jest.spyOn(machines, 'known');
  // Each machine has a role of its own, so that none of this is the size of a grant.
  for (const name of order === 'in their order' ? names : names.toReversed()) {
    await the.read(name, `${EXEC.text}-${name}`);
    contributors.grantContributors(`${EXEC.text}-${name}`, SOURCE);
    the.links.upsert(objectOf(link(name, { stateMachine: machine(name) })));
  }
  for (const name of names) contributors.grantContributors(`${EXEC.text}-${name}`, SOURCE);
  return known.mock.calls.length;
}

test.each<Order>(['in their order', 'the last one first'])(
  'the cost of a link’s grant does not grow with the number of links of its account, read %s',
  async (order) => {
    expect((await lookUps(400, order)) / 400).toBeCloseTo((await lookUps(100, order)) / 100, 0);
  },
);
