/** The contents of AWS, in a form that tests compare. */
import {
  GetRoleCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRoleTagsCommand,
} from '@aws-sdk/client-iam';
import type { AwsClients } from '../../../testbed/aws-clients.ts';

export interface RoleView {
  readonly arn: string;
  readonly trust: unknown;
  readonly inlinePolicies: Readonly<Record<string, unknown>>;
  readonly attached: readonly string[];
  readonly boundary: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
  readonly description: string | undefined;
}

/** The role with this name; undefined if there is none. */
export async function viewRole({ iam }: AwsClients, arnOrName: string): Promise<RoleView | undefined> {
  const RoleName = arnOrName.split('/').at(-1) ?? '';
  try {
    const [{ Role }, names, attached, tags] = await Promise.all([
      iam.send(new GetRoleCommand({ RoleName })),
      iam.send(new ListRolePoliciesCommand({ RoleName })),
      iam.send(new ListAttachedRolePoliciesCommand({ RoleName })),
      iam.send(new ListRoleTagsCommand({ RoleName })),
    ]);
    const policies = await Promise.all(
      (names.PolicyNames ?? []).map(async (PolicyName): Promise<[string, unknown]> => {
        const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
        return [PolicyName, parseDocument(PolicyDocument)];
      }),
    );
    return {
      arn: Role?.Arn ?? '',
      trust: parseDocument(Role?.AssumeRolePolicyDocument),
      inlinePolicies: Object.fromEntries(policies),
      attached: (attached.AttachedPolicies ?? []).map(({ PolicyArn = '' }) => PolicyArn),
      boundary: Role?.PermissionsBoundary?.PermissionsBoundaryArn,
      tags: Object.fromEntries((tags.Tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value])),
      description: Role?.Description,
    };
  } catch (error) {
    if (error instanceof Error && error.name.startsWith('NoSuchEntity')) return undefined;
    throw error;
  }
}

/** A policy's statements, none if there is no policy; Sids are left out, because they mean nothing. */
export function policyOf(document: unknown): readonly unknown[] {
  if (document === undefined) return [];
  const text = JSON.stringify(document, (key, value: unknown) => (key === 'Sid' ? undefined : value));
  const { Statement: statements } = Object(JSON.parse(text));
  return Array.isArray(statements) ? statements : [];
}

function parseDocument(text = '{}'): unknown {
  return JSON.parse(text.startsWith('%7B') ? decodeURIComponent(text) : text);
}

/** Task → its Credentials, for every Task that has any, wherever it is nested. */
export function credentialsIn(definition: string): Readonly<Record<string, unknown>> {
  const found: Record<string, unknown> = {};
  walk(JSON.parse(definition), (name, state) => {
    if ('Credentials' in state) found[name] = state['Credentials'];
  });
  return found;
}

/** The definition's meaning without any Credentials fields. */
export function withoutCredentials(definition: string): unknown {
  return JSON.parse(definition, function (this: object, key, value: unknown) {
    return key === 'Credentials' && 'Resource' in this ? undefined : value;
  });
}

function walk(
  value: unknown,
  visit: (name: string, state: object & { Credentials?: unknown }) => void,
): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, child] of Object.entries(value)) {
    if (typeof child === 'object' && child !== null && 'Resource' in child) visit(key, child);
    walk(child, visit);
  }
}
