/**
 * The vocabulary of the integration tables: which permissions a Task's role needs, and on which resources.
 * A table is written with `allow`, `passRole`, `note` and a resource from `resources.ts`.
 */
import type { Pattern } from '../integration.ts';
import type { Conditions } from '../../policy/document.ts';
import { roleFrom } from './resources.ts';
import type { Task } from '../task.ts';
import type { Resource } from './reading.ts';

/** The integrations of one service: API as in the Task's `Resource` → what it needs. */
export type ServiceTable = Readonly<Record<string, Row>>;

export interface Row {
  /** Patterns that Step Functions offers for this API. */
  readonly patterns: readonly Pattern[];
  /** Needed for every pattern. */
  readonly call: readonly Permission[];
  /** Also needed for `.sync`: starting with it, polling until the call ends, cancelling when the Task is aborted. */
  readonly sync?: readonly Permission[];
  readonly notes?: readonly Note[];
}

export interface Permission {
  readonly actions: readonly string[];
  readonly resources: readonly Resource[];
  readonly conditions?: Conditions;
  /** Condition keys whose value is taken from the parameters in the same way as the resource. */
  readonly limits?: Readonly<Record<string, Resource>>;
  /** Needed only if the Task gives one of these parameters, with a known value or not, other than just `false`. */
  readonly when?: readonly string[];
  /** Not needed if it gives one of these. */
  readonly unless?: readonly string[];
}

/** Something that a person has to know about this integration and that no statement can express. */
export interface Note {
  readonly reason: NoteReason;
  readonly message: string;
  /** Whether the Task cannot work before somebody acts on it. */
  readonly blocking: boolean;
  readonly patterns?: readonly Pattern[];
  readonly when?: readonly string[];
  /** Left out if the Task gives one of these. */
  readonly unless?: readonly string[];
  /** Only for Tasks for which this is true. */
  readonly where?: (task: Task) => boolean;
}

export type NoteReason =
  | 'CallerPermissionsNeeded'
  | 'ExpressSyncNotSupported'
  | 'KeyPermissionUnknown'
  | 'KubernetesAccessNeeded'
  | 'ListingNotGranted'
  | 'ServiceLinkedRoleNeeded';

export const REQUEST_RESPONSE: readonly Pattern[] = [''];
export const RUN_A_JOB: readonly Pattern[] = ['', '.sync'];
export const CALLBACK: readonly Pattern[] = ['', '.waitForTaskToken'];
export const EVERY_PATTERN: readonly Pattern[] = ['', '.sync', '.waitForTaskToken'];

interface PermissionOptions {
  readonly when?: string | readonly string[];
  readonly unless?: string | readonly string[];
  readonly conditions?: Conditions;
  readonly limits?: Readonly<Record<string, Resource>>;
}

/** Allows actions on a resource, or on each of several. */
export function allow(
  actions: string | readonly string[],
  resource: Resource | readonly Resource[],
  { when, unless, ...rest }: PermissionOptions = {},
): Permission {
  return {
    actions: typeof actions === 'string' ? [actions] : actions,
    resources: 'read' in resource ? [resource] : resource,
    ...(when !== undefined && { when: [when].flat() }),
    ...(unless !== undefined && { unless: [unless].flat() }),
    ...rest,
  };
}

/** A row of an `aws-sdk:` integration. */
export function rowOf(...call: readonly Permission[]): Row {
  return { patterns: CALLBACK, call };
}

/** A row of an `aws-sdk:` integration that needs one action, on a resource or on each of several. */
export function rowOn(
  action: string,
  resource: Resource | readonly Resource[],
  notes: readonly Note[] = [],
): Row {
  return { patterns: CALLBACK, call: [allow(action, resource)], notes };
}

/**
 * Lets the service act with the role that a parameter names (by ARN, or by name in the target account).
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
 */
export function passRole(
  parameter: string,
  service: string | readonly string[],
  { when }: { when?: string } = {},
): Permission {
  return passRoleOf(roleFrom(parameter), service, when === undefined ? {} : { when });
}

/** `passRole` for a role that is not simply named by one parameter. */
export function passRoleOf(
  role: Resource,
  service: string | readonly string[],
  options: { when?: string } = {},
): Permission {
  return allow('iam:PassRole', role, {
    conditions: { StringEquals: { 'iam:PassedToService': [service].flat() } },
    ...options,
  });
}

/** `passRole` for a role that may be left out. */
export function passOptionalRole(parameter: string, service: string): Permission {
  return passRole(parameter, service, { when: parameter });
}

/** A note in the status of the link. */
export function note(
  reason: NoteReason,
  message: string,
  options: Partial<Omit<Note, 'reason' | 'message'>> = {},
): Note {
  return { reason, message, blocking: false, ...options };
}
