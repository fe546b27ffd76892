/** Own properties of an object, by key. */
type Properties = ReadonlyMap<PropertyKey, PropertyDescriptor>;

/**
 * What a global object contained when this was made, one level down and in the prototypes: `Date.now`, `Array.prototype.map`.
 * Symbols on the global object itself are left out: they belong to packages, whose copies find each other by them.
 */
export class GlobalsAsMade {
  readonly #objects = new Map<object, Properties>();
  readonly #global: object;
  readonly #ignored: ReadonlySet<PropertyKey>;

  /** @param ignored globals that are different for each test file */
  constructor(global: object, ignored: ReadonlySet<PropertyKey>) {
    this.#global = global;
    this.#ignored = ignored;
    for (const [key, { value }] of this.#propertiesOf(global)) {
      if (ignored.has(key) || value === global || !isObject(value)) continue;
      this.#objects.set(value, this.#propertiesOf(value));
      const prototype: unknown = typeof value === 'function' ? value.prototype : undefined;
      if (isObject(prototype)) this.#objects.set(prototype, this.#propertiesOf(prototype));
    }
    this.#objects.set(global, this.#propertiesOf(global));
  }

  /** The name of something that has changed; undefined if nothing has. */
  changed(): PropertyKey | undefined {
    for (const [object, before] of this.#objects) {
      const now = this.#propertiesOf(object);
      for (const key of new Set([...before.keys(), ...now.keys()])) {
        if (!same(before.get(key), now.get(key))) return key;
      }
    }
    return undefined;
  }

  #propertiesOf(object: object): Properties {
    const properties = new Map<PropertyKey, PropertyDescriptor>();
    for (const key of Reflect.ownKeys(object)) {
      if (object === this.#global && (typeof key === 'symbol' || this.#ignored.has(key))) continue;
      const property = Reflect.getOwnPropertyDescriptor(object, key);
      if (property !== undefined) properties.set(key, property);
    }
    return properties;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** A global that Node loads only when it is first asked for counts as the same before and after. */
function same(before: PropertyDescriptor | undefined, now: PropertyDescriptor | undefined): boolean {
  if (before === undefined || now === undefined) return false;
  if (before.get === now.get && before.set === now.set) return Object.is(before.value, now.value);
  return before.get !== undefined && now.get === undefined && Object.is(before.get(), now.value);
}
