import { beforeEach, describe, expect, it } from '@jest/globals';
import { GlobalsAsMade } from '../../jest/globals-as-made.ts';
import { ordinaryGlobal } from '../../jest/ordinary-global.ts';

let global: ReturnType<typeof ordinaryGlobal>;
let made: GlobalsAsMade;

beforeEach(() => {
  global = ordinaryGlobal({
    setTimeout,
    get late() {
      return 'loaded late';
    },
  });
  made = new GlobalsAsMade(global, new Set(['console']));
});

describe('a global object', () => {
  it.each<[string, () => unknown]>([
    ['nothing happened', () => undefined],
    ['a global is read that is loaded when it is first asked for', () => Reflect.get(global, 'late')],
    ['a file’s own global is another', () => Reflect.set(global, 'console', {})],
    ['packages leave word for their copies', () => Reflect.set(global, Symbol.for('package'), {})],
    [
      'something is put back',
      () => {
        const { now } = global.Date;
        global.Date.now = () => 0;
        global.Date.now = now;
      },
    ],
  ])('is as it was made when %s', (_what, happens) => {
    happens();
    expect(made.changed()).toBeUndefined();
  });

  it.each<[string, PropertyKey, () => unknown]>([
    ['a global is added', 'added', () => Reflect.set(global, 'added', undefined)],
    ['a global is taken away', 'Map', () => Reflect.deleteProperty(global, 'Map')],
    ['a global is replaced', 'setTimeout', () => Reflect.set(global, 'setTimeout', () => undefined)],
    ['a late one is replaced', 'late', () => Reflect.set(global, 'late', 'another')],
    ['a function of the language is replaced', 'now', () => Reflect.set(global.Date, 'now', () => 0)],
    ['a method is added', 'last', () => Reflect.set(global.Array.prototype, 'last', () => 0)],
    [
      'a method goes by a symbol',
      Symbol.iterator,
      () => Reflect.set(global.Map.prototype, Symbol.iterator, 0),
    ],
  ])('is not as it was made when %s', (_what, key, happens) => {
    happens();
    expect(made.changed()).toBe(key);
  });
});
