/**
 * The `Principal` element of a trust policy against a role session.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
import type { RoleArn } from '../../arn/arn.ts';
import { canonicalPrincipal } from '../canonical.ts';
import type { ObservedPolicy, Principals, Statement } from '../document.ts';
import { any, toAnswer, type Answer } from './answer.ts';

/** How a statement names the caller. The three ways differ in what else has to allow a call inside one account. */
export type Naming = 'everyone' | 'account' | 'role';

export interface Caller {
  readonly role: RoleArn;
  readonly hasBoundary: boolean;
}

/** Whether the statement names the caller in one of these ways. */
export function namesCaller(statement: Statement, caller: Caller, ways: readonly Naming[]): Answer {
  const { principals, effect } = statement;
  if (principals === undefined) return 'no';
  const namings = principalNamings(principals, caller.role);
  if (!principals.negated) {
    return any(
      namings.map((naming) =>
        naming === 'session' ? { unknown: 'the session name' } : toAnswer(ways.includes(naming)),
      ),
    );
  }
  return exceptsCaller(effect, namings, caller);
}

/**
 * `NotPrincipal`. With Deny it applies to every caller that has a permissions boundary, and to everybody who is not listed. It
 * may even apply to a listed caller, because role, session and account each have to be listed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
 */
function exceptsCaller(effect: Statement['effect'], namings: readonly unknown[], caller: Caller): Answer {
  if (effect === 'Deny' && (caller.hasBoundary || namings.length === 0)) return 'yes';
  return { unknown: 'whom NotPrincipal leaves out' };
}

function principalNamings({ byType }: Principals, role: RoleArn): readonly (Naming | 'session')[] {
  return (byType['AWS'] ?? []).flatMap((identifier) => principalNaming(identifier, role) ?? []);
}

/** In place of a deleted principal IAM shows `AROA…`, which names nobody, not even a new role of the same name. */
function principalNaming(identifier: string, role: RoleArn): Naming | 'session' | undefined {
  if (identifier === '*') return 'everyone';
  if (identifier === role.text) return 'role';
  if (canonicalPrincipal(identifier) === role.accountId) return 'account';
  const session = `arn:${role.partition}:sts::${role.accountId}:assumed-role/${role.name}/`;
  return identifier.startsWith(session) ? 'session' : undefined;
}

/** Whether the statement names a service. `*` names everyone, including services.
 *  @param names the names that the service may have */
export function namesService({ principals, effect }: Statement, names: readonly string[]): Answer {
  if (principals === undefined) return 'no';
  const { byType, negated } = principals;
  const services = byType['Service'] ?? [];
  const isNamed = services.some((name) => names.includes(name)) || (byType['AWS'] ?? []).includes('*');
  // AWS documents the asterisk for everyone, but not for a single type of principal.
  if (!isNamed && services.includes('*')) return { unknown: 'whether a service named * is every service' };
  if (!negated) return toAnswer(isNamed);
  return effect === 'Deny' ? toAnswer(!isNamed) : { unknown: 'whom NotPrincipal leaves out' };
}

/** Whether a trust policy may let in services, and not only people and accounts. AWS refuses to create a state machine whose role
 *  lets no service in ("Neither the global service principal states.amazonaws.com, nor the regional one is authorized to assume
 *  the provided role"). If there is one all the same, it is being rewritten, or the AWS is a copy that does not check, and
 *  nothing follows from it. */
export function mayLetServicesIn(trust: ObservedPolicy): boolean {
  if (trust.kind !== 'parsed') return true;
  return trust.document.statements.some(
    ({ principals }) =>
      principals === undefined || principals.anyone || principals.negated || 'Service' in principals.byType,
  );
}
