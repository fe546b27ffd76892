/** The largest and the most awkward definitions that AWS takes: each of them fills a megabyte, or a depth. */
import type { Json, JsonObject } from '../../../src/base/json.ts';

const TARGET = '222222222222';
/** The part that is left free if many Tasks are to get Credentials. */
const ROOM_FOR_CREDENTIALS = 0.57;

const URL = `https://sqs.us-east-1.amazonaws.com/${TARGET}`;

function send(queue: string, more: JsonObject = {}): JsonObject {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: { QueueUrl: `${URL}/${queue}`, MessageBody: 'x', ...more },
  };
}

/** States in a row. */
function chained(states: readonly (readonly [string, JsonObject])[], more: JsonObject = {}): string {
  const entries = states.map(([name, state], at) => {
    const next = states[at + 1];
    return [name, { ...state, ...(next === undefined ? { End: true } : { Next: next[0] }) }];
  });
  return JSON.stringify({ ...more, StartAt: states[0]?.[0] ?? '', States: Object.fromEntries(entries) });
}

/** A definition that is as large as it can be, but for a part that is left free. Lengths grow evenly, or nearly: a few guesses
 *  find it. */
function fill(length: number, build: (size: number) => string, free = 0.004): string {
  const most = length * (1 - free);
  let largest = { size: 1, text: build(1) };
  let size = 2;
  let beyond = Number.POSITIVE_INFINITY;
  while (largest.size + 1 < beyond) {
    const text = build(size);
    const each = Math.max(1, (text.length - largest.text.length) / (size - largest.size));
    if (text.length <= most) largest = { size, text };
    else beyond = size;
    const guess = largest.size + Math.floor((most - largest.text.length) / each);
    size = Math.min(Math.max(guess, largest.size + 1), beyond - 1);
  }
  return largest.text;
}

function times<T>(count: number, make: (at: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at));
}

function nested(depth: number, inner: Json): Json {
  return times(depth, (at) => at).reduce<Json>((value) => ({ a: value }), inner);
}

/** As long as AWS takes them. */
export const LONGEST_DEFINITION = 1_048_576;

