/** Constructs out of public reports, each with what its policy has to hold: see test/data/derivation-cases.json. */
import type { Json } from '../../../src/base/json.ts';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { permissionsOf, TARGET, tasksOf } from './machines.ts';

interface Case {
  readonly id: string;
  readonly construct: string;
  readonly definition: Json;
  /** Action and resource, as in the policy. */
  readonly must: readonly [string, string][];
  /** No such pair; null stands for any resource. */
  readonly mustNot: readonly [string, string | null][];
  /** Actions, or the beginnings of them, that a diagnostic names. */
  readonly named: readonly string[];
  /** Reasons of diagnostics; `ANY`: something is said. */
  readonly reasons: readonly string[];
  readonly why: string;
}

const CASES: readonly Case[] = JSON.parse(
  readFileSync(new URL('../../data/derivation-cases.json', import.meta.url), 'utf8'),
);

describe('a construct of a public report', () => {
  for (const { id, construct, definition, must, mustNot, named, reasons, why } of CASES) {
    it(`${id} ${construct}: ${why}`, () => {
      const derivation = derivePermissions(tasksOf(JSON.stringify(definition)), TARGET);
      const pairs = new Set(permissionsOf(derivation).map((permission) => permission.join(' ')));
      expect(must.filter(([action, resource]) => !pairs.has(`${action} ${resource}`))).toStrictEqual([]);
      expect(mustNot.filter((pair) => allows(pairs, pair))).toStrictEqual([]);
      const said = derivation.diagnostics.map(({ message, actions }) => `${message} ${actions.join(' ')}`);
      expect(named.filter((action) => !said.some((text) => text.includes(action)))).toStrictEqual([]);
      const given = derivation.diagnostics.map(({ reason }) => String(reason));
      expect(
        reasons.filter((reason) => (reason === 'ANY' ? given.length === 0 : !given.includes(reason))),
      ).toStrictEqual([]);
    });
  }
});

function allows(pairs: ReadonlySet<string>, [action, resource]: [string, string | null]): boolean {
  if (resource !== null) return pairs.has(`${action} ${resource}`);
  return [...pairs].some((pair) => pair.startsWith(`${action} `));
}
