/** The permissions of `aws-sdk` integrations: an IAM action of the operation's name, or what the override table says. */
import { findIamAction } from '../iam-data.ts';
import { allow, CALLBACK } from '../row.ts';
import type { Row } from '../row.ts';
import { resourcesOf } from './action-resources.ts';
import { iamPrefixOf } from './services.ts';

/** The row of an operation as Step Functions writes it (`getObject`); undefined when it is not known what it needs. */
export function sdkRow(service: string, api: string): Row | undefined {
  const prefix = iamPrefixOf(service);
  const operation = api.charAt(0).toUpperCase() + api.slice(1);
  const action = prefix === undefined ? undefined : findIamAction(prefix, operation);
  if (action === undefined) return undefined;
  return { patterns: CALLBACK, call: [allow(`${prefix}:${action.name}`, resourcesOf(action))] };
}
