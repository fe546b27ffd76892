/** What only run time knows is never taken for known, whatever the definition says of it elsewhere. */
import { describe, expect, it } from '@jest/globals';
import type { State } from './machines.ts';
import { CALL, getItem, PASS, tablesOf } from './tables.ts';

describe('nothing is known of a value that', () => {
  const open: [string, Record<string, State>][] = [
    ['the execution is started with', { Call: CALL }],
    [
      'only one of two ways sets',
      {
        Which: {
          Type: 'Choice',
          Choices: [{ Variable: '$.x', IsPresent: true, Next: 'Set' }],
          Default: 'Call',
        },
        Set: PASS,
        Call: CALL,
      },
    ],
    [
      'a Task returns over it',
      {
        Set: { ...PASS, Next: 'Work' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sts:getCallerIdentity',
          Parameters: {},
          ResultPath: '$.cfg',
          Next: 'Call',
        },
        Call: CALL,
      },
    ],
    [
      'an error replaces',
      {
        Set: { ...PASS, Next: 'Work' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sts:getCallerIdentity',
          Parameters: {},
          ResultPath: null,
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Call' }],
          End: true,
        },
        Call: CALL,
      },
    ],
    [
      'one branch of a Parallel state takes from the input',
      {
        Fan: {
          Type: 'Parallel',
          Branches: [{ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }],
          ResultPath: '$.found',
          Next: 'Call',
        },
        Call: getItem({ 'TableName.$': '$.found[0].table' }),
      },
    ],
    [
      'a distributed Map makes, which may leave items out',
      {
        Set: { Type: 'Pass', Result: { days: ['mo'] }, Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemsPath: '$.days',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Name',
            States: { Name: { Type: 'Pass', Result: { table: 'orders' }, End: true } },
          },
          ResultPath: '$.made',
          Next: 'Call',
        },
        Call: getItem({ 'TableName.$': '$.made[0].table' }),
      },
    ],
    [
      'a Map makes of items that only run time knows',
      {
        Each: {
          Type: 'Map',
          ItemsPath: '$.days',
          ItemProcessor: {
            StartAt: 'Name',
            States: { Name: { Type: 'Pass', Result: { table: 'orders' }, End: true } },
          },
          ResultPath: '$.made',
          Next: 'Call',
        },
        Call: getItem({ 'TableName.$': '$.made[0].table' }),
      },
    ],
    [
      'a batch of a Map holds',
      {
        Each: {
          Type: 'Map',
          ItemBatcher: { MaxItemsPerBatch: 10, BatchInput: { table: 'orders' } },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            StartAt: 'Call',
            States: { Call: getItem({ 'TableName.$': '$.Items[0].table' }) },
          },
          End: true,
        },
      },
    ],
    [
      'a child execution of a distributed Map does not see',
      {
        Set: { Type: 'Pass', Assign: { table: 'orders' }, Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Call',
            States: { Call: getItem({ 'TableName.$': '$table' }) },
          },
          End: true,
        },
      },
    ],
    [
      'an error replaces on one of two ways',
      {
        Set: { ...PASS, Next: 'Work' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sts:getCallerIdentity',
          Parameters: {},
          ResultPath: null,
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Call' }],
          Next: 'Call',
        },
        Call: CALL,
      },
    ],
    [
      'the place of an item in its Map is',
      {
        Set: { Type: 'Pass', Result: ['orders'], Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Call',
            States: { Call: getItem({ 'TableName.$': '$$.Map.Item.Index' }) },
          },
          End: true,
        },
      },
    ],
    [
      'a catcher assigns again',
      {
        Set: { Type: 'Pass', Assign: { table: 'orders' }, Next: 'Work' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sts:getCallerIdentity',
          Parameters: {},
          Catch: [{ ErrorEquals: ['States.ALL'], Assign: { 'table.$': '$.Cause' }, Next: 'Call' }],
          End: true,
        },
        Call: getItem({ 'TableName.$': '$table' }),
      },
    ],
    [
      'a Task assigns of its result, whatever its input held there',
      {
        Set: { ...PASS, Next: 'Work' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::aws-sdk:sts:getCallerIdentity',
          Parameters: {},
          Assign: { 'table.$': '$.cfg.table' },
          Next: 'Call',
        },
        Call: getItem({ 'TableName.$': '$table' }),
      },
    ],
    [
      'a state assigns again, of what only run time knows',
      {
        Set: { Type: 'Pass', Assign: { table: 'orders' }, Next: 'Again' },
        Again: { Type: 'Pass', Assign: { 'table.$': '$.table' }, Next: 'Call' },
        Call: getItem({ 'TableName.$': '$table' }),
      },
    ],
    [
      'a state assigns again, among more than is kept track of',
      {
        Set: {
          Type: 'Pass',
          Assign: { table: 'orders', many: Array.from({ length: 15_000 }, () => 0) },
          Next: 'Again',
        },
        Again: {
          Type: 'Pass',
          Assign: { table: 'items', 'some.$': '$many', 'more.$': '$many' },
          Next: 'Call',
        },
        Call: getItem({ 'TableName.$': '$table' }),
      },
    ],
    [
      'a child execution would take from an item of the Map that it has no sight of',
      {
        Set: { Type: 'Pass', Result: { tables: ['orders'] }, Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemsPath: '$.tables',
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Call',
            States: { Call: getItem({ 'TableName.$': '$$.Map.Item.Value' }) },
          },
          End: true,
        },
      },
    ],
    [
      'a Map reads from a file, whatever its input holds',
      {
        Set: { Type: 'Pass', Result: ['orders'], Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Parameters: { Bucket: 'b', Key: 'k' } },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
            StartAt: 'Call',
            States: { Call: getItem({ 'TableName.$': '$' }) },
          },
          End: true,
        },
      },
    ],
    [
      'a state leaves in its input, of which InputPath takes another part',
      {
        Set: { Type: 'Pass', Result: { cfg: { table: 'orders' }, day: {} }, Next: 'Take' },
        Take: { Type: 'Pass', InputPath: '$.day', ResultPath: '$.taken', Next: 'Call' },
        Call: CALL,
      },
    ],
    [
      'ResultPath puts at a place of a list',
      {
        Set: { Type: 'Pass', Result: { cfg: [{}] }, Next: 'Put' },
        Put: { Type: 'Pass', Result: 'orders', ResultPath: '$.cfg[0].table', Next: 'Call' },
        Call: CALL,
      },
    ],
  ];
  for (const [what, states] of open) {
    it(what, () => {
      expect(tablesOf(states)).toBeUndefined();
    });
  }
});
