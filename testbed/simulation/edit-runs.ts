/** Runs edits of single fields, one after the other, and compares the outcome with that of a fresh object. */
import { structures } from '../../src/api/generated.ts';
import { structureProblem } from '../../src/api/structure.ts';
import type { JsonObject } from '../../src/base/json.ts';
import {
  ACCOUNT_VARIANTS,
  BASE_ACCOUNT,
  BASE_HOME,
  BASE_LINK,
  LINK_VARIANTS,
  withVariant,
  type Kind,
  type Variant,
} from './edits.ts';
import type { Step } from './history.ts';
import { simulate } from './simulation.ts';

export const VARIANTS = { CrossAccountLink: LINK_VARIANTS, AWSAccount: ACCOUNT_VARIANTS };

/** How long an edit may take to come to an end, including IAM's pause. */
const SETTLED_MS = 30_000;

/** What each field may be changed to, field by field. */
export function allVariants(kind: Kind): readonly Variant[] {
  return Object.values(VARIANTS[kind]).flat();
}

/** Every two variants that do not exclude each other: the API server would accept an object with both. */
export function pairsOf(kind: Kind): readonly (readonly [Variant, Variant])[] {
  const all = allVariants(kind);
  return all.flatMap((first, at) =>
    all
      .slice(at + 1)
      .filter((second) => first.path !== second.path && isAdmitted(kind, [first, second]))
      .map((second) => [first, second] as const),
  );
}

function isAdmitted(kind: Kind, variants: readonly Variant[]): boolean {
  const bases = kind === 'CrossAccountLink' ? [BASE_LINK] : [BASE_HOME, BASE_ACCOUNT];
  return bases.every((base) => {
    const spec = variants.reduce(withVariant, base);
    return structureProblem(structures[`${kind}Spec`], spec, 'spec') === undefined;
  });
}

/** Makes an object without any variant, and then gives it each of these sets in turn, in place of the one before.
 *  @returns what differs from a fresh object with the last set, and whatever else breaks a law */
export async function editProblems(
  kind: Kind,
  ...edits: readonly (readonly Variant[])[]
): Promise<readonly string[]> {
  const steps = [
    ...applied('AWSAccount', [], 0),
    ...applied('CrossAccountLink', [], 1_000),
    ...edits.flatMap((variants) => applied(kind, variants, SETTLED_MS)),
  ];
  const { violations } = await simulate({ seed: 1, replicas: 1, steps, specsStay: true });
  return violations.map(({ law, message }) => `${law}: ${message}`);
}

/** First one variant, then both, then the other one alone. */
export async function pairProblem(
  kind: Kind,
  [a, b]: readonly [Variant, Variant],
): Promise<readonly string[]> {
  const wayBack = b.keepsWhatStands === true ? [[]] : [];
  const [problem] = await editProblems(kind, [a], [a, b], [b], ...wayBack);
  return problem === undefined ? [] : [`${described(a)}, then ${described(b)}: ${problem}`];
}

export function described({ path, value }: Variant): string {
  return `${path} ${JSON.stringify(value)}`;
}

/** The base with these variants; for an AWSAccount on both sides. */
function applied(kind: Kind, variants: readonly Variant[], afterMs: number): readonly Step[] {
  const edited = (base: JsonObject) => variants.reduce(withVariant, base);
  if (kind === 'CrossAccountLink')
    return [{ afterMs, do: 'apply', link: 'payments/a', spec: edited(BASE_LINK) }];
  return [
    { afterMs, do: 'rules', account: 'home', spec: edited(BASE_HOME) },
    { afterMs: 100, do: 'rules', account: 'away', spec: edited(BASE_ACCOUNT) },
  ];
}
