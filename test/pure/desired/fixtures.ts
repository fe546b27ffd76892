/** Links and what they ask for, made small. */
import type { Contribution, ContributorState } from '../../../src/desired/contribution.ts';
import type { TaskRecords } from '../../../src/desired/credentials.ts';
import type { Legs, Link } from '../../../src/desired/link.ts';
import type { Conditions, Statement } from '../../../src/policy/document.ts';
import { machine, role, SOURCE } from '../access/fixtures.ts';

export const NAMESPACE = 'payments';
export const CLUSTER = 'test';
export const CONTEXT = { clusterId: CLUSTER };
export const ROLE = role('crossaccountlink/payments/checkout');
export const EXECUTION_ROLE = role('checkout-exec', SOURCE).text;
export const QUEUE = 'arn:aws:sqs:us-east-1:222222222222:orders';

export const ENFORCE: Legs = {
  targetRole: 'Enforce',
  executionRoleGrant: 'Enforce',
  stateMachineCredentials: 'Enforce',
};
export const OBSERVE: Legs = {
  targetRole: 'Observe',
  executionRoleGrant: 'Observe',
  stateMachineCredentials: 'Observe',
};

/** A link with every default. The younger of two has the later name, unless `createdAt` says otherwise. */
export function link(name: string, fields: Partial<Link> = {}): Link {
  const namespace = fields.namespace ?? NAMESPACE;
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid: `uid-${namespace}-${name}`,
    createdAt: '2026-01-01T00:00:00Z',
    deleting: false,
    suspended: false,
    stateMachine: machine('checkout'),
    targetRole: ROLE,
    legs: ENFORCE,
    adopt: false,
    permissions: permitting(),
    tags: {},
    publishVersion: false,
    retain: false,
    ...fields,
  };
}

/** The permissions of a link's spec, with what is given. */
export function permitting(fields: Partial<Link['permissions']> = {}): Link['permissions'] {
  return { derive: true, resources: [], statements: [], managedPolicyArns: [], ...fields };
}

export function asking(of: Link, fields: Partial<Omit<Contribution, 'link'>> = {}): Contribution {
  return {
    link: of,
    executionRoleArns: [EXECUTION_ROLE],
    permissions: [allow(['sqs:SendMessage'], [QUEUE])],
    keptExecutionRoleArns: [],
    keptPermissions: [],
    permissionsComplete: true,
    tasks: [],
    tasksInSyncBefore: [],
    rolesReady: true,
    ...fields,
  };
}

export function contributes(of: Link, fields: Partial<Omit<Contribution, 'link'>> = {}): ContributorState {
  return { kind: 'active', contribution: asking(of, fields) };
}

export function allow(
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Conditions,
): Statement {
  return {
    effect: 'Allow',
    actions: { negated: false, values: actions },
    resources: { negated: false, values: resources },
    ...(conditions !== undefined && { conditions }),
  };
}

/** Every pair of execution role and external ID that a trust policy lets in. */
export function letIn(trust: readonly Statement[]): readonly string[] {
  return trust
    .flatMap(({ principals, conditions }) =>
      (principals?.byType['AWS'] ?? []).flatMap((principal) =>
        (conditions?.['StringEquals']?.['sts:ExternalId'] ?? ['any']).map((id) => `${principal} as ${id}`),
      ),
    )
    .sort();
}

/** Every call that statements allow, as `action on resource`. */
export function callsOf(statements: readonly Statement[]): readonly string[] {
  return statements
    .flatMap(({ actions, resources }) =>
      actions.values.flatMap((action) =>
        (resources?.values ?? []).map((resource) => `${action} on ${resource}`),
      ),
    )
    .sort();
}

/** Of every link, these Tasks are on record. */
export function recorded(...tasks: readonly string[]): TaskRecords {
  return { recordOf: () => new Set(tasks), self: link('self') };
}
