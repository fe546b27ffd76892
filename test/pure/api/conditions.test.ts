import { describe, expect, it } from '@jest/globals';
import { findCondition, removeCondition, setCondition, type Finding } from '../../../src/api/conditions.ts';

const creating: Finding = {
  type: 'Ready',
  status: 'Unknown',
  reason: 'Creating',
  message: 'Role checkout is being made.',
  observedGeneration: 1,
};
const inSync: Finding = { ...creating, status: 'True', reason: 'InSync', message: 'All legs are in sync.' };
const [noon, later] = ['2026-01-31T12:00:00Z', '2026-01-31T12:00:05Z'];

describe('setCondition', () => {
  it('adds a condition with the time of its finding', () => {
    expect(setCondition([], creating, noon)).toStrictEqual([{ ...creating, lastTransitionTime: noon }]);
  });

  it('moves the transition time when the status changes', () => {
    const before = setCondition([], creating, noon);
    expect(findCondition(setCondition(before, inSync, later), 'Ready')?.lastTransitionTime).toBe(later);
  });

  for (const change of [
    { reason: 'Propagating' },
    { message: 'Waiting for IAM.' },
    { observedGeneration: 2 },
  ] as const) {
    it(`keeps the transition time when only ${Object.keys(change).join()} changes`, () => {
      const [condition] = setCondition(setCondition([], creating, noon), { ...creating, ...change }, later);
      expect(condition).toStrictEqual({ ...creating, ...change, lastTransitionTime: noon });
    });
  }

  it('returns the very same list when nothing changes, so that no status write follows', () => {
    const before = setCondition([], creating, noon);
    expect(setCondition(before, creating, later)).toBe(before);
  });

  it('leaves other conditions and the order alone', () => {
    const stalled: Finding = { ...creating, type: 'Stalled', status: 'True', reason: 'RoleNotOwned' };
    const before = setCondition(setCondition([], creating, noon), stalled, noon);
    const after = setCondition(before, inSync, later);
    expect(after.map(({ type }) => type)).toStrictEqual(['Ready', 'Stalled']);
    expect(after[1]).toBe(before[1]);
  });

  it('cuts a message at what the CRD takes', () => {
    const [condition] = setCondition([], { ...creating, message: 'x'.repeat(40_000) }, noon);
    expect(condition?.message).toHaveLength(32_768);
  });

  it.each([
    ['is cut in the middle of one', `${'x'.repeat(32_767)}😀`],
    ['comes with half of one', 'Task "\ud83d" is unknown.'],
  ])(
    'writes whole characters where a message %s: the API server stores what it is given',
    (_how, message) => {
      const [condition] = setCondition([], { ...creating, message }, noon);
      expect(condition?.message.isWellFormed()).toBe(true);
    },
  );
});

describe('removeCondition', () => {
  it('removes the condition of the type', () => {
    expect(removeCondition(setCondition([], creating, noon), 'Ready')).toStrictEqual([]);
  });

  it('returns the very same list when there is none', () => {
    const before = setCondition([], creating, noon);
    expect(removeCondition(before, 'Stalled')).toBe(before);
  });
});
