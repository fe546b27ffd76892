/** A check of a link, compared with the last check that found it in sync. */
import { AwsFailure } from '../../aws/errors/errors.ts';
import { LEGS } from '../../report/outcome.ts';
import type { LinkMemory } from '../state/link-memory.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { AliasCheck } from '../triggers/alias-check.ts';
import type { CheckBasis } from './check-basis.ts';
import { grantRoles, neededRoles } from './inventory.ts';
import type { Needed, ReadPolicy } from './read-policy.ts';
import type { ReconcileRecord } from './reconcile-record.ts';

interface RecheckParts {
  readonly basis: Pick<CheckBasis, 'of'>;
  readonly aliases: Pick<AliasCheck, 'without'>;
}

export class Recheck {
  readonly #resolved: ResolvedLink;
  readonly #memory: LinkMemory;
  readonly #parts: RecheckParts;
  /** The basis of this check, if there is one. */
  #begun: { readonly needed: Needed; readonly basis: string } | undefined;
  /** The basis of the last check that found the link in sync. It is taken out of the memory until this check has ended: one
   *  that breaks off may leave anything behind. */
  readonly #former: string | undefined;

  constructor(resolved: ResolvedLink, memory: LinkMemory, parts: RecheckParts) {
    this.#resolved = resolved;
    this.#memory = memory;
    this.#parts = parts;
    this.#former = memory.inSyncBasis;
    memory.inSyncBasis = undefined;
  }

  /** Whether an earlier check with the same basis found the link in sync. To be asked once the state machine is read.
   *  @throws AwsFailure if the target role cannot be read again; the check itself would begin with the same read */
  async isAsBefore(needed: Needed, readPolicy: ReadPolicy): Promise<boolean> {
    if (!(await this.#renewSnapshots(needed, readPolicy))) return false;
    const { rolesReadyFor, unrecordedDrift, reportedRepairs } = this.#memory;
    const basis = this.#basisOf(needed, readPolicy);
    this.#begun = basis === undefined ? undefined : { needed, basis };
    const isAllReported = unrecordedDrift.length + reportedRepairs.length === 0;
    return basis !== undefined && basis === this.#former && rolesReadyFor !== undefined && isAllReported;
  }

  /** Remembers the basis of the check if it found everything in sync and had nothing to report. What changed meanwhile may not
   *  have been checked.
   *  @param isQuiet whether nothing was written or reported for the link */
  conclude(record: ReconcileRecord, readPolicy: ReadPolicy, isQuiet: boolean): void {
    if (record.isAsBefore) this.#memory.inSyncBasis = this.#former;
    else this.#memory.inSyncBasis = isQuiet && isInSync(record) ? this.#basisAfter(readPolicy) : undefined;
  }

  /** Reads snapshots that are too old, as the check would do next: otherwise every check that begins before they are read would
   *  be a whole one. Returns false if the source account's roles cannot be read: the check finds that out again after it has
   *  checked the target role. */
  async #renewSnapshots(
    { requirements }: Needed,
    { freshness, wasInSync, callOptions }: ReadPolicy,
  ): Promise<boolean> {
    if (freshness.kind === 'fresh' || !wasInSync) return true;
    const { link, source, target } = this.#resolved;
    await target.aws?.renewSnapshot(link.targetRole.text, callOptions, freshness.maxAgeMs);
    try {
      for (const { text } of grantRoles(this.#resolved, neededRoles(requirements)))
        await source.aws?.renewSnapshot(text, callOptions, freshness.maxAgeMs);
      return true;
    } catch (error) {
      if (error instanceof AwsFailure) return false;
      throw error;
    }
  }

  #basisAfter(readPolicy: ReadPolicy): string | undefined {
    if (this.#begun === undefined) return this.#former;
    const { needed, basis } = this.#begun;
    return this.#basisOf(needed, readPolicy) === basis ? basis : this.#former;
  }

  #basisOf(needed: Needed, { freshness, wasInSync, growthWaits }: ReadPolicy): string | undefined {
    if (freshness.kind === 'fresh' || !wasInSync) return undefined;
    const { stateMachine, targetRole } = this.#resolved.link;
    const { tasks } = needed.requirements;
    return this.#parts.basis.of(this.#resolved, needed, {
      maxAgeMs: freshness.maxAgeMs,
      growthWaits: growthWaits(needed.view),
      aliasesWithout: this.#parts.aliases.without(stateMachine.text, targetRole.text, tasks),
    });
  }
}

/** Whether a reconcile found every leg in sync, did nothing, and needs no early return. */
function isInSync(record: ReconcileRecord): boolean {
  const { applied, failures, observed, externalChanges, leftBehind, deniedTasks, effective, legs } = record;
  const found = [applied, failures, observed, externalChanges, leftBehind, deniedTasks ?? []];
  return (
    LEGS.every((leg) => legs[leg]?.kind === 'inSync') &&
    (effective?.kind === 'effective' || effective?.kind === 'unknown') &&
    found.every(({ length }) => length === 0) &&
    !record.pausing &&
    !record.mayShrinkLater &&
    record.againAfterMs === undefined &&
    record.lagsForMs === undefined
  );
}
