/** Agents of Bedrock AgentCore: a call is checked against the runtime and the endpoint that it goes through. */
import { findIamAction } from '../../iam-data.ts';
import { allow, CALLBACK } from '../../row.ts';
import type { Permission, Row, ServiceTable } from '../../row.ts';
import { arn } from '../../resources.ts';
import { resourcesOf } from '../action-resources.ts';

const runtime = arn('bedrock-agentcore', 'runtime/{AgentRuntimeArn}');
const endpoint = arn('bedrock-agentcore', 'runtime/{AgentRuntimeArn}/runtime-endpoint/{Qualifier=DEFAULT}');

function onRuntime(action: string): Row {
  return { patterns: CALLBACK, call: [allow(`bedrock-agentcore:${action}`, [runtime, endpoint])] };
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html */
export const agentRuntimes: ServiceTable = {
  getAgentCard: onRuntime('GetAgentCard'),
  invokeAgentRuntime: onRuntime('InvokeAgentRuntime'),
  stopRuntimeSession: onRuntime('StopRuntimeSession'),
};

/**
 * A harness runs on a runtime of AgentCore's own: making, reading, changing or deleting the one takes the same right to the other,
 * on the harness. https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
 */
export function runtimeOfHarness(api: string): Permission[] {
  const prefix = 'bedrock-agentcore';
  const action = /^(?:create|get|update|delete)Harness(?:Endpoint)?$/.test(api)
    ? findIamAction(prefix, api)
    : undefined;
  if (action === undefined) return [];
  const beneath = action.name.replace('Harness', 'AgentRuntime');
  return [
    allow(`${prefix}:${beneath}`, resourcesOf(action, { service: 'bedrockagentcorecontrol', api, prefix })),
  ];
}
