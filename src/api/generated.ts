// Generated from crds/*.yaml by scripts/generate-types.ts: do not edit, run `npm run generate`.
/* oxlint-disable max-lines -- as long as the CRDs make it */
import type { Schema } from './structure.ts';

/**
 * The types whose structure is known at run time, by name.
 */
export interface Structured {
  readonly CrossAccountLinkSpec: CrossAccountLinkSpec;
  readonly CrossAccountLinkStatus: CrossAccountLinkStatus;
  readonly AWSAccountSpec: AWSAccountSpec;
  readonly AWSAccountStatus: AWSAccountStatus;
}
/**
 * What should be true in AWS.
 */
export interface CrossAccountLinkSpec {
  /**
   * The state machine that makes the calls, without a version or an alias, for example arn:aws:states:us-east-1:111111111111:stateMachine:checkout. Its account is the source account. Its name may hold letters, digits and _ + = . @ - only, because AWS sends the ARN as sts:ExternalId. Cannot be changed: create another link instead.
   */
  readonly stateMachineARN: string;
  /**
   * Enforce makes the link true in AWS and repairs drift. Observe never writes to AWS and reports in status what it would change. Each leg may say otherwise with its own managementPolicy.
   */
  readonly managementPolicy?: 'Enforce' | 'Observe';
  readonly targetRole: TargetRoleSpec;
  readonly executionRoleGrant?: ExecutionRoleGrantSpec;
  readonly stateMachineCredentials?: StateMachineCredentialsSpec;
  /**
   * How often AWS is compared with this spec, from 30s to 24h, written as in 90s, 5m or 1h30m. Left out, the operator's --drift-check-interval holds, which is 5m unless set. The AWSAccount's own driftCheckInterval is the floor.
   */
  readonly driftCheckInterval?: string;
  /**
   * What happens in AWS when the link is deleted. Delete removes what the link added and no other link needs, in reverse order. Retain leaves it in AWS, except on roles that other links use, too: these remove what only this link asked for there. Its Tasks keep their Credentials.
   */
  readonly deletionPolicy?: 'Delete' | 'Retain';
  /**
   * True stops all work on the link: nothing is checked, repaired or removed until it is false again. What the link asked for is kept while it is suspended.
   */
  readonly suspend?: boolean;
}
/**
 * The IAM role in the target account that the state machine assumes for its calls: the role itself, its trust policy (only the state machine's execution role, only with the state machine's ARN as sts:ExternalId) and its permissions. The operator creates the role and owns it, unless adoptionPolicy or managementPolicy says otherwise.
 */
export interface TargetRoleSpec {
  /**
   * ARN of the role, path included, for example arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout. Its account is the target account. The path must begin with the rolePathPrefix that the AWSAccount allows this namespace. Links of one namespace may share a role. Cannot be changed: to move to another role, make a second link with that role and delete the first once the second only waits for its Tasks.
   */
  readonly arn: string;
  /**
   * Enforce or Observe for this leg; left out, the link's managementPolicy holds. Observe it when another team or tool keeps the role.
   */
  readonly managementPolicy?: 'Enforce' | 'Observe';
  /**
   * What to do with a role of this ARN that this operator did not make. Never leaves it untouched and reports RoleNotOwned. Adopt takes it over, if the AWSAccount lists it in adoptableRoles; then unmanaged has to be written out.
   */
  readonly adoptionPolicy?: 'Never' | 'Adopt';
  /**
   * What to do with foreign trust statements, inline policies and attached policies on the role. Preserve keeps them, if the AWSAccount sets allowPreserve. Left out, they are removed, as drift, but from a role that was adopted: there they stay as long as allowPreserve is set.
   */
  readonly unmanaged?: 'Remove' | 'Preserve';
  readonly permissions?: PermissionsSpec;
  /**
   * Permissions boundary of the role. Where the AWSAccount sets one, that one holds, and this must be the same or be left out.
   */
  readonly permissionsBoundaryARN?: string;
  /**
   * Description of the role in IAM: printable Latin-1 characters, tabs and line breaks. Left out, the operator writes none.
   */
  readonly description?: string;
  /**
   * Tags of the role, beside the operator's own under crossaccountlink.dev/ (whose the role is, and which tags came from here). Other keys on the role are left alone. IAM takes 50 tags in all, which leaves 40 for these. Keys and values are of letters, digits, spaces and _ . : / = + - @, and of nothing that is seen as part of a letter or not at all, such as U+0301 or U+202E.
   */
  readonly tags?: { readonly [k: string]: string };
}
/**
 * What the role may do in the target account. All of it must lie inside the allowedActions, allowedResources and passRoles of the AWSAccount.
 */
