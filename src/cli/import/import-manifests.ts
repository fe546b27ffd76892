/** What exists in AWS → the links that describe it. */
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { API_VERSION } from '../../api/metadata.ts';
import { parseRoleArn, type RoleArn, type StateMachineArn } from '../../arn/arn.ts';
import type { Definition } from '../../asl/definition/definition.ts';
import { selectTasks } from '../../asl/derive/select.ts';
import type { Task } from '../../asl/task.ts';
import { TAGS } from '../../desired/names.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { yamlText } from '../files/yaml-text.ts';

/** A role that Tasks name, as far as it could be read. */
export type RoleFinding =
  | { readonly kind: 'found'; readonly role: ObservedRole }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unseen'; readonly why: string };

/** The Tasks of a machine that call through one role of another account. */
export interface Access {
  readonly role: RoleArn;
  readonly tasks: readonly string[];
}

interface Survey {
  /** In the order in which the definition first names their roles. */
  readonly accesses: readonly Access[];
  /** Sentences about Tasks whose Credentials no link describes. */
  readonly leftOut: readonly string[];
}

/** Groups the Credentials of a definition by the role that they name. */
export function surveyOf(machine: StateMachineArn, definition: Definition): Survey {
  const accesses = new Map<string, { role: RoleArn; tasks: string[] }>();
  const leftOut: string[] = [];
  for (const task of definition.tasks) {
    if (task.credentials.kind === 'none') continue;
    const found = roleOf(machine, task);
    if (typeof found === 'string') leftOut.push(`Task "${task.name}" ${found}.`);
    else if (accesses.has(found.text)) accesses.get(found.text)?.tasks.push(task.name);
    else accesses.set(found.text, { role: found, tasks: [task.name] });
  }
  return { accesses: [...accesses.values()], leftOut };
}

/** The role in another account through which a Task calls, or why no link can describe that. */
function roleOf({ accountId }: StateMachineArn, { credentials }: Task): RoleArn | string {
  switch (credentials.kind) {
    case 'none':
      return 'has no Credentials';
    case 'dynamic':
      return `takes its role at run time (${credentials.expression}): a link names one role`;
    case 'malformed':
      return `has Credentials that Step Functions would not accept: ${credentials.problem}`;
    case 'static': {
      const role = parseRoleArn(credentials.roleArn);
      if (role === undefined) return `names ${credentials.roleArn}, which is not a role's ARN`;
      return role.accountId === accountId ? `names ${role.text}, a role of the machine's own account` : role;
    }
  }
}

interface ManifestParts {
  readonly machine: StateMachineArn;
  readonly definition: Definition;
  readonly access: Access;
  readonly finding: RoleFinding;
  readonly namespace: string;
  readonly name: string;
}

export interface ImportedLink {
  readonly manifest: {
    readonly metadata: { readonly name: string; readonly namespace: string };
    readonly [field: string]: unknown;
  };
  /** What a person has to know before applying it. */
  readonly comments: readonly string[];
}

/** One link that describes an access. */
export function importedLink(parts: ManifestParts): ImportedLink {
  const { machine, access, finding, namespace, name } = parts;
  const manifest = {
    apiVersion: API_VERSION,
    kind: CROSS_ACCOUNT_LINK.kind,
    metadata: { name, namespace },
    spec: {
      stateMachineARN: machine.text,
      targetRole: { arn: access.role.text, ...standingOf(finding) },
      ...selectionOf(parts),
    },
  };
  return { manifest, comments: commentsOn(access, finding) };
}

/** The link as YAML, with the comments above it. */
export function manifestText({ manifest, comments }: ImportedLink): string {
  return yamlText(manifest, comments);
}

/** A role that somebody else made is adopted, and its content is kept: an import removes nothing. */
function standingOf(finding: RoleFinding) {
  if (finding.kind === 'absent' || (finding.kind === 'found' && isOperators(finding.role))) return {};
  const boundary = finding.kind === 'found' ? finding.role.permissionsBoundaryArn : undefined;
  return {
    adoptionPolicy: 'Adopt',
    unmanaged: 'Preserve',
    ...(boundary !== undefined && { permissionsBoundaryARN: boundary }),
  };
}

/** Tasks are listed if the rule for links without a list would select others. */
function selectionOf({ definition, access }: ManifestParts) {
  const chosen = new Set(
    selectTasks(definition, access.role.accountId).selected.map(({ name: task }) => task),
  );
  const same = chosen.size === access.tasks.length && access.tasks.every((task) => chosen.has(task));
  return same ? {} : { stateMachineCredentials: { tasks: access.tasks } };
}

function commentsOn({ role, tasks }: Access, finding: RoleFinding): readonly string[] {
  const used = `Tasks that call through ${role.text}: ${tasks.join(', ')}`;
  switch (finding.kind) {
    case 'absent':
      return [used, 'The role does not exist: the link creates it, with what the Tasks need.'];
    case 'unseen':
      return [used, `The role could not be read: ${finding.why}`, ...adopting(role)];
    case 'found': {
      const cluster = finding.role.tags.get(TAGS.clusterId);
      return cluster !== undefined && isOperators(finding.role)
        ? [used, `The role was created by the operator of cluster ${cluster}.`]
        : [used, ...adopting(role)];
    }
  }
}

function adopting({ text, accountId }: RoleArn): readonly string[] {
  return [
    `To be adopted, it has to be listed under adoptableRoles in the AWSAccount of ${accountId}, with allowPreserve: true:`,
    `adoptableRoles: ['${text}']`,
  ];
}

/** Whether an operator like this one made the role, rather than adopted it. */
function isOperators({ tags }: ObservedRole): boolean {
  return tags.has(TAGS.clusterId) && !tags.has(TAGS.adopted);
}

/** `machine-to-role`, in characters that Kubernetes allows in a name, with a number if the name is taken. */
export function linkName(machine: string, role: string, taken: ReadonlySet<string>): string {
  const base = `${machine}-to-${role}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_NAME)
    .replaceAll(/^-|-$/g, '');
  let name = base;
  for (let number = 2; taken.has(name); number += 1) name = `${base}-${number}`;
  return name;
}

/** The 63 characters of a label without room for a number. An object's name may be longer, but tools copy names into labels. */
const LONGEST_NAME = 58;
