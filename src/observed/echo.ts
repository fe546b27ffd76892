/**
 * Removes from a read what is only an echo. IAM's reads lag behind its writes, each of the calls that read a role by itself:
 * shortly after an own write, a read may show the former state of any part of the role. Whatever else it shows, neither written
 * nor there before, somebody else has done.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency
 */
import type { ObservedRole } from './objects.ts';
import { samePolicies } from './same-role.ts';

/** What a role has after the operator's own writes, and what it had shortly before; undefined if it did not exist. */
interface RecentWrite {
  readonly state: ObservedRole | undefined;
  readonly former: readonly (ObservedRole | undefined)[];
}

interface CorrectedRead {
  /** The role as read, with the written parts in place of former ones. */
  readonly role: ObservedRole | undefined;
  /** Whether the read showed anything of the former state. */
  readonly isEcho: boolean;
}

/** Replaces in a read whatever may be the state before the last own writes. */
export function withoutEchoes(
  shown: ObservedRole | undefined,
  { state, former }: RecentWrite,
): CorrectedRead {
  if (shown === undefined)
    return state !== undefined && former.includes(undefined)
      ? { role: state, isEcho: true }
      : { role: shown, isEcho: false };
  const before = former.filter((role) => role !== undefined);
  const isSame = state !== undefined && (state.roleId === '' || state.roleId === shown.roleId);
  // A role's ID never comes back: a role with a former ID is the one that was deleted since.
  if (!isSame) {
    const isEcho = before.some(({ roleId }) => roleId !== '' && roleId === shown.roleId);
    return isEcho ? { role: state, isEcho } : { role: shown, isEcho };
  }
  return correctedParts(
    shown,
    state,
    before.filter(({ roleId }) => roleId === shown.roleId || roleId === ''),
  );
}

function correctedParts(
  shown: ObservedRole,
  state: ObservedRole,
  before: readonly ObservedRole[],
): CorrectedRead & { readonly role: ObservedRole } {
  const parts = new RoleParts(shown, state, before);
  const { permissionsBoundaryArn: _, description: __, ...rest } = shown;
  const boundary = parts.one((role) => role.permissionsBoundaryArn, Object.is);
  const description = parts.one((role) => role.description, Object.is);
  const role: ObservedRole = {
    ...rest,
    trust: parts.one((one) => one.trust, samePolicies),
    inlinePolicies: parts.byKey((one) => one.inlinePolicies, samePolicies),
    tags: parts.byKey((one) => one.tags, Object.is),
    managedPolicyArns: parts.members((one) => one.managedPolicyArns),
    instanceProfiles: parts.members((one) => one.instanceProfiles),
    ...(boundary !== undefined && { permissionsBoundaryArn: boundary }),
    ...(description !== undefined && { description }),
  };
  return parts.echoes === 0 ? { role: shown, isEcho: false } : { role, isEcho: true };
}

type IsSame<Value> = (a: Value, b: Value) => boolean;

/** The parts of a role one by one: as they were read, or as they were written if the read shows the former state. */
class RoleParts {
  /** How many parts showed the former state. */
  echoes = 0;
  readonly #shown: ObservedRole;
  readonly #state: ObservedRole;
  readonly #before: readonly ObservedRole[];

  constructor(shown: ObservedRole, state: ObservedRole, before: readonly ObservedRole[]) {
    this.#shown = shown;
    this.#state = state;
    this.#before = before;
  }

  one<Value>(of: (role: ObservedRole) => Value, isSame: IsSame<Value>): Value {
    const [shown, written] = [of(this.#shown), of(this.#state)];
    if (isSame(shown, written) || !this.#before.some((role) => isSame(of(role), shown))) return shown;
    this.echoes += 1;
    return written;
  }

  byKey<Value>(
    of: (role: ObservedRole) => ReadonlyMap<string, Value>,
    isSame: IsSame<Value | undefined>,
  ): ReadonlyMap<string, Value> {
    const right = new Map<string, Value>();
    for (const key of new Set([...of(this.#shown).keys(), ...of(this.#state).keys()])) {
      const value = this.one((role) => of(role).get(key), isSame);
      if (value !== undefined) right.set(key, value);
    }
    return right;
  }

  members(of: (role: ObservedRole) => readonly string[]): readonly string[] {
    const all = [...new Set([...of(this.#shown), ...of(this.#state)])];
    return all.filter((member) => this.one((role) => of(role).includes(member), Object.is));
  }
}
