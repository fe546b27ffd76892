/** No parameter of any operation of the SDK that names a role, or the owner of what a call acts on, is overlooked; and who
 *  uses a role has been looked up. */
import type { Json, JsonObject } from '../../../src/base/json.ts';
import { describe, expect, it } from '@jest/globals';
import type { InputText, OperationModel } from '../../../scripts/iam-tables/service-models.ts';
import { derivePermissions } from '../../../src/asl/derive/derive.ts';
import { ownersOf } from '../../../src/asl/integrations/aws-sdk/owner-parameters.ts';
import { usersOf } from '../../../src/asl/integrations/aws-sdk/role-users.ts';
import { iamPrefixOf } from '../../../src/asl/integrations/aws-sdk/iam-prefixes.ts';
import { machine, TARGET, task, tasksOf } from '../../pure/asl/machines.ts';
import { services } from './sdk-models.ts';

const ROLE = 'arn:aws:iam::222222222222:role/worker';

interface RoleMember {
  readonly service: string;
  readonly operation: OperationModel;
  readonly member: string;
}

function everyRole(): RoleMember[] {
  return services.flatMap(({ name: service, operations }) =>
    operations.flatMap((operation) => operation.roles.map((member) => ({ service, operation, member }))),
  );
}

describe('over every parameter of the SDK’s operations', () => {
  it('more than 900 hand on a role', () => {
    const handing = services.flatMap(({ operations }) => operations.filter(({ roles }) => roles.length > 0));
    expect(handing.length).toBeGreaterThan(900);
  });

  it('whatever looks like a role is handed on, or it was decided that it is not', () => {
    const undecided = new Set<string>();
    for (const { name, operations } of services) {
      if (LOOKED_AT.has(name)) continue;
      for (const { api, roles, roleLike } of operations.filter((one) => !LOOKS.test(one.api))) {
        for (const member of roleLike) {
          const isDecided = DECIDED.has(`${name}.${member}`);
          if (!roles.includes(member) && !isDecided) undecided.add(`${name}:${api} ${member}`);
        }
      }
    }
    expect([...undecided]).toStrictEqual([]);
  });

  it('each is passed to those that use it, whether it is known or not', () => {
    const wrong: string[] = [];
    for (const { service, operation, member } of everyRole()) {
      const prefix = iamPrefixOf(service);
      const path = operation.inputs.find(({ name }) => name === member)?.path.replace('[keys]', '.entry');
      if (prefix === undefined || path === undefined || path.includes('[][]')) continue;
      const users = usersOf(service, operation.api, member, prefix);
      const id = `${service}:${operation.api}`;
      if (BY_CONDITION.has(id)) continue;
      if (!passes(id, at(path, ROLE), users)) wrong.push(`${id} ${path} ${users.join()}`);
      if (!asks(id, at(`${path}.$`, '$.role'))) wrong.push(`${id} ${path} is not asked for`);
    }
    expect(wrong).toStrictEqual([]);
  });

  it('one that a call always has is asked for, where only run time knows what holds it', () => {
    const silent: string[] = [];
    for (const { name: service, operations } of services) {
      for (const { api, hiddenRoles } of operations) {
        const id = `${service}:${api}`;
        if (iamPrefixOf(service) === undefined || BY_CONDITION.has(id)) continue;
        for (const path of hiddenRoles.always) {
          const [holder = ''] = path.split('.');
          if (!asks(id, { [`${holder}.$`]: '$.given' })) silent.push(`${id} ${path}`);
        }
      }
    }
    expect(silent).toStrictEqual([]);
  });

  it('what only looks like one is passed to nobody', () => {
    const passed: string[] = [];
    for (const { name: service, operations } of services) {
      if (service === 'iam' || iamPrefixOf(service) === undefined) continue;
      for (const { api, roles, roleLike, inputs } of operations) {
        if (roles.length > 0) continue;
        const paths = inputs.filter(
          ({ name, path }) => roleLike.includes(name) && !/\[keys\]|\[\]\[\]/.test(path),
        );
        for (const { path } of paths) {
          const { statements } = derive(`${service}:${api}`, at(path, ROLE));
          if (statements.some(({ actions }) => actions.values.includes('iam:PassRole')))
            passed.push(`${service}:${api} ${path}`);
        }
      }
    }
    expect(passed).toStrictEqual([]);
  });

  it('who uses it is called as the service is in IAM only where that was looked up', () => {
    const unread = everyRole().filter(({ service, operation, member }) => {
      const prefix = iamPrefixOf(service);
      if (prefix === undefined || CALLED_ALIKE.includes(service)) return false;
      return usersOf(service, operation.api, member, prefix).join() === `${prefix}.amazonaws.com`;
    });
    expect([...new Set(unread.map(({ service }) => service))]).toStrictEqual([]);
  });

  it('a parameter that may name an account is read as the owner’s, or it was decided that it names another', () => {
    const undecided = new Set<string>();
    for (const { name: service, operations } of services) {
      for (const { inputs } of operations) {
        for (const { name } of inputs.filter(mayNameOwner)) {
          const isOwner = ownersOf(service).some(
            ({ parameter }) => parameter.toLowerCase() === name.toLowerCase(),
          );
          if (!isOwner && !OTHERS.has(`${service}.${name}`)) undecided.add(`${service}.${name}`);
        }
      }
    }
    expect([...undecided]).toStrictEqual([]);
  });
});

