import { describe, expect, it } from '@jest/globals';
import {
  MAX_DEFINITION_LENGTH,
  MAX_NESTING,
  parseDefinition,
} from '../../../src/asl/definition/definition.ts';
import { machine, ROLE, task, tasksOf } from './machines.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';

describe('a definition is walked', () => {
  const nested = machine({
    Fan: {
      Type: 'Parallel',
      Branches: [JSON.parse(machine({ Left: task(INVOKE) })), JSON.parse(machine({ Right: task(INVOKE) }))],
      Next: 'Each',
    },
    Each: {
      Type: 'Map',
      ItemProcessor: {
        ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' },
        ...JSON.parse(machine({ Item: task(INVOKE) })),
      },
      Next: 'Old',
    },
    Old: { Type: 'Map', Iterator: JSON.parse(machine({ Inner: task(INVOKE) })), Next: 'Last' },
    Last: task(INVOKE),
  });

  it('into Parallel branches, Map processors and the older iterators', () => {
    expect(tasksOf(nested).map(({ name }) => name)).toStrictEqual(['Left', 'Right', 'Item', 'Inner', 'Last']);
  });

  it('and each Task knows where it stands', () => {
    expect(tasksOf(nested)[1]?.path).toStrictEqual(['States', 'Fan', 'Branches', 1, 'States', 'Right']);
  });

  it('and names the Map states that run as child executions', () => {
    expect(parseDefinition(nested).distributedMaps).toStrictEqual(['Each']);
  });

  it('and a state may speak another query language than its machine', () => {
    const text = machine({
      Path: { ...task(INVOKE, { A: 1 }), Arguments: { B: 2 } },
      Jsonata: { ...task(INVOKE, { A: 1 }), QueryLanguage: 'JSONata', Arguments: '{% $x %}' },
    });
    expect(tasksOf(text).map(({ queryLanguage, parameters }) => [queryLanguage, parameters])).toStrictEqual([
      ['JSONPath', { A: 1 }],
      ['JSONata', '{% $x %}'],
    ]);
  });

  it('and the machine’s query language holds for nested states', () => {
    const text = machine(
      { Fan: { Type: 'Parallel', Branches: [JSON.parse(machine({ In: task(INVOKE) }))], End: true } },
      { QueryLanguage: 'JSONata' },
    );
    expect(tasksOf(text)[0]?.queryLanguage).toBe('JSONata');
  });
});

describe('credentials are read', () => {
  const cases: [string, object, object][] = [
    ['static', { RoleArn: ROLE }, { kind: 'static', roleArn: ROLE }],
    ['from a path', { 'RoleArn.$': '$.role' }, { kind: 'dynamic', expression: '$.role' }],
    [
      'malformed when empty',
      {},
      { kind: 'malformed', problem: 'Credentials must hold RoleArn and nothing else' },
    ],
    [
      'malformed with a second key',
      { RoleArn: ROLE, ExternalId: 'x' },
      { kind: 'malformed', problem: 'Credentials must hold RoleArn and nothing else' },
    ],
    [
      'malformed as a number',
      { RoleArn: 5 },
      { kind: 'malformed', problem: 'Credentials.RoleArn must be a string' },
    ],
  ];
  for (const [name, credentials, expected] of cases) {
    it(name, () => {
      const text = machine({
        Call: { ...task(INVOKE), Credentials: JSON.parse(JSON.stringify(credentials)) },
      });
      expect(tasksOf(text)[0]?.credentials).toStrictEqual(expected);
    });
  }

  it('as an expression in JSONata', () => {
    const credentials = { RoleArn: '{% $role %}' };
    const text = machine(
      { Call: { ...task(INVOKE), Credentials: credentials } },
      { QueryLanguage: 'JSONata' },
    );
    expect(tasksOf(text)[0]?.credentials).toStrictEqual({ kind: 'dynamic', expression: '{% $role %}' });
  });
});

describe('what is no definition is refused, and the message says where', () => {
  const cases: [string, string, RegExp][] = [
    ['text that is not JSON', '{"States":', /^definition: is not JSON/],
    ['no states', '{}', /^definition at States: an object with the states is missing$/],
    [
      'a state that is no object',
      '{"States":{"A":1}}',
      /^definition at States\.A: a state must be an object$/,
    ],
    ['a Task without Resource', machine({ A: { Type: 'Task' } }), /^definition at States\.A\.Resource: /],
    [
      'a broken branch',
      machine({ A: { Type: 'Parallel', Branches: [{ StartAt: 'x' }] } }),
      /^definition at States\.A\.Branches\[0\]\.States: /,
    ],
    [
      'a Map without a processor',
      machine({ A: { Type: 'Map' } }),
      /^definition at States\.A\.ItemProcessor: is missing$/,
    ],
    [
      'Arguments without JSONata',
      machine({ A: { Type: 'Task', Resource: INVOKE, Arguments: {}, End: true } }),
      /^definition at States\.A\.Arguments: is not used in JSONPath, which has Parameters$/,
    ],
    [
      'Parameters in JSONata',
      machine({ A: task(INVOKE, { A: 1 }) }, { QueryLanguage: 'JSONata' }),
      /^definition at States\.A\.Parameters: is not used in JSONata, which has Arguments$/,
    ],
    ['an unknown query language', machine({}, { QueryLanguage: 'SQL' }), /^definition at QueryLanguage: /],
    [
      'two states of one name',
      machine({ A: { Type: 'Map', Iterator: JSON.parse(machine({ A: task(INVOKE) })) } }),
      /^definition at States\.A\.Iterator\.States\.A: another state has the same name$/,
    ],
    ['nesting without end', '['.repeat(300_000), /^definition: nested deeper than 256 levels$/],
    [
      'more than a mebibyte',
      ' '.repeat(MAX_DEFINITION_LENGTH + 1),
      /^definition: 1048577 characters; AWS accepts 1048576$/,
    ],
  ];
  for (const [name, text, message] of cases) {
    it(name, () => {
      expect(() => parseDefinition(text)).toThrow(
        expect.objectContaining({ name: 'DefinitionError', message: expect.stringMatching(message) }),
      );
    });
  }

  it('but nesting of just as many levels as may be is read', () => {
    const deep = JSON.parse('['.repeat(MAX_NESTING - 1) + ']'.repeat(MAX_NESTING - 1));
    expect(tasksOf(machine({ Call: task(INVOKE) }, { Comment: deep }))).toHaveLength(1);
  });

  it('but brackets inside strings are no nesting', () => {
    const comment = '[{"\\'.repeat(400);
    expect(tasksOf(machine({ Call: task(INVOKE) }, { Comment: comment }))).toHaveLength(1);
  });

  it('and names that every object inherits are names like any other', () => {
    const text = machine({ Call: task('arn:aws:states:::constructor:toString') });
    expect(tasksOf(text)).toHaveLength(1);
    const inherited = `{"States":{"__proto__":{"Type":"Task","Resource":"${INVOKE}"}}}`;
    expect(tasksOf(inherited)[0]?.name).toBe('__proto__');
  });
});
