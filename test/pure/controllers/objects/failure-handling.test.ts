import { describe, expect, test } from '@jest/globals';
import { AwsFailure, type FailureKind } from '../../../../src/aws/errors/errors.ts';
import {
  handlingOf,
  requeueFor,
  type Handling,
  type Retry,
} from '../../../../src/controllers/objects/failure-handling.ts';

const SUBJECT = {
  accountId: '222222222222',
  operation: 'PutRolePolicy',
  object: 'arn:aws:iam::222222222222:role/x',
};

interface Detail {
  readonly retryAfterMs?: number;
  readonly outcomeUnknown?: boolean;
}

function failure(kind: FailureKind, detail: Detail = {}): AwsFailure {
  return new AwsFailure(SUBJECT, { kind, reason: 'Unavailable', ...detail }, 'no');
}

/** `stalled/Unavailable atNextCheck` and the like. */
function handled(one: AwsFailure, waitedMs: number, failures: number): string {
  return described(handlingOf(one, { kind: 'ensure', waitedMs, failures }));
}

function described({ outcome, retry }: Handling): string {
  const said = outcome === undefined ? 'unchanged' : `${outcome.kind}/${outcome.reason}`;
  return `${said} ${retryText(retry)}`;
}

function retryText(retry: Retry): string {
  return retry.kind === 'after' ? `after ${retry.ms} ms` : retry.kind;
}

const TABLE: readonly {
  kind: FailureKind;
  detail?: Detail;
  waitedMs?: number;
  first: string;
  fourth: string;
}[] = [
  { kind: 'terminal', first: 'stalled/Unavailable atNextCheck', fourth: 'stalled/Unavailable atNextCheck' },
  { kind: 'waiting', first: 'progressing/Unavailable backOff', fourth: 'progressing/Unavailable backOff' },
  {
    kind: 'waiting',
    waitedMs: 119_999,
    first: 'progressing/Unavailable backOff',
    fourth: 'progressing/Unavailable backOff',
  },
  {
    kind: 'waiting',
    waitedMs: 120_000,
    first: 'stalled/PolicyRefused atNextCheck',
    fourth: 'stalled/PolicyRefused atNextCheck',
  },
  { kind: 'throttled', first: 'unchanged backOff', fourth: 'progressing/Unavailable backOff' },
  {
    kind: 'throttled',
    detail: { retryAfterMs: 700 },
    first: 'unchanged after 700 ms',
    fourth: 'progressing/Unavailable after 700 ms',
  },
  {
    kind: 'laneBusy',
    detail: { retryAfterMs: 700 },
    first: 'unchanged after 700 ms',
    fourth: 'progressing/Unavailable after 700 ms',
  },
  {
    kind: 'laneBusy',
    detail: { retryAfterMs: 29_999 },
    first: 'unchanged after 29999 ms',
    fourth: 'progressing/Unavailable after 29999 ms',
  },
  {
    kind: 'laneBusy',
    detail: { retryAfterMs: 30_000 },
    first: 'progressing/Unavailable after 30000 ms',
    fourth: 'progressing/Unavailable after 30000 ms',
  },
  {
    kind: 'throttled',
    detail: { retryAfterMs: 30_000 },
    first: 'unchanged after 30000 ms',
    fourth: 'progressing/Unavailable after 30000 ms',
  },
  { kind: 'retryable', first: 'unchanged backOff', fourth: 'progressing/Unavailable backOff' },
  {
    kind: 'retryable',
    detail: { outcomeUnknown: true, retryAfterMs: 700 },
    first: 'unchanged readAgain',
    fourth: 'progressing/Unavailable readAgain',
  },
  { kind: 'conflict', first: 'unchanged readAgain', fourth: 'progressing/Unavailable readAgain' },
  { kind: 'notFound', first: 'unchanged readAgain', fourth: 'stalled/Unavailable atNextCheck' },
  { kind: 'fenced', first: 'unchanged backOff', fourth: 'unchanged backOff' },
];

describe('a failure that is', () => {
  for (const { kind, detail = {}, waitedMs = 0, first, fourth } of TABLE) {
    const what = [kind, ...Object.entries(detail).map(([key, value]) => `${key} ${value}`)].join(', ');
    test(`${what}, after ${waitedMs} ms of waiting: at first ${first}, in the end ${fourth}`, () => {
      expect(handled(failure(kind, detail), waitedMs, 1)).toBe(first);
      expect(handled(failure(kind, detail), waitedMs, 4)).toBe(fourth);
    });
  }
});

