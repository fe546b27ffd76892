/** One read of a whole account's IAM, and what can be concluded from it. */
import { parseRoleArn } from '../arn/arn.ts';
import { WRITE_SETTLES_MS, type Journal } from './journal.ts';
import type { ObservedManagedPolicy, ObservedRole } from './objects.ts';
import { meansSame } from './same-role.ts';

export interface AccountSnapshot {
  readonly accountId: string;
  /** Monotonic milliseconds at which reading began. What happened later may be in it or not. */
  readonly startedAt: number;
  /** By ARN: the roles that links use, read completely. */
  readonly roles: RoleSnapshots;
  /** Every role of the account, lower-case name → ARN: names are unique without regard to path and case. */
  readonly roleNames: ReadonlyMap<string, string>;
  /** The account's own managed policies, by ARN, if they were asked for. */
  readonly managedPolicies: ReadonlyMap<string, ObservedManagedPolicy>;
  /** Roles that have a grant although nothing is known to run under them → the roles that the grant lets them assume. */
  readonly strayGrants: StrayGrants;
}

/** By ARN. */
export type StrayGrants = ReadonlyMap<string, readonly string[]>;

/** A read-only map whose values may be parsed again on each `get`. */
export interface RoleSnapshots {
  get(arn: string): ObservedRole | undefined;
  has(arn: string): boolean;
  keys(): Iterable<string>;
}

interface Basis {
  readonly source: 'journal' | 'snapshot';
  /** Monotonic milliseconds: of the write, or when the snapshot began. */
  readonly asOf: number;
}

export type RoleLookup =
  | (Basis & { readonly kind: 'found'; readonly role: ObservedRole })
  | (Basis & { readonly kind: 'absent' })
  /** Another role has the name, at another path or in other letters. */
  | (Basis & { readonly kind: 'nameTaken'; readonly arn: string })
  /** The role exists, but the snapshot did not keep it, because no link used it then: read it afresh. */
  | { readonly kind: 'unknown' };

/** What the journal knows better than any snapshot that had started by then; undefined if a snapshot is to be asked. */
export function lookUpWritten(
  journal: Journal<ObservedRole>,
  arn: string,
  snapshotStartedAt: number,
): RoleLookup | undefined {
  const written = journal.overlay(arn, snapshotStartedAt);
  if (written === undefined) return undefined;
  const basis = { source: 'journal', asOf: written.at } as const;
  return written.kind === 'deleted'
    ? { kind: 'absent', ...basis }
    : { kind: 'found', role: written.state, ...basis };
}

/** What a snapshot says about an own write: it shows the write, it may not show it yet, or it shows what cannot be an echo of
 *  the former state, so that somebody must have changed the role since. */
function comparedWith(
  { roles, roleNames, startedAt }: AccountSnapshot,
  written: RoleLookup,
  journal: Journal<ObservedRole>,
  arn: string,
): 'shown' | 'open' | 'contradicted' {
  if (written.kind === 'unknown' || startedAt < written.asOf) return 'open';
  const shown = roles.get(arn);
  const isUnkept = shown === undefined && roleNames.get(parseRoleArn(arn)?.name.toLowerCase() ?? '') === arn;
  if (isUnkept) return 'open';
  if (sameOrAbsent(written.kind === 'found' ? written.role : undefined, shown)) return 'shown';
  if (startedAt < written.asOf + WRITE_SETTLES_MS) return 'open';
  const isEcho = journal.former(arn, startedAt).some((state) => sameOrAbsent(state, shown));
  return isEcho ? 'open' : 'contradicted';
}

function sameOrAbsent(a: ObservedRole | undefined, b: ObservedRole | undefined): boolean {
  return a === undefined || b === undefined ? a === b : meansSame(a, b);
}

/** The role according to a snapshot with the journal of own writes laid over it. If the snapshot shows the last write, the
 *  journal notes that. */
export function lookUpRole(
  snapshot: AccountSnapshot,
  journal: Journal<ObservedRole>,
  arn: string,
): RoleLookup {
  const written = lookUpWritten(journal, arn, snapshot.startedAt);
  if (written !== undefined) {
    const comparison = comparedWith(snapshot, written, journal, arn);
    if (comparison === 'shown') journal.shows(arn, snapshot.startedAt);
    return comparison === 'contradicted' ? { kind: 'unknown' } : written;
  }
  const basis = { source: 'snapshot', asOf: snapshot.startedAt } as const;
  const role = snapshot.roles.get(arn);
  if (role !== undefined) return { kind: 'found', role, ...basis };
  const holder = snapshot.roleNames.get(parseRoleArn(arn)?.name.toLowerCase() ?? '');
  if (holder === undefined) return { kind: 'absent', ...basis };
  return holder === arn ? { kind: 'unknown' } : { kind: 'nameTaken', arn: holder, ...basis };
}
