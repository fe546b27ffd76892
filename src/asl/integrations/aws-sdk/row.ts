/** The permissions of `aws-sdk` integrations: a row of a table here, or the IAM action with the operation's name. */
import type { Task } from '../../task.ts';
import { findIamAction } from '../iam-data.ts';
import { allow, CALLBACK, rowOn } from '../row.ts';
import type { Note, Permission, Row, ServiceTable } from '../row.ts';
import { agentRuntimes, runtimeOfHarness } from './services/bedrock-agentcore.ts';
import { httpApis, restApis } from './services/apigateway.ts';
import { resourcesOf } from './action-resources.ts';
import { cloudControl, taggingOperations, taggingPermissions } from './services/cloud-control-and-tagging.ts';
import { builds } from './services/codebuild.ts';
import { besideByReference } from './dependent-permissions.ts';
import {
  DESCRIBE_ENDPOINTS,
  rdsDataOperations,
  redshiftDataOperations,
  timestreamQueryOperations,
} from './services/data-apis.ts';
import { dsql } from './services/dsql.ts';
import { dynamodbItems, tableTransfers } from './services/dynamodb.ts';
import { BESIDE_FUNCTIONS, functions } from './services/lambda.ts';
import { besideRds, clusters } from './services/rds.ts';
import {
  bedrockJobs,
  bedrockRuntime,
  dataAutomation,
  knowledgeBaseDocuments,
  knowledgeBases,
} from './services/bedrock.ts';
import { glueOperations } from './services/glue.ts';
import { greengrassTags } from './services/greengrass.ts';
import { iamOperations } from './services/iam.ts';
import { bots } from './services/lex.ts';
import { loadBalancers } from './services/load-balancers.ts';
import { textMessages } from './services/text-messages.ts';
import { accountAssignments, besideEc2, ec2Tags, organizations } from './services/ec2-and-organizations.ts';
import { ses, sesv2 } from './services/ses.ts';
import { S3_USES } from './services/s3-users.ts';
import { modelPackages } from '../optimized/sagemaker.ts';
import { jobsForThings } from './services/iot.ts';
import { eventBridgeOperations, sfnOperations, snsOperations, sqsOperations } from './services/messaging.ts';
import { everything } from '../resources.ts';
import { isOffered } from './not-offered.ts';
import { inOtherRegions } from './other-regions.ts';
import { ownedBy } from './owner-parameters.ts';
import { notesOnHiddenRoles, passedRoles, takesRoles } from './pass-role.ts';
import { actionOf } from './renames.ts';
import { s3Row } from './services/s3.ts';
import { logsRow, subscriptions } from './services/logs.ts';
import { kms } from './services/kms.ts';
import { parameterStore, secretsManager } from './services/secrets-and-parameters.ts';
import { modelledAs } from '../operations.ts';
import { iamPrefixOf, NAMED_BY_PREFIX } from './iam-prefixes.ts';
import { sharedRow } from './shared-rows.ts';
import { STACK_FILES, stacks } from './services/cloudformation.ts';
import { documents } from './services/systems-manager.ts';
import { emrOperations, fileSystemTags, route53Tags, systemsManagerTags } from './services/named-by-id.ts';
import { tagsAtCreation } from './tags-at-creation.ts';
import { vectorReads } from './services/s3-vectors.ts';
import { besideRules, webAcls } from './services/web-acls.ts';

/** By SDK service: operations for which the rule below would be wrong. */
const TABLES: ReadonlyMap<string, ServiceTable> = new Map(
  Object.entries({
    apigateway: restApis,
    apigatewayv2: httpApis,
    bedrock: bedrockJobs,
    bedrockagent: knowledgeBaseDocuments,
    bedrockagentcore: agentRuntimes,
    bedrockagentruntime: knowledgeBases,
    bedrockdataautomationruntime: dataAutomation,
    bedrockruntime: bedrockRuntime,
    cloudcontrol: cloudControl,
    cloudformation: stacks,
    cloudwatchlogs: subscriptions,
    codebuild: builds,
    // Controls have ARNs of no account, and what is enabled gets an ARN of its own.
    // https://docs.aws.amazon.com/controltower/latest/APIReference/API_EnableControl.html
    controltower: {
      enableControl: rowOn('controltower:EnableControl', everything),
    },
    docdb: clusters,
    dsql,
    dynamodb: dynamodbItems,
    ec2: ec2Tags,
    efs: fileSystemTags,
    elasticloadbalancingv2: loadBalancers,
    emr: emrOperations,
    eventbridge: eventBridgeOperations,
    glue: glueOperations,
    greengrassv2: greengrassTags,
    iam: iamOperations,
    iot: jobsForThings,
    kms,
    lambda: functions,
    lexmodelsv2: bots,
    neptune: clusters,
    organizations,
    pinpointsmsvoicev2: textMessages,
    rds: clusters,
    rdsdata: rdsDataOperations,
    redshiftdata: redshiftDataOperations,
    resourcegroupstaggingapi: taggingOperations,
    route53: route53Tags,
    sagemaker: modelPackages,
    secretsmanager: secretsManager,
    ses,
    sesv2,
    sfn: sfnOperations,
    sns: snsOperations,
    sqs: sqsOperations,
    ssoadmin: accountAssignments,
    ssm: { ...parameterStore, ...documents, ...systemsManagerTags },
    timestreamquery: timestreamQueryOperations,
    wafv2: webAcls,
  }),
);

