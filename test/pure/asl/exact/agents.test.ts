import { needExactly, role } from './whole-policy.ts';

const HARNESS = 'arn:aws:bedrock-agentcore:us-east-1:222222222222:harness/support-1';

// https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
needExactly('harnesses of Bedrock AgentCore', [
  [
    'bedrockagentcore:invokeHarness',
    { HarnessArn: HARNESS, RuntimeSessionId: 's', Messages: [] },
    [
      'bedrock-agentcore:InvokeHarness bedrock-agentcore:@:harness/support-1',
      'bedrock-agentcore:InvokeHarness bedrock-agentcore:@:harness/support-1/harness-endpoint/DEFAULT',
      'bedrock-agentcore:InvokeAgentRuntime bedrock-agentcore:@:harness/support-1',
    ],
  ],
  [
    'bedrockagentcore:invokeHarness',
    { HarnessArn: `${HARNESS}/harness-endpoint/prod`, RuntimeSessionId: 's', Messages: [] },
    [
      'bedrock-agentcore:InvokeHarness bedrock-agentcore:@:harness/support-1',
      'bedrock-agentcore:InvokeHarness bedrock-agentcore:@:harness/support-1/harness-endpoint/prod',
      'bedrock-agentcore:InvokeAgentRuntime bedrock-agentcore:@:harness/support-1',
    ],
  ],
  ['bedrockagentcore:invokeHarness', { 'HarnessArn.$': '$.harness' }, [], ['!ResourceNotStatic']],
  ['bedrockagentcore:invokeHarness.sync', { HarnessArn: HARNESS }, [], ['!UnknownIntegration']],
  ['bedrockagentcore:invokeHarness.waitForTaskToken', { HarnessArn: HARNESS }, [], ['!UnknownIntegration']],
  ['aws-sdk:bedrockagentcore:invokeHarness', { HarnessArn: HARNESS }, [], ['!UnknownIntegration']],
  [
    'aws-sdk:bedrockagentcorecontrol:updateHarness',
    { HarnessId: 'support-1' },
    [
      'bedrock-agentcore:UpdateHarness bedrock-agentcore:@:harness/support-1',
      'bedrock-agentcore:UpdateAgentRuntime bedrock-agentcore:@:harness/support-1',
    ],
  ],
  [
    'aws-sdk:bedrockagentcorecontrol:createHarness',
    { HarnessName: 'support', ExecutionRoleArn: role('harness') },
    [
      'bedrock-agentcore:CreateHarness *',
      'bedrock-agentcore:CreateAgentRuntime *',
      'pass harness to bedrock-agentcore',
    ],
  ],
]);
