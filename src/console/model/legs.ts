/** The five legs of a link, in the order in which they are made: from the target account back to the state machine. */
import { findCondition, type LegCondition } from '../../api/conditions.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { parseArn } from '../../arn/arn.ts';
import { messageOf, WAITING } from './condition-words.ts';
import type { LegView } from './contract.ts';
import { isSeen } from './link-row.ts';

interface Leg {
  readonly condition: LegCondition;
  readonly title: string;
  readonly what: string;
  readonly side: 'source' | 'target';
  readonly objectOf: (link: CrossAccountLink) => string | undefined;
  /** The leg's own management policy, which overrides the link's. */
  readonly policyOf: (link: CrossAccountLink) => 'Enforce' | 'Observe' | undefined;
}

const targetRole = ({ spec }: CrossAccountLink) => spec.targetRole.arn;
const rolePolicy = ({ spec }: CrossAccountLink) => spec.targetRole.managementPolicy;

const LEGS: readonly Leg[] = [
  {
    condition: 'TargetRoleReady',
    title: 'Target role',
    what: 'the role that the state machine assumes',
    side: 'target',
    objectOf: targetRole,
    policyOf: rolePolicy,
  },
  {
    condition: 'TrustPolicyReady',
    title: 'Trust policy',
    what: 'only the execution role may assume it, and only for this state machine',
    side: 'target',
    objectOf: targetRole,
    policyOf: rolePolicy,
  },
  {
    condition: 'PermissionsReady',
    title: 'Permissions',
    what: 'what the Tasks need, and no more',
    side: 'target',
    objectOf: targetRole,
    policyOf: rolePolicy,
  },
  {
    condition: 'ExecutionRoleGrantReady',
    title: 'Execution-role grant',
    what: 'the execution role may assume the target role',
    side: 'source',
    objectOf: ({ status }) => status.executionRoleARN,
    policyOf: ({ spec }) => spec.executionRoleGrant?.managementPolicy,
  },
  {
    condition: 'StateMachineCredentialsReady',
    title: 'Credentials on the Tasks',
    what: 'each selected Task names the target role',
    side: 'source',
    objectOf: ({ spec }) => spec.stateMachineARN,
    policyOf: ({ spec }) => spec.stateMachineCredentials?.managementPolicy,
  },
];

export function legsOf(link: CrossAccountLink): readonly LegView[] {
  return LEGS.map((leg) => legView(leg, link));
}

function legView(
  { condition: type, title, what, side, objectOf, policyOf }: Leg,
  link: CrossAccountLink,
): LegView {
  const { spec, status } = link;
  const condition = findCondition(status.conditions, type);
  const object = objectOf(link);
  const arn = side === 'source' ? spec.stateMachineARN : spec.targetRole.arn;
  return {
    condition: type,
    title,
    what,
    ...(object !== undefined && { object }),
    account: parseArn(arn)?.accountId ?? '',
    observed: (policyOf(link) ?? spec.managementPolicy) === 'Observe',
    state: stateOf(condition?.status, isSeen(link)),
    reason: condition?.reason ?? WAITING,
    message: messageOf(condition),
  };
}

function stateOf(status: string | undefined, seen: boolean): LegView['state'] {
  if (status === 'False') return 'trouble';
  return status === 'True' && seen ? 'ready' : 'working';
}
