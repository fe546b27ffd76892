/** A check of a link that is compared with the last one that found it in sync. */
import { AwsFailure } from '../../aws/errors/errors.ts';
import { LEGS } from '../../report/outcome.ts';
import type { LinkRecollection } from '../state/link-memory.ts';
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
  readonly #memory: LinkRecollection;
  readonly #parts: RecheckParts;
  /** What this check began by, where there is a basis. */
  #begun: { readonly needed: Needed; readonly basis: string } | undefined;
  /** What the last check in sync went by. It counts again only once this one is at its end: one that is broken off may leave
   *  anything behind. */
  readonly #former: string | undefined;

  constructor(resolved: ResolvedLink, memory: LinkRecollection, parts: RecheckParts) {
    this.#resolved = resolved;
    this.#memory = memory;
    this.#parts = parts;
    this.#former = memory.inSyncBasis;
    memory.inSyncBasis = undefined;
  }

  /** Whether a check found the link in sync that went by the same. To be asked once the state machine is read.
   *  @throws AwsFailure where the target role cannot be looked at anew, as the check itself would first of all */
  async isAsBefore(needed: Needed, readPolicy: ReadPolicy): Promise<boolean> {
    if (!(await this.#renewSnapshots(needed, readPolicy))) return false;
    const { rolesReadyFor, unrecordedDrift, reportedRepairs } = this.#memory;
    const basis = this.#basisOf(needed, readPolicy);
    this.#begun = basis === undefined ? undefined : { needed, basis };
    const isAllReported = unrecordedDrift.length + reportedRepairs.length === 0;
    return basis !== undefined && basis === this.#former && rolesReadyFor !== undefined && isAllReported;
  }

  /** Remembers what the check went by, if it found all in sync and had nothing to report; what changed meanwhile may not have
   *  been looked at.
   *  @param isQuiet whether nothing was written or reported of the link */
  conclude(record: ReconcileRecord, readPolicy: ReadPolicy, isQuiet: boolean): void {
    if (record.isAsBefore) this.#memory.inSyncBasis = this.#former;
    else this.#memory.inSyncBasis = isQuiet && isInSync(record) ? this.#basisAfter(readPolicy) : undefined;
  }

  /** A check would do so next: else all those that come before it is done would be whole ones. Returns false where the source
   *  account's roles cannot be read: the check finds that out again, once it has looked at the target role. */
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

/** Whether a reconcile found every leg in sync, did nothing, and leaves nothing to come back for. */
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