export interface PermissionsSpec {
  /**
   * Derive the least privilege from the Tasks that use the role, the polling that .sync needs included, and follow the definition when it changes: true, which holds when it is left out. False leaves only statements and managedPolicyARNs.
   */
  readonly derive?: boolean;
  /**
   * What happens to a resource that only run time knows and that resources does not list. Ask, which holds when it is left out, waits for a hint and says ResourceNotStatic. AllowedResources grants the action on those of the AWSAccount's allowedResources and passRoles for this namespace that fit the action's resource type, never on more.
   */
  readonly unresolved?: 'Ask' | 'AllowedResources';
  /**
   * Resources of Tasks that choose theirs at run time, so that derive cannot read them from the definition (the link then says ResourceNotStatic and names the Task).
   */
  readonly resources?: readonly TaskResources[];
  /**
   * Statements that are added to the role's policy as written.
   */
  readonly statements?: readonly PermissionStatement[];
  /**
   * Managed policies to attach to the role. Each must be listed in managedPolicyARNs of the AWSAccount. A role takes ten, and up to 25 where AWS raised that quota.
   */
  readonly managedPolicyARNs?: readonly string[];
}
export interface TaskResources {
  /**
   * Name of the Task state, as in the definition.
   */
  readonly task: string;
  /**
   * ARNs, * and ? allowed as in IAM. Each is matched to the actions of the Task that take a resource of its type; a role ARN allows iam:PassRole on that role.
   */
  readonly arns: readonly string[];
}
export interface PermissionStatement {
  /**
   * IAM actions, for example kms:Decrypt; * and ? allowed as in IAM.
   */
  readonly actions: readonly string[];
  /**
   * ARNs, * and ? allowed as in IAM, or * alone.
   */
  readonly resources: readonly string[];
  /**
   * IAM conditions: operator, then condition key, then the list of values, for example {StringEquals: {"kms:ViaService": ["sqs.us-east-1.amazonaws.com"]}}.
   */
  readonly conditions?: {
    /**
     * Condition keys of one operator, each with its values.
     */
    readonly [k: string]: {
      /**
       * Values of one condition key; always a list, of one value too.
       */
      readonly [k: string]: readonly string[];
    };
  };
}
/**
 * The inline policy on the state machine's execution role, in the source account, that lets it assume the target role. The execution role is read from the state machine; the operator owns this one policy on it, and nothing else.
 */
export interface ExecutionRoleGrantSpec {
  /**
   * Enforce or Observe for this leg; left out, the link's managementPolicy holds. Observe it when another team or tool keeps the execution role.
   */
  readonly managementPolicy?: 'Enforce' | 'Observe';
}
/**
 * The Credentials field of the Tasks that call into the target account. It is written last, when the role and the grant are ready, and nothing else in the definition is changed.
 */
export interface StateMachineCredentialsSpec {
  /**
   * Enforce or Observe for this leg; left out, the link's managementPolicy holds. Observe it when Terraform, CDK or another tool keeps the definition.
   */
  readonly managementPolicy?: 'Enforce' | 'Observe';
  /**
   * Names of the Task states that shall use the target role. Left out: every Task whose resources all lie in the target account, by the ARNs that it names.
   */
  readonly tasks?: readonly string[];
  /**
   * Publish a version of the state machine after changing its definition (never while another writer keeps changing it back). Aliases are not moved. Left out, none is published.
   */
  readonly publishVersion?: boolean;
}
/**
 * What the operator last found and did. Nothing here changes while the link is in sync.
 */
