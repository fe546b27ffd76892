/**
 * What is known of an account's roles besides its snapshots: own writes, fresh reads, and doubts. Decides which of them to
 * trust about a role. All times are monotonic milliseconds.
 */
import { withoutEchoes } from './echo.ts';
import { Journal, WRITE_SETTLES_MS } from './journal.ts';
import type { ObservedRole } from './objects.ts';
import { lookUpRole, lookUpWritten, type AccountSnapshot, type RoleLookup } from './snapshot.ts';

/** What a fresh read of one role shows. */
export type RoleReading =
  | { readonly kind: 'found'; readonly role: ObservedRole }
  | { readonly kind: 'absent' }
  /** A role of that name exists, but at another path (or in other letters): IAM's writes would change that one. */
  | { readonly kind: 'nameTaken'; readonly arn: string };

/** A reading with what is only an echo replaced. */
export interface BelievedReading {
  readonly reading: RoleReading;
  /** Set if the read showed the state before an own write: milliseconds until a read can be trusted. */
  readonly lagsForMs?: number;
}

/** All maps are by ARN. A new snapshot replaces what is older, so the cache holds what was read or written since, and roles
 *  that a caller still holds. */
export class RoleCache {
  readonly #journal = new Journal<ObservedRole>();
  /** Roles as last returned to a caller who may be about to write them: the journal's entries are computed from these. */
  readonly #lastSeen = new Map<string, WeakRef<ObservedRole>>();
  /** The last fresh read of a role, as long as no snapshot is newer. */
  readonly #freshReadings = new Map<string, { readonly reading: RoleReading; readonly startedAt: number }>();
  /** Roles that a write left in doubt: no snapshot is trusted about them before a fresh read. */
  readonly #doubtful = new Set<string>();
  /** By name in small letters, the ARN of the role that was last written under it. IAM knows a name once in an account, so as long
   *  as the journal has that role, there is no other one. */
  readonly #holders = new Map<string, string>();
  /** Start of the last snapshot for which older entries were forgotten. */
  #prunedFor = Number.NEGATIVE_INFINITY;
  readonly #readLagMs: number;

  /** @param readLagMs how long after an own write a fresh read may show the former state */
  constructor(readLagMs = 0) {
    this.#readLagMs = readLagMs;
  }

  /** Whether only a fresh read can show the role's state. */
  isDoubtful(arn: string): boolean {
    return this.#doubtful.has(arn);
  }

