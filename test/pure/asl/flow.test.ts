/** Values that the definition itself sets are known when a Task uses them; values of the run time never are. */
import type { JsonObject } from '../../../src/base/json.ts';
import * as fc from 'fast-check';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { HOLE } from '../../../src/asl/expressions/known.ts';
import { matchesPattern } from '../../../src/policy/pattern.ts';
import { generatedMachine, run } from './interpreter.ts';
import { machine, TARGET, tasksOf } from './machines.ts';
import type { State } from './machines.ts';
import { CALL, getItem, PASS, TABLE, tablesOf } from './tables.ts';

/** A branch that puts out a table's name. */
const branch = (name: string, table: string): JsonObject => ({
  StartAt: name,
  States: { [name]: { Type: 'Pass', Result: { table }, End: true } },
});

describe('a constant is known that', () => {
  it('a Pass state puts into the input', () => {
    expect(tablesOf({ Set: PASS, Call: CALL })).toStrictEqual(['orders']);
  });

  it('stays while other states put their results beside it', () => {
    const Work: State = {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      ResultPath: '$.sent',
      Next: 'Call',
    };
    const parameters = { QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/q' };
    const found = tablesOf({
      Set: { ...PASS, Next: 'Work' },
      Work: { ...Work, Parameters: parameters },
      Call: CALL,
    });
    expect(found).toContain('orders');
  });

  it('Assign puts into a variable, also for the states of an inner machine', () => {
    const Call = getItem({ 'TableName.$': '$table' });
    const Fan: State = { Type: 'Parallel', Branches: [{ StartAt: 'Call', States: { Call } }], End: true };
    expect(tablesOf({ Set: { Type: 'Pass', Assign: { table: 'orders' }, Next: 'Fan' }, Fan })).toStrictEqual([
      'orders',
    ]);
  });

  it('Parameters give to the branches of a Parallel state', () => {
    const Fan: State = {
      Type: 'Parallel',
      Parameters: { cfg: { table: 'orders' } },
      Branches: [{ StartAt: 'Call', States: { Call: CALL } }],
      End: true,
    };
    expect(tablesOf({ Fan })).toStrictEqual(['orders']);
  });

  it('a member of a Map’s item is, in the context object', () => {
    const Set: State = { Type: 'Pass', Result: [{ table: 'orders' }, { table: 'items' }], Next: 'Each' };
    const Call = getItem({ 'TableName.$': '$$.Map.Item.Value.table' });
    const Each: State = { Type: 'Map', ItemProcessor: { StartAt: 'Call', States: { Call } }, End: true };
    expect(tablesOf({ Set, Each })).toStrictEqual(['items', 'orders']);
  });

  it('Parameters of a Map give to each item, as ItemSelector was called before', () => {
    const Each: State = {
      Type: 'Map',
      Parameters: { table: 'orders' },
      Iterator: { StartAt: 'Call', States: { Call: getItem({ 'TableName.$': '$.table' }) } },
      End: true,
    };
    expect(tablesOf({ Each })).toStrictEqual(['orders']);
  });

  it('stands among the items of a Map, each of them', () => {
    const Each: State = {
      Type: 'Map',
      ItemsPath: '$.tables',
      ItemSelector: { cfg: { 'table.$': '$$.Map.Item.Value' } },
      ItemProcessor: { StartAt: 'Call', States: { Call: CALL } },
      End: true,
    };
    const Set: State = { Type: 'Pass', Result: { tables: ['orders', 'items'] }, Next: 'Each' };
    expect(tablesOf({ Set, Each })).toStrictEqual(['items', 'orders']);
  });

  it('a Map adds to each batch of a child execution', () => {
    const Each: State = {
      Type: 'Map',
      ItemBatcher: { MaxItemsPerBatch: 10, BatchInput: { 'table.$': '$.cfg.table', stage: 'prod' } },
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        StartAt: 'Call',
        States: {
          Call: getItem({
            'TableName.$': "States.Format('{}-{}', $.BatchInput.stage, $.BatchInput.table)",
          }),
        },
      },
      End: true,
    };
    expect(tablesOf({ Set: { ...PASS, Next: 'Each' }, Each })).toStrictEqual(['prod-orders']);
  });

  it('differs between the ways of a Choice: each of them', () => {
    const found = tablesOf({
      Which: { Type: 'Choice', Choices: [{ Variable: '$.eu', IsPresent: true, Next: 'EU' }], Default: 'US' },
      EU: { Type: 'Pass', Assign: { table: 'orders-eu' }, Next: 'Call' },
      US: { Type: 'Pass', Assign: { table: 'orders-us' }, Next: 'Call' },
      Call: getItem({ 'TableName.$': '$table' }),
    });
    expect(found).toStrictEqual(['orders-eu', 'orders-us']);
  });

  it('a Choice assigns, or was assigned before: each of them, where a rule leads that assigns nothing', () => {
    const Which: State = {
      Type: 'Choice',
      Choices: [{ Variable: '$.x', IsPresent: true, Next: 'Call' }],
      Assign: { table: 'items' },
      Default: 'Stop',
    };
    const Set: State = { Type: 'Pass', Assign: { table: 'orders' }, Next: 'Which' };
    const Call = getItem({ 'TableName.$': '$table' });
    expect(tablesOf({ Set, Which, Call, Stop: { Type: 'Succeed' } })).toStrictEqual(['items', 'orders']);
  });

  it('the branches of a Parallel state put out, each at its place', () => {
    const Fan: State = {
      Type: 'Parallel',
      Branches: [branch('A', 'orders'), branch('B', 'items')],
      ResultPath: '$.found',
      Next: 'Call',
    };
    expect(tablesOf({ Fan, Call: getItem({ 'TableName.$': '$.found[1].table' }) })).toStrictEqual(['items']);
  });

  it('the ResultSelector of a Parallel state takes out of its branches', () => {
    const Fan: State = {
      Type: 'Parallel',
      Branches: [branch('A', 'orders')],
      ResultSelector: { 'table.$': '$[0].table' },
      ResultPath: '$.cfg',
      Next: 'Call',
    };
    expect(tablesOf({ Fan, Call: CALL })).toStrictEqual(['orders']);
  });

  it('a branch leads to on several ways: each of them', () => {
    const ways = {
      StartAt: 'Which',
      States: {
        Which: { Type: 'Choice', Choices: [{ Variable: '$.x', IsPresent: true, Next: 'A' }], Default: 'B' },
        A: { Type: 'Pass', Result: { table: 'orders' }, End: true },
        B: { Type: 'Pass', Result: { table: 'items' }, Next: 'Done' },
        Done: { Type: 'Succeed' },
      },
    };
    const Fan: State = { Type: 'Parallel', Branches: [ways], ResultPath: '$.found', Next: 'Call' };
    expect(tablesOf({ Fan, Call: getItem({ 'TableName.$': '$.found[0].table' }) })).toStrictEqual([
      'items',
      'orders',
    ]);
  });

  it('a Map makes of each item of a list that is known', () => {
    const Set: State = { Type: 'Pass', Result: { days: ['mo', 'tu'] }, Next: 'Each' };
    const Each: State = {
      Type: 'Map',
      ItemsPath: '$.days',
      ItemProcessor: {
        StartAt: 'Name',
        States: {
          Name: { Type: 'Pass', Parameters: { 'table.$': "States.Format('orders-{}', $)" }, End: true },
        },
      },
      ResultPath: '$.made',
      Next: 'Call',
    };
    expect(tablesOf({ Set, Each, Call: getItem({ 'TableName.$': '$.made[1].table' }) })).toStrictEqual([
      'orders-mo',
      'orders-tu',
    ]);
  });

  it('a Map makes of each item, of what a Parallel state within it puts out', () => {
    const Name: State = { Type: 'Pass', Result: { table: 'orders' }, End: true };
    const Fan: State = { Type: 'Parallel', Branches: [{ StartAt: 'Name', States: { Name } }], End: true };
    const Set: State = { Type: 'Pass', Result: { days: ['mo'] }, Next: 'Each' };
    const Each: State = {
      Type: 'Map',
      ItemsPath: '$.days',
      ItemProcessor: { StartAt: 'Fan', States: { Fan } },
      ResultPath: '$.made',
      Next: 'Call',
    };
    expect(tablesOf({ Set, Each, Call: getItem({ 'TableName.$': '$.made[0][0].table' }) })).toStrictEqual([
      'orders',
    ]);
  });

  it('States.JsonMerge takes out of two objects', () => {
    const Defaults: State = { Type: 'Pass', Result: { table: 'orders', stage: 'test' }, Next: 'Own' };
    const Own: State = { Type: 'Pass', Parameters: { stage: 'prod' }, ResultPath: '$.own', Next: 'Both' };
    const Both: State = {
      Type: 'Pass',
      Parameters: { 'cfg.$': 'States.JsonMerge($, $.own, false)' },
      Next: 'Call',
    };
    const Call = getItem({ 'TableName.$': "States.Format('{}-{}', $.cfg.stage, $.cfg.table)" });
    expect(tablesOf({ Defaults, Own, Both, Call })).toStrictEqual(['prod-orders']);
  });

  it('JSONata takes out of the result of a Parallel state', () => {
    const Fan: State = {
      Type: 'Parallel',
      Branches: [
        { StartAt: 'A', States: { A: { Type: 'Pass', Output: { table: 'orders' }, End: true } } },
        { StartAt: 'B', States: { B: { Type: 'Pass', Output: { table: 'items' }, End: true } } },
      ],
      Assign: { first: '{% $states.result[0].table %}' },
      Output: '{% $states.result[1] %}',
      Next: 'Call',
    };
    const Call: State = {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:getItem',
      Arguments: { TableName: "{% $first & '-' & $states.input.table %}" },
      End: true,
    };
    expect(tablesOf({ Fan, Call }, { QueryLanguage: 'JSONata' })).toStrictEqual(['orders-items']);
  });

  it('a Choice in JSONata puts out, or is given: each of them, where a rule leads that puts out nothing', () => {
    const Which: State = {
      Type: 'Choice',
      Choices: [{ Condition: '{% $now() > "2026" %}', Next: 'Call' }],
      Output: { table: 'items' },
      Default: 'Stop',
    };
    const Set: State = { Type: 'Pass', Output: { table: 'orders' }, Next: 'Which' };
    const Call: State = {
      Type: 'Task',
      Resource: 'arn:aws:states:::dynamodb:getItem',
      Arguments: { TableName: '{% $states.input.table %}' },
      End: true,
    };
    const states = { Set, Which, Call, Stop: { Type: 'Succeed' } };
    expect(tablesOf(states, { QueryLanguage: 'JSONata' })).toStrictEqual(['items', 'orders']);
  });

  it('JSONata assigns, puts out and joins', () => {
    const Arguments = { TableName: "{% $prefix & '-' & $states.input.kind & '-' & $states.input.day %}" };
    const found = tablesOf(
      {
        Set: {
          Type: 'Pass',
          Assign: { prefix: 'shop' },
          Output: { kind: 'orders', day: '{% $now() %}' },
          Next: 'Call',
        },
        Call: { Type: 'Task', Resource: 'arn:aws:states:::dynamodb:getItem', Arguments, End: true },
      },
      { QueryLanguage: 'JSONata' },
    );
    expect(found).toStrictEqual(['shop-orders-*']);
  });
});

