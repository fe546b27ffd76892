/** Whole machines: states in states, both query languages, values that the definition itself makes. */
import { describe, it } from '@jest/globals';
import type { State } from '../machines.ts';
import { machineNeedsExactly } from './whole-policy.ts';

const JSONATA = { QueryLanguage: 'JSONata' };
const END = { End: true };

function put(table: string, rest: State = END): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::dynamodb:putItem',
    Arguments: { TableName: table, Item: {} },
    ...rest,
  };
}

function call(name: string): State {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Parameters: { 'FunctionName.$': name },
    ...END,
  };
}

describe('JSONata', () => {
  const cases: readonly (readonly [
    what: string,
    table: string,
    permissions: readonly string[],
    said?: readonly string[],
  ])[] = [
    ['a literal', 'orders', ['dynamodb:PutItem dynamodb:@:table/orders']],
    ['texts joined', "{% 'orders-' & $states.input.day %}", ['dynamodb:PutItem dynamodb:@:table/orders-*']],
    ['a text in double quotes', '{% "orders" %}', ['dynamodb:PutItem dynamodb:@:table/orders']],
    [
      'a choice',
      "{% $states.input.eu ? 'eu' : 'us' %}",
      ['dynamodb:PutItem dynamodb:@:table/eu', 'dynamodb:PutItem dynamodb:@:table/us'],
    ],
    [
      'a choice of a choice',
      "{% $a ? 'x' : $b ? 'y' : 'z' %}",
      [
        'dynamodb:PutItem dynamodb:@:table/x',
        'dynamodb:PutItem dynamodb:@:table/y',
        'dynamodb:PutItem dynamodb:@:table/z',
      ],
    ],
    ['an item of a list', "{% ['a','b'][1] %}", ['dynamodb:PutItem dynamodb:@:table/b']],
    ['the input alone', '{% $states.input.table %}', [], ['!ResourceNotStatic']],
    [
      'the input in front',
      "{% $states.input.env & '-orders' %}",
      ['dynamodb:PutItem dynamodb:@:table/*-orders'],
    ],
    ['a function of a literal', "{% $uppercase('orders') %}", ['dynamodb:PutItem dynamodb:@:table/ORDERS']],
    ['a function of the input', '{% $uppercase($states.input.table) %}', [], ['!ResourceNotStatic']],
    [
      'a block with a variable of its own',
      "{% ($stage := 'prod'; $stage & '-orders-' & $now()) %}",
      ['dynamodb:PutItem dynamodb:@:table/prod-orders-*'],
    ],
    [
      'a filter beside a constant',
      "{% 'orders-' & $states.input.shards[open = true][0].name %}",
      ['dynamodb:PutItem dynamodb:@:table/orders-*'],
    ],
    ['the context', '{% $states.context.Execution.Name %}', [], ['!ResourceNotStatic']],
    ['braces that are none', '{% orders', [], ['!ResourceNotStatic']],
  ];
  it.each(cases)('%s', (_what, table, permissions, said = []) => {
    machineNeedsExactly({ Put: put(table) }, JSONATA, permissions, said);
  });

  it('all arguments of a Task as one expression', () => {
    const Send: State = {
      Type: 'Task',
      Resource: 'arn:aws:states:::sqs:sendMessage',
      Arguments:
        "{% {'QueueUrl': 'https://sqs.us-east-1.amazonaws.com/222222222222/q', 'MessageBody': $states.input} %}",
      ...END,
    };
    machineNeedsExactly({ Send }, JSONATA, ['sqs:SendMessage sqs:@:q'], ['KeyPermissionUnknown']);
  });

  it('variables of an earlier state', () => {
    const Set: State = { Type: 'Pass', Assign: { cfg: { table: 'orders' } }, Next: 'Put' };
    machineNeedsExactly({ Set, Put: put('{% $cfg.table %}') }, JSONATA, [
      'dynamodb:PutItem dynamodb:@:table/orders',
    ]);
  });
});

