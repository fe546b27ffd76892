import type { JsonObject } from '../../../src/base/json.ts';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { MAX_DEFINITION_LENGTH, parseDefinition } from '../../../src/asl/definition/definition.ts';
import { desiredCredentials } from '../../../src/desired/credentials.ts';
import type { ContributorState } from '../../../src/desired/contribution.ts';
import { finish } from '../../../src/base/parts.ts';
import { credentialsPlanInParts } from '../../../src/plan/credentials.ts';
import { machine as machineArn, role } from '../access/fixtures.ts';
import { machine, task, type State } from '../asl/machines.ts';
import { contributes, link, recorded, ROLE } from '../desired/fixtures.ts';
import { observedMachine } from '../observed/fixtures.ts';
import { narrow } from '../../expectations.ts';

const NEW_ROLE = role('crossaccountlink/payments/checkout-2');
const FOREIGN = 'arn:aws:iam::333333333333:role/theirs';
const ARN = machineArn('checkout').text;

/** A Task that names the target account in its resource, and one that does not. */
const IN_TARGET = task('arn:aws:states:::lambda:invoke', {
  FunctionName: 'arn:aws:lambda:us-east-1:222222222222:function:charge',
});
const BARE = task('arn:aws:states:::dynamodb:putItem', { TableName: 'orders', Item: {} });

function naming(roleArn: string, state: State = IN_TARGET): State {
  return { ...state, Credentials: { RoleArn: roleArn } };
}

const updated = (definition: string) => observedMachine(definition, { revisionId: 'r1' });

const RECORDED = recorded('Charge', 'Refund', 'Notify', 'Save');

const planCredentials = (...args: Parameters<typeof credentialsPlanInParts>) =>
  finish(credentialsPlanInParts(...args));

function plan(
  contributorStates: readonly ContributorState[],
  states: Record<string, State>,
  fields?: JsonObject,
  records = RECORDED,
) {
  const text = machine(states, fields);
  return planCredentials(
    desiredCredentials(ARN, contributorStates, records),
    updated(text),
    parseDefinition(text),
  );
}

const wanting = (...tasks: string[]) => [contributes(link('a'), { tasks })];

test('a selected Task gets the Credentials of its link, in one write of the whole definition', () => {
  const { actions } = plan(wanting('Charge'), { Charge: IN_TARGET, Refund: IN_TARGET });
  const [update, ...more] = actions;
  narrow(update?.operation === 'UpdateStateMachine', update);
  expect(more).toStrictEqual([]);
  expect(JSON.parse(update.definition)).toStrictEqual(
    JSON.parse(machine({ Charge: naming(ROLE.text), Refund: IN_TARGET })),
  );
  expect(update.changes).toStrictEqual([{ path: 'States["Charge"].Credentials.RoleArn', after: ROLE.text }]);
  expect([update.object, update.plannedFromRevision]).toStrictEqual([ARN, 'r1']);
});

test('a Task that names the role already needs no write', () => {
  expect(plan(wanting('Charge'), { Charge: naming(ROLE.text) }).actions).toStrictEqual([]);
});

test('a machine that was never updated has no revision to plan from', () => {
  const text = machine({ Charge: IN_TARGET });
  const [update] = planCredentials(
    desiredCredentials(ARN, wanting('Charge'), RECORDED),
    observedMachine(text),
    parseDefinition(text),
  ).actions;
  expect(update?.operation).toBe('UpdateStateMachine');
  expect(update).not.toHaveProperty('plannedFromRevision');
});

test('a Task whose role is not ready waits, and what stands there stays', () => {
  const waiting = [contributes(link('a'), { tasks: ['Charge'], rolesReady: false })];
  const { actions, waiting: tasks } = plan(waiting, { Charge: IN_TARGET });
  expect([actions, tasks]).toStrictEqual([[], new Map([['Charge', ROLE.text]])]);
});

const THEIRS: readonly { what: string; credentials: JsonObject; found: string }[] = [
  { what: 'another role', credentials: { RoleArn: FOREIGN }, found: FOREIGN },
  { what: 'a role chosen at run time', credentials: { 'RoleArn.$': '$.role' }, found: '$.role' },
  {
    what: 'a form that is none',
    credentials: { Role: 'x' },
    found: 'Credentials must hold RoleArn and nothing else',
  },
];
for (const { what, credentials, found } of THEIRS) {
  test(`foreign Credentials that name ${what} are never overwritten, but reported`, () => {
    const { actions, foreign } = plan(wanting('Charge'), {
      Charge: { ...IN_TARGET, Credentials: credentials },
    });
    expect([actions, foreign]).toStrictEqual([[], [{ task: 'Charge', found, replaced: undefined }]]);
  });

  test(`Credentials that were ours and name ${what} since are put right`, () => {
    const owned = [contributes(link('a'), { tasks: ['Charge'], tasksInSyncBefore: ['Charge'] })];
    const { actions, foreign } = plan(owned, { Charge: { ...IN_TARGET, Credentials: credentials } });
    expect(foreign).toStrictEqual([]);
    expect(actions[0]?.changes).toStrictEqual([
      { path: 'States["Charge"].Credentials.RoleArn', before: found, after: ROLE.text },
    ]);
  });
}

