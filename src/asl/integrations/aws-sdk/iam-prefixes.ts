/**
 * From the service's name in `arn:aws:states:::aws-sdk:<service>:<operation>` to its prefix in IAM.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
import { iamPrefixes } from '../iam-data.ts';

/** Services whose prefix is not their name without its hyphens. */
const PREFIXES: Readonly<Record<string, string>> = {
  agentregistrycontrol: 'agent-registry',
  amp: 'aps',
  apigatewaymanagementapi: 'execute-api',
  apigatewayv2: 'apigateway',
  appconfigdata: 'appconfig',
  applicationdiscovery: 'discovery',
  bedrockagent: 'bedrock',
  bedrockagentcorecontrol: 'bedrock-agentcore',
  bedrockagentruntime: 'bedrock',
  bedrockdataautomation: 'bedrock',
  bedrockdataautomationruntime: 'bedrock',
  bedrockruntime: 'bedrock',
  chimesdkidentity: 'chime',
  chimesdkmediapipelines: 'chime',
  chimesdkmeetings: 'chime',
  chimesdkmessaging: 'chime',
  chimesdkvoice: 'chime',
  cloudcontrol: 'cloudformation',
  cloudhsmv2: 'cloudhsm',
  cloudsearchdomain: 'cloudsearch',
  cloudwatchlogs: 'logs',
  cloudwatchomni: 'cloudwatch',
  cognitoidentityprovider: 'cognito-idp',
  computeoptimizerautomation: 'aco-automation',
  connectcampaignsv2: 'connect-campaigns',
  connectcases: 'cases',
  connectcontactlens: 'connect',
  connecthealth: 'health-agent',
  costandusagereport: 'cur',
  costexplorer: 'ce',
  customerprofiles: 'profile',
  databasemigration: 'dms',
  devopsagent: 'aidevops',
  directory: 'ds',
  directoryservicedata: 'ds-data',
  docdb: 'rds',
  dynamodbstreams: 'dynamodb',
  efs: 'elasticfilesystem',
  elasticloadbalancingv2: 'elasticloadbalancing',
  elasticsearch: 'es',
  emr: 'elasticmapreduce',
  eventbridge: 'events',
  eventbridgev2: 'events',
  finspacedata: 'finspace-api',
  forecastquery: 'forecast',
  greengrassv2: 'greengrass',
  iamtoolbox: 'iam',
  iotdataplane: 'iot',
  ioteventsdata: 'iotevents',
  iotjobsdataplane: 'iotjobsdata',
  iotsecuretunneling: 'iot',
  ivsrealtime: 'ivs',
  keyspaces: 'cassandra',
  keyspacesstreams: 'cassandra',
  kinesisanalyticsv2: 'kinesisanalytics',
  kinesisvideoarchivedmedia: 'kinesisvideo',
  kinesisvideomedia: 'kinesisvideo',
  kinesisvideosignaling: 'kinesisvideo',
  kinesisvideowebrtcstorage: 'kinesisvideo',
  lambdacore: 'lambda',
  lambdamicrovms: 'lambda',
  lexmodelbuilding: 'lex',
  lexmodelsv2: 'lex',
  lexruntime: 'lex',
  lexruntimev2: 'lex',
  location: 'geo',
  mailmanager: 'ses',
  marketplaceagreement: 'aws-marketplace',
  marketplacecatalog: 'aws-marketplace',
  marketplacedeployment: 'aws-marketplace',
  marketplacediscovery: 'aws-marketplace',
  marketplaceentitlement: 'aws-marketplace',
  marketplacemetering: 'aws-marketplace',
  marketplacereporting: 'aws-marketplace',
  mediastoredata: 'mediastore',
  migrationhub: 'mgh',
  migrationhubconfig: 'mgh',
  migrationhubrefactorspaces: 'refactor-spaces',
  mturk: 'mechanicalturk',
  mwaa: 'airflow',
  mwaaserverless: 'airflow-serverless',
  neptune: 'rds',
  neptunedata: 'neptune-db',
  opensearch: 'es',
  opensearchserverless: 'aoss',
  partnercentralaccount: 'partnercentral',
  partnercentralbenefits: 'partnercentral',
  partnercentralchannel: 'partnercentral',
  partnercentralrevenuemeasurement: 'partnercentral',
  partnercentralselling: 'partnercentral',
  paymentcryptographydata: 'payment-cryptography',
  personalizeevents: 'personalize',
  personalizeruntime: 'personalize',
  pinpoint: 'mobiletargeting',
  pinpointemail: 'ses',
  pinpointsmsvoice: 'sms-voice',
  pinpointsmsvoicev2: 'sms-voice',
  qconnect: 'wisdom',
  resiliencehubv2: 'resiliencehub',
  resourcegroupstaggingapi: 'tag',
  s3control: 's3',
  sagemakera2iruntime: 'sagemaker',
  sagemakeredge: 'sagemaker',
  sagemakerfeaturestoreruntime: 'sagemaker',
  sagemakerjobruntime: 'sagemaker',
  sagemakermetrics: 'sagemaker',
  sagemakerruntime: 'sagemaker',
  serverlessapplicationrepository: 'serverlessrepo',
  servicecatalogappregistry: 'servicecatalog',
  sesv2: 'ses',
  sfn: 'states',
  signerdata: 'signer',
  simpledb: 'sdb',
  simpledbv2: 'sdb',
  ssoadmin: 'sso',
  ssooidc: 'sso-oauth',
  supplychain: 'scn',
  taxsettings: 'tax',
  timestreamquery: 'timestream',
  timestreamwrite: 'timestream',
  workspacesthinclient: 'thinclient',
};

/** Services that a Task may name by their prefix in IAM. Operations with a resource are found by it anyway (`modelledAs`). */
export const NAMED_BY_PREFIX: ReadonlyMap<string, string> = new Map([
  ['elasticmapreduce', 'emr'],
  ['tag', 'resourcegroupstaggingapi'],
]);

/** The SDK spells these with `service` at the end, Step Functions' page without. */
const LONG_NAMES =
  /^(config|costandusagereport|databasemigration|directory|applicationdiscovery|elasticsearch|lexmodelbuilding|lexruntime|marketplaceentitlement)service$/;

let withoutHyphens: ReadonlyMap<string, string> | undefined;

function prefixesWithoutHyphens(): ReadonlyMap<string, string> {
  withoutHyphens ??= new Map([...iamPrefixes()].map((prefix) => [prefix.replaceAll('-', ''), prefix]));
  return withoutHyphens;
}

/** Names of services that may follow `aws-sdk:`. */
export function knownServices(): string[] {
  return [...Object.keys(PREFIXES), ...prefixesWithoutHyphens().keys()];
}

/** The name of a service as Step Functions writes it, if the SDK has a longer one. */
export function writtenName(sdkService: string): string {
  return sdkService.replace(LONG_NAMES, '$1');
}

/** The IAM prefix of an SDK service as Step Functions names it; undefined for a name that is not known here. */
export function iamPrefixOf(sdkService: string): string | undefined {
  const name = writtenName(sdkService);
  return Object.hasOwn(PREFIXES, name) ? PREFIXES[name] : prefixesWithoutHyphens().get(name);
}
