/** Histories of executions → which Tasks of a link are denied. */
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { DeniedTask } from '../../../src/api/generated.ts';
import type { ExecutionStep } from '../../../src/observed/execution.ts';
import {
  deniedMessage,
  deniedTasks,
  evidenceIn,
  hasNewDenial,
  withEvidence,
  type Evidence,
} from '../../../src/report/denied-tasks.ts';
import { ROLE } from '../desired/fixtures.ts';
import { BROKEN, DENIED, execution, visit } from './histories.ts';

const TOOK = ['started', 'submitted', 'succeeded'] as const;
const GENERATION = 3;

/** `Send: denied sts:AssumeRole` and the like. */
function deniedIn(steps: readonly ExecutionStep[]): readonly string[] {
  return [...evidenceIn(execution('run', 1_000, steps), ROLE.text)].map(
    ([task, { denied }]) => `${task}: ${denied === undefined ? 'passed' : `denied ${denied.call}`}`,
  );
}

describe('of a Task a history tells', () => {
  it.each<readonly [what: string, steps: readonly ExecutionStep[], expected: readonly string[]]>([
    ['that it was denied', visit({ attempts: [['started', DENIED]] }), ['Send: denied sts:AssumeRole']],
    ['that it passed', visit({ attempts: [[...TOOK]] }), ['Send: passed']],
    [
      'that it passed, as soon as its call was taken',
      visit({ attempts: [['started', 'submitted']] }),
      ['Send: passed'],
    ],
    ['nothing, when it failed for another reason', visit({ attempts: [['started', BROKEN]] }), []],
    ['nothing, while it is at work', visit({ attempts: [['started']] }), []],
    [
      'nothing, when it used another role',
      visit({ roleArn: `${ROLE.text}-2`, attempts: [['started', DENIED]] }),
      [],
    ],
    [
      'nothing, when it used the execution role',
      visit({ roleArn: undefined, attempts: [['started', DENIED]] }),
      [],
    ],
    ['what its last attempt tells', visit({ attempts: [['started', DENIED], [...TOOK]] }), ['Send: passed']],
    [
      'the denial of its last attempt',
      visit({ attempts: [[...TOOK.slice(0, 2), BROKEN], [DENIED]] }),
      ['Send: denied sts:AssumeRole'],
    ],
    [
      'a denial, when one of the rounds of its Map was denied',
      [...visit({ attempts: [['started', DENIED]] }), ...visit({ attempts: [[...TOOK]], first: 50 })],
      ['Send: denied sts:AssumeRole'],
    ],
    [
      'and of others, too',
      [...visit({ attempts: [[...TOOK]] }), ...visit({ task: 'Ask', attempts: [[DENIED]], first: 50 })],
      ['Send: passed', 'Ask: denied sts:AssumeRole'],
    ],
    ['nothing, when its beginning was not read', visit({ attempts: [['started', DENIED]] }).slice(1), []],
    [
      'nothing, when its name is longer than a name can be',
      visit({ task: 'x'.repeat(81), attempts: [[DENIED]] }),
      [],
    ],
  ])('%s', (_what, steps, expected) => {
    expect(deniedIn(steps)).toStrictEqual(expected);
  });

  it('the same in whatever order its steps are read', () => {
    const steps = [
      ...visit({ attempts: [['started', DENIED], [...TOOK]] }),
      ...visit({ task: 'Ask', attempts: [[DENIED]], first: 50 }),
    ];
    fc.assert(
      fc.property(fc.shuffledSubarray(steps, { minLength: steps.length }), (shuffled) => {
        expect(new Set(deniedIn(shuffled))).toStrictEqual(new Set(deniedIn(steps)));
      }),
    );
  });

  it('something or nothing in the end, whatever leads to what in it', () => {
    const step = fc.record({ id: fc.nat(20), previousId: fc.nat(20), at: fc.nat() });
    const any = fc.oneof(
      step.map((base): ExecutionStep => ({ ...base, kind: 'entered', task: 'Send' })),
      step.map((base): ExecutionStep => ({ ...base, kind: 'scheduled', call: 'x:y', roleArn: ROLE.text })),
      step.map((base): ExecutionStep => ({ ...base, kind: 'submitted' })),
      step.map((base): ExecutionStep => Object.assign(base, { kind: 'failed' as const }, DENIED)),
    );
    fc.assert(
      fc.property(fc.array(any, { maxLength: 40 }), (steps) =>
        expect(deniedIn(steps).length).toBeLessThan(2),
      ),
    );
  });
});

const RECORD: DeniedTask = {
  task: 'Send',
  call: 'sts:AssumeRole',
  message: 'no',
  executionARN: 'arn:aws:states:us-east-1:111111111111:execution:checkout:first',
  startTime: '2026-01-01T00:00:10.000Z',
  observedGeneration: GENERATION,
};
const RECORDED_AT = Date.parse(RECORD.startTime);

function evidence(name: string, startedAt: number, steps: readonly ExecutionStep[]): Evidence {
  return evidenceIn(execution(name, startedAt, steps), ROLE.text);
}

const denied = visit({ attempts: [[DENIED]] });
const passed = visit({ attempts: [[...TOOK]] });
const deniedElsewhere = visit({
  attempts: [
    [{ error: 'S3.S3Exception', cause: 'Access Denied (Service: S3, Status Code: 403, Request ID: 1)' }],
  ],
  call: 'aws-sdk:s3:getObject',
});

