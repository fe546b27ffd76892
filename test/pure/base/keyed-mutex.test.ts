import { expect, test } from '@jest/globals';
import { KeyedMutex } from '../../../src/base/keyed-mutex.ts';

/** Works that stand still until they are told to end, and what happened when. */
function works(mutex: KeyedMutex) {
  const events: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  const begin = (key: string, name: string) => {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    return mutex.run(key, async () => {
      events.push(`${name} begins`);
      await gate.promise;
      events.push(`${name} ends`);
      return name;
    });
  };
  return { events, begin, gate: (name: string) => gates.get(name) };
}

/** Lets everything that is ready to run do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

test('one holder a key at a time, in the order of asking', async () => {
  const { events, begin, gate } = works(new KeyedMutex());
  const all = ['one', 'two', 'three'].map((name) => begin('role', name));
  await settle();
  expect(events).toStrictEqual(['one begins']);
  gate('one')?.resolve();
  gate('three')?.resolve();
  await settle();
  expect(events).toStrictEqual(['one begins', 'one ends', 'two begins']);
  gate('two')?.resolve();
  expect(await Promise.all(all)).toStrictEqual(['one', 'two', 'three']);
});

test('keys do not wait for each other', async () => {
  const { events, begin, gate } = works(new KeyedMutex());
  const all = [begin('role', 'one'), begin('machine', 'two')];
  await settle();
  expect(events).toStrictEqual(['one begins', 'two begins']);
  gate('one')?.resolve();
  gate('two')?.resolve();
  await Promise.all(all);
});

test('a holder that fails keeps its failure to itself, and the next one begins', async () => {
  const mutex = new KeyedMutex();
  const failing = mutex.run('role', () => Promise.reject(new Error('no')));
  const next = mutex.run('role', () => Promise.resolve('next'));
  await expect(failing).rejects.toThrow(/no/);
  expect(await next).toBe('next');
});

test('a work that throws before it waits frees the key, too', async () => {
  const mutex = new KeyedMutex();
  await expect(
    mutex.run('role', () => {
      throw new Error('no');
    }),
  ).rejects.toThrow();
  expect(await mutex.run('role', () => Promise.resolve(1))).toBe(1);
});
