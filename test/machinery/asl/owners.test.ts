/** No parameter that names the owner of what a call acts on is overlooked, in any operation of the SDK. */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readServiceModels } from '../../../scripts/service-models.ts';
import type { InputText, ServiceModel } from '../../../scripts/service-models.ts';
import { namesOwner } from '../../../src/asl/integrations/aws-sdk/owners.ts';
import { ensureMoto } from '../../../testbed/tools/python-tools.ts';

let services: readonly ServiceModel[] = [];

beforeAll(async () => {
  const lib = join(dirname(dirname(await ensureMoto())), 'lib');
  const [python = ''] = readdirSync(lib);
  services = readServiceModels(join(lib, python, 'site-packages', 'botocore', 'data'));
});

describe('over every operation of the SDK', () => {
  it('a parameter that may name an account is read as the owner’s, or it was decided that it names another', () => {
    const undecided = new Set<string>();
    for (const { name: service, operations } of services) {
      for (const { inputs } of operations) {
        for (const { name } of inputs.filter(mayNameOwner)) {
          if (!namesOwner(service, name) && !DECIDED.has(`${service}.${name}`))
            undecided.add(`${service}.${name}`);
        }
      }
    }
    expect([...undecided]).toStrictEqual([]);
  });
});

function mayNameOwner({ name, path, depth, isEnum, isNumber }: InputText): boolean {
  const isText = depth === 0 && !isEnum && !isNumber && !/[[\]]/.test(path);
  return isText && /(?:account|owner|registry|catalog)(?:id)?$/i.test(name) && !/service/i.test(name);
}

/**
 * These name somebody else (who is invited, shared with, paid by), choose among what is listed, state the owner of a bucket that
 * the service reaches with a role of its own, or are parts of the ARN themselves.
 */
const DECIDED = new Set(
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
