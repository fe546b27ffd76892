/** A link and an account that the API server admits, and ways to spoil them. */
import { isJsonObject, type Json, type JsonObject } from '../../../src/base/json.ts';

export const LINK: JsonObject = {
  apiVersion: 'crossaccountlink.dev/v1alpha1',
  kind: 'CrossAccountLink',
  metadata: { name: 'checkout-to-billing', namespace: 'default' },
  spec: {
    stateMachineARN: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
    targetRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink/payments/checkout' },
  },
};

export const ACCOUNT: JsonObject = {
  apiVersion: 'crossaccountlink.dev/v1alpha1',
  kind: 'AWSAccount',
  metadata: { name: 'billing' },
  spec: { accountID: '222222222222' },
};

/** The manifest with a change in its spec, as a JSON merge patch (null removes a field). */
export function withSpec(manifest: JsonObject, spec: JsonObject): JsonObject {
  return merge(manifest, { spec });
}

/** A change to the first access entry of an account. */
export function entry(change: JsonObject): JsonObject {
  const base = { namespaces: { names: ['payments'] }, asSource: { stateMachines: ['*'] } };
  return { access: [merge(base, change)] };
}

function merge(target: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, Json | undefined> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    const old = merged[key];
    if (value === null) delete merged[key];
    else merged[key] = isJsonObject(old) && isJsonObject(value) ? merge(old, value) : value;
  }
  return merged;
}

/** Every field of a link, as the product's documentation shows them. */
export const WHOLE_LINK: JsonObject = merge(LINK, {
  spec: {
    managementPolicy: 'Enforce',
    targetRole: {
      managementPolicy: 'Observe',
      adoptionPolicy: 'Adopt',
      unmanaged: 'Preserve',
      permissions: {
        derive: true,
        resources: [
          { task: 'Notify owner', arns: ['arn:aws:sns:us-east-1:222222222222:owner-*', 'arn:aws:s3:::b/*'] },
        ],
        statements: [
          {
            actions: ['kms:Decrypt'],
            resources: ['arn:aws:kms:us-east-1:222222222222:key/0ab1'],
            conditions: { StringEquals: { 'kms:ViaService': ['sqs.us-east-1.amazonaws.com'] } },
          },
          { actions: ['s3:Get*'], resources: ['*'], conditions: {} },
        ],
        managedPolicyARNs: [
          'arn:aws:iam::aws:policy/ReadOnlyAccess',
          'arn:aws:iam::222222222222:policy/payments/read',
        ],
      },
      permissionsBoundaryARN: 'arn:aws:iam::222222222222:policy/boundary',
      description: 'Für Zahlungen',
      tags: { team: 'payments', 'cost:center': '42', 'Größe/x_y.z': 'söze = a+b @ 東京-1', empty: '' },
    },
    executionRoleGrant: { managementPolicy: 'Enforce' },
    stateMachineCredentials: { managementPolicy: 'Enforce', tasks: ['Charge card'], publishVersion: false },
    driftCheckInterval: '1h30m',
    deletionPolicy: 'Retain',
    suspend: true,
  },
});

/** Every field of an account, as the product's documentation shows them. */
export const WHOLE_ACCOUNT: JsonObject = merge(ACCOUNT, {
  spec: {
    partition: 'aws',
    region: 'eu-central-1',
    roleReads: 'PerRole',
    quotas: { trustPolicyLength: 8192, inlinePolicyLength: 10240, managedPoliciesPerRole: 25 },
    assumeRole: { arn: 'arn:aws:iam::222222222222:role/crossaccountlink-operator', externalID: 'a/b:c=d' },
    access: [
      {
        namespaces: { names: ['payments'] },
        asSource: {
          stateMachines: ['checkout*'],
          executionRoles: ['arn:aws:iam::222222222222:role/payments/*'],
        },
        asTarget: {
          rolePathPrefix: '/crossaccountlink/payments/',
          allowedActions: ['lambda:InvokeFunction', 'sqs:*'],
          allowedResources: ['arn:aws:lambda:*:222222222222:function:billing-*'],
          passRoles: [
            { arn: 'arn:aws:iam::222222222222:role/billing-task', services: ['ecs-tasks.amazonaws.com'] },
          ],
          managedPolicyARNs: ['arn:aws:iam::222222222222:policy/extra'],
          adoptableRoles: ['arn:aws:iam::222222222222:role/legacy/*'],
          allowPreserve: false,
          definitionGrowth: 'Hold',
        },
        maxLinks: 50,
      },
      {
        namespaces: { selector: { matchExpressions: [{ key: 'team', operator: 'In', values: ['a', 'b'] }] } },
        asTarget: { rolePathPrefix: '/' },
      },
    ],
    permissionsBoundaryARN: 'arn:aws:iam::222222222222:policy/boundary',
    driftCheckInterval: '1m',
    eventQueueURL: 'https://sqs.us-east-1.amazonaws.com/222222222222/crossaccountlink-events',
    rates: { iam: { burst: 50, perSecond: 5 }, 'states:UpdateStateMachine': { burst: 100, perSecond: 0.5 } },
  },
});
