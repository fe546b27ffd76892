import { isJsonArray, isJsonObject, membersOf, type Json } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { findIamAction } from '../../../src/asl/integrations/iam-data.ts';
import { requirementOf } from '../../../src/asl/derive/requirement.ts';
import type { Task } from '../../../src/asl/task.ts';
import { CORPUS } from './corpus.ts';
import { TARGET, tasksOf } from './machines.ts';

const machines = CORPUS.map(({ file, text }) => {
  const tasks = tasksOf(text);
  return { file, text, tasks, derivation: derivePermissions(tasks, TARGET) };
});
const tasks: readonly Task[] = machines.flatMap((one) => one.tasks);

describe('over the corpus', () => {
  it('has 70 machines with 285 Tasks', () => {
    expect([machines.length, tasks.length]).toStrictEqual([70, 285]);
  });

  it('each Task is derived, or named in a diagnostic', () => {
    for (const { file, derivation } of machines) {
      const named = new Set(derivation.diagnostics.map(({ task }) => task));
      const silent = derivation.tasks.filter(({ name, sids }) => sids.length === 0 && !named.has(name));
      expect([file, silent]).toStrictEqual([file, []]);
    }
  });

  it('at least 98 % of the integrations that take credentials are known', () => {
    const takers = tasks.filter(({ resource }) => !/:http:invoke$|:activity:/.test(resource));
    const unknown = takers
      .filter((task) => requirementOf(task) === undefined)
      .map(({ resource }) => resource);
    expect(unknown.length).toBeLessThanOrEqual(takers.length * 0.02);
  });

  it('every action is one that AWS documents', () => {
    for (const { file, derivation } of machines) {
      const actions = derivation.statements.flatMap((statement) => statement.actions.values);
      const unheard = actions.filter((action) => findIamAction(...split(action)) === undefined);
      expect([file, unheard]).toStrictEqual([file, []]);
    }
  });

  it('* stands only where the action need not be bound to a resource', () => {
    for (const { file, derivation } of machines) {
      const wide = derivation.statements
        .filter(({ resources }) => resources?.values.includes('*'))
        .flatMap(({ actions }) => actions.values)
        .filter((action) => findIamAction(...split(action))?.resourceTypes.some(({ required }) => required));
      expect([file, wide]).toStrictEqual([file, []]);
    }
  });

  it('every resource lies in the target account, or carries no account', () => {
    for (const { file, derivation } of machines) {
      const arns = derivation.statements.flatMap(({ resources }) => resources?.values ?? []);
      const foreign = arns.filter(
        (arn) => arn !== '*' && !/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(?:222222222222)?:/.test(arn),
      );
      expect([file, foreign]).toStrictEqual([file, []]);
    }
  });

  it('the order of states and keys makes no difference', () => {
    for (const { file, text, derivation } of machines) {
      const turned = derivePermissions(tasksOf(JSON.stringify(backwards(JSON.parse(text)))), TARGET);
      expect(JSON.stringify([file, turned.statements])).toBe(JSON.stringify([file, derivation.statements]));
      expect(turned.tasks).toStrictEqual(derivation.tasks);
    }
  });
});

function split(action: string): [string, string] {
  const [prefix = '', name = ''] = action.split(':');
  return [prefix, name];
}

/** The same value with the members of every object in reverse. */
function backwards(value: Json): Json {
  if (isJsonArray(value)) return value.map(backwards);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    membersOf(value)
      .toReversed()
      .map(([key, inner]) => [key, backwards(inner)]),
  );
}

/** Why a person is asked about a Task of the corpus, in the words of the diagnostic. What is in the text is never a reason. */
const REASONS_TO_ASK: Readonly<Record<string, RegExp>> = {
  'only run time knows it': /is known only at run time \(.+\)/,
  'a placeholder that nothing filled in': /contains a placeholder that was not filled in/,
  'a text that is no ARN, URL or name of such a thing': /does not name one/,
  'it takes no Credentials': /cannot have Credentials/,
  'it stands elsewhere in AWS, and not in the definition':
    /does not follow from the parameters|the definition does not show|is not in the parameters|is missing/,
};

describe('a question about a Task of the corpus', () => {
  const asked = machines.flatMap(({ derivation }) =>
    derivation.diagnostics.filter(({ blocking }) => blocking),
  );
  const reasonOf = (message: string) =>
    Object.entries(REASONS_TO_ASK).find(([, wording]) => wording.test(message))?.[0] ??
    `asked although literal: ${message}`;
  const counts = Object.fromEntries(
    Object.keys(REASONS_TO_ASK).map((reason) => [
      reason,
      asked.filter(({ message }) => reasonOf(message) === reason).length,
    ]),
  );

  it('is never about what the text tells', () => {
    expect(
      asked.map(({ message }) => reasonOf(message)).filter((reason) => !(reason in REASONS_TO_ASK)),
    ).toEqual([]);
  });

  it('is asked for these reasons, so often', () => {
    expect(counts).toMatchInlineSnapshot(`
     {
       "a placeholder that nothing filled in": 11,
       "a text that is no ARN, URL or name of such a thing": 7,
       "it stands elsewhere in AWS, and not in the definition": 8,
       "it takes no Credentials": 2,
       "only run time knows it": 45,
     }
    `);
  });

  it('leaves more than three Tasks in four without any', () => {
    const open = new Set(
      machines.flatMap(({ file, derivation }) =>
        derivation.diagnostics.filter(({ blocking }) => blocking).map(({ task }) => `${file} ${task}`),
      ),
    );
    expect(open.size).toBeLessThan(tasks.length / 4);
  });
});
