/** The Credentials in a definition, for all links of the state machine. */
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { Definition } from '../../asl/definition/definition.ts';
import { tasksNaming } from '../../asl/definition/large-definition.ts';
import { selectionInParts } from '../../asl/derive/select.ts';
import { parseRoleArn } from '../../arn/arn.ts';
import { inTurns } from '../../base/turns.ts';
import { byStaying, contributions, type ContributorState } from '../../desired/contribution.ts';
import { desiredCredentials } from '../../desired/credentials.ts';
import type { Link } from '../../desired/link.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { credentialsPlanInParts, type CredentialsPlan } from '../../plan/credentials.ts';
import { hideIn, hideRoles, type IsHidden } from '../../plan/hidden-roles.ts';
import { recordedTasks } from '../../report/task-record.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import { unreadState } from './contributor-states.ts';
import { NO_LEGS } from './drift-finder.ts';
import type { StateMachineUpdateResult } from './object-reconciler.ts';
import {
  countedFor,
  sharedPlan,
  type SharedObjectParts,
  type SharedPlan,
  type UpdateOptions,
} from './object-update.ts';

export class CredentialsReconciler {
  readonly #parts: SharedObjectParts;

  constructor(parts: SharedObjectParts) {
    this.#parts = parts;
  }

  /** Reads the state machine, plans which role each of its Tasks has to name, and writes that if the link enforces it. Failed
   *  writes are in the result.
   *  @param rolesReady whether to plan, for a link that only observes the definition, as if its roles were ready
   *  @throws AwsFailure when the state machine cannot be read, WriteFailure from a deletion, or when nothing may be written any
   *  more */
  reconcile(
    resolved: ResolvedLink,
    aws: AwsAccount,
    options: UpdateOptions,
    rolesReady = false,
  ): Promise<StateMachineUpdateResult> {
    const { link } = resolved;
    const enforced = link.legs.stateMachineCredentials === 'Enforce';
    let own = NOTHING;
    let taken = NOTHING;
    let overwritten = NOTHING;
    let asked = NOTHING;
    let ofOthers = NOTHING;
    let uncached: readonly LinkObject[] = [];
    return this.#parts.objects.updateStateMachine({
      aws,
      arn: link.stateMachine.text,
      linkKey: link.key,
      roleArn: link.targetRole.text,
      options,
      enforced,
      isOwn: (task) => own.has(task),
      plan: async (view) => {
        await this.#parts.contributors.workOut(this.#sharing(link));
        const states = [
          ...this.#states(link, options, rolesReady && !enforced),
          ...uncached.map((object) => unreadState(object.link)),
        ];
        own = new Set(contributions(states).find((one) => one.link.uid === link.uid)?.tasks);
        const from = { states, uncached, ofOthers };
        const { takenOff, ...planned } = await this.#plan(resolved, options, view, from);
        taken = takenOff;
        overwritten = planned.plan.overwritten;
        return { ...planned, awaitsUncached: uncached.length > 0 };
      },
      learnBeforeShrinking: async () => {
        const news = taken.difference(asked);
        asked = asked.union(news);
        const found = await this.#uncached(link, news);
        uncached = [...uncached, ...found];
        const others = await this.#parts.othersRoles.ofOtherClusters(
          overwritten.intersection(news),
          options.callOptions,
        );
        ofOthers = ofOthers.union(others);
        return found.length > 0 || others.size > 0;
      },
    });
  }

  /** Tasks that the link selects and that name its role, unless another link to the role stays. */
  async stillNaming({ link }: ResolvedLink, { definition }: MachineView): Promise<readonly string[]> {
    const { contributors } = this.#parts;
    const selected = await selectedBy(link, definition);
    const states = contributors.contributorStates('stateMachine', link.stateMachine.text, link);
    const { staying } = byStaying(contributions(states));
    const sameRole = staying.filter((other) => other.link.targetRole.text === link.targetRole.text);
    const taken = new Set(sameRole.flatMap(({ tasks }) => tasks));
    return tasksNaming(definition, link.targetRole.text).filter(
      (name) => selected.has(name) && !taken.has(name),
    );
  }

  async #uncached(link: Link, targetRoles: ReadonlySet<string>): Promise<readonly LinkObject[]> {
    const { text: machine } = link.stateMachine;
    const objects = await this.#parts.uncachedLinks.naming(targetRoles, link);
    return objects.filter((object) => object.link.stateMachine.text === machine);
  }

  #sharing({ stateMachine }: Link): readonly LinkObject[] {
    return this.#parts.contributors.linksBy('stateMachine', stateMachine.text);
  }

  #states(link: Link, options: UpdateOptions, rolesReady: boolean): readonly ContributorState[] {
    const { contributors } = this.#parts;
    const states = contributors.contributorStates('stateMachine', link.stateMachine.text, link);
    const counted = countedFor(link, options, states);
    return rolesReady ? counted.map((state) => withRolesReady(state, link)) : counted;
  }

  /** Plans in turns, so that a large definition holds up nobody. */
  async #plan(
    { link, object }: ResolvedLink,
    options: UpdateOptions,
    { machine, definition }: MachineView,
    { states, uncached, ofOthers }: PlannedFrom,
  ): Promise<PlannedCredentials> {
    const { contributors, edits, othersRoles } = this.#parts;
    const records = new Map<string, ReadonlySet<string>>(
      [...this.#sharing(link), ...uncached, object].map(({ link: { uid }, status }) => [
        uid,
        new Set(recordedTasks(status)),
      ]),
    );
    if (options.isDeletion && object.status.tasks === undefined)
      records.set(link.uid, await selectedBy(link, definition));
    const recordOf = ({ uid }: Link) => records.get(uid) ?? NOTHING;
    const desired = desiredCredentials(link.stateMachine.text, states, { recordOf, self: link });
    const plan = await inTurns(credentialsPlanInParts(desired, machine, definition, ofOthers));
    const onlyAdds = plan.actions.every(({ changes }) => changes.every(({ before }) => before === undefined));
    // What the remaining links lack, they add in their own reconciles.
    const due = options.isDeletion && onlyAdds ? { ...plan, actions: [] } : plan;
    const shared = sharedPlan({
      plan: withoutOthers(due, othersRoles.seenBy(link)),
      desired,
      link,
      states,
      onRecord: {
        ...edits.onRecord(link, 'stateMachineCredentials', () => this.#sharing(link)),
        observed: () => contributors.legsTakenBack('stateMachineCredentials', this.#sharing(link)),
        left: NO_LEGS,
      },
    });
    return { ...shared, takenOff: rolesLeft(due) };
  }
}