/** Definitions by name, each with this many characters. */
export function largestDefinitions(length: number): Readonly<Record<string, () => string>> {
  const filled = (build: (size: number) => string, free?: number) => fill(length, build, free);
  return {
    'as many Tasks as fit with Credentials': () =>
      filled((count) => chained(times(count, (at) => [`T${at}`, send(`q${at % 20}`)])), ROOM_FOR_CREDENTIALS),
    'as many Tasks as fit, too many for Credentials': () =>
      filled((count) => chained(times(count, (at) => [`T${at}`, send(`q${at % 20}`)]))),
    'Tasks that each name a queue of their own': () =>
      filled((count) => chained(times(count, (at) => [`T${at}`, send(`q${at}`)])), ROOM_FOR_CREDENTIALS),
    'the shortest Tasks': () =>
      filled(
        (count) =>
          chained(
            times(count, (at) => [
              at.toString(36),
              { Type: 'Task', Resource: `arn:aws:lambda:us-east-1:${TARGET}:function:f` },
            ]),
          ),
        ROOM_FOR_CREDENTIALS,
      ),
    'the shortest states': () =>
      filled((count) =>
        chained([
          ...times(count, (at) => [at.toString(36), { Type: 'Pass' }] as const),
          ['Send', send('q')] as const,
        ]),
      ),
    'one long string': () => filled((size) => chained([['Send', send('q', { Long: 'x'.repeat(size) })]])),
    'one long string that is the queue': () => filled((size) => chained([['Send', send('x'.repeat(size))]])),
    'one long string of wildcards': () => filled((size) => chained([['Send', send('?*'.repeat(size))]])),
    'one long string of expressions that begin and never end': () =>
      filled((size) => chained([['Send', send('{%'.repeat(size))]])),
    'one long query': () =>
      filled((size) =>
        chained([
          [
            'Query',
            {
              Type: 'Task',
              Resource: 'arn:aws:states:::aws-sdk:timestreamquery:query',
              Parameters: { QueryString: `SELECT * FROM ${'a.'.repeat(size)}!` },
            },
          ],
        ]),
      ),
    'one long string of escapes': () =>
      filled((size) => chained([['Send', send('q', { Long: '\\"\u0001'.repeat(size) })]])),
    'one long name': () => filled((size) => chained([['x'.repeat(size), send('q')]])),
    'one long Resource': () =>
      filled((size) =>
        chained([['Send', { Type: 'Task', Resource: `arn:aws:states:::${'a:'.repeat(size)}` }]]),
      ),
    'one long list': () => filled((size) => chained([['Send', send('q', { List: times(size, () => 0) })]])),
    'one long list of objects': () =>
      filled((size) => chained([['Send', send('q', { List: times(size, () => ({})) })]])),
    'one large object': () =>
      filled((size) =>
        chained([['Send', send('q', Object.fromEntries(times(size, (at) => [`k${at}`, 0])))]]),
      ),
    'one state of many fields': () =>
      filled((size) =>
        chained([['Send', { ...send('q'), ...Object.fromEntries(times(size, (at) => [`k${at}`, 0])) }]]),
      ),
    'many values that have to be evaluated': () =>
      filled((size) =>
        chained([['Send', send('q', Object.fromEntries(times(size, (at) => [`k${at}.$`, '$.a'])))]]),
      ),
    'long intrinsic functions': () =>
      filled((size) =>
        chained([
          [
            'Send',
            send(
              'q',
              Object.fromEntries(
                times(size, (at) => [
                  `k${at}.$`,
                  `States.Format('${'{}'.repeat(400)}'${',$.a'.repeat(400)})`,
                ]),
              ),
            ),
          ],
        ]),
      ),
    'deep intrinsic functions': () =>
      filled((size) =>
        chained([
          [
            'Send',
            send(
              'q',
              Object.fromEntries(
                times(size, (at) => [`k${at}.$`, `${'States.Array('.repeat(290)}1${')'.repeat(290)}`]),
              ),
            ),
          ],
        ]),
      ),
    'JSONata of many brackets': () =>
      filled((size) =>
        chained(
          [
            [
              'Send',
              {
                Type: 'Task',
                Resource: 'arn:aws:states:::sqs:sendMessage',
                Arguments: {
                  QueueUrl: `${URL}/q`,
                  MessageBody: times(size, () => `{% ${'('.repeat(2_000)}1${')'.repeat(2_000)} %}`),
                },
              },
            ],
          ],
          { QueryLanguage: 'JSONata' },
        ),
      ),
    'JSONata of many choices': () =>
      filled((size) =>
        chained(
          [
            [
              'Send',
              {
                Type: 'Task',
                Resource: 'arn:aws:states:::sqs:sendMessage',
                Arguments: {
                  QueueUrl: `${URL}/q`,
                  MessageBody: times(
                    size,
                    () => `{% ${times(300, (at) => `a${at % 2} ? 'x${at}'`).join(' : ')} : 'y' %}`,
                  ),
                },
              },
            ],
          ],
          { QueryLanguage: 'JSONata' },
        ),
      ),
    'a Choice of many rules': () =>
      filled((size) =>
        chained([
          [
            'Choose',
            {
              Type: 'Choice',
              Choices: times(size, () => ({ Variable: '$.a', IsPresent: true, Next: 'Send' })),
              Default: 'Send',
            },
          ],
          ['Send', send('q')],
        ]),
      ),
    'a Choice of many rules that know much': () =>
      filled((size) =>
        chained([
          [
            'Know',
            {
              Type: 'Pass',
              Result: Object.fromEntries(times(1_000, (at) => [`k${at}`, at])),
            },
          ],
          [
            'Choose',
            {
              Type: 'Choice',
              Choices: times(size, (at) => ({
                Variable: '$.a',
                IsPresent: true,
                Assign: { [`v${at % 60}`]: at },
                Next: 'Send',
              })),
              Default: 'Send',
            },
          ],
          ['Send', send('q')],
        ]),
      ),
    'many Catchers': () =>
      filled((size) =>
        chained([
          [
            'Send',
            {
              ...send('q'),
              Catch: times(size, () => ({ ErrorEquals: ['States.ALL'], Next: 'End', ResultPath: '$.a.b.c' })),
            },
          ],
          ['End', { Type: 'Pass' }],
        ]),
      ),
    'a Parallel state of many branches': () =>
      filled(
        (size) =>
          chained([
            [
              'Both',
              {
                Type: 'Parallel',
                Branches: times(size, (at) => ({
                  StartAt: `S${at}`,
                  States: { [`S${at}`]: { ...send('q'), End: true } },
                })),
              },
            ],
          ]),
        ROOM_FOR_CREDENTIALS,
      ),
    'Maps inside Maps': () => {
      const inner = times(60, (at) => at).reduce<JsonObject>(
        (machine, at) => ({
          StartAt: `M${at}`,
          States: { [`M${at}`]: { Type: 'Map', ItemProcessor: machine, End: true } },
        }),
        { StartAt: 'Send', States: { Send: { ...send('q'), End: true } } },
      );
      return JSON.stringify(inner);
    },
    'Maps inside Maps, with all that a Task can hold inside': () =>
      filled(
        (size) =>
          JSON.stringify(
            times(60, (at) => at).reduce<JsonObject>(
              (machine, at) => ({
                StartAt: `M${at}`,
                States: { [`M${at}`]: { Type: 'Map', ItemProcessor: machine, End: true } },
              }),
              JSON.parse(chained(times(size, (at) => [`T${at}`, send('q')]))),
            ),
          ),
        ROOM_FOR_CREDENTIALS,
      ),
    'values as deep as they may be': () =>
      filled((size) => chained([['Send', send('q', { List: times(size, () => nested(240, 0)) })]])),
    'states that each hold their input twenty times': () =>
      filled((size) =>
        chained([
          ...times(
            size,
            (at) =>
              [
                `P${at}`,
                {
                  Type: 'Pass',
                  Parameters: Object.fromEntries(times(20, (key) => [`k${key}.$`, '$'])),
                },
              ] as const,
          ),
          ['Send', send('q')] as const,
        ]),
      ),
    'a loop in which much is known': () =>
      filled((size) => {
        const states = times(size, (at) => [
          `P${at}`,
          {
            Type: 'Choice',
            Choices: times(4, (choice) => ({
              Variable: '$.a',
              IsPresent: true,
              Next: `P${(at * 7 + choice * 13) % size}`,
              Assign: { [`v${at % 60}`]: { a: at, b: [at, at, at] } },
            })),
            Default: `P${(at + 1) % size}`,
          },
        ]);
        return JSON.stringify({
          StartAt: 'First',
          States: Object.fromEntries([
            [
              'First',
              { Type: 'Pass', Result: Object.fromEntries(times(2_000, (at) => [`k${at}`, at])), Next: 'P0' },
            ],
            ...states,
            ['Send', { ...send('q'), End: true }],
          ]),
        });
      }),
    'a list of as many resources as fit': () =>
      filled((size) =>
        chained([
          [
            'Put',
            {
              Type: 'Task',
              Resource: 'arn:aws:states:::events:putEvents',
              Parameters: {
                Entries: times(size, (at) => ({
                  EventBusName: `arn:aws:events:us-east-1:${TARGET}:event-bus/b${at}`,
                })),
              },
            },
          ],
        ]),
      ),
    'a list of as many resources as are read': () =>
      chained([
        [
          'Put',
          {
            Type: 'Task',
            Resource: 'arn:aws:states:::events:putEvents',
            Parameters: {
              Entries: times(6_000, (at) => ({
                EventBusName: `arn:aws:events:us-east-1:${TARGET}:event-bus/b${at}`,
              })),
            },
          },
        ],
      ]),
    'Catchers that each copy what is known': () =>
      filled((size) =>
        chained([
          ['Know', { Type: 'Pass', Result: Object.fromEntries(times(10_000, (at) => [`k${at}`, at])) }],
          [
            'Send',
            {
              ...send('q'),
              Catch: times(size, (at) => ({
                ErrorEquals: ['States.ALL'],
                Next: 'End',
                ResultPath: `$.a${at}`,
              })),
            },
          ],
          ['End', { Type: 'Pass' }],
        ]),
      ),
    'variables that each hold what is known': () =>
      filled((size) =>
        chained(
          [
            ['Know', { Type: 'Pass', Output: Object.fromEntries(times(6_000, (at) => [`k${at}`, at])) }],
            ...times(
              60,
              (at) =>
                [`Assign${at}`, { Type: 'Pass', Assign: { [`v${at}`]: '{% $states.input %}' } }] as const,
            ),
            [
              'Choose',
              {
                Type: 'Choice',
                Choices: times(size, (at) => ({
                  Condition: '{% true %}',
                  Assign: { [`v${at % 60}`]: at },
                  Next: 'Send',
                })),
                Default: 'Send',
              },
            ],
            [
              'Send',
              {
                Type: 'Task',
                Resource: 'arn:aws:states:::sqs:sendMessage',
                Arguments: { QueueUrl: `${URL}/q`, MessageBody: 'x' },
              },
            ],
          ],
          { QueryLanguage: 'JSONata' },
        ),
      ),
    blanks: () => filled((size) => chained([['Send', send('q')]]).replace('{', `{${' '.repeat(size)}`)),
  };
}
