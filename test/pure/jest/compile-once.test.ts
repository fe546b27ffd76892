import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it } from '@jest/globals';

const NOTES = 'notes.push(word); return notes.length';

describe('a source that a worker compiles for several test files', () => {
  it('is compiled once', () => {
    const source = `return ${JSON.stringify(NOTES)}.length + more`;
    const first = vm.compileFunction(source, ['more']);
    const second = vm.compileFunction(source, ['more']);
    expect([first.cachedDataProduced, second.cachedDataRejected]).toStrictEqual([true, false]);
    expect([first(1), second(2)]).toStrictEqual([NOTES.length + 1, NOTES.length + 2]);
  });

  it('is compiled again under other flags', async () => {
    const source = `return ${JSON.stringify('flags')}.length`;
    const lengths = [vm.compileFunction(source)(), await listsIn(2)];
    v8.setFlagsFromString('--no-lazy');
    try {
      expect([vm.compileFunction(source)(), await listsIn(2)]).toStrictEqual(lengths);
    } finally {
      v8.setFlagsFromString('--lazy');
    }
  });

  it('as a function works in the world of each', () => {
    const worlds = [vm.createContext({ notes: [] }), vm.createContext({ notes: ['before'] })];
    const counts = worlds.map((parsingContext) =>
      vm.compileFunction(NOTES, ['word'], { parsingContext })('now'),
    );
    expect(counts).toStrictEqual([1, 2]);
  });

  it('as a module has a state of its own for each', async () => {
    expect(await listsIn(2)).toStrictEqual([['loaded'], ['loaded']]);
  });
});

/** What a module that puts something into its own list has in it, in each of so many worlds. */
function listsIn(worlds: number): Promise<readonly unknown[]> {
  return Promise.all(Array.from({ length: worlds }, listInAWorld));
}

async function listInAWorld(): Promise<unknown> {
  const module = new vm.SourceTextModule("export const list = []; list.push('loaded');", {
    context: vm.createContext({}),
  });
  await module.link(() => {
    throw new Error('imports nothing');
  });
  await module.evaluate();
  return [...Object(module.namespace).list];
}
