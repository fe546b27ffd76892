/** Links → the one inline policy that the operator keeps on an execution role. */
import { policyOf, type Statement } from '../policy/document.ts';
import { policySize } from '../policy/size.ts';
import {
  byStaying,
  contributions,
  linkOf,
  mayShrink,
  type Contribution,
  type ContributorConflict,
  type ContributorState,
} from './contribution.ts';
import { byAge } from './link.ts';
import { GRANT_SID } from './names.ts';

export interface DesiredGrant {
  readonly executionRoleArn: string;
  readonly mayShrink: boolean;
  /** Empty if no link needs the role: then the policy is removed. */
  readonly targetRoleArns: readonly string[];
  /** Roles of links that are being deleted, or whose account holds growth: they stay if the grant has them. */
  readonly keptTargetRoleArns: readonly string[];
  readonly conflicts: readonly ContributorConflict[];
}

/** Works out what the grant should allow.
 *  @param contributorStates of every link whose state machine runs, or ran, under this role
 *  @param room characters that the role's other inline policies leave (their sum is limited)
 *  @param standing target roles that the grant names already: they stay however little room is left */
export function desiredGrant(
  executionRoleArn: string,
  contributorStates: readonly ContributorState[],
  room: number,
  standing: ReadonlySet<string> = new Set(),
): DesiredGrant {
  const enforcing = contributorStates.filter(
    (contributor) => linkOf(contributor).legs.executionRoleGrant === 'Enforce',
  );
  const all = contributions(enforcing).toSorted((a, b) => byAge(a.link, b.link));
  const contributors = all.filter((one) => one.executionRoleArns.includes(executionRoleArn));
  const kept = all.filter((one) => one.keptExecutionRoleArns.includes(executionRoleArn));
  const conflicts: ContributorConflict[] = [];
  const everyone = new Set(contributors.map(({ link }) => link.targetRole.text));
  // There is almost always room for all. To measure the grant again for each link would take time that grows with the square of
  // their number.
  const isRoomForAll = grantSize(everyone) <= room;
  let roles: ReadonlySet<string> = isRoomForAll ? everyone : new Set<string>();
  for (const { link } of isRoomForAll ? [] : contributors) {
    const widened = new Set(roles).add(link.targetRole.text);
    const size = grantSize(widened);
    if (size <= room || widened.isSubsetOf(standing)) roles = widened;
    else {
      const message = grantTooLarge(executionRoleArn, size, room);
      conflicts.push({ linkKey: link.key, leg: 'executionRoleGrant', reason: 'GrantTooLarge', message });
    }
  }
  const { staying, leaving } = byStaying(contributors);
  const granted = (some: readonly Contribution[]) =>
    [...new Set(some.map(({ link }) => link.targetRole.text))].filter((arn) => roles.has(arn)).sort();
  return {
    executionRoleArn,
    mayShrink: mayShrink(enforcing),
    targetRoleArns: granted(staying),
    keptTargetRoleArns: [
      ...new Set([...granted(leaving), ...kept.map(({ link }) => link.targetRole.text)]),
    ].sort(),
    conflicts,
  };
}

function grantSize(targetRoleArns: ReadonlySet<string>): number {
  return policySize(policyOf([grantStatement([...targetRoleArns])]));
}

/** The execution role's right to assume exactly these roles. */
export function grantStatement(targetRoleArns: readonly string[]): Statement {
  return {
    sid: GRANT_SID,
    effect: 'Allow',
    actions: { negated: false, values: ['sts:AssumeRole'] },
    resources: { negated: false, values: targetRoleArns.toSorted() },
  };
}

function grantTooLarge(role: string, size: number, room: number): string {
  return (
    `With this link the grant on ${role} would have ${size} characters, and its other inline policies leave ${Math.max(room, 0)}: ` +
    `give the state machine an execution role of its own.`
  );
}
