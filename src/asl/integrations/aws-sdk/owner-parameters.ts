/**
 * Parameters that name the account that owns what the call acts on. If it is not the target account, the ARN is a different one;
 * if it is known only at run time, the ARN is left open.
 */
import { joinArn, splitArn } from '../../../arn/parts.ts';
import { readParameter } from '../../parameters.ts';
import { atRunTime, undetermined, unreadable } from '../reading.ts';
import type { Place, Reading, Resource, ResourceArn } from '../reading.ts';
import type { Permission } from '../row.ts';

interface Owner {
  readonly parameter: string;
  /** What of the call belongs to this account, if not everything: the beginning of an ARN's resource. */
  readonly only?: RegExp;
  /** A value that means the caller's own account. */
  readonly own?: string;
  /** Operations whose parameter of this name means something else. */
  readonly unless?: RegExp;
}

/** By SDK service. */
const OWNERS: Readonly<Record<string, readonly Owner[]>> = {
  appmesh: [{ parameter: 'MeshOwner' }],
  backup: [{ parameter: 'BackupVaultAccountId' }],
  bedrockagentcore: [{ parameter: 'AccountId' }],
  budgets: [{ parameter: 'AccountId' }],
  cloudtrail: [{ parameter: 'EventDataStoreOwnerAccountId' }],
  codeartifact: [{ parameter: 'DomainOwner' }],
  ecr: [{ parameter: 'RegistryId' }],
  ecrpublic: [{ parameter: 'RegistryId' }],
  // https://docs.aws.amazon.com/amazonglacier/latest/dev/api-UploadArchive.html
  glacier: [{ parameter: 'AccountId', own: '-' }],
  // For a catalog itself, it is the name.
  glue: [{ parameter: 'CatalogId', unless: /Catalog$/ }],
  lakeformation: [{ parameter: 'CatalogId' }],
  mgn: [{ parameter: 'AccountID' }],
  omics: [{ parameter: 'WorkflowOwnerId', only: /^workflow\// }],
  quicksight: [{ parameter: 'AwsAccountId' }, { parameter: 'AccountId' }],
  redshift: [{ parameter: 'OwnerAccount', only: /^snapshot:/ }],
  redshiftserverless: [{ parameter: 'OwnerAccount', only: /^snapshot\// }],
  s3control: [{ parameter: 'AccountId' }],
  servicediscovery: [{ parameter: 'OwnerAccount' }],
  signer: [{ parameter: 'ProfileOwner', only: /^\/signing-profiles\// }, { parameter: 'JobOwner' }],
  sqs: [{ parameter: 'QueueOwnerAWSAccountId' }],
};

/** The parameters of a service that name the owner of what its calls act on. */
export function ownersOf(service: string): readonly Owner[] {
  return Object.hasOwn(OWNERS, service) ? (OWNERS[service] ?? []) : [];
}

/** The permission on what belongs to the account that the call names. The roles that it passes are the caller's own. */
export function ownedBy(service: string, api: string, permission: Permission): Permission {
  const owners = ownersOf(service).filter(({ unless }) => unless?.test(api) !== true);
  if (owners.length === 0 || permission.actions.includes('iam:PassRole')) return permission;
  const [action = ''] = permission.actions;
  const [prefix = ''] = action.split(':');
  const owned = (resource: Resource): Resource =>
    owners.reduce((held, owner) => inAccountOf(owner, prefix, held), resource);
  return { ...permission, resources: permission.resources.map(owned) };
}

function inAccountOf(owner: Owner, prefix: string, resource: Resource): Resource {
  return {
    types: resource.types,
    read(call) {
      const reading = resource.read(call);
      const named = readParameter(call.task, owner.parameter);
      if (named.kind === 'absent') return reading;
      if (named.kind === 'dynamic' || named.kind === 'pattern') {
        return withoutOwner(reading, owner, atRunTime(named.expression));
      }
      const text = named.kind === 'text' ? named.text : '';
      if (text === call.place.accountId || text === owner.own) return reading;
      if (!/^\d{12}$/.test(text)) {
        const [why] = unreadable(owner.parameter, text).unknown;
        return withoutOwner(reading, owner, why?.why ?? '');
      }
      const place = { ...call.place, accountId: text };
      return {
        ...reading,
        arns: reading.arns.map((found) => (isOwned(found, owner) ? inAccount(found, prefix, place) : found)),
      };
    },
  };
}

/** Without what belongs to an account that neither the ARN nor the parameter states. */
function withoutOwner({ arns, unknown }: Reading, owner: Owner, why: string): Reading {
  const kept = arns.filter((found) => found.text === '*' || !isOwned(found, owner));
  if (kept.length === arns.length) return { arns, unknown };
  return { arns: kept, unknown: [...unknown, ...undetermined(owner.parameter, why).unknown] };
}

function isOwned({ text, accountId }: ResourceArn, { only }: Owner): boolean {
  const { resource } = splitArn(text);
  return accountId === undefined && (only === undefined || only.test(resource));
}

/** @param prefix the IAM prefix, for an action that is otherwise not bound to a resource */
function inAccount({ text }: ResourceArn, prefix: string, place: Place): ResourceArn {
  const { accountId } = place;
  if (text === '*')
    return { text: `arn:${place.partition}:${prefix}:${place.region}:${accountId}:*`, accountId };
  return { text: joinArn({ ...splitArn(text), accountId }), accountId };
}
