/** Services whose ARNs are not simply made from the name in the call: Secrets Manager, Parameter Store. */
import { allow, CALLBACK, note, rowOn } from '../../row.ts';
import type { Note, ServiceTable } from '../../row.ts';
import { arn, derived, everything, namedArn, parsed, renamed, wholeArn } from '../../resources.ts';
import type { Place, Resource, ResourceArn } from '../../reading.ts';
import { usesKey, writingKey } from '../kms-keys.ts';

function rows(
  service: string,
  resource: Resource,
  apis: readonly string[],
  notes: readonly Note[] = [],
): ServiceTable {
  return Object.fromEntries(apis.map((api) => [api, rowOn(`${service}:${capital(api)}`, resource, notes)]));
}

function capital(api: string): string {
  return api.charAt(0).toUpperCase() + api.slice(1);
}

const SECRET_TYPE = 'arn:*:secretsmanager:*:*:secret:*';
const SUFFIX = '-??????';

/**
 * A secret's ARN ends in a hyphen and six characters that Secrets Manager adds to the name. Calls accept it without them, IAM
 * checks it with them.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
 */
export function secret(named: string): Resource {
  const stated = parsed(named, [SECRET_TYPE], (name, { place }) => {
    if (name.startsWith('arn:')) return wholeArn(name, SECRET_TYPE);
    const { partition, region, accountId } = place;
    return namedArn(`arn:${partition}:secretsmanager:${region}:${accountId}:secret:`, name, SUFFIX);
  });
  return {
    types: stated.types,
    read(call) {
      const { arns, unknown } = stated.read(call);
      return {
        arns: arns.flatMap((found) => spellings(found.text).map((text) => renamed(found, text))),
        unknown,
      };
    },
  };
}

/** A text that ends in a hyphen and six letters or digits may be whole, or a name that happens to end like this. */
function spellings(text: string): string[] {
  if (text.endsWith(SUFFIX) || /-[A-Za-z0-9]{6}$/.test(text)) return [text];
  return [text + SUFFIX];
}

const SECRET_KEY = note(
  'KeyPermissionUnknown',
  'if the secret is encrypted with a customer managed key, add a statement with kms:Decrypt on the key’s ARN',
);

const WRITTEN_SECRET_KEY = note(
  'KeyPermissionUnknown',
  'if the secret is encrypted with a customer managed key, add a statement with kms:Decrypt and kms:GenerateDataKey on the key’s ARN',
  { unless: ['KmsKeyId'] },
);

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html */
export const secretsManager: ServiceTable = {
  createSecret: {
    patterns: CALLBACK,
    call: [
      allow('secretsmanager:CreateSecret', secret('Name')),
      allow('secretsmanager:TagResource', secret('Name'), { when: 'Tags' }),
      usesKey('KmsKeyId', ['Decrypt', 'GenerateDataKey']),
    ],
    notes: [writingKey('KmsKeyId', 'kms:Decrypt and kms:GenerateDataKey')],
  },
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html
  rotateSecret: {
    patterns: CALLBACK,
    call: [
      allow('secretsmanager:RotateSecret', secret('SecretId')),
      allow('lambda:InvokeFunction', arn('lambda', 'function:{RotationLambdaARN}'), {
        when: 'RotationLambdaARN',
      }),
    ],
  },
  batchGetSecretValue: {
    patterns: CALLBACK,
    call: [
      allow('secretsmanager:BatchGetSecretValue', everything),
      allow('secretsmanager:GetSecretValue', secret('SecretIdList[]'), { when: 'SecretIdList' }),
      allow('secretsmanager:ListSecrets', everything, { when: 'Filters' }),
    ],
    notes: [SECRET_KEY],
  },
  ...rows('secretsmanager', secret('SecretId'), ['getSecretValue'], [SECRET_KEY]),
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
  ...rows('secretsmanager', secret('SecretId'), ['putSecretValue'], [WRITTEN_SECRET_KEY]),
  // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecret.html
  updateSecret: {
    patterns: CALLBACK,
    call: [
      allow('secretsmanager:UpdateSecret', secret('SecretId')),
      usesKey('KmsKeyId', ['Decrypt', 'Encrypt', 'GenerateDataKey']),
    ],
    notes: [WRITTEN_SECRET_KEY, writingKey('KmsKeyId', 'kms:Decrypt, kms:Encrypt and kms:GenerateDataKey')],
  },
  ...rows('secretsmanager', secret('SecretId'), [
    'cancelRotateSecret',
    'deleteResourcePolicy',
    'deleteSecret',
    'describeSecret',
    'getResourcePolicy',
    'listSecretVersionIds',
    'putResourcePolicy',
    'removeRegionsFromReplication',
    'replicateSecretToRegions',
    'restoreSecret',
    'stopReplicationToReplica',
    'tagResource',
    'untagResource',
    'updateSecretVersionStage',
    'validateResourcePolicy',
  ]),
};