/** Input of the plan of a definition. */
interface PlannedFrom {
  readonly states: readonly ContributorState[];
  /** Links among these that the cache lacks or has in an older version. */
  readonly uncached: readonly LinkObject[];
  /** Roles known to belong to the operators of other clusters. */
  readonly ofOthers: ReadonlySet<string>;
}

interface PlannedCredentials extends SharedPlan<CredentialsPlan> {
  /** The roles that a Task names now and would no longer name. */
  readonly takenOff: ReadonlySet<string>;
}

function rolesLeft({ actions }: CredentialsPlan): ReadonlySet<string> {
  const before = actions.flatMap(({ changes }) => changes.flatMap((change) => change.before ?? []));
  return new Set(before.filter((text) => parseRoleArn(text) !== undefined));
}

const NOTHING: ReadonlySet<string> = new Set();

/** A status that was lost, as in a restored cluster, names no Task. Then the Tasks that the spec selects count as the link's. */
async function selectedBy({ targetRole, tasks }: Link, definition: Definition): Promise<ReadonlySet<string>> {
  const { selected } = await inTurns(selectionInParts(definition, targetRole.accountId, tasks));
  return new Set(selected.map(({ name }) => name));
}

function withoutOthers(plan: CredentialsPlan, isHidden: IsHidden): CredentialsPlan {
  const foreign = plan.foreign.map(({ found, ...one }) => ({ ...one, found: hideIn(found, isHidden) }));
  return { ...hideRoles(plan, isHidden), foreign };
}

function withRolesReady(state: ContributorState, { uid }: Link): ContributorState {
  if (state.kind !== 'active' || state.contribution.link.uid !== uid) return state;
  return { ...state, contribution: { ...state.contribution, rolesReady: true } };
}