for (const kind of ['retryable', 'throttled', 'laneBusy', 'conflict'] as const) {
  test(`${kind}: the conditions stay unchanged for three checks`, () => {
    for (const failures of [1, 2, 3])
      expect(handlingOf(failure(kind), { kind: 'ensure', waitedMs: 0, failures }).outcome).toBeUndefined();
  });
}

test('a long turn is no news of a link that waits for a person', () => {
  const long = failure('laneBusy', { retryAfterMs: 60_000 });
  const situation = { kind: 'ensure', waitedMs: 0, failures: 1 } as const;
  expect(handlingOf(long, situation).outcome).toBeDefined();
  expect(handlingOf(long, { ...situation, isStopped: true }).outcome).toBeUndefined();
});

test('what is not found is looked for twice more', () => {
  const kinds = [1, 2, 3].map(
    (failures) => handlingOf(failure('notFound'), { kind: 'ensure', waitedMs: 0, failures }).retry.kind,
  );
  expect(kinds).toStrictEqual(['readAgain', 'readAgain', 'atNextCheck']);
});

test('the message of AWS, with the object and the operation, reaches the condition', () => {
  const { outcome } = handlingOf(failure('terminal'), { kind: 'ensure', waitedMs: 0, failures: 1 });
  expect(outcome).toStrictEqual({
    kind: 'stalled',
    reason: 'Unavailable',
    message: 'PutRolePolicy on arn:aws:iam::222222222222:role/x: no',
  });
});

/** `stalled/DeletionBlocked after 15000 ms` and the like. */
const ELSEWHERE: readonly {
  kind: FailureKind;
  detail?: Detail;
  finalize: string;
  /** In a deletion that has gone on for too long. */
  overdue: string;
  backgroundRead: string;
}[] = [
  {
    kind: 'terminal',
    finalize: 'stalled/DeletionBlocked after 15000 ms',
    overdue: 'stalled/DeletionBlocked after 15000 ms',
    backgroundRead: 'unchanged atNextCheck',
  },
  {
    kind: 'notFound',
    finalize: 'progressing/Deleting backOff',
    overdue: 'stalled/DeletionBlocked backOff',
    backgroundRead: 'unchanged never',
  },
  {
    kind: 'laneBusy',
    detail: { retryAfterMs: 700 },
    finalize: 'progressing/Deleting after 700 ms',
    overdue: 'progressing/Deleting after 700 ms',
    backgroundRead: 'unchanged after 700 ms',
  },
  {
    kind: 'throttled',
    detail: { retryAfterMs: 700 },
    finalize: 'progressing/Deleting backOff',
    overdue: 'progressing/Deleting backOff',
    backgroundRead: 'unchanged after 700 ms',
  },
  {
    kind: 'retryable',
    finalize: 'progressing/Deleting backOff',
    overdue: 'stalled/DeletionBlocked backOff',
    backgroundRead: 'unchanged backOff',
  },
  {
    kind: 'waiting',
    finalize: 'progressing/Deleting backOff',
    overdue: 'stalled/DeletionBlocked backOff',
    backgroundRead: 'unchanged backOff',
  },
  {
    kind: 'conflict',
    finalize: 'progressing/Deleting backOff',
    overdue: 'stalled/DeletionBlocked backOff',
    backgroundRead: 'unchanged backOff',
  },
  {
    kind: 'fenced',
    finalize: 'unchanged backOff',
    overdue: 'unchanged backOff',
    backgroundRead: 'unchanged backOff',
  },
];

const ELSEWHERE_KINDS = {
  finalize: { kind: 'finalize', isOverdue: false },
  overdue: { kind: 'finalize', isOverdue: true },
  backgroundRead: { kind: 'backgroundRead' },
} as const;

for (const { kind, detail = {}, ...expected } of ELSEWHERE) {
  for (const situation of ['finalize', 'overdue', 'backgroundRead'] as const) {
    test(`${kind}, in a deletion or a look at aliases (${situation}): ${expected[situation]}`, () => {
      expect(described(handlingOf(failure(kind, detail), ELSEWHERE_KINDS[situation]))).toBe(
        expected[situation],
      );
    });
  }
}

test('the next try is the failure itself where the queue has to pause longer each time', () => {
  const one = failure('retryable');
  expect(() => requeueFor({ kind: 'backOff' }, one, 1)).toThrow(one);
  expect(() => requeueFor({ kind: 'readAgain' }, one, 1)).toThrow(one);
  expect(requeueFor({ kind: 'after', ms: 700 }, one, 1)).toStrictEqual({ requeueAfterMs: 700 });
  expect(requeueFor({ kind: 'atNextCheck' }, one, 1)).toStrictEqual({ requeueAfterMs: 1 });
  expect(requeueFor({ kind: 'never' }, one, 1)).toStrictEqual({});
});
