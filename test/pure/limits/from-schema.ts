/** Objects that a CRD's schema lets through: each list, map and text as long as it may be, or short, or left out. */
import type { Json, JsonObject } from '../../../src/base/json.ts';
import type { Random } from '../../../testbed/random.ts';
import { present } from '../../expectations.ts';
import type { Schema } from '../api/crd-schema.ts';

/** What stands at a path (`.access[].maxLinks`) instead of what its schema alone would let stand there. */
export type Fixed = Readonly<Record<string, (random: Random) => Json | undefined>>;

/** The API server takes no larger object: https://etcd.io/docs/v3.6/dev-guide/limit/ */
const MOST_CHARACTERS = 1_400_000;

/** Texts that fit patterns: what they begin with, and what they go on with. */
const FITTING: readonly (readonly [head: string, filling: readonly string[]])[] = [
  ['arn:aws:iam::222222222222:role/', ['a', '*', '?', '?*', 'a/', '*?']],
  ['arn:aws:iam::222222222222:policy/', ['a', 'a/']],
  [
    'arn:aws:sqs:us-east-1:222222222222:',
    ['a', '*', '?', '?*?', '*a', '${aws:x}', '${', '"', '\\', '\u{1F600}', '\u202e'],
  ],
  ['sqs:', ['a', '*', '?', '*?', 'SendMessage']],
  ['checkout', ['a', '*', '?', '?*']],
  ['sqs.a', ['a', '.a']],
  ['payments', ['a', '-a']],
  ['a', ['a']],
  ['*', ['']],
];
const ANYTHING = [
  'a',
  '*',
  '?',
  '${a}',
  '%',
  '\n',
  '\u0007',
  '\u001b[2J',
  '\u202e',
  '\u{1F600}',
  '"',
  '`',
  '|',
];

export class FromSchema {
  readonly #random: Random;
  readonly #fixed: Fixed;
  #left = MOST_CHARACTERS;
  #count = 0;

  constructor(random: Random, fixed: Fixed) {
    this.#random = random;
    this.#fixed = fixed;
  }

  object(schema: Schema): JsonObject {
    this.#left = MOST_CHARACTERS;
    return this.#members(schema, '');
  }

  #value(schema: Schema, path: string): Json | undefined {
    const fixed = this.#fixed[path];
    if (fixed !== undefined) return fixed(this.#random);
    if (schema.enum !== undefined) return this.#random.pick(schema.enum);
    switch (schema.type) {
      case 'string':
        return this.#text(schema);
      case 'boolean':
        return this.#random.chance(0.5);
      case 'integer':
      case 'number':
        return this.#random.pick([schema.minimum ?? 0, schema.maximum ?? 1_000_000]);
      case 'array':
        return this.#list(schema, path);
      default:
        return schema.additionalProperties === undefined
          ? this.#members(schema, path)
          : this.#map(schema, path);
    }
  }

  #members({ properties = {}, required = [] }: Schema, path: string): JsonObject {
    const entries = Object.entries(properties).flatMap(([name, schema]): [string, Json][] => {
      if (!required.includes(name) && this.#random.chance(0.4)) return [];
      const value = this.#value(schema, `${path}.${name}`);
      return value === undefined ? [] : [[name, value]];
    });
    return Object.fromEntries(entries);
  }

  #list({ minItems = 0, maxItems = 0, items = {} }: Schema, path: string): Json[] {
    const values: Json[] = [];
    const count = this.#howMany(minItems, maxItems);
    while (values.length < count && (values.length < minItems || this.#left > 0)) {
      const value = this.#value(items, `${path}[]`);
      if (value !== undefined) values.push(value);
    }
    return values;
  }

  #map({ maxProperties = 0, additionalProperties = {} }: Schema, path: string): JsonObject {
    const entries: [string, Json][] = [];
    const count = this.#howMany(0, maxProperties);
    while (entries.length < count && this.#left > 0) {
      this.#count += 1;
      const value = this.#value(additionalProperties, `${path}{}`);
      if (value !== undefined)
        entries.push([this.#random.pick([`key${this.#count}`, `StringLike${this.#count}`]), value]);
    }
    return Object.fromEntries(entries);
  }

  #howMany(least: number, most: number): number {
    const few = Math.min(most, Math.max(least, 2));
    return this.#random.pick([least, few, few, most]);
  }

  /** Each text is another one: most lists are sets. */
  #text({ minLength = 0, maxLength = 64, pattern }: Schema): string {
    this.#count += 1;
    const isLong = this.#left > 0 && this.#random.chance(0.4);
    const length = Math.min(maxLength, isLong ? maxLength : Math.max(minLength, 30));
    const test = pattern === undefined ? undefined : new RegExp(pattern, 'u');
    const heads = pattern === undefined ? [['', ANYTHING] as const] : FITTING;
    const [head, filling] = present(
      heads.find(([begin]) => begin.length <= maxLength && (test?.test(begin) ?? true)) ??
        heads.find(([begin, [more = '']]) => test?.test(`${begin}${more}`)),
      `nothing fits ${pattern}`,
    );
    const unit = this.#random.pick(filling);
    const begun = `${head}${this.#count}`;
    const filled = cut(
      begun + unit.repeat(Math.max(0, Math.floor((length - begun.length) / (unit.length || 1)))),
      maxLength,
    );
    const text = test === undefined || test.test(filled) ? filled : cut(`${begun}`, maxLength);
    this.#left -= text.length;
    return text;
  }
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length);
}
