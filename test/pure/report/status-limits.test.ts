/** A status that the API server refuses would never be written: whatever stands in AWS, it fits into the CRD. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { setCondition } from '../../../src/api/conditions.ts';
import { driftOf } from '../../../src/report/drift.ts';
import { linkStatus } from '../../../src/report/link-status.ts';
import { pendingWrites } from '../../../src/report/pending.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { ObjectChanges } from '../../../src/plan/drift.ts';
import { link, OBSERVE } from '../desired/fixtures.ts';

const NOW = '2026-01-31T12:00:00Z';
const CRD = parse(
  readFileSync(new URL('../../../crds/crossaccountlink.dev_crossaccountlinks.yaml', import.meta.url), 'utf8'),
);
const SCHEMA: Schema = CRD.spec.versions[0].schema.openAPIV3Schema.properties.status;

interface Schema {
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Where a value is longer than its schema lets it be. */
function* excesses(value: unknown, schema: Schema, path: string): Iterable<string> {
  const { maxLength = Infinity, maxItems = Infinity, items, properties = {} } = schema;
  if (typeof value === 'string' && [...value].length > maxLength) yield `${path}: ${value.length} characters`;
  if (Array.isArray(value)) {
    if (value.length > maxItems) yield `${path}: ${value.length} items`;
    for (const item of value) yield* excesses(item, items ?? {}, `${path}[]`);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, inner] of Object.entries(value))
      yield* excesses(inner, properties[key] ?? {}, `${path}.${key}`);
  }
}

const text = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'grapheme', minLength: 250, maxLength: 300 }),
  fc.constant('x'.repeat(40_000)),
);
const changes = fc.array(fc.record({ path: text, before: text, after: text }), { maxLength: 30 });
const objects = fc.array(fc.record({ object: text, changes }), { maxLength: 4 });

function actionsOf(changed: readonly ObjectChanges[]): readonly Action[] {
  return changed.map(({ object, changes: fields }): Action => ({
    operation: 'DeleteRole',
    leg: 'targetRole',
    object,
    reason: object,
    changes: fields,
  }));
}

describe('the status of a link', () => {
  it('fits into the CRD', () => {
    fc.assert(
      fc.property(objects, fc.array(text, { maxLength: 120 }), text, (changed, tasks, message) => {
        const condition = {
          type: 'Ready',
          status: 'False',
          reason: 'InSync',
          message,
          observedGeneration: 1,
        } as const;
        const status = linkStatus(
          { observedGeneration: -1 },
          link('a', { legs: OBSERVE }),
          {
            tasks,
            drift: driftOf(changed, { repaired: true }),
            pending: pendingWrites(actionsOf(changed)),
            conditions: setCondition([], condition, NOW),
            observedGeneration: 1,
          },
          NOW,
        );
        expect([...excesses(status, SCHEMA, 'status')]).toStrictEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
