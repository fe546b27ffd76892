import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { credentialsSupport } from '../../../src/asl/definition/credentials.ts';
import { setCredentials } from '../../../testbed/set-credentials.ts';
import { DefinitionError } from '../../../src/asl/definition/definition.ts';
import type { Task } from '../../../src/asl/task.ts';
import { CORPUS } from './corpus.ts';
import { machine, ROLE, task, tasksOf } from './machines.ts';
import { narrow } from '../../expectations.ts';

const INVOKE = 'arn:aws:states:::lambda:invoke';

function set(text: string, ...assignments: [string, string | null][]): string {
  return setCredentials(text, new Map(assignments));
}

describe('setting credentials', () => {
  it('adds the field after Resource, in the style of the text', () => {
    const text =
      '{\n  "States": {\n    "A": {\n      "Type": "Task",\n      "Resource": "' +
      INVOKE +
      '"\n    }\n  }\n}';
    expect(set(text, ['A', ROLE])).toBe(
      text.replace('"\n    }', `",\n      "Credentials": {"RoleArn": "${ROLE}"}\n    }`),
    );
  });

  it('adds no blanks to a text that has none', () => {
    const text = `{"States":{"A":{"Resource":"${INVOKE}","Type":"Task"}}}`;
    expect(set(text, ['A', ROLE])).toBe(
      `{"States":{"A":{"Resource":"${INVOKE}","Credentials":{"RoleArn":"${ROLE}"},"Type":"Task"}}}`,
    );
  });

  it('replaces what stands there, dynamic credentials too', () => {
    const before = machine({ A: { ...task(INVOKE), Credentials: { 'RoleArn.$': '$.role' } } });
    expect(tasksOf(set(before, ['A', ROLE])).map(({ credentials }) => credentials)).toStrictEqual([
      { kind: 'static', roleArn: ROLE },
    ]);
  });

  it('leaves a Task alone that has that role already', () => {
    const text =
      '{"States":{"A":{"Type":"Task", "Credentials" : { "RoleArn"  : "r" },"Resource":"' + INVOKE + '"}}}';
    expect(set(text, ['A', 'r'])).toBe(text);
  });

  it('keeps numbers, escapes and order that JSON.parse would lose', () => {
    const odd = String.raw`{"b":1.0,"a":12345678901234567890,"2":"é\/","1":1e400}`;
    const text = `{"States":{"A":{"Parameters":${odd},"Type":"Task","Resource":"${INVOKE}"}}}`;
    expect(set(text, ['A', ROLE])).toContain(odd);
  });

  it('finds a Task whose name needs escapes, and one inside a branch', () => {
    const name = 'Say "hi"\\\n\u2028';
    const inner = JSON.parse(machine({ [name]: task(INVOKE) }));
    const text = machine({ Fan: { Type: 'Parallel', Branches: [inner], End: true } });
    expect(tasksOf(set(text, [name, ROLE])).map(({ credentials }) => credentials)).toStrictEqual([
      { kind: 'static', roleArn: ROLE },
    ]);
  });

  it('refuses an activity and an unknown name', () => {
    const text = machine({ A: task('arn:aws:states:us-east-1:222222222222:activity:work') });
    expect(() => set(text, ['A', ROLE])).toThrow(/^Task "A" cannot have Credentials: it is an activity/);
    expect(() => set(text, ['B', ROLE])).toThrow(/^no Task is named "B"$/);
  });

  it('refuses a state in which a key occurs twice', () => {
    const text = `{"States":{"A":{"Type":"Task","Credentials":{},"Credentials":{},"Resource":"${INVOKE}"}}}`;
    expect(() => set(text, ['A', null])).toThrow(DefinitionError);
  });
});

describe('removing credentials', () => {
  const variants: [string, string][] = [
    ['at the end', '{"Type":"Task","Resource":"R", "Credentials": {"RoleArn":"r"} }'],
    ['in front', '{ "Credentials": {"RoleArn":"r"}, "Type":"Task","Resource":"R" }'],
    ['in the middle', '{"Type":"Task","Credentials": {"RoleArn":"r"},"Resource":"R"}'],
  ];
  for (const [where, state] of variants) {
    it(`takes the field away ${where}`, () => {
      const text = `{"States":{"A":${state.replace('R"', `${INVOKE}"`)}}}`;
      const removed = set(text, ['A', null]);
      expect(JSON.parse(removed)).toStrictEqual({ States: { A: { Type: 'Task', Resource: INVOKE } } });
    });
  }

  it('changes nothing where there are none', () => {
    const text = machine({ A: task(INVOKE) });
    expect(set(text, ['A', null])).toBe(text);
  });
});

describe('over the corpus, whichever Tasks are chosen', () => {
  for (const { file, text } of CORPUS) {
    const usable = tasksOf(text).filter((found) => credentialsSupport(found).supported);
    const chosen = fc.subarray(
      usable.filter(({ credentials }) => credentials.kind === 'none').map(({ name }) => name),
    );

    it(`${file}: set, set again, unset gives every byte back`, () => {
      fc.assert(
        fc.property(chosen, (names) => {
          const once = setCredentials(text, new Map(names.map((name) => [name, ROLE])));
          expect(setCredentials(once, new Map(names.map((name) => [name, ROLE])))).toBe(once);
          expect(setCredentials(once, new Map(names.map((name) => [name, null])))).toBe(text);
        }),
        { numRuns: 10 },
      );
    });

    it(`${file}: no other Task differs`, () => {
      fc.assert(
        fc.property(chosen, (names) => {
          const changed = setCredentials(text, new Map(names.map((name) => [name, ROLE])));
          const others = (found: Task): boolean => !names.includes(found.name);
          expect(tasksOf(changed).filter(others)).toStrictEqual(tasksOf(text).filter(others));
          const untouched = setCredentials(changed, new Map(names.map((name) => [name, null])));
          expect(JSON.parse(untouched)).toStrictEqual(JSON.parse(text));
        }),
        { numRuns: 10 },
      );
    });
  }
});

describe('credentials are supported', () => {
  const cases: [string, string, string | undefined][] = [
    ['on a service integration', INVOKE, undefined],
    ['on an SDK integration', 'arn:aws-cn:states:::aws-sdk:s3:getObject', undefined],
    ['on a Lambda function', 'arn:aws:lambda:us-east-1:222222222222:function:f', undefined],
    ['not on an activity', 'arn:aws:states:us-east-1:222222222222:activity:work', 'CredentialsNotSupported'],
    ['not on an HTTP call', 'arn:aws:states:::http:invoke', 'CredentialsNotSupported'],
    ['not on what is no integration', 'arn:aws:s3:::bucket', 'UnknownIntegration'],
    ['not on free text', 'do it', 'UnknownIntegration'],
  ];
  for (const [name, resource, reason] of cases) {
    it(name, () => {
      const [found] = tasksOf(machine({ Call: task(resource) }));
      narrow(found, found);
      const support = credentialsSupport(found);
      expect(support.supported ? undefined : support.reason).toBe(reason);
    });
  }
});
