/** Links → which role each Task of a state machine should name in its Credentials. */
import {
  byStaying,
  contributions,
  linkOf,
  mayShrink,
  type ContributorConflict,
  type Contribution,
  type ContributorState,
} from './contribution.ts';
import { byAge } from './link.ts';

export interface DesiredCredentials {
  readonly stateMachineArn: string;
  readonly mayShrink: boolean;
  /** Task → the role it should name, for links whose role is ready to be used. */
  readonly roles: ReadonlyMap<string, string>;
  /** Task → the role that it should name as soon as that role is ready: until then it keeps what it has. */
  readonly pending: ReadonlyMap<string, string>;
  /** Task → the role of a link that is being deleted: where the Task names it, it keeps it. */
  readonly kept: ReadonlyMap<string, string>;
  /** Target roles of all links of this state machine, those being deleted included: only these may be taken off a
   *  Task. */
  readonly ownRoles: ReadonlySet<string>;
  /** Tasks that named the right role when their link was last in order: foreign Credentials there are drift. */
  readonly ownedTasks: ReadonlySet<string>;
  readonly publishVersion: boolean;
  readonly conflicts: readonly ContributorConflict[];
}

export function desiredCredentials(
  stateMachineArn: string,
  contributorStates: readonly ContributorState[],
): DesiredCredentials {
  const enforcing = contributorStates.filter(
    (contributor) => linkOf(contributor).legs.stateMachineCredentials === 'Enforce',
  );
  const contributors = contributions(enforcing).toSorted((a, b) => byAge(a.link, b.link));
  const { contested } = assignTasks(contributors);
  const { staying, leaving } = byStaying(contributors);
  const { owners } = assignTasks(staying);
  const rolesOf = (ready: boolean) =>
    new Map(
      [...owners]
        .filter(([, { rolesReady }]) => rolesReady === ready)
        .map(([task, { link }]): [string, string] => [task, link.targetRole.text]),
    );
  return {
    stateMachineArn,
    mayShrink: mayShrink(enforcing),
    roles: rolesOf(true),
    pending: rolesOf(false),
    kept: new Map(
      [...assignTasks(leaving).owners].map(([task, { link }]): [string, string] => [
        task,
        link.targetRole.text,
      ]),
    ),
    ownRoles: new Set(enforcing.map((contributor) => linkOf(contributor).targetRole.text)),
    ownedTasks: new Set(
      [...owners].filter(([task, { ownedTasks }]) => ownedTasks.includes(task)).map(([task]) => task),
    ),
    publishVersion: contributors.some(({ link }) => link.publishVersion),
    conflicts: [...contested].map(([linkKey, tasks]) => taskConflict(linkKey, tasks)),
  };
}

interface TaskAssignment {
  /** Task → the oldest link that selects it. */
  readonly owners: ReadonlyMap<string, Contribution>;
  /** Key of a younger link → the Tasks that it would have name another role. */
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

function taskConflict(linkKey: string, tasks: readonly string[]): ContributorConflict {
  const names = tasks.map((task) => `"${task}"`).join(', ');
  return {
    linkKey,
    leg: 'stateMachineCredentials',
    reason: 'Conflict',
    message:
      `An older link sends ${names} to another role and keeps it: ` +
      `this link takes over when that one is deleted, or name other Tasks in stateMachineCredentials.tasks.`,
  };
}
