/** How most tests begin: with a workflow and a link to it, and an account that tenants may use. */
import type { CrossAccountLinkSpec } from '../../../src/api/generated.ts';
import { TARGET, targetRole } from './aws-owners.ts';
import { chain, sendMessage } from './definitions.ts';
import { ROLES, TENANTS, type LinkName, type Scene } from './scene.ts';

export interface Linked extends LinkName {
  /** ARN of the workflow's state machine. */
  readonly machine: string;
}

export interface LinkedOptions {
  readonly namespace?: string;
  /** Of the target role. */
  readonly account?: string;
  readonly definition?: object;
  readonly spec?: Partial<CrossAccountLinkSpec>;
}

/** A workflow, a link and its target role with one name; none is waited for. The workflow has one Task with this name, on a queue
 *  of the account, unless another is given. */
export async function linked(scene: Scene, name: string, options: LinkedOptions = {}): Promise<Linked> {
  const { namespace = 'payments', account = TARGET, spec = {} } = options;
  const { definition = chain({ [name]: sendMessage(name, account) }) } = options;
  const machine = await scene.workflow(name, definition);
  const link = { namespace, name, machine };
  const arn = targetRole(name, account);
  await scene.link(link, { stateMachineARN: machine, targetRole: { arn }, ...spec });
  return link;
}

/** Lets every tenant make roles in the account that use its queues. */
export function accessTo(account: string): Parameters<Scene['register']>[1] {
  const allowedResources = [`arn:aws:sqs:us-east-1:${account}:*`];
  return [{ namespaces: TENANTS, asTarget: { ...ROLES, allowedResources } }];
}
