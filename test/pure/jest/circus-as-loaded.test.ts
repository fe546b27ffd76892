import { describe, expect, it } from '@jest/globals';
import { CircusAsLoaded, MATCHERS } from '../../jest/circus-as-loaded.ts';

const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
const STATE = Symbol('JEST_STATE_SYMBOL');

/** A global object as circus leaves it when it has been loaded. */
function loaded() {
  const root = { name: 'ROOT_DESCRIBE_BLOCK', children: [], parent: undefined };
  const state = {
    rootDescribeBlock: root,
    currentDescribeBlock: root,
    hasStarted: false,
    unhandled: new Map(),
  };
  const handlers = ['circus’s own'];
  const matchers = { toBe: 'jest’s own' };
  const global = { [EVENT_HANDLERS]: handlers, [STATE]: state, [MATCHERS]: { matchers } };
  return { global, handlers, circus: new CircusAsLoaded(global) };
}

describe('circus, put back as it was when it was loaded', () => {
  it('tells nobody but its own handlers, in the list that it has in its hands', () => {
    const { handlers, circus } = loaded();
    handlers.push('a file’s');
    circus.putBack();
    expect(handlers).toStrictEqual(['circus’s own']);
  });

  it('knows of no test, and stands in its outermost block', () => {
    const { global, circus } = loaded();
    for (let file = 1; file <= 2; file++) {
      circus.putBack();
      const state = global[STATE];
      expect(state.currentDescribeBlock).toBe(state.rootDescribeBlock);
      expect(state).toStrictEqual({
        rootDescribeBlock: { name: 'ROOT_DESCRIBE_BLOCK', children: [], parent: undefined },
        currentDescribeBlock: { name: 'ROOT_DESCRIBE_BLOCK', children: [], parent: undefined },
        hasStarted: false,
        unhandled: new Map(),
      });
      Object.assign(state, { hasStarted: true, currentDescribeBlock: undefined });
      state.unhandled.set('of this file', 1);
      Reflect.set(state.rootDescribeBlock.children, 0, 'a test of this file');
    }
  });

  it('has the matchers that come with it, among new ones', () => {
    const { global, circus } = loaded();
    Object.assign(global[MATCHERS], { matchers: {} });
    circus.putBack();
    expect(global[MATCHERS].matchers).toStrictEqual({ toBe: 'jest’s own' });
  });

  it.each([
    ['its state', { [MATCHERS]: { matchers: {} } }],
    ['its matchers', { [EVENT_HANDLERS]: [], [STATE]: {}, [MATCHERS]: {} }],
  ])('says when a new jest has %s elsewhere', (what, global) => {
    expect(() => new CircusAsLoaded(global)).toThrow(`jest has ${what} elsewhere now`);
  });
});
