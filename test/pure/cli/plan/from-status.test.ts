/** A plan as given in a link's status. */
import { describe, expect, it } from '@jest/globals';
import { linkFromStatus } from '../../../../src/cli/plan/from-status.ts';
import { condition, link, READY, ROLE } from '../fixtures.ts';

const PENDING = [
  {
    object: ROLE,
    operation: 'CreateRole',
    reason: 'the role does not exist',
    changes: [{ path: 'role', after: ROLE }],
  },
];
const OBSERVED = { managementPolicy: 'Observe' };
const DIFFERS = { conditions: [condition('Ready', 'False', 'DriftDetected')] };

describe('a plan from the status', () => {
  it('is what is pending there', () => {
    const { actions, obstacles, remarks } = linkFromStatus(
      link({ spec: OBSERVED, status: { ...DIFFERS, pending: PENDING } }),
    );
    expect([actions, obstacles, remarks]).toStrictEqual([PENDING, [], []]);
  });

  it('of a link in sync is nothing', () => {
    const { actions, obstacles, remarks } = linkFromStatus(link({ spec: OBSERVED, status: READY }));
    expect([actions, obstacles, remarks]).toStrictEqual([[], [], []]);
  });

  it('says how a preview is made where nothing is observed', () => {
    expect(linkFromStatus(link({ status: READY })).remarks).toStrictEqual([
      expect.stringMatching(/managementPolicy: Observe gives a preview/),
    ]);
  });

  it('says what the status has no room for', () => {
    const many = Array.from({ length: 20 }, () => ({ ...PENDING[0], omittedChanges: 3 }));
    expect(
      linkFromStatus(link({ spec: OBSERVED, status: { ...DIFFERS, pending: many } })).remarks,
    ).toStrictEqual([
      'A status lists 20 writes; there may be more.',
      'The status has no room for 60 further changes of these writes.',
    ]);
  });

  const standing: readonly [string, object, string | RegExp][] = [
    ['a link that nobody has looked at', {}, 'The operator has not looked at it yet.'],
    ['an older spec', { observedGeneration: 0, ...READY }, /latest spec yet/],
    [
      'what Ready says',
      { conditions: [condition('Ready', 'False', 'AccountNotAllowed', 'not allowed')] },
      'not allowed',
    ],
    ['a difference that the status does not list', DIFFERS, 'said so'],
  ];
  it.each(standing)('is held up by %s', (_, status, obstacle) => {
    expect(linkFromStatus(link({ spec: OBSERVED, status })).obstacles).toStrictEqual([
      expect.stringMatching(obstacle),
    ]);
  });
});
