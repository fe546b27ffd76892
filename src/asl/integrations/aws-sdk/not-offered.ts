import { modelledAs } from '../operations.ts';

/**
 * Operations that Step Functions does not call: those that answer in a stream, those that hand out credentials, and older ones.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  applicationdiscovery: ['describeExportConfigurations', 'exportConfigurations'],
  bedrockagentcore: ['invokeAgentRuntimeCommand', 'invokeCodeInterpreter', 'invokeHarness'],
  bedrockagentruntime: [
    'agenticRetrieveStream',
    'invokeAgent',
    'invokeFlow',
    'invokeInlineAgent',
    'optimizePrompt',
    'retrieveAndGenerateStream',
  ],
  bedrockruntime: ['converseStream', 'invokeModelWithBidirectionalStream', 'invokeModelWithResponseStream'],
  codedeploy: [
    'batchGetDeploymentInstances',
    'getDeploymentInstance',
    'listDeploymentInstances',
    'skipWaitTimeForInstanceTermination',
  ],
  comprehendmedical: ['detectEntities'],
  cloudwatchlogs: ['getLogObject', 'startLiveTail'],
  connecthealth: ['startMedicalScribeListeningSession'],
  dataexchange: ['sendApiAsset'],
  directconnect: [
    'allocateConnectionOnInterconnect',
    'describeConnectionLoa',
    'describeConnectionsOnInterconnect',
    'describeInterconnectLoa',
  ],
  efs: ['createTags'],
  elastictranscoder: ['testRole'],
  emr: ['describeJobFlows'],
  devopsagent: ['sendMessage'],
  healthlake: ['updateProfileWithAgent'],
  iot: ['attachPrincipalPolicy', 'detachPrincipalPolicy', 'listPolicyPrincipals', 'listPrincipalPolicies'],
  iotdeviceadvisor: ['listTestCases'],
  iotsitewise: ['invokeAssistant'],
  kinesis: ['subscribeToShard'],
  lambda: ['invokeAsync', 'invokeWithResponseStream'],
  lexruntimev2: ['startConversation'],
  mediapackage: ['rotateChannelCredentials'],
  polly: ['startSpeechSynthesisStream'],
  qbusiness: ['chat'],
  rdsdata: ['executeSql'],
  s3: ['selectObjectContent'],
  sagemakerruntime: ['invokeEndpointWithResponseStream'],
  shield: ['deleteSubscription'],
  sts: ['assumeRole', 'assumeRoleWithSAML', 'assumeRoleWithWebIdentity', 'assumeRoot'],
};

const BY_SERVICE = new Map(Object.entries(OPERATIONS));

/** @param service as the SDK or as Step Functions names it */
export function isOffered(service: string, api: string): boolean {
  return BY_SERVICE.get(modelledAs(service, api) ?? service)?.includes(api) !== true;
}
