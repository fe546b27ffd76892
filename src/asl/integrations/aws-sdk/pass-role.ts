/**
 * Roles in the parameters of an SDK call: to pass a role to a service, the caller needs iam:PassRole on it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
import { withoutEnding } from '../../../base/without-ending.ts';
import type { Known } from '../../expressions/known.ts';
import { optionsOf } from '../../expressions/known.ts';
import { argumentsOf, readParameter } from '../../parameters.ts';
import type { Task } from '../../task.ts';
import table from '../generated/roles.json' with { type: 'json' };
import { modelledAs } from '../operations.ts';
import { leaves } from '../leaves.ts';
import type { Leaf } from '../leaves.ts';
import { onlyHinted } from '../resources.ts';
import { note, passRole, passRoleOf } from '../row.ts';
import type { Note, Permission } from '../row.ts';
import { usersOf } from './role-users.ts';

/**
 * Where each operation holds roles: a service → lines `members=operations`. A member is the name of one that holds a role,
 * wherever it stands; behind a dot the path of one that the call always has; with brackets at its end one of the call's own,
 * behind which there may be further ones. Operations without members have some that only look as if they held one.
 */
const SERVICES: ReadonlyMap<string, string> = new Map(Object.entries(table));

/** For operations that the models do not contain. */
const ROLE_ARN = /roleArns?$/i;

const AN_ARN = /^arn:[^:]+:iam::[^:]*:role\//;

/** Roles that a call may name in a map or a list of settings: there the entry's name says that it is a role. */
const ENTRIES: ReadonlyMap<string, RegExp> = new Map([
  ['config', /^AutomationAssumeRole$/],
  ['sns', /RoleArn$/],
  ['ssm', /^AutomationAssumeRole$/],
]);
/** Settings as pairs of a name and a value: if the value is a role's ARN, this role is passed. */
const SETTINGS: ReadonlyMap<string, RegExp> = new Map([
  ['apigateway', /^PatchOperations\[\]\.Value$/i],
  ['sns', /^AttributeValue$/i],
]);
/** What looks like a role and belongs to the caller: `arn:aws:iam::*:user/*`, and a secret's ARN. */
const MAYBE_ROLES = /^(?:Authorizer)?Credentials(?:Arn)?$/i;

/** A profile contains a role, which a call with the profile passes. */
const PROFILE = /(?:^i|I)nstanceProfile(?:Name|Arn|Identifier)?$|^InstanceRole$/i;
const profileRole = onlyHinted(
  'the role in the instance profile',
  ['arn:*:iam::*:role/*'],
  'does not follow from the profile’s name',
);
/** Operations that read, list or take away. */
const LOOKS = /^(?:delete|describe|detach|disassociate|get|list|remove|search)[A-Z]/;

/** A PassRole for each place in the Task's parameters that holds a role, or will at run time. */
export function passedRoles(task: Task, service: string, prefix: string, api: string): Permission[] {
  const found = [...leaves(argumentsOf(task))];
  const model = modelledAs(service, api);
  const members = rolesOf(model ?? service, api) ?? (model === undefined ? undefined : []);
  const roles = found.filter((leaf) => isRole(leaf, members, prefix));
  const byPath = new Map(roles.map(({ path, name }) => [path, entryIn(path, prefix) ?? name]));
  // A profile that is looked up or removed is not passed.
  const hasProfile =
    prefix !== 'iam' &&
    !LOOKS.test(api) &&
    found.some(({ name, path }) => PROFILE.test(name) || inProfile(path));
  return [
    ...[...byPath].map(([path, name]) => {
      const member = members?.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
      return passRole(path, usersOf(model ?? service, api, member, prefix));
    }),
    ...hiddenRoles(task, placesOf(model ?? service, api) ?? [], byPath.keys()).map((path) =>
      passRole(path, usersOf(model ?? service, api, path.split('.').at(-1) ?? '', prefix)),
    ),
    ...(hasProfile ? [passRoleOf(profileRole, 'ec2.amazonaws.com')] : []),
  ];
}