export interface CrossAccountLinkStatus {
  /**
   * The metadata.generation that this status is about; -1 until the operator has seen the link.
   */
  readonly observedGeneration?: number;
  /**
   * The last value of the annotation crossaccountlink.dev/reconcile-requested-at that has been answered with a full reconcile.
   */
  readonly lastHandledReconcileAt?: string;
  /**
   * Tells the spec that was last reconciled from others, suspend left out: what Ready says of a suspended link holds as long as it is the same.
   */
  readonly specDigest?: string;
  /**
   * Name of the state machine.
   */
  readonly stateMachine?: string;
  /**
   * Name of the target role.
   */
  readonly targetRole?: string;
  /**
   * The sts:ExternalId that the trust policy asks for, which is the state machine's ARN.
   */
  readonly externalID?: string;
  /**
   * The execution role, as read from the state machine.
   */
  readonly executionRoleARN?: string;
  /**
   * IAM's unique ID of the target role (AROA…). A role of the same name with another ID is not the one that the operator made.
   */
  readonly targetRoleID?: string;
  /**
   * The permissions boundary that the AWSAccount asked for when the target role was last as wanted; absent if it asked for none. If its rules ask for another one by now, the former one is not drift.
   */
  readonly accountBoundaryARN?: string;
  /**
   * Revision of the definition that the operator last read or wrote.
   */
  readonly stateMachineRevisionID?: string;
  /**
   * How many Tasks use the target role through this link.
   */
  readonly taskCount?: number;
  /**
   * Names of these Tasks, the first 100 in alphabetical order.
   */
  readonly tasks?: readonly string[];
  /**
   * Further Tasks whose Credentials are the link's: those beyond the first 100, those that the operator is about to write to, and those that the link no longer selects and that still name its role. The operator removes Credentials only from Tasks in this list or in status.tasks.
   */
  readonly furtherTasks?: readonly string[];
  readonly drift?: DriftStatus;
  /**
   * What the operator would write to AWS if the legs that are only observed were enforced: the first 20 writes, in their order. Stands here only while something is observed and differs.
   */
  readonly pending?: readonly PendingWrite[];
  readonly adoption?: AdoptionRecord;
  /**
   * The AWS objects that this link has a hand in. A hint for people: it is rebuilt from names and tags and never trusted for a deletion.
   */
  readonly inventory?: readonly InventoryEntry[];
  /**
   * Tasks whose call AWS denied in an execution, according to its history, and that no later execution has passed. Only if the AWSAccount of the state machine has an eventQueueURL.
   */
  readonly deniedTasks?: readonly DeniedTask[];
  /**
   * Ready sums up the link. TargetRoleReady, TrustPolicyReady, PermissionsReady, ExecutionRoleGrantReady and StateMachineCredentialsReady are about one leg each, Effective of the access that results. Reconciling and Stalled stand here only while True: work goes on, or nothing helps until a person changes something.
   */
  readonly conditions?: readonly Condition[];
}
/**
 * Differences from the wanted state that the operator did not make itself.
 */
