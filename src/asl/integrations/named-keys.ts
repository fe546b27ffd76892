/**
 * Customer keys that a call names: most services use them with the caller's rights, by KMS operations that only their own guides
 * list. What no table grants is mentioned in a note.
 * https://docs.aws.amazon.com/kms/latest/developerguide/service-integration.html
 */
import { optionsOf } from '../expressions/known.ts';
import type { Integration } from '../integration.ts';
import { argumentsOf } from '../parameters.ts';
import type { Task } from '../task.ts';
import { leaves } from './leaves.ts';
import type { Leaf } from './leaves.ts';
import { note } from './row.ts';
import type { Note, Permission } from './row.ts';

/** `KmsKeyId`, `SSEKMSKeyId`, `KMSMasterKeyId`, Athena's `KmsKey` */
const OF_KMS = /kms/i;
const NAMES_ONE = /(?:arn|id|identifier|key)$/i;
/** `EncryptionKeyArn`, `CustomerManagedKey` */
const NAMES_KEY = /^(?:customer)?(?:encryption|managed)key(?:arn|id|identifier)?$/i;
/** Members that carry data of the machine's users. */
const CARRIES_DATA =
  /^(?:arguments|body|data|detail|entries|environment|expressionattributevalues|input|items?|key|message(?:attributes|body)?|parameters|payload|records|requestbody|requestitems|tags|transactitems)(?:\[\])?$/i;
/** Operations that use no key, or remove it. */
const LOOKS = /^(?:batchGet|delete|describe|detach|disassociate|get|head|list|remove|search)[A-Z]/;
/** AWS's own key of a service needs no rights of the caller. */
const OWN_KEY = /(?:^|:)alias\/aws\//;

/** Notes for each key that the call names and that no permission is about: the service may need it. */
export function notesOnKeys(
  task: Task,
  integration: Integration,
  permissions: readonly Permission[],
): Note[] {
  if (integration.kind !== 'sdk' && integration.kind !== 'optimized') return [];
  const isTold = permissions.some(({ actions }) => actions.some((action) => action.startsWith('kms:')));
  if (isTold || LOOKS.test(integration.api)) return [];
  const paths = [...leaves(argumentsOf(task))].filter(namesCustomerKey).map(({ path }) => path);
  if (paths.length === 0) return [];
  return [
    note(
      'KeyPermissionUnknown',
      `${[...new Set(paths)].slice(0, MOST_NAMED).join(', ')} may name a customer managed key, which the service may use with the target role’s own permissions: if so, add a statement with what its guide asks for (such as kms:DescribeKey, kms:CreateGrant, kms:Decrypt, kms:GenerateDataKey) on the key’s ARN`,
    ),
  ];
}

const MOST_NAMED = 5;

function namesCustomerKey({ name, path, known }: Leaf): boolean {
  const isNamed = (OF_KMS.test(name) && NAMES_ONE.test(name)) || NAMES_KEY.test(name);
  if (!isNamed || path.split('.').some((step) => CARRIES_DATA.test(step))) return false;
  const options = optionsOf(known);
  return known.kind === 'unknown' || options.some((option) => option.kind === 'text' || isKey(option.value));
}

function isKey(value: string | number | boolean | null): boolean {
  return typeof value === 'string' && value !== '' && !OWN_KEY.test(value);
}
