/**
 * Why a condition is as it is, in one word that programs may compare. This is the only list of these words: tests compare the
 * documentation, `kubectl crossaccountlink check` and the alerts' runbooks with it.
 */

interface ReasonText {
  /** When the reason is given. */
  readonly meaning: string;
  /** The first thing to do about it. */
  readonly remedy: string;
}

const NOTHING = 'Nothing.';
/** What to do if nobody has to do anything. */
export const WAIT = 'Wait: the operator continues by itself.';

export const REASONS = {
  // In order, or on the way there.
  InSync: {
    meaning: 'AWS matches the spec.',
    remedy: NOTHING,
  },
  Creating: {
    meaning: 'The leg is being created, or waits for an earlier leg.',
    remedy: WAIT,
  },
  Repairing: {
    meaning: 'AWS differs from the spec, and the operator is repairing the difference.',
    remedy: WAIT,
  },
  Propagating: {
    meaning:
      'The operator has written to IAM and waits until the change has propagated, before the next step relies on it.',
    remedy: WAIT,
  },
  Deleting: {
    meaning: 'The link is being deleted. The operator removes from AWS what it added, in reverse order.',
    remedy: WAIT,
  },
  DeletionBlocked: {
    meaning:
      'The link cannot be deleted yet: executions started with the role still run, an alias still runs a version that uses it, a definition that the link only observes still names it, an object may not be removed, or the cluster does not let the operator remove its finalizer.',
    remedy:
      'End the executions or move the alias that the message names. To delete the link and leave AWS as it is, set the annotation crossaccountlink.dev/abandon: "true".',
  },
  Released: {
    meaning:
      'The link is being deleted, and the operator has finished its part. Finalizers of other controllers keep the object; the message names them, and says what the deletion came to.',
    remedy: 'Find out who set the finalizers that the message names, and have them removed.',
  },
  Suspended: {
    meaning: 'spec.suspend is true: the operator checks, repairs and removes nothing for this link.',
    remedy: 'Set spec.suspend to false, or run "kubectl crossaccountlink resume".',
  },
  DriftDetected: {
    meaning: 'A leg that the link only observes differs from the spec.',
    remedy:
      'Compare with "kubectl crossaccountlink plan", then change AWS, change the spec, or set managementPolicy to Enforce.',
  },
  Reachable: {
    meaning: 'The policies and boundaries that were read let the state machine make all its calls.',
    remedy: NOTHING,
  },
  Connected: {
    meaning: 'The operator has access to the account.',
    remedy: NOTHING,
  },

  // Who may do what.
  AccountNotAllowed: {
    meaning:
      "There is no AWSAccount for the account, or none of its access entries allows what this namespace's link asks for.",
    remedy:
      'Ask a platform administrator to extend spec.access of the AWSAccount, or change the link to what is allowed.',
  },
  AccountNotReady: {
    meaning:
      'The operator has had no access to one of the two accounts for a while (three drift checks, at least two minutes).',
    remedy: 'Look at the Ready condition of the AWSAccount that the message names.',
  },
  FinalizerRefused: {
    meaning:
      'The cluster does not let the operator add its finalizer to the object, or remove it from an AWSAccount: RBAC, an admission policy or a webhook refuses. ' +
      'Without the finalizer a deletion could leave objects in AWS, so the operator writes nothing.',
    remedy:
      'Let the operator’s ServiceAccount patch the finalizers of its kinds. The message quotes the refusal.',
  },
  TooManyLinks: {
    meaning: 'The access entry that allows the link has reached its maxLinks, and older links come first.',
    remedy: 'Delete a link that is not needed, or ask a platform administrator to raise maxLinks.',
  },
  GrowthHeld: {
    meaning:
      'The definition has changed and needs more permissions, and the AWSAccount does not allow a changed definition alone to widen the role (definitionGrowth: Hold).',
    remedy:
      'Review "kubectl crossaccountlink plan" and edit the link, for example its targetRole.description.',
  },
  RoleNotOwned: {
    meaning:
      'A role with this ARN exists, and this operator did not create it. Credentials and grant that were written for the ' +
      'link before are removed.',
    remedy:
      'Delete the role, create a link with another role name in targetRole.arn, or adopt the role with adoptionPolicy: Adopt.',
  },
  RoleOwnedByOtherNamespace: {
    meaning: 'The role belongs to links of another namespace.',
    remedy: 'Create a link with another role name or path in targetRole.arn.',
  },
  PolicyNotOwned: {
    meaning:
      'An inline policy on the execution role has the name of the operator’s grant, but somebody else wrote it, or it holds the permissions of a target role.',
    remedy:
      'Rename or delete that policy; the operator then writes its own. A target role cannot also be an execution role: give the state machine an execution role of its own.',
  },
  AdoptionNeedsBoundary: {
    meaning:
      'The role to adopt does not have the permissions boundary that the AWSAccount requires of every role.',
    remedy: 'Set the boundary on the role. The operator then adopts it.',
  },
  AdoptionTooStrong: {
    meaning:
      'The role to adopt has more rights than the AWSAccount allows this namespace (or would have with its new permissions boundary), and these are not removed first. Whoever may assume the role could use them.',
    remedy:
      'Remove the policies that exceed the rules from the role, or set targetRole.unmanaged: Remove and resume the links that share the role. A boundary in targetRole.permissionsBoundaryARN must then lie inside the rules.',
  },
  Conflict: {
    meaning:
      'An older link wants something else of the same object: another role on the same Task, another boundary, description or tag on the same role.',
    remedy: 'Make the links agree, or delete the older one. The younger one then takes over in one step.',
  },

  // What the state machine and its Tasks are like.
  StateMachineNotFound: {
    meaning: 'There is no state machine with this ARN, or AWS is deleting it.',
    remedy:
      'Create the state machine, or create a link with the right ARN. Check its name, Region and account.',
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
    meaning: 'The operator does not know which permissions the service integration of a Task needs.',
    remedy: 'Write them in targetRole.permissions.statements.',
  },
  CredentialsNotSupported: {
    meaning:
      'Step Functions does not accept Credentials on a Task of this kind (an Activity, or an HTTP call).',
    remedy: 'Leave the Task out of stateMachineCredentials.tasks.',
  },
  ForeignCredentials: {
    meaning:
      'A Task has Credentials that no link of this cluster asks for. The operator never overwrites these. Nor does it take back a Task that names a role of another cluster.',
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
    meaning: 'A Task makes a call that needs no IAM permission.',
    remedy: NOTHING,
  },
  CallerPermissionsNeeded: {
    meaning:
      'The service that a Task calls acts with further permissions of the caller, and the definition does not show which.',
    remedy: 'Add what the message names to targetRole.permissions.statements.',
  },
  KeyPermissionUnknown: {
    meaning:
      'A resource may be encrypted with a customer managed key that the definition does not name, or a call names a key that the service may use with the target role’s rights.',
    remedy: 'If so, add the statement that the message shows to targetRole.permissions.statements.',
  },
  ListingNotGranted: {
    meaning: 'Without s3:ListBucket, S3 answers "access denied" instead of "not found" for a missing key.',
    remedy: 'Add s3:ListBucket to targetRole.permissions.statements if the workflow distinguishes the two.',
  },
  ServiceLinkedRoleNeeded: {
    meaning: 'The service creates its service-linked role on first use, and the target role may not do that.',
    remedy: 'Create the service-linked role in the target account, once.',
  },
  NoTasks: {
    meaning: 'No Task of the state machine uses the role, so the link has no effect.',
    remedy:
      'The message names candidate Tasks. Let them name their resources by ARN, or list them in spec.stateMachineCredentials.tasks.',
  },
  ResourceElsewhere: {
    meaning:
      'A Task names a resource outside the target account, or in a Region that its call does not reach, and the target role cannot be given access to it.',
    remedy: 'Split the Task, or leave it out of stateMachineCredentials.tasks.',
  },
  TaskTokenWorker: {
    meaning: "Step Functions accepts task tokens only from principals of the state machine's own account.",
    remedy:
      'Let the worker assume a role in the source account that allows states:SendTaskSuccess, states:SendTaskFailure and states:SendTaskHeartbeat.',
  },
  DefinitionUnreadable: {
    meaning: 'The definition of the state machine cannot be read as Amazon States Language.',
    remedy: 'Correct the definition.',
  },

  // What AWS does not take.
  TrustPolicyTooLarge: {
    meaning: "The trust policy would exceed IAM's quota (2,048 characters unless AWS raised it).",
    remedy: 'Give some of the links a role of their own, or ask AWS to raise the quota.',
  },
  GrantTooLarge: {
    meaning:
      'The inline policies of a role would exceed IAM’s quota (10,240 characters in total unless AWS raised it).',
    remedy:
      'Let links share target roles, use wildcards for resources in statements, or move other inline policies to managed policies.',
  },
  DefinitionTooLarge: {
    meaning:
      'The definition with Credentials would exceed the limit of Step Functions (1,048,576 characters).',
    remedy: 'Make the definition smaller, for example by moving a part into a state machine of its own.',
  },
  DefinitionRefused: {
    meaning: 'Step Functions refuses the changed definition.',
    remedy: "Correct what AWS's message names.",
  },
  PolicyRefused: {
    meaning: 'IAM refuses a policy.',
    remedy:
      "Correct what AWS's message names: a foreign statement, or one of targetRole.permissions.statements.",
  },
  PolicyUnreadable: {
    meaning: 'A policy of a role cannot be parsed, so writing it would lose what others put there.',
    remedy: 'Correct the policy that the message names, or set targetRole.unmanaged to Remove.',
  },
  QuotaExceeded: {
    meaning: 'A quota of the account is used up, for example roles or attached policies.',
    remedy: 'Free some, or ask AWS to raise the quota.',
  },
  RequestRefused: {
    meaning: 'AWS refuses a request, and no other reason describes why.',
    remedy: "Read AWS's message.",
  },
  NotFound: {
    meaning: 'An object that should be there, such as a managed policy to attach, does not exist.',
    remedy: 'Create the object that the message names, or correct its name.',
  },
  AccessDenied: {
    meaning: 'AWS denies the operator a call.',
    remedy:
      'Allow the call in the policy of the role that the AWSAccount names. "kubectl crossaccountlink bootstrap" prints the whole policy.',
  },
  ManagedRuleDenied: {
    meaning:
      'The execution role may not create the EventBridge rule that a .sync Task of its own account needs, so the state machine cannot be updated.',
    remedy: 'Allow events:PutTargets, events:PutRule and events:DescribeRule to the execution role.',
  },
  KeyAccessDenied: {
    meaning: 'The operator may not use the KMS key that encrypts the state machine.',
    remedy:
      "Allow kms:Decrypt and kms:GenerateDataKey to the operator's role, in its policy and in the key's.",
  },
  LoggingDenied: {
    meaning:
      'AWS does not let the state machine log to its log destination, so the state machine cannot be updated.',
    remedy: "Correct the log group's resource policy, or the execution role's permission to deliver logs.",
  },
  Throttled: {
    meaning: "AWS's quota for calls is used up. The operator continues more slowly in this account.",
    remedy: 'Wait. If it lasts, find out who else uses up the quota, or set spec.rates of the AWSAccount.',
  },
  Unavailable: {
    meaning: 'AWS does not answer, or answers with a server error.',
    remedy: WAIT,
  },
  NotLeader: {
    meaning: 'This process may no longer be the leader, so it writes nothing.',
    remedy: WAIT,
  },

  // Whether the access works.
  ExplicitlyDenied: {
    meaning: 'All legs are in place, but a Deny statement or a permissions boundary in AWS forbids a call.',
    remedy: 'Change the policy that the message names.',
  },
  NotGranted: {
    meaning: 'No policy that was read allows a call that a Task makes.',
    remedy: 'Add the permission that the message names to targetRole.permissions.',
  },
  ExecutionRoleNotAssumable: {
    meaning:
      'The trust policy of the execution role does not let Step Functions assume the role, so no execution of the state machine can start.',
    remedy:
      'Let the service states.amazonaws.com assume the execution role. The operator never writes that trust policy.',
  },
  ExecutionDenied: {
    meaning:
      'All policies that were read allow the call, but AWS denied it to a Task in an execution. An organization, resource or key policy denies it.',
    remedy:
      'Change the policy that AWS’s message points to, then run the state machine. A later execution that passes the Task clears this reason, and so does a change of the spec.',
  },
  NotEvaluated: {
    meaning: 'A policy that decides on the access could not be read, so the result is unknown.',
    remedy: 'Allow the operator to read the policy that the message names.',
  },

  // AWSAccounts alone.
  DuplicateAccount: {
    meaning: 'An older AWSAccount has the same accountID, and only that one is used.',
    remedy: 'Delete one of the two.',
  },
  WrongAccount: {
    meaning: "The operator's credentials belong to another account than accountID says.",
    remedy: 'Correct assumeRole.arn. If accountID is wrong, create a new AWSAccount.',
  },
  InUse: {
    meaning:
      'The AWSAccount is being deleted, but links still use it as source or target. It keeps working for them.',
    remedy: 'Delete the links first; status.links counts them.',
  },
} as const satisfies Readonly<Record<string, ReasonText>>;

export type Reason = keyof typeof REASONS;
