import { describe, expect, test } from '@jest/globals';
import type { CrossAccountLinkStatus } from '../../../src/api/generated.ts';
import { linkStatus, type LinkFacts } from '../../../src/report/link-status.ts';
import { machine } from '../access/fixtures.ts';
import { EXECUTION_ROLE, link, ROLE } from '../desired/fixtures.ts';

const NOON = '2026-01-31T12:00:00Z';
const LATER = '2026-01-31T12:05:00Z';
const NEW: CrossAccountLinkStatus = { observedGeneration: -1 };
const FACTS: LinkFacts = {
  executionRoleArn: EXECUTION_ROLE,
  targetRoleId: 'AROAOURS',
  revisionId: 'r1',
  tasks: ['Refund', 'Charge card'],
  inventory: [{ leg: 'TargetRole', arn: ROLE.text }],
  drift: [],
  conditions: [],
  observedGeneration: 1,
};

function status(before: CrossAccountLinkStatus, facts: Partial<LinkFacts> = {}, now = NOON) {
  return linkStatus(before, link('a'), { ...FACTS, ...facts }, now);
}

test('a status says in short names what the link is about, and in full what proves it', () => {
  expect(status(NEW)).toStrictEqual({
    observedGeneration: 1,
    stateMachine: 'checkout',
    targetRole: 'checkout',
    externalID: machine('checkout').text,
    executionRoleARN: EXECUTION_ROLE,
    targetRoleID: 'AROAOURS',
    stateMachineRevisionID: 'r1',
    taskCount: 2,
    tasks: ['Charge card', 'Refund'],
    inventory: [{ leg: 'TargetRole', arn: ROLE.text }],
    conditions: [],
  });
});

test('a further look at a link in order changes nothing, however late', () => {
  expect(status(status(NEW), {}, LATER)).toStrictEqual(status(NEW));
});

test('the order in which Tasks are found makes no difference', () => {
  expect(status(NEW, { tasks: ['Charge card', 'Refund'] })).toStrictEqual(status(NEW));
});

test('the first hundred Tasks are listed, and all are counted', () => {
  const tasks = Array.from({ length: 150 }, (_, index) => `Task ${String(index).padStart(3, '0')}`);
  const { tasks: listed, taskCount } = status(NEW, { tasks });
  expect([listed?.length, listed?.at(-1), taskCount]).toStrictEqual([100, 'Task 099', 150]);
});

test('the boundary that an account asked for is on record until it asks for another one, or for none', () => {
  const accountBoundaryARN = 'arn:aws:iam::222222222222:policy/boundary';
  const bound = status(NEW, { accountBoundaryArn: accountBoundaryARN });
  expect(bound).toMatchObject({ accountBoundaryARN });
  expect(status(bound)).toStrictEqual(bound);
  expect(status(bound, { accountBoundaryArn: 'none' })).toStrictEqual(status(NEW));
});

describe('what a look did not reach', () => {
  const { drift, conditions, observedGeneration } = FACTS;
  const reached = linkStatus(status(NEW), link('a'), { drift, conditions, observedGeneration }, LATER);

  test('stays as it was known', () => expect(reached).toStrictEqual(status(NEW)));

  test('is left out when it never was known', () => {
    expect(
      Object.keys(linkStatus(NEW, link('a'), { drift, conditions, observedGeneration }, NOON)).toSorted(),
    ).toStrictEqual(['conditions', 'externalID', 'observedGeneration', 'stateMachine', 'targetRole']);
  });
});

test('a link without Tasks says that it has none', () => {
  const { tasks, taskCount } = status(status(NEW), { tasks: [] });
  expect([tasks, taskCount]).toStrictEqual([[], 0]);
});

test('a request is answered with its token, and the answer stays', () => {
  const answered = status(NEW, { handledRequest: 'now' });
  expect(answered.lastHandledReconcileAt).toBe('now');
  expect(status(answered).lastHandledReconcileAt).toBe('now');
});

test('drift is added to what was recorded', () => {
  const drifted = status(NEW, { drift: [{ object: ROLE.text, field: 'trustPolicy', repaired: true }] });
  expect(drifted.drift?.total).toBe(1);
  expect(status(drifted, {}, LATER).drift).toStrictEqual(drifted.drift);
});