export interface DriftStatus {
  /**
   * How many differences have been found since the link was made.
   */
  readonly total: number;
  /**
   * When the last one was found.
   */
  readonly lastDetectedTime?: string;
  /**
   * When the last one was repaired.
   */
  readonly lastRepairedTime?: string;
  /**
   * The last ten, the newest first.
   */
  readonly recent?: readonly DriftRecord[];
}
export interface DriftRecord {
  /**
   * When it was found.
   */
  readonly time: string;
  /**
   * ARN of the AWS object.
   */
  readonly object: string;
  /**
   * The field that differed, in the words of the AWS API.
   */
  readonly field: string;
  /**
   * The value that was expected, cut at 256 characters; absent when the field should not be there.
   */
  readonly expected?: string;
  /**
   * The value that was found, cut at 256 characters; absent when the field was not there.
   */
  readonly found?: string;
  /**
   * Whether the operator repaired it; false under Observe.
   */
  readonly repaired: boolean;
  /**
   * True while the operator repairs it, so that drift is reported even if the operator dies meanwhile; absent otherwise.
   */
  readonly repairing?: boolean;
}
export interface PendingWrite {
  /**
   * ARN of the AWS object.
   */
  readonly object: string;
  /**
   * The write, named after the operation of the AWS API.
   */
  readonly operation: string;
  /**
   * Why, in one short clause.
   */
  readonly reason: string;
  /**
   * The fields that would change.
   */
  readonly changes: readonly PendingChange[];
  /**
   * How many further changes of this write there is no room for.
   */
  readonly omittedChanges?: number;
}
export interface PendingChange {
  /**
   * The field, in the words of the AWS API.
   */
  readonly path: string;
  /**
   * What stands there now, cut at 256 characters; absent when the field would be new.
   */
  readonly before?: string;
  /**
   * What would stand there, cut at 256 characters; absent when the field would go.
   */
  readonly after?: string;
}
/**
 * Only for an adopted role: a copy of the operator's tags that record what the role was like before, so that a tag that somebody removes comes back. Without them the role could not be given back as it was.
 */
export interface AdoptionRecord {
  /**
   * RoleId of the role that they stand on.
   */
  readonly roleID: string;
  /**
   * The tags.
   */
  readonly tags: { readonly [k: string]: string };
}
export interface InventoryEntry {
  /**
   * The part of the link that stands there.
   */
  readonly leg: 'TargetRole' | 'ExecutionRoleGrant' | 'StateMachineCredentials';
  /**
   * ARN of the role or state machine.
   */
  readonly arn: string;
}
export interface DeniedTask {
  /**
   * Name of the Task state.
   */
  readonly task: string;
  /**
   * The IAM action that was denied, or the call as the history names it.
   */
  readonly call: string;
  /**
   * What AWS said, in one line, cut at 256 characters.
   */
  readonly message: string;
  /**
   * The execution that was denied.
   */
  readonly executionARN: string;
  /**
   * When that execution began.
   */
  readonly startTime: string;
  /**
   * The metadata.generation that the execution is about.
   */
  readonly observedGeneration: number;
}
export interface Condition {
  /**
   * What the condition is about.
   */
  readonly type: string;
  /**
   * Whether it holds.
   */
  readonly status: 'True' | 'False' | 'Unknown';
  /**
   * The metadata.generation that the condition is about.
   */
  readonly observedGeneration?: number;
  /**
   * When status last changed; a new reason or message does not move it.
   */
  readonly lastTransitionTime: string;
  /**
   * Why, as one word that programs may compare.
   */
  readonly reason: string;
  /**
   * Why, as one sentence that names the object, what is wrong and what to do.
   */
  readonly message: string;
}
/**
 * How to reach the account, and who may use it.
 */
