/**
 * What a call needs beside its own action, according to AWS's reference. Tagging what the call makes is granted if the call gives
 * tags. Whether the rest is needed depends on the call's settings, or on the state of the account: it is only mentioned.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
import { hasParameter, isAskedFor, parameterNames } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import { dependentActions } from '../dependent-actions.ts';
import { findIamAction } from '../iam-data.ts';
import { allow, note } from '../row.ts';
import type { Note, Permission } from '../row.ts';
import type { Operation } from './action-resources.ts';
import { typeOf } from './arn-forms.ts';
import { madeBy } from './created-resources.ts';
import { join } from '../reading.ts';
import { arnsAnywhere, statedArns } from './stated-arns.ts';
import { isOfProtected } from './services/web-acls.ts';

const TAGS = ['Tags', 'TagList', 'TagsList'];
const TAGGING = /:(?:Add|Create)?Tags?(?:Resource|ToResource)?$/;
/** Actions that put tags on what a service makes. Some services have one for each type, too: `acm:AddTagsToCertificate`. */
const TAGGERS = ['TagResource', 'AddTagsToResource', 'AddTags', 'CreateTags'];
const LINKED_ROLE = 'iam:CreateServiceLinkedRole';
/** `quicksight:PassDataSource` */
const PASSING = /:Pass[A-Z]/;
const MAKES_NOTHING = /^(?:batchGet|delete|describe|get|list|modify|search|stop|update)[A-Z]/;
/** Actions that only look are mentioned last. */
const LOOKING = /:(?:Describe|Get|List|Search)[A-Z]/;
/** Only migrations and recoveries have longer lists; the reference has them in full. */
const MOST_NAMED = 30;

const FIRST_OF_ITS_KIND = note(
  'ServiceLinkedRoleNeeded',
  'the first call of its kind in an account may also need iam:CreateServiceLinkedRole: create the service’s own role beforehand, or add a statement',
);

interface Asked {
  /** Operations, as Step Functions writes them. */
  readonly of: RegExp;
  readonly action: RegExp;
  /** Parameters, any of which makes the service ask; empty if another table decides. */
  readonly by: readonly string[];
}

/** Cases in which a call's parameters decide what the service asks for. */
const ASKED_BY: readonly Asked[] = [
  // https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html
  { of: /^kms:createKey$/, action: /^kms:PutKeyPolicy$/, by: ['Policy'] },
  { of: /^kms:createKey$/, action: /^iam:/, by: ['CustomKeyStoreId', 'MultiRegion'] },
  // https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
  {
    of: /^(?:docdb|neptune|rds):/,
    action: /^secretsmanager:/,
    by: ['ManageMasterUserPassword', 'MasterUserSecretKmsKeyId', 'RotateMasterUserPassword'],
  },
  {
    of: /^(?:docdb|neptune|rds):(?:create|modify)DB/,
    action: /^kms:/,
    by: ['KmsKeyId', 'MasterUserSecretKmsKeyId', 'PerformanceInsightsKmsKeyId', 'StorageEncrypted'],
  },
  { of: /^(?:docdb|neptune|rds):/, action: /TenantDatabase$/, by: ['MultiTenant'] },
  { of: /^(?:docdb|neptune|rds|sns):/, action: /^iam:PassRole$/, by: [] },
  // A deletion passes no role.
  { of: /:delete[A-Z]/, action: /^iam:PassRole$/, by: [] },
  // https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html
  {
    of: /^(?:docdb|neptune|rds):deleteDB(?:Cluster|Instance)$/,
    action: /Snapshot$|:AddTagsToResource$/,
    by: ['FinalDBSnapshotIdentifier'],
  },
  {
    of: /^(?:s3vectors|sfn):/,
    action: /^(?:s3vectors:GetVectors|states:PublishStateMachineVersion)$/,
    by: [],
  },
];
/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const ASKED_WITHOUT: ReadonlyMap<string, string> = new Map([['cloudformation:ListStacks', 'StackName']]);

/** Operations that make something, which is tagged only if the call gives tags. */
const MAKES = /^(?:create|enable|import|register|run|start)[A-Z]/;

function isAsked(action: string, { service, api }: Operation, task: Task): boolean {
  const named = ASKED_WITHOUT.get(action);
  if (named !== undefined && hasParameter(task, named)) return false;
  if (service === 'wafv2' && !isOfProtected(action, task)) return false;
  if (TAGGING.test(action) && MAKES.test(api) && !givesTags(task)) return false;
  return ASKED_BY.filter((one) => one.of.test(`${service}:${api}`) && one.action.test(action)).every(
    ({ by }) => by.some((parameter) => isAskedFor(task, parameter)),
  );
}

