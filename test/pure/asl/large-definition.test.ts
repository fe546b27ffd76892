/** Of large definitions the text is kept, and parsed again when it is needed: nobody can tell. */
import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from '../../../src/asl/definition/definition.ts';
import { definitionToKeep, tasksInParts, tasksNaming } from '../../../src/asl/definition/large-definition.ts';
import { selectTasks } from '../../../src/asl/derive/select.ts';
import { finish } from '../../../src/base/parts.ts';

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

  it('tells which Tasks name a role, as a small one does', () => {
    const naming = tasksNaming(parseDefinition(text), ROLE);
    expect(naming).toHaveLength(150);
    expect(tasksNaming(definition, ROLE)).toStrictEqual(naming);
    expect(tasksNaming(definition, `${ROLE}b`)).toStrictEqual([]);
  });
});