export interface AWSAccountSpec {
  /**
   * The account's ID, twelve digits, in quotes. Cannot be changed. Of two AWSAccounts with one ID the younger is DuplicateAccount and not used.
   */
  readonly accountID: string;
  /**
   * The AWS partition that the account lies in: aws, aws-cn, aws-us-gov, aws-iso, aws-iso-b, aws-iso-e, aws-iso-f or aws-eusc. Cannot be changed.
   */
  readonly partition?: string;
  /**
   * Region whose STS opens the operator's sessions in this account, for example eu-central-1. Left out, it is the operator's own (AWS_REGION) if that is in the partition, otherwise the partition's home Region. If AWS says that a Region is not enabled, the home Region's STS is used, and the condition Ready says so.
   */
  readonly region?: string;
  readonly assumeRole?: AssumeRoleSpec;
  /**
   * Who may link from this account and into it. Entries that overlap add up. Without an entry for a namespace, its links are AccountNotAllowed.
   */
  readonly access?: readonly AccessEntry[];
  /**
   * Permissions boundary that is put on every role made in this account. A link can neither drop nor replace it.
   */
  readonly permissionsBoundaryARN?: string;
  /**
   * The shortest time between two drift checks of one link in this account, from 30s to 24h, written as in 90s, 5m or 1h30m. A link that asks for less is checked this often.
   */
  readonly driftCheckInterval?: string;
  /**
   * URL of an SQS queue that is fed with the account's events: CloudTrail's, so that drift is found within seconds of its event, and those of executions that failed, so that a Task which AWS denied its call is reported. One queue may serve many accounts. Left out, drift is found only by polling.
   */
  readonly eventQueueURL?: string;
  /**
   * How roles are read for drift checks. Account reads all roles of the account in one call (iam:GetAccountAuthorizationDetails). PerRole reads each linked role by itself, and so does without that action: four calls and one for each inline policy, at IAM's pace. Give the links of such an account a longer driftCheckInterval.
   */
  readonly roleReads?: 'Account' | 'PerRole';
  readonly quotas?: QuotasSpec;
  /**
   * How fast AWS may be called, by service (iam, states, sts, sqs) or by one operation of it (states:UpdateStateMachine). Left out, what AWS publishes as default quotas holds; write your own where AWS raised them, or to leave room for others.
   */
  readonly rates?: { readonly [k: string]: Rate };
}
/**
 * The role that the operator assumes to act in the account. Left out, the operator's own credentials are used, which must then belong to this account.
 */
export interface AssumeRoleSpec {
  /**
   * ARN of the role, for example arn:aws:iam::222222222222:role/crossaccountlink-operator. "kubectl crossaccountlink bootstrap" writes a template that makes it.
   */
  readonly arn: string;
  /**
   * The sts:ExternalId that the role's trust policy asks of the operator: 2 to 1224 letters, digits and _ + = , . @ : / - characters.
   */
  readonly externalID?: string;
}
export interface AccessEntry {
  readonly namespaces: NamespaceChoice;
  readonly asSource?: SourceAccess;
  readonly asTarget?: TargetAccess;
  /**
   * How many links the entry admits, all its namespaces together. The youngest beyond it wait. Left out, there is no limit.
   */
  readonly maxLinks?: number;
}
/**
 * The namespaces that the entry is for, by name or by label.
 */
export interface NamespaceChoice {
  /**
   * Names of namespaces.
   */
  readonly names?: readonly string[];
  readonly selector?: LabelSelector;
}
/**
 * Labels of namespaces. This trusts whoever may label a namespace; names are safer. An empty selector means no namespace: nothing is allowed by leaving something out.
 */
export interface LabelSelector {
  /**
   * Labels that the namespace must carry, each with this value.
   */
  readonly matchLabels?: { readonly [k: string]: string };
  /**
   * Further demands on the labels; all must hold.
   */
  readonly matchExpressions?: readonly LabelRequirement[];
}
export interface LabelRequirement {
  /**
   * The label.
   */
  readonly key: string;
  /**
   * How the label relates to values.
   */
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  /**
   * Values for In and NotIn.
   */
  readonly values?: readonly string[];
}
/**
 * State machines of this account that the namespaces may link. A list left out means none.
 */
export interface SourceAccess {
  /**
   * Names of state machines, * and ? allowed.
   */
  readonly stateMachines?: readonly string[];
  /**
   * ARNs of execution roles that may be given a grant, * and ? allowed, for example arn:aws:iam::222222222222:role/payments/*. The operator's own role, service-linked roles and reserved roles are never touched, whatever stands here.
   */
  readonly executionRoles?: readonly string[];
}
/**
 * What links of the namespaces may make in this account. A list left out means none.
 */
