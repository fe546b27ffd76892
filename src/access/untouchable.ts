/** Roles that no rule can open to links: AWS's own and the operator's. */
import type { AWSAccountSpec } from '../api/generated.ts';
import { parseArn, type RoleArn } from '../arn/arn.ts';

/** Service-linked roles and IAM Identity Center's belong to AWS.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
export function isReservedPath(path: string): boolean {
  return path.startsWith('/aws-service-role/') || path.startsWith('/aws-reserved/');
}

/** The operator's identities in an account: the role that it assumes there, or else whatever AWS says that it is; and its
 *  identity before it assumes a role. They are ARNs of roles, or of sessions of roles.
 *  @param identityArn of the operator in the account, as AWS said
 *  @param baseArn of the operator before it assumes the account's role, as AWS said */
export function operatorRolesOf(
  { assumeRole }: AWSAccountSpec,
  identityArn: string | undefined,
  baseArn?: string,
): readonly string[] {
  return [assumeRole?.arn ?? identityArn, baseArn].filter((arn) => arn !== undefined);
}

/** @param operatorRoleArns from {@link operatorRolesOf}, of one account or several */
export function isOperatorRole(role: RoleArn, operatorRoleArns: readonly string[]): boolean {
  return operatorRoleArns.some((own) => isSameRole(own, role));
}

/** The operator may know itself only by its session's ARN, which has the role's name without its path; names are unique in an
 *  account. */
function isSameRole(operatorArn: string, role: RoleArn): boolean {
  const arn = parseArn(operatorArn);
  const name = /^(?:role\/(?:.*\/)?|assumed-role\/)([^/]+)/.exec(arn?.resource ?? '')?.[1];
  return arn?.accountId === role.accountId && name?.toLowerCase() === role.name.toLowerCase();
}