/** Whether a parameter is about tags, or may be. */
function givesTags(task: Task): boolean {
  const names = parameterNames(task);
  return names.length === 0 || names.some((name) => /tag/i.test(name) && isAskedFor(task, name));
}

interface KnownOfCall {
  readonly call: readonly Permission[];
  readonly notes: readonly Note[];
  /** Whether the roles that the call passes are read from its parameters. */
  readonly passesRoles: boolean;
}

interface Beside {
  readonly permissions: readonly Permission[];
  readonly notes: readonly Note[];
}

/** @param known what is known about the call so far, and was said about it */
export function besideByReference(
  operation: Operation,
  { call, notes, passesRoles }: KnownOfCall,
  task: Task,
): Beside {
  const granted = new Set(call.flatMap(({ actions }) => actions));
  const said = notes.map(({ message }) => message).join('\n');
  const further = [...granted]
    .flatMap(dependentActions)
    .filter((action) => !granted.has(action) && !said.includes(action))
    .filter((action) => action !== 'iam:PassRole' || !passesRoles)
    .filter((action) => isAsked(action, operation, task));
  const told = new Map(
    [...new Set(further)].map((action) => [
      action,
      tagsMade(action, operation) ?? aboutNamed(action, operation, task),
    ]),
  );
  const untold = [...told].flatMap(([action, permission]) => (permission === undefined ? action : []));
  const tagging = [...granted, ...told.keys()].some((action) => /:\w*Tag/.test(action));
  return {
    permissions: [...told.values()].flatMap((permission) => permission ?? []),
    notes: notesOn(tagging || !givesTagsToWhatItMakes(task) ? untold : [...untold, ...taggerOf(operation)]),
  };
}

/** `Tags`, `TagList`, `BackupVaultTags` */
const GIVES_TAGS = /(?:^Tag|Tags)(?:s?List)?$/;

function givesTagsToWhatItMakes(task: Task): boolean {
  return parameterNames(task).some((name) => GIVES_TAGS.test(name) && isAskedFor(task, name));
}

/** The service's tagging action, which most services ask for, although the reference says so of some calls only. It is mentioned
 *  and not granted.
 *  https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags_control-requests.html */
function taggerOf(operation: Operation): string[] {
  if (MAKES_NOTHING.test(operation.api)) return [];
  const noun = operation.api.replace(/^[a-z]+/, '');
  const found = [`AddTagsTo${noun}`, ...TAGGERS].find(
    (name) => findIamAction(operation.prefix, name) !== undefined,
  );
  return found === undefined ? [] : [`${operation.prefix}:${found}`];
}

/** What the service looks up, with the caller's rights, about things that the call names by their ARNs, or hands on of them.
 *  Undefined if it names none. */
function aboutNamed(action: string, operation: Operation, task: Task): Permission | undefined {
  const [prefix = '', name = ''] = action.split(':');
  const isPassed = PASSING.test(action);
  if (prefix !== operation.prefix || !(isPassed || LOOKING.test(action))) return undefined;
  const read = isPassed ? arnsAnywhere : statedArns;
  const forms = findIamAction(prefix, name)?.resourceTypes.flatMap(({ arns }) => arns) ?? [];
  const isNamed = forms.some((form) => read(form, task).arns.length > 0);
  if (!isNamed) return undefined;
  return allow(action, {
    types: forms.map(typeOf),
    read: (call) => join(forms.map((form) => read(form, call.task))),
  });
}

/** Undefined for any other action, and if it is not known what the call makes. */
function tagsMade(action: string, operation: Operation): Permission | undefined {
  const [prefix = '', name = ''] = action.split(':');
  if (prefix !== operation.prefix || !TAGGING.test(action)) return undefined;
  const taggable = findIamAction(prefix, name);
  const made = taggable && madeBy(operation, taggable);
  return made && allow(action, made, { when: TAGS });
}

function notesOn(actions: readonly string[]): Note[] {
  const others = actions.filter((action) => action !== LINKED_ROLE);
  return [
    ...(others.length < actions.length ? [FIRST_OF_ITS_KIND] : []),
    ...(others.length > 0 ? [askedByWhatIsGiven(others)] : []),
  ];
}

function askedByWhatIsGiven(actions: readonly string[]): Note {
  const named = actions.toSorted((a, b) => Number(LOOKING.test(a)) - Number(LOOKING.test(b)));
  const more = named.length - MOST_NAMED;
  const rest = more > 0 ? ` and ${more} more that the Service Authorization Reference lists` : '';
  return note(
    'CallerPermissionsNeeded',
    `by what it is given, or stands in the account, the service may also ask the target role for ${named.slice(0, MOST_NAMED).join(', ')}${rest}: add statements for what applies`,
  );
}