export interface TargetAccess {
  /**
   * Path that target roles must lie under, for example /crossaccountlink/payments/. It begins and ends with /. Give each namespace its own.
   */
  readonly rolePathPrefix: string;
  /**
   * IAM actions that target roles may hold, * and ? allowed, for example lambda:InvokeFunction. iam:PassRole is allowed through passRoles only.
   */
  readonly allowedActions?: readonly string[];
  /**
   * ARNs that target roles may be given access to, * and ? allowed, for example arn:aws:lambda:*:222222222222:function:billing-*; or * alone.
   */
  readonly allowedResources?: readonly string[];
  /**
   * Roles that target roles may pass to a service with iam:PassRole.
   */
  readonly passRoles?: readonly PassRoleRule[];
  /**
   * Managed policies that may be attached to target roles.
   */
  readonly managedPolicyARNs?: readonly string[];
  /**
   * ARNs of roles, * and ? allowed, that links with adoptionPolicy Adopt may take over although this operator did not make them.
   */
  readonly adoptableRoles?: readonly string[];
  /**
   * Whether links may keep foreign trust statements and policies on their role (unmanaged Preserve). Left out, they may not.
   */
  readonly allowPreserve?: boolean;
  /**
   * What happens when a changed definition needs more permissions. Grant, which holds when it is left out, widens the role within allowedActions and allowedResources. Hold waits until the link itself is edited.
   */
  readonly definitionGrowth?: 'Grant' | 'Hold';
}
export interface PassRoleRule {
  /**
   * ARN of the role, * and ? allowed.
   */
  readonly arn: string;
  /**
   * Services it may be passed to, for example ecs-tasks.amazonaws.com; in each partition as it is called there, too.
   */
  readonly services: readonly string[];
}
/**
 * IAM quotas that AWS raised for this account. Left out, AWS's defaults hold. What AWS itself refuses is reported, whatever stands here.
 */
export interface QuotasSpec {
  /**
   * Characters of a role's trust policy (quota "Role trust policy length"); 2048 by default.
   */
  readonly trustPolicyLength?: number;
  /**
   * Characters of all inline policies of a role together; 10240 by default.
   */
  readonly inlinePolicyLength?: number;
  /**
   * Managed policies on one role (quota "Managed policies per role"); 10 by default.
   */
  readonly managedPoliciesPerRole?: number;
}
/**
 * A token bucket, as AWS counts.
 */
export interface Rate {
  /**
   * Calls that may be made at once, from a full bucket.
   */
  readonly burst: number;
  /**
   * Calls that come back to the bucket each second.
   */
  readonly perSecond: number;
}
/**
 * What the operator last found.
 */
export interface AWSAccountStatus {
  /**
   * The metadata.generation that this status is about; -1 until the operator has seen the object.
   */
  readonly observedGeneration?: number;
  /**
   * Who the operator is in the account, as sts:GetCallerIdentity answered.
   */
  readonly identityARN?: string;
  /**
   * How many links have this account as source or target. While there are any, the AWSAccount cannot go.
   */
  readonly links?: number;
  /**
   * When all of the account's links were last compared with AWS.
   */
  readonly lastDriftCheckTime?: string;
  readonly unlinkedRoles?: UnlinkedRolesStatus;
  /**
   * Ready says whether the operator can act in the account. Reconciling and Stalled stand here only while True.
   */
  readonly conditions?: readonly Condition[];
}
/**
 * Roles of the account that have this operator's tags and that no link names: their links were abandoned or retained, or lost their finalizer. They are left as they are; make the link again and delete it, or delete the role by hand. Not there while there are none, nor known where spec.roleReads is PerRole.
 */
export interface UnlinkedRolesStatus {
  /**
   * How many there are, 200 at most.
   */
  readonly total: number;
  /**
   * The first of them, by ARN.
   */
  readonly arns: readonly string[];
}

