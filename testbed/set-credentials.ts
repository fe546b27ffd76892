/** Puts Credentials into a definition in one step, as outsiders do in tests and histories. */
import { credentialsInParts } from '../src/asl/definition/credentials.ts';
import { parseDefinition } from '../src/asl/definition/definition.ts';
import { finish } from '../src/base/parts.ts';

/**
 * Puts a role on Tasks (`null` removes their Credentials) and returns the new text. Throws `DefinitionError` if the text is no
 * definition, and `RangeError` for a name that is not a Task or on which Step Functions allows no Credentials.
 */
export function setCredentials(definition: string, assignments: ReadonlyMap<string, string | null>): string {
  const tasks = new Map(parseDefinition(definition).tasks.map((task) => [task.name, task]));
  const assigned = [...assignments].map(([name, roleArn]) => {
    const task = tasks.get(name);
    if (task === undefined) throw new RangeError(`no Task is named "${name}"`);
    return { task, roleArn };
  });
  return finish(credentialsInParts(definition, assigned));
}
