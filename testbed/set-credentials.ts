/** Credentials put into a definition at once, as tests and histories have outsiders do it. */
import { credentialsInParts } from '../src/asl/definition/credentials.ts';
import { parseDefinition } from '../src/asl/definition/definition.ts';
import { finish } from '../src/base/parts.ts';

/**
 * Puts a role on Tasks (`null` takes their Credentials away) and returns the new text. Throws `DefinitionError` on text
 * that is no definition, and `RangeError` for a name that is no Task or that Step Functions allows no Credentials on.
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
