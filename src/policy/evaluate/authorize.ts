/**
 * AWS's decision about a request, from the policies that were read.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { RoleArn } from '../../arn/arn.ts';
import type { Statement } from '../document.ts';
import type { Answer } from './answer.ts';
import { namesCaller, namesService, type Caller, type Naming } from './principal.ts';
import {
  findStatement,
  type AccessRequest,
  type Finding,
  type NamedPolicy,
  type StatementRef,
} from './statement.ts';

export type Layer = 'identityPolicies' | 'permissionsBoundary' | 'trustPolicy';

/** The decision, and its reason: the statement that denies, the layer in which nothing allows, or what would have to be known.
 *  Allowed means that nothing that was read denies: policies of the organization, of resources and of keys are not seen. */
export type EvaluationResult =
  | { readonly decision: 'Allowed' }
  | { readonly decision: 'ExplicitlyDenied'; readonly layer: Layer; readonly by: StatementRef }
  | { readonly decision: 'ImplicitlyDenied'; readonly layer: Layer }
  | {
      readonly decision: 'Unknown';
      readonly layer: Layer;
      /** Absent if a whole policy cannot be read. */
      readonly by?: StatementRef;
      readonly unknown: string;
    };

/** The policies that decide a request of a role's session. */
interface PolicySet {
  readonly identity: readonly NamedPolicy[];
  readonly boundary?: NamedPolicy;
  /** The trust policy of the role that is to be assumed, and whether this role is in the caller's account. */
  readonly trust?: { readonly policy: NamedPolicy; readonly sameAccount: boolean };
}

/** Decides a request of a role's session. A certain denial is reported even if other things are unknown. */
export function authorize(request: AccessRequest, role: RoleArn, policies: PolicySet): EvaluationResult {
  const caller = { role, hasBoundary: policies.boundary !== undefined };
  const denials = denialsOf(request, caller, policies);
  for (const { layer, finding } of denials) {
    if (finding.answer === 'yes' && finding.by)
      return { decision: 'ExplicitlyDenied', layer, by: finding.by };
  }
  const allowance = bestOf(allowancesOf(request, caller, policies).map(decideAllowance));
  if (allowance.decision === 'ImplicitlyDenied') return allowance;
  return denials.map(undecided).find((result) => result !== undefined) ?? allowance;
}

/** Decides a service's own request to assume a role: only the role's trust policy says who may.
 *  @param names the names that the service may have */
export function authorizeService(
  request: AccessRequest,
  names: readonly string[],
  trust: NamedPolicy,
): EvaluationResult {
  const ruling = (effect: Statement['effect']): Ruling => ({
    layer: 'trustPolicy',
    finding: findStatement([trust], effect, request, (statement) => namesService(statement, names)),
  });
  const denial = ruling('Deny');
  if (denial.finding.answer === 'yes' && denial.finding.by)
    return { decision: 'ExplicitlyDenied', layer: denial.layer, by: denial.finding.by };
  const allowance = decideAllowance([ruling('Allow')]);
  return allowance.decision === 'ImplicitlyDenied' ? allowance : (undecided(denial) ?? allowance);
}

/** What the policies of one layer say. */
interface Ruling {
  readonly layer: Layer;
  readonly finding: Finding;
}

const ANY_NAMING: readonly Naming[] = ['everyone', 'account', 'role'];

function denialsOf(
  request: AccessRequest,
  caller: Caller,
  { identity, boundary, trust }: PolicySet,
): readonly Ruling[] {
  return [
    { layer: 'identityPolicies', finding: findStatement(identity, 'Deny', request) },
    ...(boundary ? [boundaryRuling(boundary, 'Deny', request)] : []),
    ...(trust ? [trustRuling(trust.policy, 'Deny', request, naming(caller, ANY_NAMING))] : []),
  ];
}

/**
 * The ways in which a request can be allowed; in each, every layer has to allow it. Across accounts there is one way: both sides
 * allow it. Inside one account a trust policy that names the role is enough within the boundary, and one that names everyone is
 * enough alone.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic-cross-account.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
 */
function allowancesOf(
  request: AccessRequest,
  caller: Caller,
  { identity, boundary, trust }: PolicySet,
): readonly (readonly Ruling[])[] {
  const limit = boundary ? [boundaryRuling(boundary, 'Allow', request)] : [];
  const own: readonly Ruling[] = [
    { layer: 'identityPolicies', finding: findStatement(identity, 'Allow', request) },
    ...limit,
  ];
  if (trust === undefined) return [own];
  const trusted = (...ways: readonly Naming[]) =>
    trustRuling(trust.policy, 'Allow', request, naming(caller, ways));
  if (!trust.sameAccount) return [[...own, trusted(...ANY_NAMING)]];
  return [[trusted('everyone')], [...limit, trusted('role')], [...own, trusted('account')]];
}

function boundaryRuling(boundary: NamedPolicy, effect: Statement['effect'], request: AccessRequest): Ruling {
  return { layer: 'permissionsBoundary', finding: findStatement([boundary], effect, request) };
}

function trustRuling(
  policy: NamedPolicy,
  effect: Statement['effect'],
  request: AccessRequest,
  names: (statement: Statement) => Answer,
): Ruling {
  return { layer: 'trustPolicy', finding: findStatement([policy], effect, request, names) };
}

/** Whether a statement names the caller, in one of these ways. */
function naming(caller: Caller, ways: readonly Naming[]): (statement: Statement) => Answer {
  return (statement) => namesCaller(statement, caller, ways);
}

function decideAllowance(rulings: readonly Ruling[]): EvaluationResult {
  const missing = rulings.find(({ finding }) => finding.answer === 'no');
  if (missing) return { decision: 'ImplicitlyDenied', layer: missing.layer };
  return rulings.map(undecided).find((result) => result !== undefined) ?? { decision: 'Allowed' };
}

const RANK = { Allowed: 2, Unknown: 1, ImplicitlyDenied: 0, ExplicitlyDenied: 0 } as const;

/** The best of several ways: one that allows, else one that may, else the denial of the last. */
function bestOf(results: readonly EvaluationResult[]): EvaluationResult {
  return results.reduce((best, next) => (RANK[next.decision] >= RANK[best.decision] ? next : best));
}

function undecided({ layer, finding: { answer, by } }: Ruling): EvaluationResult | undefined {
  if (answer === 'yes' || answer === 'no') return undefined;
  return { decision: 'Unknown', layer, ...(by && { by }), unknown: answer.unknown };
}
