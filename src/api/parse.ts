/** Objects of this API, checked once against the CRD's own structure when they come in. */
import { structures, type Structured } from './generated.ts';
import { structureProblem, UnexpectedStructure } from './structure.ts';

/** Returns `value` as the named type.
 *  @throws UnexpectedStructure, naming the field, if it is not of that type */
export function parseAs<Name extends keyof Structured>(
  name: Name,
  value: unknown,
  path: string,
): Structured[Name] {
  if (isOf(name, value, path)) return value;
  throw new UnexpectedStructure(structureProblem(structures[name], value, path));
}

/** Type and structure are generated from one schema, so one proves the other. */
function isOf<Name extends keyof Structured>(
  name: Name,
  value: unknown,
  path: string,
): value is Structured[Name] {
  return structureProblem(structures[name], value, path) === undefined;
}
