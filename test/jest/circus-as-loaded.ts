/**
 * Jest's circus and `expect` keep what they know about a file's tests on its global object and in a list of their own. A world
 * loads them once. For each further file, this puts them back to the state in which they were loaded. It uses parts that jest
 * calls private.
 */
const EVENT_HANDLERS = Symbol.for('EVENT_HANDLERS');
/** Circus creates this symbol for itself. */
const STATE = 'JEST_STATE_SYMBOL';
export const MATCHERS = Symbol.for('$$jest-matchers-object');

export class CircusAsLoaded {
  readonly #global: object;
  /** Circus's own list, to which each file adds, and what was in it at first. */
  readonly #handlers: unknown[];
  readonly #firstHandlers: readonly unknown[];
  readonly #stateSymbol: symbol;
  /** Only empty containers, and settings that circus is given again for each file. */
  readonly #state: unknown;
  readonly #matchers: object;

  /** @param global an object on which circus has just been loaded, and which knows of no test yet */
  constructor(global: object) {
    const symbols = Object.getOwnPropertySymbols(global);
    const stateSymbol = symbols.find(({ description }) => description === STATE);
    const handlers: unknown = Reflect.get(global, EVENT_HANDLERS);
    if (stateSymbol === undefined || !Array.isArray(handlers)) throw changedCircus('its state');
    this.#global = global;
    this.#handlers = handlers;
    this.#firstHandlers = [...handlers];
    this.#stateSymbol = stateSymbol;
    this.#state = copied(Reflect.get(global, stateSymbol));
    this.#matchers = { ...this.#matchersNow() };
  }

  /** For the next file, whose global object `World.enter` has prepared. */
  putBack(): void {
    this.#handlers.splice(0, this.#handlers.length, ...this.#firstHandlers);
    Reflect.set(this.#global, this.#stateSymbol, copied(this.#state));
    Object.assign(this.#matchersNow(), this.#matchers);
  }

  #matchersNow(): object {
    const held: unknown = Reflect.get(this.#global, MATCHERS);
    const matchers: unknown = held instanceof Object ? Reflect.get(held, 'matchers') : undefined;
    if (typeof matchers === 'object' && matchers !== null) return matchers;
    throw changedCircus('its matchers');
  }
}

function changedCircus(missing: string): Error {
  return new Error(`jest has ${missing} elsewhere now: test/jest/circus-as-loaded.ts has to follow it`);
}

/** A deep copy. What occurs twice in the original is one object in the copy, too. Collections are empty. */
function copied(value: unknown, copies = new Map<unknown, object>()): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const before = copies.get(value);
  if (before !== undefined) return before;
  const copy: object = Reflect.construct(value.constructor, []);
  copies.set(value, copy);
  for (const key of Reflect.ownKeys(value)) {
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    if (property === undefined) continue;
    Object.defineProperty(copy, key, { ...property, value: copied(property.value, copies) });
  }
  return copy;
}
