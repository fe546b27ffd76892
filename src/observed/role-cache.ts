/**
 * What is known of an account's roles beside its snapshots: own writes, fresh reads, and doubts. It decides which of
 * them to believe about a role. Every time is in monotonic milliseconds.
 */
import { withoutEchoes } from './echo.ts';
import { Journal, WRITE_SETTLES_MS } from './journal.ts';
import type { ObservedRole } from './objects.ts';
import { lookUpRole, lookUpWritten, type AccountSnapshot, type RoleLookup } from './snapshot.ts';

/** What a fresh read of one role shows. */
export type RoleReading =
  | { readonly kind: 'found'; readonly role: ObservedRole }
  | { readonly kind: 'absent' }
  /** A role of that name exists, but at another path (or in other letters): IAM's writes would hit that one. */
  | { readonly kind: 'nameTaken'; readonly arn: string };

/** A reading as it is to be believed. */
export interface BelievedReading {
  readonly reading: RoleReading;
  /** Set where the read showed what was before an own write: milliseconds until it would be believed. */
  readonly lagsForMs?: number;
}

/** By ARN throughout. A new snapshot ends what is older than it, so the cache holds what was read or written since, and
 *  roles that a caller still holds. */
export class RoleCache {
  readonly #journal = new Journal<ObservedRole>();
  /** Roles as last returned to a caller, who may be about to write them: the journal's entries are computed from them. */
  readonly #lastSeen = new Map<string, WeakRef<ObservedRole>>();
  /** What the last fresh read of a role showed, as long as no snapshot is newer. */
  readonly #freshReadings = new Map<string, { readonly reading: RoleReading; readonly startedAt: number }>();
  /** Roles about which a write left doubt: no snapshot is believed about them before a fresh read. */
  readonly #doubtful = new Set<string>();
  /** Start of the last snapshot for which older knowledge was forgotten. */
  #prunedFor = Number.NEGATIVE_INFINITY;
  readonly #readLagMs: number;

  /** @param readLagMs for so long after an own write a fresh read may show what was before */
  constructor(readLagMs = 0) {
    this.#readLagMs = readLagMs;
  }

  /** Whether only a fresh read can show what the role holds. */
  isDoubtful(arn: string): boolean {
    return this.#doubtful.has(arn);
  }

