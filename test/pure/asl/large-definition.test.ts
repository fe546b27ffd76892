/** Of large definitions the text is kept, and parsed again when it is needed: nobody can tell. */
import { describe, expect, it, jest } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { definitionToKeep, tasksInParts, tasksNaming } from '../../../src/asl/definition/large-definition.ts';
import { selectTasks } from '../../../src/asl/derive/select.ts';
import { finish } from '../../../src/base/parts.ts';
import { requirementsInParts } from '../../../src/desired/requirements.ts';
import { link } from '../desired/fixtures.ts';
import { allowing, contextOf, SOURCE_ENTRY, viewOf } from '../desired/views.ts';

const ROLE = 'arn:aws:iam::222222222222:role/crossaccountlink/a';

/** A definition of some 300 KB, of which every other Task names the role. */
function large(name: string): string {
  const state = (at: number) => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage',
    Parameters: {
      QueueUrl: `https://sqs.us-east-1.amazonaws.com/222222222222/${name}`,
      MessageBody: 'x'.repeat(800),
    },
    ...(at % 2 === 0 && { Credentials: { RoleArn: ROLE } }),
    End: true,
  });
  const States = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`T${at}`, state(at)]));
  return JSON.stringify({ StartAt: 'T0', States });
}

/** One of some 700 KB, of which each Task has a list of empty objects: parsed, it takes twenty times as much. */
function hollow(name: string): string {
  const Parameters = { name, list: Array.from({ length: 8_000 }, () => ({})) };
  const state = { Type: 'Task', Resource: 'arn:aws:states:::sqs:sendMessage', Parameters, End: true };
  const States = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`T${at}`, state]));
  return JSON.stringify({ StartAt: 'T0', States });
}

const kept = (text: string) => definitionToKeep(text, parseDefinition(text));

describe('a large definition', () => {
  const text = large('orders');
  const definition = kept(text);

  it('says the same as one that is kept as it was parsed, however many were used since', () => {
    const parsed = parseDefinition(text);
    for (const { tasks } of Array.from({ length: 60 }, (_, at) => kept(large(`queue-${at}`))))
      expect(tasks).toHaveLength(300);
    expect(definition).toMatchObject({ queryLanguage: 'JSONPath', distributedMaps: [] });
    expect(finish(tasksInParts(definition))).toStrictEqual(parsed.tasks);
    expect(definition.tasks).toStrictEqual(parsed.tasks);
    expect(selectTasks(definition, '222222222222')).toStrictEqual(selectTasks(parsed, '222222222222'));
  });

  it('keeps its Tasks as long as few others are used', () => {
    const { tasks } = definition;
    const others = Array.from({ length: 60 }, (_, at) => kept(large(`queue-${at}`)));
    expect(definition.tasks).not.toBe(tasks);
    const again = definition.tasks;
    for (const other of others.slice(0, 3)) expect(other.tasks).toHaveLength(300);
    expect(definition.tasks).toBe(again);
  });

  it('keeps the Tasks of fewer definitions if they take more memory than others of that length', () => {
    const [first, ...others] = ['a', 'b', 'c'].map((name) => kept(hollow(name)));
    const before = first?.tasks;
    expect(first?.tasks === before).toBe(true);
    for (const { tasks } of others) expect(tasks).toHaveLength(30);
    expect(first?.tasks === before).toBe(false);
  });

  it('is parsed in parts by a link that needs its Tasks again, too', () => {
    const context = contextOf([SOURCE_ENTRY], [allowing('sqs:*')]);
    const view = { ...viewOf(text), definition };
    const onRecord = { tasks: [], inOrder: false };
    const parse = jest.spyOn(JSON, 'parse');
    let parts = 0;
    let mostCalls = 0;
    const result = finish(requirementsInParts({ link: link('a'), view, context, onRecord }), () => {
      mostCalls = Math.max(mostCalls, parse.mock.calls.length);
      parts += 1;
      if (parts % 20 === 0) dropAll();
      parse.mockClear();
    });
    parse.mockRestore();
    expect(result.kind).toBe('required');
    expect(mostCalls).toBeLessThan(200);
  });

  it('tells which Tasks name a role, as a small one does', () => {
    const naming = tasksNaming(parseDefinition(text), ROLE);
    expect(naming).toHaveLength(150);
    expect(tasksNaming(definition, ROLE)).toStrictEqual(naming);
    expect(tasksNaming(definition, `${ROLE}b`)).toStrictEqual([]);
  });
});

/** Has the Tasks of all others dropped. */
function dropAll(): void {
  definitionToKeep(','.repeat(1_048_576), { queryLanguage: 'JSONPath', tasks: [], distributedMaps: [] });
}
