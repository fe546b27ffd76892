import { constants, createContext, runInContext } from 'node:vm';
import type { Global } from '@jest/types';

/** What jest takes from Node itself although each context has its own: `Buffer` is built on them. */
const NODES_OWN = new Set<PropertyKey>(['ArrayBuffer', 'Uint8Array']);

/**
 * The global object of a new context: an ordinary one, with everything that `from`, jest's own, has beyond the language. Jest's
 * object intercepts every access to a global, even to `Object` and `Array`, and passes it to a proxy: in a test that computes,
 * this takes a third of the time. The only difference is the speed. See https://nodejs.org/api/vm.html#vmconstantsdont_contextify
 */
export function ordinaryGlobal(from: object): Global.Global {
  const to: Global.Global = runInContext('globalThis', createContext(constants.DONT_CONTEXTIFY));
  for (const key of Reflect.ownKeys(from)) {
    if (Object.hasOwn(to, key) && !NODES_OWN.has(key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(from, key);
    if (descriptor === undefined) continue;
    Object.defineProperty(to, key, descriptor.get === undefined ? descriptor : onceRead(to, key, from));
  }
  to.global = to;
  to.Error.stackTraceLimit = Error.stackTraceLimit;
  return to;
}

/** Node loads some of its globals only when they are first asked for. */
function onceRead(to: object, key: PropertyKey, from: object): PropertyDescriptor {
  const hold = (value: unknown) =>
    Object.defineProperty(to, key, { value, configurable: true, enumerable: true, writable: true });
  return {
    configurable: true,
    enumerable: true,
    get() {
      const value: unknown = Reflect.get(from, key);
      hold(value);
      return value;
    },
    set: hold,
  };
}