  /** What own writes show without any snapshot, because one that began now could show nothing else. */
  lookUpWritten(arn: string, now: number): RoleLookup | undefined {
    const written = lookUpWritten(this.#journal, arn, now);
    const mayBeRead =
      written !== undefined && written.kind !== 'unknown' && now >= written.asOf + WRITE_SETTLES_MS;
    return mayBeRead ? undefined : this.#seenIn(arn, written);
  }

  /** What a snapshot, own writes and later fresh reads show of a role. */
  lookUp(arn: string, snapshot: AccountSnapshot): RoleLookup {
    this.#prune(snapshot.startedAt);
    const lookup = this.#newerReading(arn, snapshot.startedAt) ?? lookUpRole(snapshot, this.#journal, arn);
    this.#seenIn(arn, lookup);
    return lookup;
  }

  /** Whether a snapshot that began at that time decides about a role: nothing was written or read of it since. */
  isShownBy(arn: string, snapshotStartedAt: number): boolean {
    this.#prune(snapshotStartedAt);
    return (
      !this.#doubtful.has(arn) &&
      this.#newerReading(arn, snapshotStartedAt) === undefined &&
      this.#journal.overlay(arn, snapshotStartedAt) === undefined
    );
  }

  /** What the last fresh read shows, where no snapshots are taken; `unknown` when it began before `earliest`. */
  lookUpRead(arn: string, earliest: number): RoleLookup {
    const known = this.#freshReadings.get(arn);
    if (known === undefined || known.startedAt < earliest) return { kind: 'unknown' };
    return this.#seenIn(arn, { ...known.reading, source: 'snapshot', asOf: known.startedAt });
  }

  /** Takes in a fresh read that began at that time, and ends any doubt. Returns what is to be believed of it. */
  read(arn: string, shown: RoleReading, startedAt: number): BelievedReading {
    const believed = this.#believed(arn, shown, startedAt);
    if (believed.lagsForMs === undefined) {
      this.#noteRead(arn, shown, startedAt);
      return believed;
    }
    const role = believed.reading.kind === 'found' ? believed.reading.role : undefined;
    this.#journal.readInPart(arn, role);
    this.#doubtful.delete(arn);
    this.#see(arn, role);
    return believed;
  }

  /** What own writes show of a role, where a read that began then found some of its parts and not the others; undefined
   *  where none were made shortly before. */
  asWritten(arn: string, startedAt: number): BelievedReading | undefined {
    const written = this.#recentWrite(arn, startedAt);
    return written === undefined ? undefined : echo(written.state, written.ageMs, this.#readLagMs);
  }

  /** A read as it is, or without what it shows of before an own write. */
  #believed(arn: string, reading: RoleReading, startedAt: number): BelievedReading {
    const written = this.#recentWrite(arn, startedAt);
    if (reading.kind === 'nameTaken') {
      const holder = this.#recentWrite(reading.arn, startedAt);
      const holderWasDeletedHere = holder !== undefined && holder.state === undefined;
      // It could only be made here while the name was free.
      const wasMadeHere = written?.state !== undefined;
      if (!holderWasDeletedHere && !wasMadeHere) return { reading };
      return echo(written?.state, (holder ?? written)?.ageMs ?? 0, this.#readLagMs);
    }
    if (written === undefined) return { reading };
    const { role, isEcho } = withoutEchoes(reading.kind === 'found' ? reading.role : undefined, written);
    return isEcho ? echo(role, written.ageMs, this.#readLagMs) : { reading };
  }

  #recentWrite(arn: string, startedAt: number) {
    return this.#journal.lastWrite(arn, startedAt, this.#readLagMs);
  }

  #noteRead(arn: string, reading: RoleReading, startedAt: number): void {
    // After an own write the read knows better than the journal: somebody else may have written since.
    if (reading.kind !== 'nameTaken' && lookUpWritten(this.#journal, arn, startedAt) !== undefined) {
      this.#journal.read(arn, reading.kind === 'found' ? reading.role : undefined, startedAt);
    } else {
      this.#freshReadings.set(arn, { reading, startedAt });
    }
    this.#doubtful.delete(arn);
    this.#see(arn, reading.kind === 'found' ? reading.role : undefined);
  }

  /** The role as a caller last saw it; undefined when it was absent then, or nobody holds it any more. */
  lastSeen(arn: string): ObservedRole | undefined {
    return this.#lastSeen.get(arn)?.deref();
  }

  /** To be called before a write is sent: what was read until then is out of date from now on. */
  writing(arn: string): void {
    this.#freshReadings.delete(arn);
  }

  /** Takes in what the role holds since an own write that was answered at that time; undefined when it is gone. */
  written(arn: string, role: ObservedRole | undefined, at: number): void {
    const before = this.lastSeen(arn);
    this.#see(arn, role);
    this.#journal.record(arn, role, at, before);
  }

  /** A write may have taken effect, or it is not known what it was made to. */
  doubt(arn: string): void {
    this.#doubtful.add(arn);
  }

  /** Whether a role that differs from a snapshot which began at that time was written here since. */
  isOwnWrite(arn: string, snapshotStartedAt: number): boolean {
    return this.#journal.overlay(arn, snapshotStartedAt) !== undefined;
  }

  #seenIn<Lookup extends RoleLookup | undefined>(arn: string, lookup: Lookup): Lookup {
    if (lookup?.kind === 'found') this.#see(arn, lookup.role);
    else if (lookup?.kind === 'absent') this.#see(arn, undefined);
    return lookup;
  }

  #see(arn: string, role: ObservedRole | undefined): void {
    if (role === undefined) this.#lastSeen.delete(arn);
    else this.#lastSeen.set(arn, new WeakRef(role));
  }

  /** Forgets what a snapshot knows better: once for each snapshot, for there may be thousands of roles. */
  #prune(snapshotStartedAt: number): void {
    if (snapshotStartedAt <= this.#prunedFor) return;
    this.#prunedFor = snapshotStartedAt;
    this.#journal.prune(snapshotStartedAt);
    for (const [arn, { startedAt }] of this.#freshReadings)
      if (startedAt <= snapshotStartedAt) this.#freshReadings.delete(arn);
    for (const [arn, seen] of this.#lastSeen) if (seen.deref() === undefined) this.#lastSeen.delete(arn);
  }

  /** What a fresh read has shown since a snapshot began: the older look must not contradict the newer one. */
  #newerReading(arn: string, snapshotStartedAt: number): RoleLookup | undefined {
    const known = this.#freshReadings.get(arn);
    return known === undefined || known.startedAt <= snapshotStartedAt
      ? undefined
      : { ...known.reading, source: 'snapshot', asOf: known.startedAt };
  }
}

function echo(role: ObservedRole | undefined, ageMs: number, readLagMs: number): BelievedReading {
  const reading = role === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'found', role } as const);
  return { reading, lagsForMs: readLagMs - ageMs };
}