/** Whether the operation's roles, if it passes any, are in its parameters. */
export function takesRoles(service: string, api: string): boolean {
  return (rolesOf(modelledAs(service, api) ?? service, api) ?? []).length > 0;
}

/** Names of the members that hold roles; undefined for an operation that is not on the list. */
function rolesOf(model: string, api: string): readonly string[] | undefined {
  return placesOf(model, api)?.filter((place) => /^\w+$/.test(place));
}

function placesOf(model: string, api: string): readonly string[] | undefined {
  const operations = decoded.get(model) ?? decode(SERVICES.get(model) ?? '');
  if (SERVICES.has(model)) decoded.set(model, operations);
  return operations.get(api);
}

/** Paths of roles that the call always has, and that are inside something known only at run time: `Target.RoleArn` behind
 *  `Target.$`. */
function hiddenRoles(task: Task, places: readonly string[], told: Iterable<string>): string[] {
  const found = new Set([...told].map((path) => path.toLowerCase()));
  return places
    .filter((place) => place.startsWith('.'))
    .map((place) => place.slice(1))
    .filter((path) => !found.has(path.toLowerCase()) && readParameter(task, path).kind === 'dynamic');
}

/** Says that the parts of a call that are known only at run time may hold further roles. */
export function notesOnHiddenRoles(task: Task, service: string, api: string): Note[] {
  const known = argumentsOf(task);
  const places = placesOf(service, api) ?? [];
  const isWhole = known.kind === 'unknown' || (known.kind === 'object' && known.open);
  const hidden = places
    .filter((place) => place.endsWith('[]'))
    .map((place) => withoutEnding(place, '[]'))
    .filter((name) => isWhole || readParameter(task, name).kind === 'dynamic');
  const isTold = !isWhole || places.length === 0 || places.some((place) => place.startsWith('.'));
  if (hidden.length === 0 && isTold) return [];
  const holders = isWhole ? 'the arguments' : hidden.join(', ');
  return [
    note(
      'CallerPermissionsNeeded',
      `the target role needs iam:PassRole for each role that ${holders} may hold at run time: add a statement if there is one`,
    ),
  ];
}

const decoded = new Map<string, ReadonlyMap<string, readonly string[]>>();

function decode(packed: string): ReadonlyMap<string, readonly string[]> {
  return new Map(
    packed.split('\n').flatMap((line) => {
      const [members = '', operations = ''] = line.split('=');
      return operations.split(' ').map((api): [string, string[]] => [api, members.split(',')]);
    }),
  );
}

function isRole(
  { name, path, known }: Leaf,
  members: readonly string[] | undefined,
  prefix: string,
): boolean {
  if (entryIn(path, prefix) !== undefined) return true;
  if (SETTINGS.get(prefix)?.test(path) === true) return holdsRole(known);
  if (members === undefined) return ROLE_ARN.test(name);
  const isMember = members.some((member) => names(member, name, path));
  return isMember && (!MAYBE_ROLES.test(name) || known.kind === 'unknown' || holdsRole(known));
}

/** The name of the entry that is the value, or holds it. */
function entryIn(path: string, prefix: string): string | undefined {
  const form = ENTRIES.get(prefix);
  const steps = path.split('.').map((step) => withoutEnding(step, '[]'));
  return form && steps.find((step) => form.test(step));
}

/** The member itself, or an entry of the map that it is. */
function names(member: string, name: string, path: string): boolean {
  const wanted = member.toLowerCase();
  return name.toLowerCase() === wanted || path.toLowerCase().split('.').at(-2) === wanted;
}

function holdsRole(known: Known): boolean {
  return optionsOf(known).some((option) =>
    AN_ARN.test(option.kind === 'text' ? option.text : String(option.value)),
  );
}

/** `IamInstanceProfile.Name` */
function inProfile(path: string): boolean {
  return path
    .split('.')
    .slice(0, -1)
    .some((step) => PROFILE.test(step));
}
