/** The access rules of an AWSAccount, with every missing list read as empty: nothing is allowed by default. */
import type { AWSAccountSpec } from '../api/generated.ts';
import { POLICY_QUOTAS, type PolicyQuotas } from '../policy/size.ts';

export interface AccountRules {
  /** Name of the AWSAccount object, for messages. */
  readonly name: string;
  readonly accountId: string;
  readonly entries: readonly AccessEntry[];
  readonly permissionsBoundaryArn?: string;
  /** IAM's limits in this account. */
  readonly quotas?: PolicyQuotas;
}

/** An account's rules, and the entries that apply to one namespace. */
export interface NamespaceRules {
  readonly rules: AccountRules;
  readonly entries: readonly AccessEntry[];
}

/** One entry of `spec.access`. Its parts hold together: what one entry allows never widens another entry. */
export interface AccessEntry {
  readonly namespaceNames: readonly string[];
  readonly namespaceSelector?: LabelSelector;
  readonly source?: SourceAccess;
  readonly target?: TargetAccess;
  /** How many links the entry allows; the youngest beyond that wait. */
  readonly maxLinks?: number;
}

interface SourceAccess {
  /** Globs on the state machine's name. */
  readonly stateMachines: readonly string[];
  /** Globs on the execution role's ARN. */
  readonly executionRoles: readonly string[];
}

export interface TargetAccess {
  readonly rolePathPrefix: string;
  readonly allowedActions: readonly string[];
  readonly allowedResources: readonly string[];
  readonly passRoles: readonly { readonly arn: string; readonly services: readonly string[] }[];
  readonly managedPolicyArns: readonly string[];
  readonly adoptableRoles: readonly string[];
  readonly allowPreserve: boolean;
  readonly definitionGrowth: 'Grant' | 'Hold';
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

export interface LabelRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** Makes the rules of an AWSAccount's spec. */
export function accountRules(name: string, spec: AWSAccountSpec): AccountRules {
  return {
    name,
    accountId: spec.accountID,
    entries: (spec.access ?? []).map((entry) => accessEntry(entry)),
    ...(spec.quotas !== undefined && { quotas: quotasOf(spec.quotas) }),
    ...(spec.permissionsBoundaryARN !== undefined && { permissionsBoundaryArn: spec.permissionsBoundaryARN }),
  };
}

function quotasOf(quotas: NonNullable<AWSAccountSpec['quotas']>): PolicyQuotas {
  return {
    inlineTotal: quotas.inlinePolicyLength ?? POLICY_QUOTAS.inlineTotal,
    trust: quotas.trustPolicyLength ?? POLICY_QUOTAS.trust,
    attached: quotas.managedPoliciesPerRole ?? POLICY_QUOTAS.attached,
  };
}

type SpecEntry = NonNullable<AWSAccountSpec['access']>[number];

function accessEntry(entry: SpecEntry): AccessEntry {
  const { asSource, asTarget, maxLinks } = entry;
  const selector = entry.namespaces.selector;
  return {
    namespaceNames: entry.namespaces.names ?? [],
    ...(selector !== undefined && { namespaceSelector: selector }),
    ...(asSource !== undefined && {
      source: {
        stateMachines: asSource.stateMachines ?? [],
        executionRoles: asSource.executionRoles ?? [],
      },
    }),
    ...(asTarget !== undefined && { target: targetAccess(asTarget) }),
    ...(maxLinks !== undefined && { maxLinks }),
  };
}

function targetAccess(spec: NonNullable<SpecEntry['asTarget']>): TargetAccess {
  return {
    rolePathPrefix: spec.rolePathPrefix,
    allowedActions: spec.allowedActions ?? [],
    allowedResources: spec.allowedResources ?? [],
    passRoles: spec.passRoles ?? [],
    managedPolicyArns: spec.managedPolicyARNs ?? [],
    adoptableRoles: spec.adoptableRoles ?? [],
    allowPreserve: spec.allowPreserve ?? false,
    definitionGrowth: spec.definitionGrowth ?? 'Grant',
  };
}