describe('when a link leaves', () => {
  const leaving: ContributorState = { kind: 'departing', link: link('a') };

  test('Credentials go from a Task that names the target account', () => {
    const [update] = plan([leaving], { Charge: naming(ROLE.text) }).actions;
    narrow(update?.operation === 'UpdateStateMachine', update);
    expect(JSON.parse(update.definition)).toStrictEqual(JSON.parse(machine({ Charge: IN_TARGET })));
    expect(update.changes).toStrictEqual([
      { path: 'States["Charge"].Credentials.RoleArn', before: ROLE.text },
    ]);
  });

  test('Credentials go from a Task whose ARNs all lie in the source account: they never helped it', () => {
    const inSource = task('arn:aws:states:::lambda:invoke', {
      FunctionName: 'arn:aws:lambda:us-east-1:111111111111:function:charge',
    });
    const { actions, kept } = plan([leaving], { Charge: naming(ROLE.text, inSource) });
    expect(actions.map(({ changes }) => changes)).toStrictEqual([
      [{ path: 'States["Charge"].Credentials.RoleArn', before: ROLE.text }],
    ]);
    expect(kept).toStrictEqual([]);
  });

  test('a Task with bare names keeps them, for without them it would turn to the source account', () => {
    const { actions, kept } = plan([leaving], { Save: naming(ROLE.text, BARE) });
    expect([actions, kept]).toStrictEqual([[], ['Save']]);
  });

  test('Credentials of somebody else stay', () => {
    expect(plan([leaving], { Charge: naming(FOREIGN) })).toStrictEqual({
      actions: [],
      assigned: new Map(),
      foreign: [],
      held: [],
      kept: [],
      overwritten: new Set(),
      waiting: new Map(),
      withheld: [],
    });
  });

  for (const kind of ['departing', 'frozen'] as const) {
    test(`Credentials that are not on record stay, though they name the role, while the link is ${kind}`, () => {
      const { actions, kept, withheld } = plan(
        [{ kind, link: link('a') }],
        { Charge: naming(ROLE.text) },
        {},
        recorded('Refund'),
      );
      expect([actions, kept, withheld]).toStrictEqual([[], [], []]);
    });
  }

  test('a Task is handed to the younger link in one write', () => {
    const younger = contributes(link('b', { targetRole: NEW_ROLE }), { tasks: ['Charge'] });
    const { actions } = plan([leaving, younger], { Charge: naming(ROLE.text) });
    expect(actions.map(({ changes }) => changes)).toStrictEqual([
      [{ path: 'States["Charge"].Credentials.RoleArn', before: ROLE.text, after: NEW_ROLE.text }],
    ]);
  });

  test('a Task that the younger link is not ready for keeps the old role until it is', () => {
    const younger = contributes(link('b', { targetRole: NEW_ROLE }), {
      tasks: ['Charge'],
      rolesReady: false,
    });
    const { actions, waiting } = plan([leaving, younger], { Charge: naming(ROLE.text) });
    expect([actions, waiting]).toStrictEqual([[], new Map([['Charge', NEW_ROLE.text]])]);
  });

  for (const kind of ['frozen', 'unread'] as const) {
    for (const [where, state] of [
      ['named', IN_TARGET],
      ['bare', BARE],
    ] as const) {
      test(`nothing is decided about a Task with ${where} resources while a sibling is ${kind}`, () => {
        const sibling: ContributorState = { kind, link: link('b', { targetRole: NEW_ROLE }) };
        const { actions, withheld, kept } = plan([leaving, sibling], { Charge: naming(ROLE.text, state) });
        expect([actions, withheld.length, kept]).toStrictEqual([[], 1, []]);
      });
    }
  }
});

test('a Task that a link no longer lists loses its Credentials in the write that gives them to another', () => {
  const { actions } = plan(wanting('Refund'), { Charge: naming(ROLE.text), Refund: IN_TARGET });
  expect(actions.map(({ changes }) => changes)).toStrictEqual([
    [
      { path: 'States["Refund"].Credentials.RoleArn', after: ROLE.text },
      { path: 'States["Charge"].Credentials.RoleArn', before: ROLE.text },
    ],
  ]);
});

