/** Objects of this API, checked once against the CRD's own structure when they come in. */
import { structures, type Structured } from './generated.ts';
import { structureProblem, UnexpectedStructure } from './structure.ts';

/** Returns `value` as the named type. Throws UnexpectedStructure, naming the field, when it is not that. */
export function parseAs<Name extends keyof Structured>(
  name: Name,
  value: unknown,
  path: string,
): Structured[Name] {
  if (isOf(name, value, path)) return value;
  throw new UnexpectedStructure(structureProblem(structures[name], value, path));
}

/** The type and the structure are generated from one schema, so the one proves the other. */
function isOf<Name extends keyof Structured>(
  name: Name,
  value: unknown,
  path: string,
): value is Structured[Name] {
  return structureProblem(structures[name], value, path) === undefined;
}
