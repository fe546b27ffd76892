/** Payload templates (`Parameters`, `Arguments`, `Assign`, …): JSON in which some values are expressions. */
import { isJsonArray, isJsonObject, membersOf, type Json } from '../../base/json.ts';
import { Effort } from '../../base/parts.ts';
import { evaluateJsonata, isJsonataExpression } from './jsonata.ts';
import { evaluateJsonPath } from './jsonpath.ts';
import { bounded, fromJson, MAX_SIZE, objectOf, tooLarge, unknown } from './known.ts';
import type { Known, Text, Unknown } from './known.ts';
import type { Scope } from './scope.ts';
import { MAX_EXPRESSION } from './token-reader.ts';
import type { QueryLanguage } from '../task.ts';

/** Characters of an expression that take as long to read as a value of a template. */
const CHARACTERS_A_STEP = 2;
/** Longer expressions are not parsed at all. */
const LONGEST_READ = MAX_EXPRESSION / CHARACTERS_A_STEP;

/** What is known of the value that a template makes. After {@link MAX_SIZE} steps the rest is unknown: it is longer than what
 *  Step Functions passes on. https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html (256 KiB for the input of
 *  a Task)
 *  @param effort counts each value and the length of each expression */
export function evaluatePayload(
  template: Json,
  language: QueryLanguage,
  scope: Scope,
  effort: Effort = new Effort(),
): Known {
  const evaluation = new Evaluation(scope, effort);
  return language === 'JSONata' ? evaluation.jsonata(template) : evaluation.jsonPath(template);
}

/** A value of the definition in which nothing is an expression.
 *  @param effort as of {@link evaluatePayload} */
export function evaluateLiteral(value: Json, scope: Scope, effort: Effort): Known {
  return new Evaluation(scope, effort).literal(value);
}

/** `InputPath` and `OutputPath`: a part of the value; `null` is an empty object. */
export function filtered(path: Json | undefined, value: Known, scope: Scope): Known {
  if (path === undefined || path === '$') return value;
  if (path === null) return objectOf([]);
  return typeof path === 'string' ? evaluateJsonPath(path, { ...scope, input: value }) : unknown('');
}

class Evaluation {
  readonly #scope: Scope;
  readonly #effort: Effort;
  #left = MAX_SIZE;

  constructor(scope: Scope, effort: Effort) {
    this.#scope = scope;
    this.#effort = effort;
  }

  jsonata(template: Json): Known {
    if (!this.#take(1)) return tooLarge();
    if (typeof template === 'string' && isJsonataExpression(template))
      return this.#takeExpression(template)
        ? asWritten(
            evaluateJsonata(template, this.#scope, (steps) => this.#take(steps)),
            template,
          )
        : unknown(template);
    if (!this.#mayHold(template)) return tooLarge();
    if (isJsonArray(template))
      return bounded({ kind: 'array', items: template.map((item) => this.jsonata(item)) });
    if (!isJsonObject(template)) return fromJson(template);
    const members = membersOf(template).map(([key, inner]) => [key, this.jsonata(inner)] as const);
    return bounded({ kind: 'object', members: new Map(members), open: false });
  }

  jsonPath(template: Json): Known {
    if (!this.#take(1) || !this.#mayHold(template)) return tooLarge();
    if (isJsonArray(template))
      return bounded({ kind: 'array', items: template.map((item) => this.jsonPath(item)) });
    if (!isJsonObject(template)) return fromJson(template);
    const members = new Map<string, Known>();
    for (const [key, inner] of membersOf(template)) {
      if (key.endsWith('.$')) members.set(key.slice(0, -2), this.#computed(inner));
      else members.set(key, this.jsonPath(inner));
    }
    return bounded({ kind: 'object', members, open: false });
  }

  literal(value: Json): Known {
    return fromJson(value, (part) => this.#take(1) && this.#mayHold(part));
  }

  /** Step Functions accepts only text for a `.$` field. */
  #computed(expression: Json): Known {
    if (typeof expression !== 'string') return unknown('what is no expression');
    if (!this.#takeExpression(expression)) return unknown(expression);
    return asWritten(evaluateJsonPath(expression, this.#scope), expression);
  }

  /** Whether a list or an object has no more parts than may be followed. */
  #mayHold(template: Json): boolean {
    if (isJsonArray(template)) return template.length <= this.#left;
    return !isJsonObject(template) || Object.keys(template).length <= this.#left;
  }

  #takeExpression(text: string): boolean {
    return this.#take(1 + Math.min(LONGEST_READ, Math.ceil(text.length / CHARACTERS_A_STEP)));
  }

  #take(steps: number): boolean {
    if (steps > this.#left) return false;
    this.#left -= steps;
    this.#effort.spend(steps);
    return true;
  }
}

/** The value, with the whole expression quoted for what is unknown: for people that says more than a part of it. */
function asWritten(value: Known, expression: string): Known {
  if (isHidden(value)) return { ...value, from: expression };
  if (value.kind !== 'array' || !value.items.some(isHidden)) return value;
  return {
    ...value,
    items: value.items.map((item) => (isHidden(item) ? { ...item, from: expression } : item)),
  };
}

function isHidden(value: Known): value is Unknown | Text {
  return value.kind === 'unknown' || value.kind === 'text';
}
