import { describe, expect, it } from '@jest/globals';
import { ordinaryGlobal } from '../../jest/ordinary-global.ts';

describe('the global object of a test file', () => {
  it('is an ordinary one: no look at it goes through a proxy', () => {
    // "In contexts with contextified global objects, freezing throws": https://nodejs.org/api/vm.html
    expect(Object.isFrozen(Object.freeze(ordinaryGlobal({})))).toBe(true);
  });

  it('has the language’s objects of its own, and those of Node', () => {
    const global = ordinaryGlobal(globalThis);
    expect(global.Object).not.toBe(Object);
    for (const name of ['Uint8Array', 'Buffer', 'process', 'setTimeout', 'fetch', 'URL'] as const) {
      expect(global[name]).toBe(globalThis[name]);
    }
    expect(global.global).toBe(global);
  });

  it('loads what Node loads when it is first asked for, once, and takes another value', () => {
    let loaded = 0;
    const lazy = {
      get late() {
        loaded += 1;
        return 'late';
      },
    };
    const global = ordinaryGlobal(lazy);
    expect(loaded).toBe(0);
    expect([Reflect.get(global, 'late'), Reflect.get(global, 'late'), loaded]).toStrictEqual([
      'late',
      'late',
      1,
    ]);
    Reflect.set(ordinaryGlobal(lazy), 'late', 'mine');
    expect(loaded).toBe(1);
  });
});