  /** The role as own writes left it; undefined if a snapshot that began now might show something else. */
  lookUpWritten(arn: string, now: number): RoleLookup | undefined {
    const written = lookUpWritten(this.#journal, arn, now);
    const mayBeRead =
      written !== undefined && written.kind !== 'unknown' && now >= written.asOf + WRITE_SETTLES_MS;
    return mayBeRead ? undefined : this.#seenIn(arn, written && this.#unlessHeld(arn, written));
  }

  /** The role according to a snapshot, own writes and later fresh reads. */
  lookUp(arn: string, snapshot: AccountSnapshot): RoleLookup {
    this.#prune(snapshot.startedAt);
    const lookup = this.#newerReading(arn, snapshot.startedAt) ?? lookUpRole(snapshot, this.#journal, arn);
    return this.#seenIn(arn, this.#unlessHeld(arn, this.#unlessFreed(lookup)));
  }

  /** Whether a snapshot that began at that time decides about a role, because nothing was written or read of it since. */
  isShownBy(arn: string, snapshotStartedAt: number): boolean {
    this.#prune(snapshotStartedAt);
    return (
      !this.#doubtful.has(arn) &&
      this.#newerReading(arn, snapshotStartedAt) === undefined &&
      this.#journal.overlay(arn, snapshotStartedAt) === undefined
    );
  }

  /** The last fresh read, for accounts without snapshots; `unknown` if it began before `earliest`. */
  lookUpRead(arn: string, earliest: number): RoleLookup {
    const known = this.#freshReadings.get(arn);
    if (known === undefined || known.startedAt < earliest) return { kind: 'unknown' };
    const lookup = this.#unlessFreed({ ...known.reading, source: 'snapshot', asOf: known.startedAt });
    return this.#seenIn(arn, this.#unlessHeld(arn, lookup));
  }

  /** Takes in a fresh read that began at that time, and ends any doubt. Returns what can be trusted of it. */
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

  /** The role as own writes left it, for a read that began then and found only some of its parts; undefined if there were no
   *  recent writes. */
  asWritten(arn: string, startedAt: number): BelievedReading | undefined {
    const written = this.#recentWrite(arn, startedAt);
    return written === undefined ? undefined : echo(written.state, written.ageMs, this.#readLagMs);
  }

  /** A read, with what is only an echo of the state before an own write replaced. */
  #believed(arn: string, reading: RoleReading, startedAt: number): BelievedReading {
    const written = this.#recentWrite(arn, startedAt);
    if (reading.kind === 'nameTaken') {
      const holder = this.#recentWrite(reading.arn, startedAt);
      const holderWasDeletedHere = holder !== undefined && holder.state === undefined;
      // It can only have been made here while the name was free.
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
    // The read is newer than the journal: somebody else may have written since.
    if (reading.kind !== 'nameTaken' && lookUpWritten(this.#journal, arn, startedAt) !== undefined) {
      this.#journal.read(arn, reading.kind === 'found' ? reading.role : undefined, startedAt);
    } else {
      this.#freshReadings.set(arn, { reading, startedAt });
    }
    this.#doubtful.delete(arn);
    this.#see(arn, reading.kind === 'found' ? reading.role : undefined);
  }

  /** The role as a caller last saw it; undefined if it did not exist then, or nobody holds it any more. */
  lastSeen(arn: string): ObservedRole | undefined {
    return this.#lastSeen.get(arn)?.deref();
  }

  /** To be called before a write is sent: what was read until then is out of date. */
  writing(arn: string): void {
    this.#freshReadings.delete(arn);
  }

  /** Takes in the role's state after an own write that was answered at that time; undefined if it is gone. */
  written(arn: string, role: ObservedRole | undefined, at: number): void {
    const before = this.lastSeen(arn);
    this.#see(arn, role);
    this.#journal.record(arn, role, at, before);
    const name = nameIn(arn);
    if (role !== undefined) this.#holders.set(name, arn);
    else if (this.#holders.get(name) === arn) this.#holders.delete(name);
  }

  /** To be called if a write may or may not have taken effect, or it is not known what it changed. */
  doubt(arn: string): void {
    this.#doubtful.add(arn);
  }

  /** Whether the difference between a role and a snapshot that began at that time comes from an own write. */
  isOwnWrite(arn: string, snapshotStartedAt: number): boolean {
    return this.#journal.overlay(arn, snapshotStartedAt) !== undefined;
  }

  /** Once the role that had the name was deleted here, only a fresh read can show whether the name is free. */
  #unlessFreed(lookup: RoleLookup): RoleLookup {
    const isFreed =
      lookup.kind === 'nameTaken' && this.#journal.overlay(lookup.arn, lookup.asOf)?.kind === 'deleted';
    return isFreed ? { kind: 'unknown' } : lookup;
  }

  /** A role that seems not to exist cannot be made either if another one was made under its name since. */
  #unlessHeld(arn: string, lookup: RoleLookup): RoleLookup {
    if (lookup.kind !== 'absent') return lookup;
    const holder = this.#holders.get(nameIn(arn)) ?? arn;
    const isHeld = holder !== arn && this.#journal.overlay(holder, lookup.asOf)?.kind === 'state';
    return isHeld ? { ...lookup, kind: 'nameTaken', arn: holder } : lookup;
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

  /** Forgets what a snapshot knows better, once for each snapshot: there may be thousands of roles. */
  #prune(snapshotStartedAt: number): void {
    if (snapshotStartedAt <= this.#prunedFor) return;
    this.#prunedFor = snapshotStartedAt;
    this.#journal.prune(snapshotStartedAt);
    for (const [name, arn] of this.#holders)
      if (this.#journal.overlay(arn, snapshotStartedAt) === undefined) this.#holders.delete(name);
    for (const [arn, { startedAt }] of this.#freshReadings)
      if (startedAt <= snapshotStartedAt) this.#freshReadings.delete(arn);
    for (const [arn, seen] of this.#lastSeen) if (seen.deref() === undefined) this.#lastSeen.delete(arn);
  }

  /** What a fresh read has shown since a snapshot began: the older read must not contradict the newer one. */
  #newerReading(arn: string, snapshotStartedAt: number): RoleLookup | undefined {
    const known = this.#freshReadings.get(arn);
    return known === undefined || known.startedAt <= snapshotStartedAt
      ? undefined
      : { ...known.reading, source: 'snapshot', asOf: known.startedAt };
  }
}

function nameIn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1).toLowerCase();
}

function echo(role: ObservedRole | undefined, ageMs: number, readLagMs: number): BelievedReading {
  const reading = role === undefined ? ({ kind: 'absent' } as const) : ({ kind: 'found', role } as const);
  return { reading, lagsForMs: readLagMs - ageMs };
}
