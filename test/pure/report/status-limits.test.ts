/** A status that the API server refuses would never be written: whatever is in AWS, the status fits into the CRD. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { setCondition } from '../../../src/api/conditions.ts';
import { driftOf } from '../../../src/report/drift.ts';
import { linkStatus } from '../../../src/report/link-status.ts';
import { pendingWrites } from '../../../src/report/pending.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { ObjectChanges } from '../../../src/plan/drift.ts';
import { present } from '../../expectations.ts';
import { excesses, schemaOf } from '../api/crd-schema.ts';
import { link, OBSERVE } from '../desired/fixtures.ts';

const NOW = '2026-01-31T12:00:00Z';
const SCHEMA = present(schemaOf('crossaccountlinks', 'status'), 'the CRD describes no status');

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
        expect(excesses(JSON.parse(JSON.stringify(status)), SCHEMA)).toStrictEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});
