/** What links need of their state machines, remembered for as long as nothing changes that it was worked out from. */
import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/same-items.ts';
import type { Link } from '../../desired/link.ts';
import type { LinkBasis, LinkRequirements, Refusal } from '../../desired/requirements.ts';
import type { LinkObject } from './link-object.ts';

/** What a link's requirements are worked out from, but for the link itself. */
export type RequirementsBasis = Required<Omit<LinkBasis, 'link'>>;

interface KnownRequirements {
  readonly basis: RequirementsBasis;
  readonly generation: number;
  /** Where the API server's memory was restored, another one of the same generation may follow. */
  readonly spec: LinkObject['spec'];
  readonly result: LinkRequirements | Refusal;
  readonly version: number;
}

export class RequirementsMemory {
  /** By the link's UID. */
  readonly #known = new Map<string, KnownRequirements>();
  #version = 0;

  /** Undefined where they have to be worked out. */
  find({ metadata, spec }: LinkObject, basis: RequirementsBasis): LinkRequirements | Refusal | undefined {
    const known = this.#known.get(metadata.uid);
    if (known?.generation !== metadata.generation || !isSameBasis(known.basis, basis)) return undefined;
    if (known.spec === spec) return known.result;
    if (!isDeepStrictEqual(known.spec, spec)) return undefined;
    // Of the newer object, so that the two need not be compared again.
    this.#known.set(metadata.uid, { ...known, spec });
    return known.result;
  }

  keep({ metadata, spec }: LinkObject, basis: RequirementsBasis, result: LinkRequirements | Refusal): void {
    const { uid, generation } = metadata;
    this.#version += 1;
    this.#known.set(uid, { basis, generation, spec, result, version: this.#version });
  }

  /** Another number each time that a link's are worked out; undefined where they were not. */
  versionOf(uid: string): number | undefined {
    return this.#known.get(uid)?.version;
  }

  forget(uid: string): void {
    this.#known.delete(uid);
  }
}

function isSameBasis(known: RequirementsBasis, now: RequirementsBasis): boolean {
  return (
    known.view === now.view &&
    known.context === now.context &&
    known.onRecord.inOrder === now.onRecord.inOrder &&
    sameItems(known.onRecord.tasks, now.onRecord.tasks) &&
    chooseTheSame(known.sharing, now.sharing)
  );
}

/** Whether these links select by the same names. What the rules say of them is another matter. */
function chooseTheSame(a: readonly Link[], b: readonly Link[]): boolean {
  const [were, are] = [a, b].map((links) => links.map(({ uid, tasks }) => [uid, tasks]));
  return sameItems(a, b) || isDeepStrictEqual(were, are);
}
