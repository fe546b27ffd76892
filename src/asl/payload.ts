/** Payload templates (`Parameters`, `Arguments`, `Assign`, …): JSON in which some values are expressions. */
import { isArray, isObject } from './json.ts';
import { evaluateJsonata, isJsonataExpression } from './jsonata.ts';
import { evaluateJsonPath } from './jsonpath.ts';
import { bounded, fromJson, unknown } from './known.ts';
import type { Known } from './known.ts';
import type { Scope } from './scope.ts';
import type { Json, QueryLanguage } from './task.ts';

/** What is known of the value that a template makes. */
export function evaluatePayload(template: Json, language: QueryLanguage, scope: Scope): Known {
  return language === 'JSONata' ? jsonataPayload(template, scope) : jsonPathPayload(template, scope);
}

function jsonataPayload(template: Json, scope: Scope): Known {
  if (typeof template === 'string' && isJsonataExpression(template)) return evaluateJsonata(template, scope);
  if (isArray(template)) {
    return bounded({ kind: 'array', items: template.map((item) => jsonataPayload(item, scope)) });
  }
  if (!isObject(template)) return fromJson(template);
  const members = Object.entries(template).map(([key, held]) => [key, jsonataPayload(held, scope)] as const);
  return bounded({ kind: 'object', members: new Map(members), open: false });
}

function jsonPathPayload(template: Json, scope: Scope): Known {
  if (isArray(template)) {
    return bounded({ kind: 'array', items: template.map((item) => jsonPathPayload(item, scope)) });
  }
  if (!isObject(template)) return fromJson(template);
  const members = new Map<string, Known>();
  for (const [key, held] of Object.entries(template)) {
    if (key.endsWith('.$')) members.set(key.slice(0, -2), computed(held, scope));
    else members.set(key, jsonPathPayload(held, scope));
  }
  return bounded({ kind: 'object', members, open: false });
}

/** Step Functions takes nothing but text behind a `.$`. */
function computed(expression: Json, scope: Scope): Known {
  if (typeof expression !== 'string') return unknown(JSON.stringify(expression));
  const value = evaluateJsonPath(expression, scope);
  // For people the whole expression says more than the part that hides something.
  return value.kind === 'unknown' || value.kind === 'text' ? { ...value, from: expression } : value;
}
