/** What links need of their state machines, remembered for as long as nothing changes that it was worked out from. */
import { isDeepStrictEqual } from 'node:util';
import { sameItems } from '../../base/same-items.ts';
import type { Refusal } from '../../desired/refusals.ts';
import type { LinkBasis, LinkRequirements } from '../../desired/requirements.ts';
import type { LinkObject } from './link-object.ts';

/** What a link's requirements are worked out from, but for the link itself. */
export interface RequirementsBasis extends Required<Omit<LinkBasis, 'link'>> {
  /** Tells by which names those that share its role select. */
  readonly choice: string;
}

interface KnownRequirements {
  /** Without the links that share the role, which may be thousands to each of them. */
  readonly basis: Omit<RequirementsBasis, 'sharing'>;
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
    const { sharing: _, ...kept } = basis;
    this.#version += 1;
    this.#known.set(uid, { basis: kept, generation, spec, result, version: this.#version });
  }

  /** Another number each time that a link's are worked out; undefined where they were not. */
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