function derive(id: string, parameters: JsonObject) {
  const states = { Call: task(`arn:aws:states:::aws-sdk:${id}`, parameters) };
  return derivePermissions(tasksOf(machine(states)), TARGET);
}

/** An operation that is not known is reported as such, whatever it is given. */
function passes(id: string, parameters: JsonObject, users: readonly string[]): boolean {
  const { statements, diagnostics } = derive(id, parameters);
  if (diagnostics.some(({ reason }) => reason === 'UnknownIntegration')) return true;
  return statements.some(
    ({ actions, resources, conditions }) =>
      actions.values.includes('iam:PassRole') &&
      resources?.values.includes(ROLE) === true &&
      conditions?.['StringEquals']?.['iam:PassedToService']?.toSorted().join() === users.toSorted().join(),
  );
}

function asks(id: string, parameters: JsonObject): boolean {
  return derive(id, parameters).diagnostics.some(
    ({ reason, actions }) => reason === 'UnknownIntegration' || actions.includes('iam:PassRole'),
  );
}

/** Parameters that hold nothing but the value at a path. */
function at(path: string, value: Json): JsonObject {
  const [step = '', ...rest] = path.split(/\.(?!\$)/);
  const isList = step.includes('[]');
  const name = step.replace('[]', '');
  const held = rest.length === 0 ? value : at(rest.join('.'), value);
  return { [name]: isList && !name.endsWith('.$') ? [held] : held };
}

/** Operations that only look for what has the role, or take it away. */
const LOOKS = /^(?:batchGet|delete|describe|detach|disassociate|get|list|remove|search)(?=[A-Z])/;

/** Bound by a condition on the role instead. https://docs.aws.amazon.com/emr/latest/EMR-on-EKS-DevelopmentGuide/iam-execution-role.html */
const BY_CONDITION = new Set(['emrcontainers:startJobRun']);

/** Services that take roles to look at them, to change them or to name somebody. */
const LOOKED_AT = new Set([
  'auditmanager', // personas of an audit
  'iam',
  'mq', // attributes of an LDAP directory
  'neptunedata', // roles that the cluster already has
  'organizations',
  'ram',
  'securityhub', // findings
  'sts',
  'workmail', // roles of the mail system
]);

/** Members that are no roles of the account, or that the call does not pass. */
const DECIDED = new Set([
  'accessanalyzer.PrincipalArn', // whose use is analyzed
  'arcregionswitch.CrossAccountRole', // of another account
  'batch.InstanceRole', // an instance profile
  'bedrockagentcorecontrol.Arn', // a principal
  'budgets.Roles', // what a policy is attached to
  'cloudformation.ExecutionRoleName', // in the stack set’s accounts
  'cloudformation.ExecutionRoleTemplateBody',
  'cloudformation.ExecutionRoleTemplateUrl',
  'datazone.EnvironmentRolePermissionBoundary',
  'datazone.Identifier',
  'datazone.RolePrincipalArn',
  'datazone.SnowflakeRole',
  'ec2.RoleArn', // an association with a certificate
  'ec2.RoleName', // VM Import assumes it by itself
  'ecr.PrincipalArn',
  'eks.TargetRoleArn', // assumed by the role that is handed on
  'elasticsearchservice.MasterBackendRole',
  'elasticsearchservice.RolesKey',
  'emr.JobFlowRole', // an instance profile
  'firehose.SnowflakeRole',
  'fis.RoleArn', // of the targets’ accounts
  'glue.ExecutionRoleSessionPolicy',
  'glue.RoleSessionName',
  'grafana.KeyRole',
  'grafana.OrganizationRoleName',
  'grafana.Role',
  'iot.IamRoleArn', // what an audit is about
  'iot.RoleAlias',
  'iot.RoleAliasArn',
  'kendra.Credentials', // a secret
  'lakeformation.RoleArn', // assumed by the caller
  'lexmodelsv2.Arn', // a principal
  'licensemanager.RoleArns', // who may use the token
  'opensearch.MasterBackendRole',
  'opensearch.RolesKey',
  'pipes.ExecutionRoleArn', // overrides that the pipe’s role hands on
  'pipes.TaskRoleArn',
  'qbusiness.Principal',
  'quicksight.DatabaseAccessControlRole',
  'quicksight.GeographicRole',
  'quicksight.IamArn', // who is registered
  'redshift.RemoveIamRoles',
  'resiliencehub.CrossAccountRoleArns',
  'resiliencehubv2.CrossAccountRoleArn',
  'sagemaker.AssumableRoleArns',
  'sagemaker.ClusterRoleArn', // a Redshift cluster’s own
  'sagemaker.RoleName',
  'ssm.ExecutionRoleName', // in the targets’ accounts
  'ssmquicksetup.LocalDeploymentExecutionRoleName',
]);