const PARAMETER_TYPE = 'arn:*:ssm:*:*:parameter/*';
const PUBLIC_PARAMETER_TYPE = 'arn:*:ssm:*::parameter/*';

/** A parameter, by its name or ARN. */
export function parameter(named: string): Resource {
  return parsed(named, [PARAMETER_TYPE], (name, { place }) => parameterArn(name, place));
}

/** A parameter's ARN has only one slash if its name begins with one; AWS's own parameters belong to no account. */
function parameterArn(name: string, { partition, region, accountId }: Place): ResourceArn | undefined {
  if (name.startsWith('arn:')) {
    return wholeArn(name, PARAMETER_TYPE) ?? wholeArn(name, PUBLIC_PARAMETER_TYPE, { anyAccount: true });
  }
  const [path = ''] = name.split(':'); // a version or a label
  const owner = /^\/aws\/(?!reference\/)/.test(path) ? '' : accountId;
  return namedArn(`arn:${partition}:ssm:${region}:${owner}:parameter/`, path.replace(/^\//, ''));
}

/**
 * For a path, IAM checks the path itself as the call writes it: denials name it with the slash at its end. With and without the
 * slash it is the same path.
 * https://github.com/aws-ia/terraform-aws-control_tower_account_factory/issues/174
 */
function parameterPath(named: string): Resource {
  const stated = parsed(named, [PARAMETER_TYPE], (path, { place }) =>
    path === '/'
      ? { text: `arn:${place.partition}:ssm:${place.region}:${place.accountId}:parameter/*` }
      : parameterArn(path, place),
  );
  return derived(stated, stated.types, (text) => (text.endsWith('/') ? [text.slice(0, -1), text] : text));
}

const PARAMETER_KEY = note(
  'KeyPermissionUnknown',
  'if the parameter is a SecureString under a customer managed key, add a statement with kms:Decrypt on the key’s ARN',
  { when: ['WithDecryption'] },
);

/** https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-access.html */
export const parameterStore: ServiceTable = {
  // https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
  putParameter: {
    patterns: CALLBACK,
    call: [
      allow('ssm:PutParameter', parameter('Name')),
      allow('ssm:AddTagsToResource', parameter('Name'), { when: 'Tags' }),
      usesKey('KeyId', ['Encrypt', 'GenerateDataKey']),
    ],
    notes: [writingKey('KeyId', 'kms:Encrypt, for advanced parameters kms:GenerateDataKey,')],
  },
  ...rows(
    'ssm',
    parameter('Name'),
    [
      'deleteParameter',
      'getParameter',
      'getParameterHistory',
      'labelParameterVersion',
      'unlabelParameterVersion',
    ],
    [PARAMETER_KEY],
  ),
  ...rows('ssm', parameter('Names[]'), ['deleteParameters', 'getParameters'], [PARAMETER_KEY]),
  ...rows('ssm', parameterPath('Path'), ['getParametersByPath'], [PARAMETER_KEY]),
};