describe('a Map', () => {
  it('over items that the state before it lists', () => {
    machineNeedsExactly(
      {
        List: { Type: 'Pass', Result: { names: ['a', 'b'] }, Next: 'Each' },
        Each: {
          Type: 'Map',
          ItemsPath: '$.names',
          ItemProcessor: { StartAt: 'Call', States: { Call: call('$') } },
          ...END,
        },
      },
      {},
      ['lambda:InvokeFunction lambda:@:function:a', 'lambda:InvokeFunction lambda:@:function:b'],
    );
  });

  it('that selects a constant beside its items', () => {
    machineNeedsExactly(
      {
        Each: {
          Type: 'Map',
          ItemsPath: '$.orders',
          ItemSelector: { fn: 'pay', 'order.$': '$$.Map.Item.Value' },
          ItemProcessor: { StartAt: 'Call', States: { Call: call('$.fn') } },
          ...END,
        },
      },
      {},
      ['lambda:InvokeFunction lambda:@:function:pay'],
    );
  });

  it('that is distributed: reading and writing S3 are the machine’s own, the calls of its children the role’s', () => {
    machineNeedsExactly(
      {
        Each: {
          Type: 'Map',
          ItemReader: {
            Resource: 'arn:aws:states:::s3:getObject',
            ReaderConfig: { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
            Parameters: { Bucket: 'in', Key: 'orders.csv' },
          },
          ItemSelector: { fn: 'pay' },
          ItemProcessor: {
            ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
            StartAt: 'Call',
            States: { Call: call('$.fn') },
          },
          ResultWriter: {
            Resource: 'arn:aws:states:::s3:putObject',
            Parameters: { Bucket: 'out', Prefix: 'r' },
          },
          ...END,
        },
      },
      {},
      ['lambda:InvokeFunction lambda:@:function:pay'],
    );
  });
});

describe('a Parallel state', () => {
  it('whose branches’ constants name what comes behind it', () => {
    const branch = (name: string, queue: string): State => ({
      StartAt: name,
      States: { [name]: { Type: 'Pass', Result: { queue }, ...END } },
    });
    machineNeedsExactly(
      {
        Fan: {
          Type: 'Parallel',
          Branches: [branch('A', 'https://sqs.us-east-1.amazonaws.com/222222222222/a'), branch('B', 'x')],
          ResultSelector: { 'url.$': '$[0].queue' },
          Next: 'Send',
        },
        Send: {
          Type: 'Task',
          Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
          Parameters: { 'QueueUrl.$': '$.url', MessageBody: { 'Token.$': '$$.Task.Token' } },
          ...END,
        },
      },
      {},
      ['sqs:SendMessage sqs:@:a'],
      ['KeyPermissionUnknown', 'TaskTokenWorker'],
    );
  });
});

describe('a value is known that', () => {
  const Call: State = {
    Type: 'Task',
    Resource: 'arn:aws:states:::glue:startJobRun',
    Parameters: { 'JobName.$': '$.cfg.job' },
    ...END,
  };
  const GRANTED = ['glue:StartJobRun glue:@:job/etl-nightly'];

  it('States.Format makes of constants', () => {
    const Set: State = {
      Type: 'Pass',
      Parameters: { 'job.$': "States.Format('etl-{}', 'nightly')" },
      ResultPath: '$.cfg',
      Next: 'Call',
    };
    machineNeedsExactly({ Set, Call }, {}, GRANTED);
  });

  it('stands beside a Task’s result by ResultPath', () => {
    machineNeedsExactly(
      {
        Set: { Type: 'Pass', Result: { job: 'etl-nightly' }, ResultPath: '$.cfg', Next: 'Work' },
        Work: {
          Type: 'Task',
          Resource: 'arn:aws:states:::dynamodb:getItem',
          Parameters: { TableName: 't', Key: {} },
          ResultPath: '$.item',
          Retry: [{ ErrorEquals: ['States.ALL'] }],
          Next: 'Call',
        },
        Call,
      },
      {},
      ['dynamodb:GetItem dynamodb:@:table/t', ...GRANTED],
    );
  });

  it('a loop passes through unchanged', () => {
    machineNeedsExactly(
      {
        Set: { Type: 'Pass', Result: { job: 'etl-nightly' }, ResultPath: '$.cfg', Next: 'Again' },
        Again: {
          Type: 'Choice',
          Choices: [{ Variable: '$.done', IsPresent: true, Next: 'Call' }],
          Default: 'Wait',
        },
        Wait: { Type: 'Wait', Seconds: 5, Next: 'Again' },
        Call,
      },
      {},
      GRANTED,
    );
  });
});
