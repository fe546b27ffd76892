/**
 * Constructs of every kind, each with what AWS's documentation asks for, written down before the derivation was asked: single
 * Tasks (test/data/constructs.json), and machines in which a table's name flows to the Task (test/data/flows.json).
 */
import type { Json } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { derivePermissions, type Derivation } from '../../../src/asl/derive/derive.ts';
import { permissionsOf, TARGET, tasksOf } from './machines.ts';

interface Construct {
  readonly what: string;
  readonly task: Json;
  /** Action and resource, as in the policy. */
  readonly must: readonly (readonly [action: string, resource: string])[];
  /** What else is in the policy: together with it, the policy is complete. */
  readonly also?: readonly (readonly [action: string, resource: string])[];
  /** No resource of the action looks so. */
  readonly mustNot: readonly (readonly [action: string, pattern: string])[];
  /** False: nothing is left to decide. */
  readonly asked?: false;
  /** One of these reasons is given. */
  readonly said?: readonly string[];
}

interface Flow {
  readonly what: string;
  readonly definition: Json;
  /** Names of the tables that may be written to, or null if they are known only at run time. */
  readonly tables: readonly string[] | null;
}

const CONSTRUCTS: readonly Construct[] = read('constructs.json');
const FLOWS: readonly Flow[] = read('flows.json');

function read(file: string) {
  return JSON.parse(readFileSync(new URL(`../../data/${file}`, import.meta.url), 'utf8'));
}

function derive(definition: object): Derivation {
  return derivePermissions(tasksOf(JSON.stringify(definition)), TARGET);
}

/** In lower case, as IAM compares actions. */
function resourcesOf({ statements }: Derivation, action: string): readonly string[] {
  return statements
    .filter(({ actions }) => actions.values.some((value) => value.toLowerCase() === action.toLowerCase()))
    .flatMap(({ resources }) => resources?.values ?? ['*']);
}

/** In order, each once, actions in lower case. */
function written(pairs: readonly (readonly [action: string, resource: string])[]): readonly string[] {
  return [...new Set(pairs.map(([action, resource]) => `${action.toLowerCase()} ${resource}`))].sort();
}

function isAsked({ diagnostics }: Derivation): boolean {
  return diagnostics.some(({ blocking }) => blocking);
}

describe('a Task', () => {
  it.each(CONSTRUCTS.map((one) => [one.what, one] as const))(
    '%s',
    (_what, { task, must, also = [], mustNot, asked, said }) => {
      const derivation = derive({ StartAt: 'X', States: { X: task } });
      expect(written(permissionsOf(derivation))).toStrictEqual(written([...must, ...also]));
      for (const [action, pattern] of mustNot)
        expect(resourcesOf(derivation, action).filter((arn) => new RegExp(pattern).test(arn))).toStrictEqual(
          [],
        );
      if (asked === false) expect(isAsked(derivation)).toBe(false);
      const reasons = new Set(derivation.diagnostics.map(({ reason }) => String(reason)));
      if (said !== undefined) expect(said.filter((reason) => reasons.has(reason))).not.toStrictEqual([]);
    },
  );
});

describe('a name that flows', () => {
  it.each(FLOWS.map((one) => [one.what, one] as const))('%s', (_what, { definition, tables }) => {
    const derivation = derive(Object(definition));
    const found = resourcesOf(derivation, 'dynamodb:PutItem').map((arn) => arn.replace(/^.*:table\//, ''));
    expect(found.toSorted()).toStrictEqual((tables ?? []).toSorted());
    expect(isAsked(derivation)).toBe(tables === null);
  });
});
