import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { FairQueue, type Urgency } from '../../../src/aws/pace/fair-queue.ts';

interface Ticket {
  readonly name: string;
  readonly urgency: Urgency;
  readonly tenant: string;
}

/** The names of what was put in, in the order in which it comes out. */
async function outOf(queue: FairQueue): Promise<unknown[]> {
  const names: unknown[] = [];
  for (let run = queue.dequeue(); run !== undefined; run = queue.dequeue()) names.push(await run());
  return names;
}

function put(queue: FairQueue, { name, urgency, tenant }: Ticket): void {
  queue.enqueue(() => Promise.resolve(name), { urgency, tenant, id: name });
}

function queueOf(tickets: readonly Ticket[]): FairQueue {
  const queue = new FairQueue();
  for (const ticket of tickets) put(queue, ticket);
  return queue;
}

function repairs(count: number): Ticket[] {
  return Array.from({ length: count }, () => ({ name: 'repair', urgency: 'repair', tenant: 'a' }));
}

test('repairs go before first makes, and both before looking around', async () => {
  const queue = queueOf([
    { name: 'look', urgency: 'look', tenant: 'a' },
    { name: 'make', urgency: 'make', tenant: 'a' },
    { name: 'repair', urgency: 'repair', tenant: 'b' },
  ]);
  expect(await outOf(queue)).toStrictEqual(['repair', 'make', 'look']);
});

test('among equals the tenants take turns, each in its own order', async () => {
  const queue = queueOf([
    ...['a1', 'a2', 'a3', 'a4'].map((name) => ({ name, urgency: 'make', tenant: 'a' }) as const),
    ...['b1', 'b2'].map((name) => ({ name, urgency: 'make', tenant: 'b' }) as const),
  ]);
  expect(await outOf(queue)).toStrictEqual(['a1', 'b1', 'a2', 'b2', 'a3', 'a4']);
});

test('one of sixteen calls is of the less urgent, also where none waited while others went before', async () => {
  const queue = queueOf(repairs(20));
  expect(await outOf(queue)).toHaveLength(20);
  for (const ticket of repairs(40)) put(queue, ticket);
  expect(queue.ahead({ urgency: 'make', tenant: 'b' })).toBe(0);
  for (const name of ['make', 'look'] as const) put(queue, { name, urgency: name, tenant: 'b' });
  expect((await outOf(queue)).slice(0, 4)).toStrictEqual(['make', 'look', 'repair', 'repair']);
});

test('what was taken out by its id does not come', async () => {
  const queue = queueOf([
    { name: 'a1', urgency: 'make', tenant: 'a' },
    { name: 'b1', urgency: 'make', tenant: 'b' },
  ]);
  queue.remove('a1');
  expect(queue.size).toBe(1);
  expect(await outOf(queue)).toStrictEqual(['b1']);
});

const anyUrgency = fc.constantFrom<Urgency>('repair', 'make', 'look');
const tickets = fc.array(
  fc.record({
    urgency: anyUrgency,
    tenant: fc.constantFrom('a', 'b', 'c'),
  }),
  { maxLength: 80 },
);

test("a newcomer's place is never further back than was foretold", async () => {
  await fc.assert(
    fc.asyncProperty(tickets, tickets, anyUrgency, async (before, others, urgency) => {
      const queue = queueOf(before.map((other) => ({ ...other, name: 'before' })));
      await outOf(queue);
      for (const [index, other] of others.entries()) put(queue, { ...other, name: String(index) });
      const ahead = queue.ahead({ urgency, tenant: 'a' });
      put(queue, { name: 'newcomer', urgency, tenant: 'a' });
      const place = (await outOf(queue)).indexOf('newcomer');
      expect(place).toBeLessThanOrEqual(ahead);
    }),
  );
});
