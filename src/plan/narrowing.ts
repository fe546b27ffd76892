/** What is still written to an adopted role that may do too much for anybody to be let in: only writes that take rights away. */
import { isOwnSid } from '../desired/names.ts';
import type { DesiredTargetRole } from '../desired/target-role.ts';
import { mergeTrust, singlePairs } from '../desired/target-role-trust.ts';
import type { ObservedRole } from '../observed/objects.ts';
import { samePolicy } from '../policy/canonical.ts';
import { statementsForNewVersion } from '../policy/versions.ts';
import type { Action } from './action.ts';
import { roleAfter } from './role-after.ts';
import { documentOf, updateTrust } from './role-writes.ts';
import { isAllowedBy } from './statements.ts';
import { policyOf } from '../policy/document.ts';

/** The boundary that is asked for, if it alone brings the role within the rules.
 *  @param excessOf as in `TargetRoleFacts` */
export function boundaryThatHelps(
  role: ObservedRole,
  rebounding: Action | undefined,
  excessOf: (role: ObservedRole) => string | undefined,
): readonly Action[] {
  const after = rebounding && roleAfter(role, rebounding, undefined);
  return rebounding === undefined || after === undefined || excessOf(after) !== undefined ? [] : [rebounding];
}

/** The trust policy without those of the operator's statements that let in somebody for whom no link asks. Nobody is added. */
export function narrowedTrust(desired: DesiredTargetRole, role: ObservedRole): readonly Action[] {
  const current = documentOf(role.trust);
  if (current === undefined || !desired.mayShrink) return [];
  const present = statementsForNewVersion(current);
  const own = present.filter(({ sid }) => isOwnSid(sid));
  const asked = [...desired.trust, ...desired.keptTrust].flatMap(singlePairs);
  const standing = mergeTrust(asked.filter((pair) => isAllowedBy(pair, own)));
  const trust = policyOf([...standing, ...present.filter(({ sid }) => !isOwnSid(sid))]);
  // IAM refuses a policy without statements.
  if (trust.statements.length === 0 || samePolicy(current, trust)) return [];
  return [updateTrust(role, trust, 'the trust policy lets in principals that no link asks for')];
}
