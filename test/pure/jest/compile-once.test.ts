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

  it('as a function works in the world of each', () => {
    const worlds = [vm.createContext({ notes: [] }), vm.createContext({ notes: ['before'] })];
    const counts = worlds.map((parsingContext) =>
      vm.compileFunction(NOTES, ['word'], { parsingContext })('now'),
    );
    expect(counts).toStrictEqual([1, 2]);
  });

  it('as a module has a state of its own for each', async () => {
    expect([await countInAWorld(), await countInAWorld()]).toStrictEqual([2, 2]);
  });
});

async function countInAWorld(): Promise<unknown> {
  const module = new vm.SourceTextModule('export const list = []; list.push(1);', {
    context: vm.createContext({}),
  });
  await module.link(() => {
    throw new Error('imports nothing');
  });
  await module.evaluate();
  return Object(module.namespace).list.push(2);
}
