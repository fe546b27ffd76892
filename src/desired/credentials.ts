/** Links → which role each Task of a state machine should name in its Credentials. */
import {
  byStaying,
  contributions,
  isSilent,
  linkOf,
  mayShrink,
  type ContributorConflict,
  type Contribution,
  type ContributorState,
} from './contribution.ts';
import { firstFewQuoted } from '../base/first-few.ts';
import { byAge, type Link } from './link.ts';

export interface DesiredCredentials {
  readonly stateMachineArn: string;
  readonly mayShrink: boolean;
  /** Task → the role it should name, for links whose role is ready to be used. */
  readonly roles: ReadonlyMap<string, string>;
  /** Task → the role that it should name as soon as that role is ready; until then it keeps what it has. */
  readonly pending: ReadonlyMap<string, string>;
  /** Task → the role of a link that is being deleted. A Task that names it keeps it. */
  readonly kept: ReadonlyMap<string, string>;
  /** Target role → the Tasks on record of its links that are suspended, refused or not read yet. Those that name the role get
   *  no other meanwhile. */
  readonly held: ReadonlyMap<string, ReadonlySet<string>>;
  /** Target role → the Tasks whose Credentials are its links' own, including links that are being deleted. Only from these may
   *  the role be removed: if another Task names it, a person may have written that. */
  readonly tasksByRole: ReadonlyMap<string, ReadonlySet<string>>;
  /** Tasks that named the right role when their link was last in order: foreign Credentials there are drift. */
  readonly tasksInSyncBefore: ReadonlySet<string>;
  readonly publishVersion: boolean;
  readonly conflicts: readonly ContributorConflict[];
}

export interface TaskRecords {
  /** The Tasks whose Credentials are a link's own, according to its record. */
  readonly recordOf: (link: Link) => ReadonlySet<string>;
  /** The link that is reconciled: what is written for it is recorded before. For other links a role is put only on Tasks that
   *  they have on record. */
  readonly self: Link;
}

/** Works out which Tasks name which role. If several links select one Task, the oldest gets it. */
export function desiredCredentials(
  stateMachineArn: string,
  contributorStates: readonly ContributorState[],
  { recordOf, self }: TaskRecords,
): DesiredCredentials {
  const enforcing = contributorStates.filter(
    (contributor) => linkOf(contributor).legs.stateMachineCredentials === 'Enforce',
  );
  const contributors = contributions(enforcing).toSorted((a, b) => byAge(a.link, b.link));
  const { contested } = assignTasks(contributors);
  const { staying, leaving } = byStaying(contributors);
  const { owners } = assignTasks(staying);
  const isReady = (task: string, { link, rolesReady }: Contribution) =>
    rolesReady && (link.uid === self.uid || recordOf(link).has(task));
  const all = [...owners];
  return {
    stateMachineArn,
    mayShrink: mayShrink(enforcing),
    roles: rolesOf(all.filter(([task, one]) => isReady(task, one))),
    pending: rolesOf(all.filter(([task, one]) => !isReady(task, one))),
    kept: rolesOf([...assignTasks(leaving).owners]),
    held: tasksByRole(enforcing.filter(isHeld), recordOf),
    tasksByRole: tasksByRole(enforcing, recordOf),
    tasksInSyncBefore: new Set(
      [...owners]
        .filter(([task, { tasksInSyncBefore }]) => tasksInSyncBefore.includes(task))
        .map(([task]) => task),
    ),
    publishVersion: contributors.some(({ link }) => link.publishVersion),
    conflicts: [...contested].map(([linkKey, tasks]) => taskConflict(linkKey, tasks)),
  };
}

function rolesOf(
  owners: readonly (readonly [task: string, owner: Contribution])[],
): ReadonlyMap<string, string> {
  return new Map(owners.map(([task, { link }]) => [task, link.targetRole.text]));
}

/** Whether a link holds its Tasks. One that is being deleted hands them over, unless it is suspended, too. */
function isHeld(contributor: ContributorState): boolean {
  const { deleting, suspended } = linkOf(contributor);
  return isSilent(contributor) && (!deleting || suspended);
}

/** A link's own Tasks are those on its record and those that it selects. */
function tasksByRole(
  contributorStates: readonly ContributorState[],
  recordOf: (link: Link) => ReadonlySet<string>,
): ReadonlyMap<string, ReadonlySet<string>> {
  const byRole = new Map<string, ReadonlySet<string>>();
  for (const contributor of contributorStates) {
    const link = linkOf(contributor);
    const selected = contributor.kind === 'active' ? contributor.contribution.tasks : [];
    const known = byRole.get(link.targetRole.text) ?? new Set();
    byRole.set(link.targetRole.text, known.union(recordOf(link)).union(new Set(selected)));
  }
  return byRole;
}

interface TaskAssignment {
  /** Task → the oldest link that selects it. */
  readonly owners: ReadonlyMap<string, Contribution>;
  /** Key of a younger link → the Tasks for which it wants another role. */
  readonly contested: ReadonlyMap<string, readonly string[]>;
}

/** @param contributors the oldest first */
function assignTasks(contributors: readonly Contribution[]): TaskAssignment {
  const owners = new Map<string, Contribution>();
  const contested = new Map<string, string[]>();
  for (const { contribution, task } of contributors.flatMap(selectedBy)) {
    const { link } = contribution;
    const owner = owners.get(task);
    if (owner === undefined) owners.set(task, contribution);
    else if (owner.link.targetRole.text !== link.targetRole.text)
      contested.set(link.key, [...(contested.get(link.key) ?? []), task]);
  }
  return { owners, contested };
}

function selectedBy(contribution: Contribution) {
  return contribution.tasks.map((task) => ({ contribution, task }));
}

/** How many Tasks a message names. */
const NAMED_TASKS = 5;

function taskConflict(linkKey: string, tasks: readonly string[]): ContributorConflict {
  const names = firstFewQuoted(tasks, NAMED_TASKS);
  return {
    linkKey,
    leg: 'stateMachineCredentials',
    reason: 'Conflict',
    message:
      `An older link sends ${names} to another role and keeps it: ` +
      `this link takes over when that one is deleted, or name other Tasks in stateMachineCredentials.tasks.`,
  };
}
