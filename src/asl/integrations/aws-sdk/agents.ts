/** Agents of Bedrock AgentCore: a call is checked against the runtime and the endpoint that it goes through. */
import { allow, CALLBACK } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { arn } from '../resources.ts';

const runtime = arn('bedrock-agentcore', 'runtime/{AgentRuntimeArn}');
const endpoint = arn('bedrock-agentcore', 'runtime/{AgentRuntimeArn}/runtime-endpoint/{Qualifier=DEFAULT}');

function onRuntime(action: string): Row {
  return { patterns: CALLBACK, call: [allow(`bedrock-agentcore:${action}`, [runtime, endpoint])] };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html */
export const agentRuntimes: ServiceTable = {
  invokeAgentRuntime: onRuntime('InvokeAgentRuntime'),
  stopRuntimeSession: onRuntime('StopRuntimeSession'),
};
