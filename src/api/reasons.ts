/**
 * Why a condition is as it is, in one word that programs may compare. This is the one list of these words: the
 * documentation, `kubectl crossaccountlink check` and the alerts' runbooks are held to it.
 */

interface ReasonText {
  /** When the reason is given. */
  readonly meaning: string;
  /** The first thing to do about it. */
  readonly remedy: string;
}

const NOTHING = 'Nothing.';
/** What to do where nobody has to do anything. */
export const WAIT = 'Wait: the operator goes on by itself.';

export const REASONS = {
  // In order, or on the way there.
  InSync: {
    meaning: 'AWS holds what the spec asks for.',
    remedy: NOTHING,
  },
  Creating: {
    meaning: 'The leg is being made, or waits for a leg that comes before it.',
    remedy: WAIT,
  },
  Repairing: {
    meaning: 'AWS differs from the spec, and the difference is being put right.',
    remedy: WAIT,
  },
  Propagating: {
    meaning: 'IAM has been written and is given time to become consistent before the next step relies on it.',
    remedy: WAIT,
  },
  Deleting: {
    meaning: 'The link is being deleted, and what it added in AWS is being removed in reverse order.',
    remedy: WAIT,
  },
  DeletionBlocked: {
    meaning:
      'The link cannot go yet: executions started with the role still run, an alias still runs a version that uses it, a definition that the link only observes still names it, an object may not be removed, or the cluster does not let the operator take its finalizer off.',
    remedy:
      'End the executions or move the alias that the message names; to let go without touching AWS, set the annotation crossaccountlink.dev/abandon: "true".',
  },
  Released: {
    meaning:
      'The link is being deleted, and the operator has done its part: the message says what it came to. What still keeps the object are finalizers of others.',
    remedy:
      'Find out who set the finalizers that the message names, and have them taken off: kubectl cannot do without.',
  },
  Suspended: {
    meaning: 'spec.suspend is true, so nothing is checked, repaired or removed.',
    remedy: 'Set spec.suspend to false, or run "kubectl crossaccountlink resume".',
  },
  DriftDetected: {
    meaning: 'A leg that is only observed differs from the spec.',
    remedy:
      'Compare with "kubectl crossaccountlink plan", then change AWS, change the spec, or set managementPolicy to Enforce.',
  },
  Reachable: {
    meaning: 'What was read of policies and boundaries lets the state machine make all its calls.',
    remedy: NOTHING,
  },
  Connected: {
    meaning: 'The operator can act in the account.',
    remedy: NOTHING,
  },

  // Who may do what.
  AccountNotAllowed: {
    meaning: "No AWSAccount, or none of its access entries, allows this namespace's link what it asks for.",
    remedy:
      'Ask a platform administrator to extend spec.access of the AWSAccount, or change the link to what is allowed.',
  },
  AccountNotReady: {
    meaning:
      'The operator cannot act in one of the two accounts at present, and has not for a while (three drift checks, two minutes at least).',
    remedy: 'Look at the Ready condition of the AWSAccount that the message names.',
  },
  FinalizerRefused: {
    meaning:
      'The cluster does not let the operator put its finalizer on the object, or take it off an AWSAccount: RBAC, an admission policy or a webhook. ' +
      'Without it, what is written to AWS could be left behind, so nothing is written.',
    remedy:
      'Let the operator’s ServiceAccount patch the finalizers of its kinds: the message has the words of whoever refuses.',
  },
  TooManyLinks: {
    meaning:
      'The access entry that allows the link bears no more links (maxLinks), and older links come first.',
    remedy: 'Delete a link that is not needed, or ask a platform administrator to raise maxLinks.',
  },
  GrowthHeld: {
    meaning:
      'The definition changed and needs more permissions, and the AWSAccount does not let a definition widen the role by itself (definitionGrowth: Hold).',
    remedy:
      'Review "kubectl crossaccountlink plan" and edit the link, for example its targetRole.description.',
  },
  RoleNotOwned: {
    meaning:
      'A role of this ARN exists and was not made by this operator. What was written for the link before, Credentials ' +
      'and grant, is taken back.',
    remedy:
      'Delete the role, make a link with another name in targetRole.arn, or adopt the role with adoptionPolicy: Adopt.',
  },
  RoleOwnedByOtherNamespace: {
    meaning: 'The role belongs to links of another namespace.',
    remedy: 'Make a link with another name or path in targetRole.arn.',
  },
  PolicyNotOwned: {
    meaning:
      'An inline policy on the execution role has the name of the grant, and it is no grant of the operator’s: somebody else’s, or the permissions of a target role.',
    remedy:
      'Give that policy another name or delete it; then the operator makes its own. A target role cannot be an execution role as well: give the state machine one of its own.',
  },
  AdoptionNeedsBoundary: {
    meaning:
      'The role to adopt does not carry the permissions boundary that the AWSAccount asks of every role.',
    remedy: 'Put the boundary on the role; then it is adopted.',
  },
  AdoptionTooStrong: {
    meaning:
      'The role to adopt may do more than the AWSAccount allows this namespace, or would with the permissions boundary that it is to get, and that is not removed first: whoever were let in could use it.',
    remedy:
      'Take the policies that go beyond the rules off the role, or set targetRole.unmanaged: Remove and resume the links that share it. A boundary in targetRole.permissionsBoundaryARN has to lie inside the rules then.',
  },
  Conflict: {
    meaning:
      'An older link wants something else of the same object: another role on the same Task, another boundary, description or tag on the same role.',
    remedy: 'Make the links agree, or delete the older one: the younger then takes over in one step.',
  },

  // What the state machine and its Tasks are like.
  StateMachineNotFound: {
    meaning: 'There is no state machine of this ARN, or AWS is deleting it.',
    remedy: 'Create the state machine, or make a link with the right ARN: its name, Region and account.',
  },
  ExecutionRoleNotFound: {
    meaning: "The state machine's execution role does not exist.",
    remedy: 'Create the role that the state machine names, or give the state machine another role.',
  },
  TaskNotFound: {
    meaning: 'The spec names a Task state that the definition does not have.',
    remedy: 'Correct the name in the spec, or add the Task to the definition.',
  },
  ResourceNotStatic: {
    meaning:
      'A Task chooses its resource at run time, so its permissions cannot be read from the definition.',
    remedy:
      'Name its ARNs in targetRole.permissions.resources, or write a statement in targetRole.permissions.statements.',
  },
  UnknownIntegration: {
    meaning: 'It is not known which permissions the integration of a Task needs.',
    remedy: 'Write them in targetRole.permissions.statements.',
  },
  CredentialsNotSupported: {
    meaning: 'Step Functions takes no Credentials on a Task of this kind (an Activity, or an HTTP call).',
    remedy: 'Leave the Task out of stateMachineCredentials.tasks.',
  },
  ForeignCredentials: {
    meaning: 'A Task already carries Credentials that no link asks for; they are never overwritten.',
    remedy: 'Remove them from the Task, or leave the Task out of stateMachineCredentials.tasks.',
  },
  ExpressSyncNotSupported: {
    meaning:
      'A Task runs an Express workflow with states:startExecution.sync, which Step Functions does not support.',
    remedy: 'Use arn:aws:states:::aws-sdk:sfn:startSyncExecution in the Task.',
  },
  KubernetesAccessNeeded: {
    meaning:
      'A Task calls the API of an EKS cluster, where Kubernetes and not IAM decides what the role may do.',
    remedy:
      'Give the target role an access entry on the cluster, then settle the Task in permissions.statements.',
  },
  NoPermissionNeeded: {
    meaning: 'A Task makes a call that IAM does not guard: the role needs nothing for it.',
    remedy: NOTHING,
  },
  CallerPermissionsNeeded: {
    meaning:
      'A Task hands its call on, and the service acts with permissions of the caller that the definition does not tell.',
    remedy: 'Add what the message names to targetRole.permissions.statements.',
  },
  KeyPermissionUnknown: {
    meaning:
      'A resource may be encrypted with a customer key that the definition does not tell, or a call names a key that the service may use with the target role’s rights.',
    remedy: 'If it is, add the statement that the message shows to targetRole.permissions.statements.',
  },
  ListingNotGranted: {
    meaning: 'Without s3:ListBucket a missing key answers "access denied" instead of "not found".',
    remedy: 'Add s3:ListBucket to targetRole.permissions.statements if the workflow tells the two apart.',
  },
  ServiceLinkedRoleNeeded: {
    meaning:
      'The service makes its service-linked role on first use, which the target role is not allowed to do.',
    remedy: 'Create the service-linked role in the target account once.',
  },
  NoTasks: {
    meaning: 'No Task of the state machine uses the role, so that the link does nothing.',
    remedy:
      'The message names Tasks that may be meant: let them name their resources by ARN, or list them under spec.stateMachineCredentials.tasks.',
  },
  ResourceElsewhere: {
    meaning: 'A Task names a resource outside the target account, which its role cannot be given.',
    remedy: 'Split the Task, or leave it out of stateMachineCredentials.tasks.',
  },
  TaskTokenWorker: {
    meaning: "Task tokens are taken only from principals of the state machine's own account.",
    remedy:
      'Let the worker assume a role in the source account that allows states:SendTaskSuccess and its kind.',
  },
  DefinitionUnreadable: {
    meaning: 'The definition of the state machine cannot be read as Amazon States Language.',
    remedy: 'Correct the definition.',
  },

  // What AWS does not take.
  TrustPolicyTooLarge: {
    meaning: "The trust policy would outgrow IAM's quota (2,048 characters unless AWS raised it).",
    remedy: 'Give some of the links a role of their own, or have the quota raised.',
  },
  GrantTooLarge: {
    meaning:
      'The inline policies of a role would outgrow what IAM takes (10,240 characters in all unless AWS raised it).',
    remedy:
      'Let links share target roles, name resources with wildcards in statements, or move other inline policies to managed ones.',
  },
  DefinitionTooLarge: {
    meaning:
      'The definition with Credentials would outgrow what Step Functions takes (1,048,576 characters).',
    remedy: 'Make the definition smaller, for example by moving a part into a state machine of its own.',
  },
  DefinitionRefused: {
    meaning: 'Step Functions does not take the changed definition.',
    remedy: "Correct what AWS's message names.",
  },
  PolicyRefused: {
    meaning: 'IAM does not take a policy.',
    remedy:
      "Correct what AWS's message names: a foreign statement, or one of targetRole.permissions.statements.",
  },
  PolicyUnreadable: {
    meaning: 'A policy of a role cannot be read, so writing it anew would lose what others put there.',
    remedy: 'Correct the policy that the message names, or set targetRole.unmanaged to Remove.',
  },
  QuotaExceeded: {
    meaning: 'A quota of the account is used up, for example roles or attached policies.',
    remedy: 'Free some, or have the quota raised.',
  },
  RequestRefused: {
    meaning: 'AWS refuses a request that no other reason describes.',
    remedy: "Read AWS's message.",
  },
  NotFound: {
    meaning: 'An object that should be there, such as a managed policy to attach, does not exist.',
    remedy: 'Create the object that the message names, or correct its name.',
  },
  AccessDenied: {
    meaning: 'AWS denies the operator a call.',
    remedy:
      'Allow the call in the policy of the role that AWSAccount names; "kubectl crossaccountlink bootstrap" writes it whole.',
  },
  ManagedRuleDenied: {
    meaning:
      'The execution role may not create the EventBridge rule that a .sync Task of its own account needs, so the state machine cannot be updated.',
    remedy: 'Allow events:PutTargets, events:PutRule and events:DescribeRule to the execution role.',
  },
  KeyAccessDenied: {
    meaning: 'The key that encrypts the state machine may not be used.',
    remedy:
      "Allow kms:Decrypt and kms:GenerateDataKey to the operator's role, in its policy and in the key's.",
  },
  LoggingDenied: {
    meaning: "The state machine's log destination may not be used, so it cannot be updated.",
    remedy: "Repair the log group's policy or the execution role's permission to deliver logs.",
  },
  Throttled: {
    meaning: "AWS's quota for calls is used up; the account's work goes on more slowly.",
    remedy: 'Wait; if it lasts, look for others who use up the quota, or set spec.rates of the AWSAccount.',
  },
  Unavailable: {
    meaning: 'AWS does not answer, or answers with a fault of its own.',
    remedy: WAIT,
  },
  NotLeader: {
    meaning: 'This process is no longer certainly the leader, so it writes nothing more.',
    remedy: WAIT,
  },

  // Whether the access works.
  ExplicitlyDenied: {
    meaning: 'All legs stand, but a Deny statement or a permissions boundary in AWS still forbids a call.',
    remedy: 'Change the policy that the message names.',
  },
  NotGranted: {
    meaning: 'No policy that was read allows a call that a Task makes.',
    remedy: 'Add the permission that the message names to targetRole.permissions.',
  },
  ExecutionRoleNotAssumable: {
    meaning:
      'The trust policy of the execution role does not let Step Functions in, so that no execution of the state machine starts.',
    remedy:
      'Let the service states.amazonaws.com assume the execution role again: its trust policy is its owner’s, and the operator never writes it.',
  },
  ExecutionDenied: {
    meaning:
      'Every policy that was read allows it, and yet AWS denied a Task its call in an execution: an organization, resource or key policy says no.',
    remedy:
      'Change the policy that AWS’s words in the message point to, then run the state machine: an execution that began later and passes the Task clears it, or a change of the spec.',
  },
  NotEvaluated: {
    meaning: 'A policy that decides about the access could not be read, so nothing is claimed.',
    remedy: 'Allow the operator to read the policy that the message names.',
  },

  // AWSAccounts alone.
  DuplicateAccount: {
    meaning: 'An older AWSAccount has the same accountID, and only that one is used.',
    remedy: 'Delete one of the two.',
  },
  WrongAccount: {
    meaning: "The operator's credentials lead to another account than accountID says.",
    remedy: 'Correct assumeRole.arn; an AWSAccount with the wrong accountID has to be made anew.',
  },
  InUse: {
    meaning:
      'The AWSAccount is being deleted, but links still have it as source or target. It goes on working for them.',
    remedy: 'Delete the links first; status.links counts them.',
  },
} as const satisfies Readonly<Record<string, ReasonText>>;

export type Reason = keyof typeof REASONS;
