import { allow, REQUEST_RESPONSE } from '../row.ts';
import type { ServiceTable } from '../row.ts';
import { arn, derived } from '../resources.ts';

const BY_ENDPOINT = '/harness-endpoint/';

/** A harness, named by its own ARN or by that of one of its endpoints. */
const harness = derived(
  arn('bedrock-agentcore', 'harness/{HarnessArn}'),
  ['arn:*:bedrock-agentcore:*:*:harness/*'],
  (text) => text.split(BY_ENDPOINT).slice(0, 1),
);

/** The endpoint through which the call goes: the one that the ARN names, or that `Qualifier` names. */
const endpoint = derived(
  arn('bedrock-agentcore', `harness/{HarnessArn}${BY_ENDPOINT}{Qualifier=DEFAULT}`),
  [`arn:*:bedrock-agentcore:*:*:harness/*${BY_ENDPOINT}*`],
  (text) => text.split(BY_ENDPOINT).slice(0, 2).join(BY_ENDPOINT),
);

/**
 * A harness runs on a runtime, and a call needs both permissions on the harness. Models and tools belong to the harness's own
 * role.
 * https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrockagentcore.html
 * https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
 */
export const bedrockAgentCore: ServiceTable = {
  invokeHarness: {
    patterns: REQUEST_RESPONSE,
    call: [
      allow(['bedrock-agentcore:InvokeHarness', 'bedrock-agentcore:InvokeAgentRuntime'], harness),
      allow('bedrock-agentcore:InvokeHarness', endpoint),
    ],
  },
};