describe('a hole stands for anything but the account, the service and the whole name', () => {
  const cases: [string, string[] | undefined][] = [
    ["States.Format('orders-{}', $.day)", ['orders-*']],
    ["States.Format('{}-orders', $.env)", ['*-orders']],
    ["States.Format('arn:aws:dynamodb:us-east-1:222222222222:table/orders-{}', $.day)", ['orders-*']],
    ["States.Format('arn:aws:dynamodb:us-east-1:{}:table/orders', $.account)", undefined],
    ["States.Format('arn:aws:{}:us-east-1:222222222222:table/orders', $.service)", undefined],
    ["States.Format('arn:aws:dynamodb:us-east-1:222222222222:table/{}', $.name)", undefined],
    ["States.Format('{}', $.name)", undefined],
    ["States.ArrayGetItem(States.Array('a', 'b'), $.which)", ['a', 'b']],
    ["States.ArrayGetItem(States.StringSplit('a,b', ','), 1)", ['b']],
    ["States.ArrayGetItem(States.StringSplit('a,,b', ','), 1)", undefined],
    ["States.ArrayGetItem(States.StringSplit('a,,b', ','), 2)", undefined],
    [`States.ArrayGetItem(States.StringToJson('["a", "b"]'), 0)`, ['a']],
    ["States.Format('t-{}', States.MathAdd(1, 2))", ['t-3']],
    ["States.Format('t-{}', States.ArrayLength(States.Array('a', 'b')))", ['t-2']],
    ["States.Format('t-{}', States.UUID())", ['t-*']],
    [`States.Format('orders-{}', '${HOLE}')`, ['orders-*']],
  ];
  for (const [expression, expected] of cases) {
    it(expression, () => {
      expect(tablesOf({ Call: getItem({ 'TableName.$': expression }) })).toStrictEqual(expected);
    });
  }
});

describe('laws', () => {
  it('no execution makes a call outside of what is derived', () => {
    fc.assert(
      fc.property(
        generatedMachine,
        fc.array(fc.nat(1_000), { minLength: 40, maxLength: 40 }),
        (states, dice) => {
          const { needs, diagnostics } = derivePermissions(tasksOf(machine(states)), TARGET);
          const asked = new Set(diagnostics.filter(({ blocking }) => blocking).map(({ task }) => task));
          for (const { task, table } of run(states, dice)) {
            if (asked.has(task)) continue;
            const allowed =
              needs.find((one) => one.task.name === task)?.needs.flatMap(({ resources }) => resources) ?? [];
            const isAllowed = allowed.some((arn) => matchesPattern(arn, TABLE + table));
            // An expectation costs more than all else here.
            if (!isAllowed) expect({ task, table, allowed }).toBe('allowed');
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});