describe('on record', () => {
  const now = (onRecord: readonly DeniedTask[], of: Evidence, tasks = ['Send']) =>
    deniedTasks(onRecord, of, { tasks, generation: GENERATION }).map(
      ({ executionARN, call }) => `${executionARN.split(':').at(-1)}: ${call}`,
    );

  it.each<
    readonly [what: string, onRecord: readonly DeniedTask[], of: Evidence, expected: readonly string[]]
  >([
    ['comes what an execution was denied', [], evidence('run', RECORDED_AT, denied), ['run: sts:AssumeRole']],
    ['stays what nothing new is known of', [RECORD], new Map(), ['first: sts:AssumeRole']],
    [
      'stays the first while the same is denied',
      [RECORD],
      evidence('later', RECORDED_AT + 1, denied),
      ['first: sts:AssumeRole'],
    ],
    [
      'comes another denial',
      [RECORD],
      evidence('later', RECORDED_AT + 1, deniedElsewhere),
      ['later: aws-sdk:s3:getObject'],
    ],
    [
      'is nothing after an execution that began later and passed',
      [RECORD],
      evidence('later', RECORDED_AT + 1, passed),
      [],
    ],
    [
      'stays what an execution passed that began earlier',
      [RECORD],
      evidence('before', RECORDED_AT - 1, passed),
      ['first: sts:AssumeRole'],
    ],
    [
      'stays what an earlier one was denied otherwise',
      [RECORD],
      evidence('before', RECORDED_AT - 1, deniedElsewhere),
      ['first: sts:AssumeRole'],
    ],
    ['is nothing of another spec', [{ ...RECORD, observedGeneration: GENERATION - 1 }], new Map(), []],
    ['is nothing of a Task that is not the link’s', [{ ...RECORD, task: 'Other' }], new Map(), []],
  ])('%s', (_what, onRecord, of, expected) => {
    expect(now(onRecord, of)).toStrictEqual(expected);
  });

  it('are ten Tasks at most, in the order of their names', () => {
    const tasks = Array.from({ length: 12 }, (_, index) => `T${String(index).padStart(2, '0')}`);
    const all = deniedTasks(
      [],
      new Map(
        tasks
          .toReversed()
          .flatMap((task) => Array.from(evidence('r', 1, visit({ task, attempts: [[DENIED]] })))),
      ),
      {
        tasks,
        generation: 1,
      },
    );
    expect(all.map(({ task }) => task)).toStrictEqual(tasks.slice(0, 10));
  });
});

it('of two executions the one that began later counts, whichever is read first', () => {
  const early = evidence('early', 1_000, passed);
  const late = evidence('late', 2_000, denied);
  expect(withEvidence(early, late)).toStrictEqual(late);
  expect(withEvidence(late, early)).toStrictEqual(late);
});

describe('what Effective says', () => {
  it('names Task, call, execution and AWS’s words, and what to do', () => {
    expect(
      deniedMessage([
        { ...RECORD, message: 'Access Denied' },
        { ...RECORD, task: 'Ask' },
      ]),
    ).toBe(
      'AWS denied Task "Send" the call sts:AssumeRole in execution first: "Access Denied". Denied, too: "Ask". Change the ' +
        'policy that denies it, perhaps of the organization, the resource or the key, then run the state machine: an ' +
        'execution that began later and passes the Task clears this.',
    );
  });

  it('is one line without control or direction characters, its words cut at 256, whatever AWS and the definition say', () => {
    const nasty = fc.string({
      unit: fc.constantFrom('\u001b', '\u202e', '\n', '\u{1f4a9}', 'a', '"', '\ud800'),
    });
    fc.assert(
      fc.property(nasty, nasty, (task, noise) => {
        const cause = `Access Denied ${noise}${'x'.repeat(400)}`;
        const steps = visit({ task, attempts: [[{ error: 'S3.AccessDenied', cause }]] });
        const [record] = deniedTasks([], evidence('run', 1, steps), { tasks: [task], generation: 1 });
        if (record === undefined) return;
        expect(record.message.length).toBeLessThanOrEqual(256);
        expect(record.message.isWellFormed()).toBe(true);
        expect(deniedMessage([record])).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
      }),
    );
  });
});

function recordOf(task: string): DeniedTask {
  return {
    task,
    call: 'sts:AssumeRole',
    message: '',
    executionARN: 'arn:aws:states:us-east-1:111111111111:execution:checkout:run',
    startTime: '2026-01-01T00:00:00Z',
    observedGeneration: GENERATION,
  };
}

describe('a denial is news', () => {
  const found = evidenceIn(execution('run', 1_000, visit({ attempts: [['started', DENIED]] })), ROLE.text);
  const succeeded = evidenceIn(execution('run', 1_000, visit({ attempts: [[...TOOK]] })), ROLE.text);

  it.each<[string, boolean, readonly DeniedTask[], Evidence, Evidence]>([
    ['where nothing is known of the Task', true, [], new Map(), found],
    ['where another Task is on record', true, [recordOf('Other')], new Map(), found],
    ['but not where the Task is on record', false, [recordOf('Other'), recordOf('Send')], new Map(), found],
    ['but not where an execution before was denied it', false, [], found, found],
    ['where an execution before passed it', true, [], succeeded, found],
    ['but not where it passed', false, [], new Map(), succeeded],
  ])('%s', (_, isNews, onRecord, known, now) => {
    expect(hasNewDenial(onRecord, known, now)).toBe(isNews);
  });
});
