/** The single values in the arguments of a call, at any depth. */
import type { Known } from '../expressions/known.ts';
import { toStep } from '../parameters.ts';

/** A single value in the arguments of a call. */
export interface Leaf {
  readonly name: string;
  /** In the form that `readParameters` takes. */
  readonly path: string;
  readonly known: Known;
}

/** Every single value, except in lists of lists. */
export function* leaves(known: Known, name = '', path = ''): Generator<Leaf> {
  if (known.kind === 'array') {
    for (const item of known.items) yield* leaves(item, name, `${path}[]`);
  } else if (known.kind === 'object') {
    for (const [key, held] of known.members) {
      yield* leaves(held, key, path === '' ? toStep(key) : `${path}.${toStep(key)}`);
    }
  } else if (path !== '' && !path.includes('[][]')) {
    yield { name, path, known };
  }
}
