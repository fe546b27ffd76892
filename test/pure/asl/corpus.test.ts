import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { derivePermissions } from '../../../src/asl/derive.ts';
import { findIamAction } from '../../../src/asl/integrations/iam-data.ts';
import { requirementOf } from '../../../src/asl/requirement.ts';
import type { Json, JsonObject, Task } from '../../../src/asl/task.ts';
import { CORPUS } from './corpus.ts';
import { TARGET, tasksOf } from './machines.ts';

const machines = CORPUS.map(({ file, text }) => {
  const tasks = tasksOf(text);
  return { file, text, tasks, derivation: derivePermissions(tasks, TARGET) };
});
const tasks: readonly Task[] = machines.flatMap((one) => one.tasks);

describe('over the corpus', () => {
  it('has 70 machines with 285 Tasks', () => {
    assert.deepEqual([machines.length, tasks.length], [70, 285]);
  });

  it('each Task is derived, or named in a diagnostic', () => {
    for (const { file, derivation } of machines) {
      const named = new Set(derivation.diagnostics.map(({ task }) => task));
      const silent = derivation.tasks.filter(({ name, sids }) => sids.length === 0 && !named.has(name));
      assert.deepEqual([file, silent], [file, []]);
    }
  });

  it('at least 98 % of the integrations that take credentials are known', () => {
    const takers = tasks.filter(({ resource }) => !/:http:invoke$|:activity:/.test(resource));
    const unknown = takers
      .filter((task) => requirementOf(task) === undefined)
      .map(({ resource }) => resource);
    assert.ok(unknown.length <= takers.length * 0.02, `unknown: ${unknown.join(', ')}`);
  });

  it('every action is one that AWS documents', () => {
    for (const { file, derivation } of machines) {
      const actions = derivation.statements.flatMap((statement) => statement.actions.values);
      const unheard = actions.filter((action) => findIamAction(...split(action)) === undefined);
      assert.deepEqual([file, unheard], [file, []]);
    }
  });

  it('* stands only where the action takes no resource', () => {
    for (const { file, derivation } of machines) {
      const wide = derivation.statements
        .filter(({ resources }) => resources?.values.includes('*'))
        .flatMap(({ actions }) => actions.values)
        .filter((action) => findIamAction(...split(action))?.resourceTypes.length !== 0);
      assert.deepEqual([file, wide], [file, []]);
    }
  });

  it('every resource lies in the target account, or carries no account', () => {
    for (const { file, derivation } of machines) {
      const arns = derivation.statements.flatMap(({ resources }) => resources?.values ?? []);
      const foreign = arns.filter(
        (arn) => arn !== '*' && !/^arn:aws:[a-z0-9-]+:[a-z0-9-]*:(?:222222222222)?:/.test(arn),
      );
      assert.deepEqual([file, foreign], [file, []]);
    }
  });

  it('the order of states and keys makes no difference', () => {
    for (const { file, text, derivation } of machines) {
      const turned = derivePermissions(tasksOf(JSON.stringify(backwards(JSON.parse(text)))), TARGET);
      assert.equal(JSON.stringify([file, turned.statements]), JSON.stringify([file, derivation.statements]));
      assert.deepEqual(turned.tasks, derivation.tasks);
    }
  });
});

function split(action: string): [string, string] {
  const [prefix = '', name = ''] = action.split(':');
  return [prefix, name];
}

/** The same value with the members of every object in reverse. */
function backwards(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(backwards);
  const members: [string, Json][] = Object.entries(value);
  const turned: JsonObject = Object.fromEntries(
    members.toReversed().map(([key, held]) => [key, backwards(held)]),
  );
  return turned;
}