/**
 * The row of an operation as Step Functions writes it (`getObject`), with the roles that this Task passes; undefined if it is not
 * known what the operation needs.
 */
export function sdkRow(written: string, api: string, task: Task): Row | undefined {
  const prefix = iamPrefixOf(written);
  const service = modelledAs(written, api) ?? NAMED_BY_PREFIX.get(written) ?? written;
  if (prefix === undefined || !isWrittenRight(api) || !isOffered(service, api)) return undefined;
  const shared = sharedRow(service, api);
  if (shared !== undefined) return shared;
  const row = tableRow(service, api, task) ?? ruleRow(prefix, service, api);
  if (row === undefined) return undefined;
  const { permissions, notes } = besides(service, api, task);
  const named = row.call.some(({ actions }) => actions.includes('iam:PassRole'));
  const roles = named ? [] : passedRoles(task, service, prefix, api);
  const own = row.call.map((permission) => inOtherRegions(service, api, ownedBy(service, api, permission)));
  const known = {
    call: [...own, ...permissions, ...roles, ...tagsAtCreation(service, api)],
    notes: [...(row.notes ?? []), ...notes, ...(named ? [] : notesOnHiddenRoles(task, service, api))],
    passesRoles: named || takesRoles(service, api),
  };
  const beside = besideByReference({ service, api, prefix }, known, task);
  return {
    ...row,
    call: [...known.call, ...beside.permissions],
    notes: [...known.notes, ...beside.notes],
  };
}

/** Step Functions knows `getObject`, and refuses a machine that says `GetObject`. */
function isWrittenRight(api: string): boolean {
  return /^[a-z]/.test(api);
}

function tableRow(service: string, api: string, task: Task): Row | undefined {
  if (service === 's3') return s3Row(api, task);
  const table = TABLES.get(service);
  return table !== undefined && Object.hasOwn(table, api) ? table[api] : undefined;
}

/** What a service does with the caller's rights beside the call itself. */
function besides(
  service: string,
  api: string,
  task: Task,
): { readonly permissions: readonly Permission[]; readonly notes: readonly Note[] } {
  const inS3 = S3_USES.get(service);
  if (inS3 !== undefined) return inS3;
  switch (service) {
    case 'bedrockagentcorecontrol':
      return { permissions: runtimeOfHarness(api), notes: [] };
    case 'cloudformation':
      return { permissions: STACK_FILES, notes: [] };
    case 'dynamodb':
      return { permissions: tableTransfers(api), notes: [] };
    case 'ec2':
      return { permissions: besideEc2(api), notes: [] };
    case 'rds':
      return besideRds(api);
    case 'lambda':
      return { permissions: BESIDE_FUNCTIONS, notes: [] };
    case 'resourcegroupstaggingapi':
      return {
        permissions: /^(?:un)?tagResources$/.test(api)
          ? taggingPermissions(task, api === 'tagResources' ? 'tag' : 'untag')
          : [],
        notes: [],
      };
    case 's3vectors':
      return { permissions: vectorReads(api, task), notes: [] };
    case 'timestreamquery':
    case 'timestreamwrite':
      return { permissions: api === 'describeEndpoints' ? [] : [DESCRIBE_ENDPOINTS], notes: [] };
    case 'wafv2':
      return besideRules(api, task);
    default:
      return { permissions: [], notes: [] };
  }
}

/** The IAM action has the operation's name, or the one in the list of renamed ones. */
function ruleRow(prefix: string, service: string, api: string): Row | undefined {
  if (prefix === 'logs') return logsRow(service, api);
  const [actionPrefix = '', name = ''] = (actionOf(service, api) ?? `${prefix}:${api}`).split(':');
  const action = findIamAction(actionPrefix, name);
  if (action === undefined) return undefined;
  const resource = resourcesOf(action, { service, api, prefix: actionPrefix });
  return { patterns: CALLBACK, call: [allow(`${actionPrefix}:${action.name}`, resource)] };
}