test('a version is published where a link asks for it', () => {
  const publishing = [contributes(link('a', { publishVersion: true }), { tasks: ['Charge'] })];
  const [update] = plan(publishing, { Charge: IN_TARGET }).actions;
  expect(update).toMatchObject({ operation: 'UpdateStateMachine', publishVersion: true });
});

test('a definition that Credentials would make too large is left as it is', () => {
  const length = MAX_DEFINITION_LENGTH - machine({ Charge: IN_TARGET }, { Comment: '' }).length;
  const { actions, problem } = plan(
    wanting('Charge'),
    { Charge: IN_TARGET },
    { Comment: 'x'.repeat(length) },
  );
  expect([actions, problem?.reason]).toStrictEqual([[], 'DefinitionTooLarge']);
});

test('a definition in which a key stands twice is left as it is, for its meaning would change', () => {
  const text = machine({ Charge: IN_TARGET }).replace('"Type"', '"End": false, "Type"');
  const desired = desiredCredentials(ARN, wanting('Charge'), RECORDED);
  const { actions, problem } = planCredentials(desired, updated(text), parseDefinition(text));
  expect([actions, problem?.reason]).toStrictEqual([[], 'DefinitionUnreadable']);
});

/** Machines of a few Tasks, some in a branch, each with Credentials of one kind. */
const state = fc
  .record({
    base: fc.constantFrom(IN_TARGET, BARE),
    credentials: fc.constantFrom(undefined, ROLE.text, NEW_ROLE.text, FOREIGN, '$.role'),
  })
  .map(({ base, credentials }) => (credentials === undefined ? base : naming(credentials, base)));
const NAMES = ['Charge', 'Refund', 'Notify', 'Save'];
const machines = fc.tuple(state, state, state, state).map(([charge, refund, notify, save]) => ({
  Charge: charge,
  Refund: refund,
  Both: {
    Type: 'Parallel',
    Branches: [
      { StartAt: 'Notify', States: { Notify: notify } },
      { StartAt: 'Save', States: { Save: save } },
    ],
    End: true,
  },
}));
const recordings = fc.subarray(NAMES).map((tasks) => recorded(...tasks));
const kinds = fc.constantFrom<ContributorState['kind'][]>(
  'active',
  'active',
  'frozen',
  'unread',
  'departing',
);
const contributorStates = fc
  .array(
    fc.record({ kind: kinds, tasks: fc.subarray(NAMES), rolesReady: fc.boolean(), renewed: fc.boolean() }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(({ kind, renewed, ...asked }, index): ContributorState => {
      const one = link(`link-${index}`, { targetRole: renewed ? NEW_ROLE : ROLE });
      return kind === 'active' ? contributes(one, asked) : { kind, link: one };
    }),
  );

/** The definition without the Credentials of some Tasks. */
function withoutCredentials(text: string, tasks: ReadonlySet<string>): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (!tasks.has(key) || typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).filter(([field]) => field !== 'Credentials'));
  });
}

test('a plan that was carried out leaves nothing to plan, and says the same of every Task', () => {
  fc.assert(
    fc.property(contributorStates, machines, recordings, (all, states, records) => {
      const desired = desiredCredentials(ARN, all, records);
      const text = machine(states);
      const {
        actions,
        assigned: _,
        ...before
      } = planCredentials(desired, updated(text), parseDefinition(text));
      const [update] = actions;
      const result = update?.operation === 'UpdateStateMachine' ? update.definition : text;
      const {
        actions: again,
        assigned,
        ...after
      } = planCredentials(desired, updated(result), parseDefinition(result));
      expect([again, assigned.size]).toStrictEqual([[], 0]);
      expect(after).toStrictEqual(before);
    }),
  );
});

test('nothing changes but the Credentials of Tasks that links of the machine stand for', () => {
  fc.assert(
    fc.property(contributorStates, machines, recordings, (all, states, records) => {
      const text = machine(states);
      const desired = desiredCredentials(ARN, all, records);
      const [update] = planCredentials(desired, updated(text), parseDefinition(text)).actions;
      if (update?.operation !== 'UpdateStateMachine') return;
      const touched = new Set(
        parseDefinition(text)
          .tasks.filter(({ name, credentials }) => {
            const ours =
              credentials.kind === 'static' &&
              desired.tasksByRole.get(credentials.roleArn)?.has(name) === true;
            return ours || (credentials.kind === 'none' && desired.roles.has(name));
          })
          .map(({ name }) => name),
      );
      expect(withoutCredentials(update.definition, touched)).toStrictEqual(withoutCredentials(text, touched));
    }),
  );
});
