/** What links need of their state machines, remembered until something changes from which it was worked out. */
import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/same-items.ts';
import type { Refusal } from '../../desired/refusals.ts';
import type { LinkBasis, LinkRequirements } from '../../desired/requirements.ts';
import type { LinkObject } from './link-object.ts';

/** The input from which a link's requirements are worked out, besides the link itself. */
export interface RequirementsBasis extends Required<Omit<LinkBasis, 'link'>> {
  /** Stands for the links that share the role: which Tasks they select by name. */
  readonly choice: string;
}

interface KnownRequirements {
  /** Without the links that share the role: each of thousands would hold all others. */
  readonly basis: Omit<RequirementsBasis, 'sharing'>;
  readonly generation: number;
  /** The generation is not enough: if the API server was restored from a backup, another spec of the same generation may
   *  follow. */
  readonly spec: LinkObject['spec'];
  readonly result: LinkRequirements | Refusal;
  readonly version: number;
}

export class RequirementsMemory {
  /** By the link's UID. */
  readonly #known = new Map<string, KnownRequirements>();
  #version = 0;

  /** The remembered result; undefined if it has to be worked out. */
  find({ metadata, spec }: LinkObject, basis: RequirementsBasis): LinkRequirements | Refusal | undefined {
    const known = this.#known.get(metadata.uid);
    if (known?.generation !== metadata.generation || !isSameBasis(known.basis, basis)) return undefined;
    if (known.spec === spec) return known.result;
    if (!isDeepStrictEqual(known.spec, spec)) return undefined;
    // Holds the newer object, so that the two specs are not compared again.
    this.#known.set(metadata.uid, { ...known, spec });
    return known.result;
  }

  /** Remembers what was worked out for a link. */
  keep({ metadata, spec }: LinkObject, basis: RequirementsBasis, result: LinkRequirements | Refusal): void {
    const { uid, generation } = metadata;
    const { sharing: _, ...kept } = basis;
    this.#version += 1;
    this.#known.set(uid, { basis: kept, generation, spec, result, version: this.#version });
  }

  /** A number that changes each time that a link's requirements are worked out; undefined if none are remembered. */
  versionOf(uid: string): number | undefined {
    return this.#known.get(uid)?.version;
  }

  forget(uid: string): void {
    this.#known.delete(uid);
  }
}

function isSameBasis(known: KnownRequirements['basis'], now: RequirementsBasis): boolean {
  return (
    known.view === now.view &&
    known.context === now.context &&
    known.onRecord.inOrder === now.onRecord.inOrder &&
    sameItems(known.onRecord.tasks, now.onRecord.tasks) &&
    known.choice === now.choice
  );
}
