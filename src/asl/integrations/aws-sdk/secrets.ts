/** Services whose ARNs are not simply made of the name in the call: Secrets Manager, Parameter Store, KMS, CloudWatch Logs. */
import { escapePattern } from '../../../policy/pattern.ts';
import { findIamAction } from '../iam-data.ts';
import { allow, CALLBACK } from '../row.ts';
import type { Row, ServiceTable } from '../row.ts';
import { derived, parsed, wholeArn } from '../resources.ts';
import type { Resource } from '../resources.ts';
import { resourcesOf } from './action-resources.ts';

function rows(service: string, resource: Resource, apis: readonly string[]): ServiceTable {
  return Object.fromEntries(apis.map((api) => [api, row(`${service}:${capital(api)}`, resource)]));
}

function row(action: string, resource: Resource): Row {
  return { patterns: CALLBACK, call: [allow(action, resource)] };
}

function capital(api: string): string {
  return api.charAt(0).toUpperCase() + api.slice(1);
}

/** A secret's ARN ends in six characters that Secrets Manager adds to the name. */
function secret(named: string): Resource {
  return parsed(named, ['arn:*:secretsmanager:*:*:secret:*'], (name, { place }) => {
    if (name.startsWith('arn:')) return wholeArn(name);
    const { partition, region, accountId } = place;
    return {
      text: `arn:${partition}:secretsmanager:${region}:${accountId}:secret:${escapePattern(name)}-??????`,
    };
  });
}

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html */
export const secretsManager: ServiceTable = {
  createSecret: row('secretsmanager:CreateSecret', secret('Name')),
  ...rows('secretsmanager', secret('SecretId'), [
    'cancelRotateSecret',
    'deleteResourcePolicy',
    'deleteSecret',
    'describeSecret',
    'getResourcePolicy',
    'getSecretValue',
    'listSecretVersionIds',
    'putResourcePolicy',
    'putSecretValue',
    'removeRegionsFromReplication',
    'replicateSecretToRegions',
    'restoreSecret',
    'rotateSecret',
    'stopReplicationToReplica',
    'tagResource',
    'untagResource',
    'updateSecret',
    'updateSecretVersionStage',
    'validateResourcePolicy',
  ]),
};

/** A parameter's ARN has one slash where its name begins with one. */
function parameter(named: string): Resource {
  return parsed(named, ['arn:*:ssm:*:*:parameter/*'], (name, { place }) => {
    if (name.startsWith('arn:')) return wholeArn(name);
    const { partition, region, accountId } = place;
    const [path = ''] = name.split(':'); // a version or a label
    return {
      text: `arn:${partition}:ssm:${region}:${accountId}:parameter/${escapePattern(path.replace(/^\//, ''))}`,
    };
  });
}

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html */
export const parameterStore: ServiceTable = {
  ...rows('ssm', parameter('Name'), [
    'deleteParameter',
    'getParameter',
    'getParameterHistory',
    'labelParameterVersion',
    'putParameter',
    'unlabelParameterVersion',
  ]),
  ...rows('ssm', parameter('Names[]'), ['deleteParameters', 'getParameters']),
  ...rows('ssm', parameter('Path'), ['getParametersByPath']),
};

/** A key by its ID or ARN. What an alias stands for IAM does not ask: such a call needs a statement. */
function key(named: string): Resource {
  return parsed(named, ['arn:*:kms:*:*:key/*'], (id, { place }) => {
    if (id.startsWith('arn:')) return id.includes(':key/') ? wholeArn(id) : undefined;
    const { partition, region, accountId } = place;
    return /^(?:mrk-)?[0-9a-f-]{32,36}$/.test(id)
      ? { text: `arn:${partition}:kms:${region}:${accountId}:key/${id}` }
      : undefined;
  });
}

/** https://docs.aws.amazon.com/kms/latest/developerguide/kms-api-permissions-reference.html */
export const kms: ServiceTable = {
  ...rows('kms', key('KeyId'), [
    'decrypt',
    'describeKey',
    'encrypt',
    'generateDataKey',
    'generateDataKeyPair',
    'generateDataKeyWithoutPlaintext',
    'generateMac',
    'getPublicKey',
    'sign',
    'verify',
    'verifyMac',
  ]),
  reEncrypt: {
    patterns: CALLBACK,
    call: [allow('kms:ReEncryptFrom', key('SourceKeyId')), allow('kms:ReEncryptTo', key('DestinationKeyId'))],
  },
};

/** A log group as a resource is `log-group:NAME:*`, but for the actions on its tags. */
const TAG_ACTIONS: ReadonlySet<string> = new Set(['ListTagsForResource', 'TagResource', 'UntagResource']);

/** The row of any CloudWatch Logs operation that IAM knows by the operation's name. */
export function logsRow(operation: string): Row | undefined {
  const action = findIamAction('logs', operation);
  if (action === undefined) return undefined;
  const resources = resourcesOf(action);
  const starred = derived(resources, resources.types, (text) =>
    /:log-group:[^:]+$/.test(text) ? `${text}:*` : text,
  );
  return row(`logs:${action.name}`, TAG_ACTIONS.has(action.name) ? resources : starred);
}
