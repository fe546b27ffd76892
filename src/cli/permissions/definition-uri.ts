/** Definitions in files of their own, as in SAM templates: read relative to the template. */
import { dirname, join } from 'node:path';
import { memberOf } from '../../base/json.ts';
import type { FoundMachine } from '../../asl/inputs/machines-in.ts';
import { parseFile } from '../files/definition-file.ts';
import type { Io } from '../output/io.ts';

/** The machines with their definitions from such files.
 *  @param template its path; standard input (`-`) has no files beside it */
export async function withDefinitionFiles(
  template: string,
  machines: readonly FoundMachine[],
  io: Io,
): Promise<readonly FoundMachine[]> {
  if (template === '-') return machines;
  return Promise.all(machines.map((machine) => withDefinition(template, machine, io)));
}

/** The machine unchanged, if there is no such file, or no definition in it. */
async function withDefinition(template: string, machine: FoundMachine, io: Io): Promise<FoundMachine> {
  if (!('problem' in machine) || machine.elsewhere === undefined) return machine;
  const { path, fill } = machine.elsewhere;
  try {
    const document = await parseFile(path, fill(await io.read(join(dirname(template), path))));
    const isDefinition = memberOf(document, 'States') !== undefined;
    return isDefinition ? { name: machine.name, definition: JSON.stringify(document) } : machine;
  } catch {
    return machine;
  }
}
