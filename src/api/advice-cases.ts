/**
 * Messages for which the first thing to do differs from that of their reason. test/pure/api/advice.test.ts compares them with
 * what the operator writes.
 */
import { WAIT, type Reason } from './reasons.ts';

interface SpecialCase {
  readonly when: RegExp;
  readonly remedy: string;
}

/** Messages for which the first thing to do differs from that of their reason. */
export const SPECIAL_CASES: Readonly<Partial<Record<Reason, readonly SpecialCase[]>>> = {
  AccountNotAllowed: [
    {
      when: /^No AWSAccount registers /,
      remedy:
        'If the account in the ARN is wrong, create a link with the right one. Otherwise ask a platform administrator to create an AWSAccount for it.',
    },
    {
      when: /it has no access entry for this namespace/,
      remedy:
        'Apply the link in a namespace that the AWSAccount allows, or ask its administrators for an access entry for this one.',
    },
    {
      when: /is managed by AWS and cannot be given a grant/,
      remedy: 'Give the state machine an execution role of your own, outside of AWS’s reserved paths.',
    },
    {
      when: /^Execution role .* is the operator's own/,
      remedy: 'Give the state machine an execution role of its own.',
    },
    {
      when: /^Role .* is the operator's own/,
      remedy: 'Create a link with another role name in targetRole.arn.',
    },
    {
      when: /does not let this namespace link from state machine/,
      remedy:
        'If the name in stateMachineARN is wrong, create a link with the right one. Otherwise ask the AWSAccount’s administrators to add it to access[].asSource.stateMachines.',
    },
    {
      when: /does not let this namespace change execution role/,
      remedy:
        'Ask the AWSAccount’s administrators to add the role to access[].asSource.executionRoles, or give the state machine a role that is listed there.',
    },
    {
      when: /does not let this namespace hold a role/,
      remedy:
        'Create the link with a targetRole.arn below the prefix that the AWSAccount gives the namespace (access[].asTarget.rolePathPrefix).',
    },
    {
      when: / be adopted: it is not listed in /,
      remedy:
        'Ask the AWSAccount’s administrators to list the role under access[].asTarget.adoptableRoles, or choose a name that is free and leave adoptionPolicy out.',
    },
    {
      when: /does not allow "unmanaged: Preserve"/,
      remedy: 'Set targetRole.unmanaged: Remove, or ask for allowPreserve: true in the AWSAccount.',
    },
    {
      when: /does not allow managed policy/,
      remedy:
        'Take the policy out of permissions.managedPolicyARNs, or ask for it in access[].asTarget.managedPolicyARNs.',
    },
    {
      when: / on every role: leave /,
      remedy: 'Leave targetRole.permissionsBoundaryARN out.',
    },
    {
      when: /steps to compare/,
      remedy: 'Name fewer resources in the link’s permissions, or name them with fewer wildcards.',
    },
  ],
  AccountNotReady: [{ when: /has not been looked at yet/, remedy: WAIT }],
  Conflict: [
    {
      when: / back \d{1,9} times: the next repair/,
      remedy:
        'Find out who changes it back (CloudTrail shows it), and let only one of the two manage it: managementPolicy: Observe leaves it to the other.',
    },
    { when: /it changed while it was read/, remedy: WAIT },
    {
      when: /^An older link sends .* to another role and keeps it/,
      remedy:
        'Delete the older link; this one then takes over its Tasks in one step; or name other Tasks in stateMachineCredentials.tasks.',
    },
  ],
  Creating: [
    {
      when: /^Waits: (?!for)/,
      remedy: 'Look at the other conditions: this leg waits for what the message says.',
    },
  ],
  DeletionBlocked: [
    {
      when: /^spec\.suspend is true/,
      remedy:
        'Resume the link (kubectl crossaccountlink resume NAME); its deletion then continues. Or abandon it with the annotation crossaccountlink.dev/abandon: "true", which leaves AWS as it is.',
    },
    {
      when: /while another link that shares it is suspended or not in order/,
      remedy:
        'Resume or fix the other links on the same role, execution role or state machine; or abandon this one.',
    },
    {
      when: /^No AWSAccount registers|cannot be removed; to leave them, abandon the link/,
      remedy:
        'Have the AWSAccount created again, or the link allowed again, so that its objects can be removed; or abandon the link.',
    },
    {
      when: /stateMachineCredentials is only observed: remove the Credentials/,
      remedy:
        'Have the owner of the definition remove the Credentials from the Tasks that are named; or abandon the link.',
    },
    {
      when: /^Waits until a younger link can take over/,
      remedy: 'Fix or delete the younger link on the same Tasks; or abandon this one.',
    },
    {
      when: /Some cannot be read: fix the links that are not Ready/,
      remedy: 'Fix the links of these accounts that are not Ready; or abandon this one.',
    },
    {
      when: /(?:Fix that|Correct it), or abandon the link\.$/,
      remedy: 'Fix what the message names; the deletion then continues. Or abandon the link.',
    },
  ],
  GrantTooLarge: [
    {
      when: /^With this link the permissions of/,
      remedy: 'Give the link a target role of its own, or fewer Tasks.',
    },
    {
      when: /^The permissions of .* would have/,
      remedy:
        'Give some of the Tasks to a link with a target role of its own, or write fewer and shorter permissions.statements.',
    },
  ],
  NoTasks: [
    {
      when: /it has none that could\.$/,
      remedy: 'Add a Task that calls into the target account to the definition, or link another machine.',
    },
  ],
  NotEvaluated: [
    {
      when: /^A role could not be read/,
      remedy: 'Look at the leg of that role; this is evaluated again once the role exists.',
    },
    {
      when: /^(?!.*could not be read)Whether .* is not decided by /,
      remedy:
        'Start an execution to find out: the policy depends on what only AWS knows when the call is made. Nothing else was found wrong.',
    },
  ],
  NotGranted: [
    {
      when: /^Nothing in its permissions boundary allows/,
      remedy:
        'Ask for a permissions boundary that allows the call (permissionsBoundaryARN of the AWSAccount or the link): a role never has more than that.',
    },
    {
      when: /^Nothing in the trust policy allows/,
      remedy:
        'Leave the trust policy to the operator (managementPolicy: Enforce on targetRole), or add the statement that "kubectl crossaccountlink plan" shows.',
    },
    {
      when: /^Nothing in its own policies allows that .* assumes /,
      remedy:
        'Leave the grant to the operator (managementPolicy: Enforce on executionRoleGrant), or add sts:AssumeRole on the target role to the execution role.',
    },
  ],
  Propagating: [
    {
      when: /the ID of a role or user that was deleted/,
      remedy: 'Remove the statement that names that ID from the role’s trust policy.',
    },
  ],
  PolicyRefused: [
    {
      when: /the ID of a role or user that was deleted/,
      remedy: 'Remove the statement that names that ID from the role’s trust policy.',
    },
  ],
  QuotaExceeded: [
    {
      when: /managed policies attached/,
      remedy:
        'List fewer policies in permissions.managedPolicyARNs, or have the quota raised and set it in the AWSAccount.',
    },
  ],
  RequestRefused: [
    { when: /not the ARN of such an object/, remedy: 'Correct the ARN that the message names.' },
  ],
  ResourceElsewhere: [
    {
      when: /outside Region/,
      remedy:
        'Link a state machine of that Region for it, or leave the Task out of stateMachineCredentials.tasks: a Task calls in its own Region.',
    },
  ],
  RoleNotOwned: [
    {
      when: /belongs to the operator of cluster/,
      remedy: 'Create a link with another role name in targetRole.arn: the role is another cluster’s.',
    },
    {
      when: /carries this operator's tags, but/,
      remedy:
        'Create a link with another role name in targetRole.arn, or delete the role if nobody needs it.',
    },
    {
      when: /was deleted and recreated by somebody else/,
      remedy: 'Delete the role, and the operator creates its own; or set targetRole.adoptionPolicy: Adopt.',
    },
    {
      when: /role names are unique in an account/,
      remedy: 'Create a link with another role name in targetRole.arn: its path makes no difference to IAM.',
    },
  ],
  UnknownIntegration: [
    {
      when: /is neither a service integration nor a Lambda function/,
      remedy:
        'Correct the Resource of the Task in the definition, or leave it out of stateMachineCredentials.tasks.',
    },
  ],
  Unavailable: [
    {
      when: /more executions run on old definitions/,
      remedy: 'Wait until some of the executions have ended; nothing is removed before that.',
    },
  ],
};