/** Services whose principal is their prefix in IAM, as their guides show it. */
const CALLED_ALIKE = `
accessanalyzer accountaccess acm agentregistrycontrol aiops amplify apigateway apigatewayv2 
appconfig appflow applicationautoscaling appstream appsync arcregionswitch athena autoscaling 
backup backupgateway backupsearch batch bcmdashboards bedrock bedrockagent bedrockagentcore 
bedrockagentcorecontrol braket budgets chatbot cleanrooms cleanroomsml cloudcontrol cloudformation 
cloudfront cloudhsm cloudtrail cloudwatch cloudwatchlogs cloudwatchomni codebuild codedeploy 
codepipeline cognitoidentity cognitoidentityprovider cognitosync comprehend comprehendmedical 
configservice connecthealth customerprofiles databasemigrationservice databrew dataexchange 
datasync datazone dax devicefarm devopsagent dlm dsql ecr ecs efs eks elasticbeanstalk 
elementalinference emr emrcontainers emrserverless entityresolution eventbridge eventbridgev2 
firehose fis fms forecast frauddetector gamelift gameliftstreams glue grafana greengrass 
greengrassv2 groundstation healthlake imagebuilder inspector iot iotdeviceadvisor iotfleetwise 
iotmanagedintegrations iotsitewise iottwinmaker iotwireless kafka kafkaconnect kendra kinesis 
kinesisanalytics kinesisanalyticsv2 lakeformation lambda lambdacore lambdamicrovms 
lexmodelbuildingservice location lookoutequipment m2 machinelearning mailmanager 
marketplacecommerceanalytics mediaconnect mediaconvert medialive mediapackage mediapackagev2 
medicalimaging mwaaserverless neptune neptunegraph observabilityadmin odb omics 
opensearchserverless partnercentralselling personalize pinpointemail pinpointsmsvoice 
pinpointsmsvoicev2 pipes proton quicksight rds redshift rekognition repostspace resiliencehub 
resiliencehubv2 resourcegroups rolesanywhere rtbfabric rum s3 s3control s3files s3tables sagemaker 
sagemakergeospatial scheduler secretsmanager securityagent securitylake ses sesv2 sfn 
socialmessaging ssm ssmincidents ssmquicksetup storagegateway supportapp swf textract 
timestreamquery transcribe transfer translate voiceid wafv2 wellarchitected workspaces
`
  .trim()
  .split(/\s+/);

function mayNameOwner({ name, path, depth, isEnum, isNumber }: InputText): boolean {
  const isText = depth === 0 && !isEnum && !isNumber && !/[[\]]/.test(path);
  return isText && /(?:account|owner|registry|catalog)(?:id)?$/i.test(name) && !/service/i.test(name);
}

/**
 * These name somebody else (who is invited, shared with, paid by), choose among what is listed, state the owner of a bucket that
 * the service reaches with a role of its own, or are parts of the ARN themselves.
 */
