/** Roles that no rule can open to links: AWS's own and the operator's. */
import { parseArn, type RoleArn } from '../arn/arn.ts';

/** Service-linked roles and IAM Identity Center's belong to AWS.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
export function isReservedPath(path: string): boolean {
  return path.startsWith('/aws-service-role/') || path.startsWith('/aws-reserved/');
}

/** @param operatorRoleArns what the operator acts as: roles, or sessions of them */
export function isOperatorRole(role: RoleArn, operatorRoleArns: readonly string[]): boolean {
  return operatorRoleArns.some((own) => isSameRole(own, role));
}

/** The operator may know itself only by its session's ARN, which holds the role's name without its path; names are
 *  unique in an account. */
function isSameRole(operatorArn: string, role: RoleArn): boolean {
  const arn = parseArn(operatorArn);
  const name = /^(?:role\/(?:.*\/)?|assumed-role\/)([^/]+)/.exec(arn?.resource ?? '')?.[1];
  return arn?.accountId === role.accountId && name?.toLowerCase() === role.name.toLowerCase();
}
