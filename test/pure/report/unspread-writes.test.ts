import { describe, expect, it } from '@jest/globals';
import type { CrossAccountLinkStatus, DriftRecord } from '../../../src/api/generated.ts';
import { mayBeUnspread } from '../../../src/report/unspread-writes.ts';

const ROLE = 'arn:aws:iam::222222222222:role/links/checkout';
/** The process leads since ten seconds. */
const NOW = Date.parse('2026-01-01T12:00:10Z');
const LED_MS = 10_000;
const BEFORE = '2026-01-01T11:00:00Z';
const WRITE = { leg: 'permissions', operation: 'PutRolePolicy', object: ROLE } as const;

function status(
  value: 'True' | 'False' | 'Unknown',
  drift: Partial<DriftRecord> = {},
): CrossAccountLinkStatus {
  const condition = { type: 'PermissionsReady', reason: 'Any', message: '', lastTransitionTime: BEFORE };
  const record = {
    time: '2026-01-01T11:59:00Z',
    object: ROLE,
    field: 'tags[team]',
    repaired: true,
    ...drift,
  };
  return {
    conditions: [{ ...condition, status: value, observedGeneration: 1 }],
    drift: { total: 1, lastDetectedTime: record.time, recent: [record] },
  };
}
/** Drift of something else. */
const UNTOLD = { object: 'another role' };

const asked = (
  fields: {
    readonly write?: Partial<Parameters<typeof mayBeUnspread>[0]>;
    readonly status?: CrossAccountLinkStatus;
    readonly made?: string;
    readonly ledMs?: number;
  } = {},
) =>
  mayBeUnspread(
    { ...WRITE, ...fields.write },
    { status: fields.status ?? {}, metadata: { creationTimestamp: fields.made ?? BEFORE } },
    fields.ledMs ?? LED_MS,
    NOW - LED_MS + (fields.ledMs ?? LED_MS),
  );

describe('a write to a target role that is denied shortly after a restart', () => {
  it.each([
    ['of a link without any status: the former process was at it', asked()],
    ['of a leg that was being made', asked({ status: status('Unknown', UNTOLD) })],
    ['of a leg in sync whose role had its tags repaired a moment ago', asked({ status: status('True') })],
    ['the same of a boundary', asked({ status: status('True', { field: 'permissionsBoundary' }) })],
  ])('may be allowed soon: %s', (_what, answer) => expect(answer).toBe(true));

  it.each([
    ['of a leg that was in sync', asked({ status: status('True', UNTOLD) })],
    [
      'of a leg in sync whose trust was repaired',
      asked({ status: status('True', { field: 'trustPolicy' }) }),
    ],
    [
      'of a leg in sync whose tags were repaired long ago',
      asked({ status: status('True', { time: '2026-01-01T11:57:59Z' }) }),
    ],
    ['of a leg that was reported as denied', asked({ status: status('False') })],
    ['two minutes after the restart', asked({ ledMs: 120_000 })],
    ['of a link that was made since', asked({ made: '2026-01-01T12:00:05Z' })],
    [
      'of the role itself, which is allowed by what it is made with',
      asked({ write: { operation: 'CreateRole' } }),
    ],
    ['of the tags, for the same reason', asked({ write: { operation: 'TagRole' } })],
    ['of an execution role, which has no tags of ours', asked({ write: { leg: 'executionRoleGrant' } })],
  ])('stays denied: %s', (_what, answer) => expect(answer).toBe(false));
});