/** The structure of these types, as the API server checks it. */
export const structures: { readonly [Name in keyof Structured]: Schema } = {
  CrossAccountLinkSpec: {
    type: 'object',
    properties: {
      stateMachineARN: { type: 'string' },
      managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] },
      targetRole: {
        type: 'object',
        properties: {
          arn: { type: 'string' },
          managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] },
          adoptionPolicy: { type: 'string', enum: ['Never', 'Adopt'] },
          unmanaged: { type: 'string', enum: ['Remove', 'Preserve'] },
          permissions: {
            type: 'object',
            properties: {
              derive: { type: 'boolean' },
              unresolved: { type: 'string', enum: ['Ask', 'AllowedResources'] },
              resources: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    task: { type: 'string' },
                    arns: { type: 'array', items: { type: 'string' } },
                  },
                  required: ['task', 'arns'],
                },
              },
              statements: {
                type: 'array',
                items: {
                  type: 'object',
                  properties: {
                    actions: { type: 'array', items: { type: 'string' } },
                    resources: { type: 'array', items: { type: 'string' } },
                    conditions: {
                      type: 'object',
                      additionalProperties: {
                        type: 'object',
                        additionalProperties: { type: 'array', items: { type: 'string' } },
                      },
                    },
                  },
                  required: ['actions', 'resources'],
                },
              },
              managedPolicyARNs: { type: 'array', items: { type: 'string' } },
            },
          },
          permissionsBoundaryARN: { type: 'string' },
          description: { type: 'string' },
          tags: { type: 'object', additionalProperties: { type: 'string' } },
        },
        required: ['arn'],
      },
      executionRoleGrant: {
        type: 'object',
        properties: { managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] } },
      },
      stateMachineCredentials: {
        type: 'object',
        properties: {
          managementPolicy: { type: 'string', enum: ['Enforce', 'Observe'] },
          tasks: { type: 'array', items: { type: 'string' } },
          publishVersion: { type: 'boolean' },
        },
      },
      driftCheckInterval: { type: 'string' },
      deletionPolicy: { type: 'string', enum: ['Delete', 'Retain'] },
      suspend: { type: 'boolean' },
    },
    required: ['stateMachineARN', 'targetRole'],
  },
  CrossAccountLinkStatus: {
    type: 'object',
    properties: {
      observedGeneration: { type: 'integer' },
      lastHandledReconcileAt: { type: 'string' },
      specDigest: { type: 'string' },
      stateMachine: { type: 'string' },
      targetRole: { type: 'string' },
      externalID: { type: 'string' },
      executionRoleARN: { type: 'string' },
      targetRoleID: { type: 'string' },
      accountBoundaryARN: { type: 'string' },
      stateMachineRevisionID: { type: 'string' },
      taskCount: { type: 'integer' },
      tasks: { type: 'array', items: { type: 'string' } },
      furtherTasks: { type: 'array', items: { type: 'string' } },
      drift: {
        type: 'object',
        properties: {
          total: { type: 'integer' },
          lastDetectedTime: { type: 'string' },
          lastRepairedTime: { type: 'string' },
          recent: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                time: { type: 'string' },
                object: { type: 'string' },
                field: { type: 'string' },
                expected: { type: 'string' },
                found: { type: 'string' },
                repaired: { type: 'boolean' },
                repairing: { type: 'boolean' },
              },
              required: ['time', 'object', 'field', 'repaired'],
            },
          },
        },
        required: ['total'],
      },
      pending: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            object: { type: 'string' },
            operation: { type: 'string' },
            reason: { type: 'string' },
            changes: {
              type: 'array',
              items: {
                type: 'object',
                properties: {
                  path: { type: 'string' },
                  before: { type: 'string' },
                  after: { type: 'string' },
                },
                required: ['path'],
              },
            },
            omittedChanges: { type: 'integer' },
          },
          required: ['object', 'operation', 'reason', 'changes'],
        },
      },
      adoption: {
        type: 'object',
        properties: {
          roleID: { type: 'string' },
          tags: { type: 'object', additionalProperties: { type: 'string' } },
        },
        required: ['roleID', 'tags'],
      },
      inventory: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            leg: { type: 'string', enum: ['TargetRole', 'ExecutionRoleGrant', 'StateMachineCredentials'] },
            arn: { type: 'string' },
          },
          required: ['leg', 'arn'],
        },
      },
      deniedTasks: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            task: { type: 'string' },
            call: { type: 'string' },
            message: { type: 'string' },
            executionARN: { type: 'string' },
            startTime: { type: 'string' },
            observedGeneration: { type: 'integer' },
          },
          required: ['task', 'call', 'message', 'executionARN', 'startTime', 'observedGeneration'],
        },
      },
      conditions: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
            observedGeneration: { type: 'integer' },
            lastTransitionTime: { type: 'string' },
            reason: { type: 'string' },
            message: { type: 'string' },
          },
          required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
        },
      },
    },
  },
  AWSAccountSpec: {
    type: 'object',
    properties: {
      accountID: { type: 'string' },
      partition: { type: 'string' },
      region: { type: 'string' },
      assumeRole: {
        type: 'object',
        properties: { arn: { type: 'string' }, externalID: { type: 'string' } },
        required: ['arn'],
      },
      access: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            namespaces: {
              type: 'object',
              properties: {
                names: { type: 'array', items: { type: 'string' } },
                selector: {
                  type: 'object',
                  properties: {
                    matchLabels: { type: 'object', additionalProperties: { type: 'string' } },
                    matchExpressions: {
                      type: 'array',
                      items: {
                        type: 'object',
                        properties: {
                          key: { type: 'string' },
                          operator: { type: 'string', enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
                          values: { type: 'array', items: { type: 'string' } },
                        },
                        required: ['key', 'operator'],
                      },
                    },
                  },
                },
              },
            },
            asSource: {
              type: 'object',
              properties: {
                stateMachines: { type: 'array', items: { type: 'string' } },
                executionRoles: { type: 'array', items: { type: 'string' } },
              },
            },
            asTarget: {
              type: 'object',
              properties: {
                rolePathPrefix: { type: 'string' },
                allowedActions: { type: 'array', items: { type: 'string' } },
                allowedResources: { type: 'array', items: { type: 'string' } },
                passRoles: {
                  type: 'array',
                  items: {
                    type: 'object',
                    properties: {
                      arn: { type: 'string' },
                      services: { type: 'array', items: { type: 'string' } },
                    },
                    required: ['arn', 'services'],
                  },
                },
                managedPolicyARNs: { type: 'array', items: { type: 'string' } },
                adoptableRoles: { type: 'array', items: { type: 'string' } },
                allowPreserve: { type: 'boolean' },
                definitionGrowth: { type: 'string', enum: ['Grant', 'Hold'] },
              },
              required: ['rolePathPrefix'],
            },
            maxLinks: { type: 'integer' },
          },
          required: ['namespaces'],
        },
      },
      permissionsBoundaryARN: { type: 'string' },
      driftCheckInterval: { type: 'string' },
      eventQueueURL: { type: 'string' },
      roleReads: { type: 'string', enum: ['Account', 'PerRole'] },
      quotas: {
        type: 'object',
        properties: {
          trustPolicyLength: { type: 'integer' },
          inlinePolicyLength: { type: 'integer' },
          managedPoliciesPerRole: { type: 'integer' },
        },
      },
      rates: {
        type: 'object',
        additionalProperties: {
          type: 'object',
          properties: { burst: { type: 'integer' }, perSecond: { type: 'number' } },
          required: ['burst', 'perSecond'],
        },
      },
    },
    required: ['accountID'],
  },
  AWSAccountStatus: {
    type: 'object',
    properties: {
      observedGeneration: { type: 'integer' },
      identityARN: { type: 'string' },
      links: { type: 'integer' },
      lastDriftCheckTime: { type: 'string' },
      unlinkedRoles: {
        type: 'object',
        properties: { total: { type: 'integer' }, arns: { type: 'array', items: { type: 'string' } } },
        required: ['total', 'arns'],
      },
      conditions: {
        type: 'array',
        items: {
          type: 'object',
          properties: {
            type: { type: 'string' },
            status: { type: 'string', enum: ['True', 'False', 'Unknown'] },
            observedGeneration: { type: 'integer' },
            lastTransitionTime: { type: 'string' },
            reason: { type: 'string' },
            message: { type: 'string' },
          },
          required: ['type', 'status', 'lastTransitionTime', 'reason', 'message'],
        },
      },
    },
  },
};
