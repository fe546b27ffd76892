/**
 * Operations that Step Functions does not call: those that answer in a stream, and those that hand out credentials.
 * https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
 */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
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
  cloudwatchlogs: ['getLogObject', 'startLiveTail'],
  connecthealth: ['startMedicalScribeListeningSession'],
  devopsagent: ['sendMessage'],
  healthlake: ['updateProfileWithAgent'],
  iotsitewise: ['invokeAssistant'],
  kinesis: ['subscribeToShard'],
  lambda: ['invokeWithResponseStream'],
  lexruntimev2: ['startConversation'],
  polly: ['startSpeechSynthesisStream'],
  qbusiness: ['chat'],
  s3: ['selectObjectContent'],
  sagemakerruntime: ['invokeEndpointWithResponseStream'],
  sts: ['assumeRole', 'assumeRoleWithSAML', 'assumeRoleWithWebIdentity', 'assumeRoot'],
};

const BY_SERVICE = new Map(Object.entries(OPERATIONS));

export function isOffered(service: string, api: string): boolean {
  return BY_SERVICE.get(service)?.includes(api) !== true;
}