const OTHERS = new Set(
  `
accessanalyzer.ResourceOwnerAccount account.AccountId account.StandardAccountId 
acmpca.SourceAccount agentregistry.RegistryId agentregistrycontrol.RegistryId 
apigatewayv2.ResourceOwnerAccountId apigatewayv2.ResourceOwner apiportal.ResourceOwnerAccountId 
applicationinsights.AccountId applicationsignals.AwsAccountId 
applicationsignals.SloOwnerAwsAccountId appstream.SharedAccountId auditmanager.AdminAccountId 
auditmanager.ControlCatalogId auditmanager.DelegatedAdminAccount auditmanager.DestinationAccount 
backup.AccountId backup.ByAccountId bedrockagentcorecontrol.RegistryId billing.AccountId 
billing.OwnerAccountId billing.SourceAccountId billing.DestinationAccountId 
billingconductor.PrimaryAccountId billingconductor.AccountId chime.AccountId 
chimesdkvoice.AwsAccountId cleanrooms.AccountId cleanrooms.AnalysisPayerAccountId 
cleanrooms.JobComputePayerAccountId cleanrooms.QueryComputePayerAccountId 
cleanroomsml.MlModelTrainingPayerAccountId cleanroomsml.MlModelInferencePayerAccountId 
cloudformation.StackInstanceAccount cloudtrail.DelegatedAdminAccountId cloudtrail.MemberAccountId 
cloudwatch.OwningAccount codeartifact.AdministratorAccount codeconnections.OwnerId 
codepipeline.Owner codestarconnections.OwnerId cognitoidentity.AccountId 
configservice.AuthorizedAccountId configservice.RequesterAccountId configservice.AccountId 
connect.TargetAccountId continuum.AccountId costexplorer.AccountId costoptimizationhub.AccountId 
datazone.AwsAccountId datazone.CurrentOwner datazone.NewOwner detective.AccountId 
devopsguru.AccountId directconnect.AssociatedGatewayOwnerAccount directconnect.OwnerAccount 
directconnect.DirectConnectGatewayOwnerAccount drs.OriginAccountID drs.StagingAccountID 
dynamodb.S3BucketOwner ec2.UnusedReservationBillingOwnerId ec2.SourceSecurityGroupOwnerId 
ec2.AwsAccountId ec2.PeerAccountId ec2.PeerOwnerId ec2.DelegatedAdminAccountId 
ec2.TransferAccountId ec2.ResourceOwner ec2.IpamPoolOwner elasticache.EC2SecurityGroupOwnerId 
elasticsearchservice.Account eventbridge.Account eventbridgev2.EventBusAccountId fis.AccountId 
fms.AdminAccount fms.MemberAccount fms.MemberAccountId gamelift.PeerVpcAwsAccountId 
gamelift.GameLiftAwsAccountId globalaccelerator.ResourceOwnerAwsAccountId glue.ParentCatalogId 
glue.RepositoryOwner guardduty.ExpectedBucketOwner guardduty.AdminAccountId iam.OwnerAccountId 
iam.OwnerId iam.ResourceOwner inspector2.AccountId inspector2.DelegatedAdminAccountId 
internetmonitor.LinkedAccountId iot.TargetAwsAccount iotmanagedintegrations.Owner 
iotwireless.PartnerAccountId lakeformation.TableCatalogId 
lakeformation.ExpectedResourceOwnerAccount lambda.SourceAccount macie2.AdministratorAccountId 
macie2.MasterAccount macie2.AdminAccountId macie2.AccountId marketplaceagreement.Catalog 
marketplacecatalog.Catalog marketplacedeployment.Catalog medicalimaging.InputOwnerAccountId 
mgn.S3BucketOwner networkmanager.AccountId networksecuritymanager.AccountId 
networksecuritymanager.ResourceOwnerAccountId notifications.RelatedAccount 
notifications.MemberAccount omics.CacheBucketOwnerId omics.WorkflowBucketOwnerId opensearch.Account 
organizations.AccountId partnercentralaccount.Catalog partnercentralbenefits.Catalog 
partnercentralchannel.Catalog partnercentralchannel.AccountId 
partnercentralchannel.AssociatedAccountId partnercentralselling.Catalog proton.ManagementAccountId 
rds.EC2SecurityGroupOwnerId redshift.AccountId redshift.EC2SecurityGroupOwnerId redshift.Account 
redshift.ResourceOwner resiliencehub.AwsAccountId resiliencehubv2.AccountId resourcegroups.Owner 
route53domains.AccountId s3.ExpectedBucketOwner s3.ExpectedSourceBucketOwner 
s3control.BucketAccountId sagemaker.S3BucketOwnerAccountId securityhub.AdminAccountId 
securitylake.AccountId servicecatalog.AccountId servicecatalog.Owner simpledbv2.S3BucketOwner 
ssm.AccountId sso.AccountId ssoadmin.AccountId taxsettings.AccountId 
trustedadvisor.AffectedAccountId vpclattice.VpcEndpointOwner wellarchitected.ReviewOwner 
workspaces.TargetAccountId workspaces.Owner workspaces.LinkedAccountId workspaces.SharedAccountId 
`
    .trim()
    .split(/\s+/),
);
