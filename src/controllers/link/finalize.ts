/**
 * A link on its way down, the reverse of the way up: Credentials → (executions that still need the role end) → grant
 * → target role. What other links need stays; what is gone already is done.
 */
import type { AwsFailure } from '../../aws/errors.ts';
import type { CallOptions } from '../../aws/lanes.ts';
import type { Reason } from '../../api/reasons.ts';
import { desiredGrant } from '../../desired/grant.ts';
import { desiredTargetRole } from '../../desired/target-role.ts';
import { LONGEST_EXPRESS_MS, type MachineView } from '../../desired/machine-view.ts';
import type { Action } from '../../plan/action.ts';
import { planGrant, roomForGrant } from '../../plan/grant.ts';
import { planTargetRole } from '../../plan/target-role.ts';
import type { AccountAws } from '../../aws/account-aws.ts';
import type { EnsureLinkParts } from './ensure.ts';
import { grantRoles } from './inventory.ts';
import { leave, type LinkRecollection } from '../state/link-memory.ts';
import type { ResolvedLink } from '../objects/contributors.ts';

/** How far a deletion got. */
export type FinalizeResult =
  | { readonly kind: 'gone' }
  | { readonly kind: 'waits'; readonly reason: Reason; readonly message: string; readonly afterMs: number };

export interface FinalizeOptions {
  readonly callOptions: CallOptions;
  /** Milliseconds since the deletion was asked for. */
  readonly deletingForMs: number;
  /** How long a deletion waits for executions before it is called blocked. */
  readonly patienceMs: number;
  readonly knownRoleId: string | undefined;
}

export interface FinalizeRecord {
  readonly applied: Action[];
  /** Tasks that keep Credentials which point at a role that goes: they fail closed. */
  kept: readonly string[];
}

/** Pause before looking again at what other links or executions have to finish first. */
const LOOK_AGAIN_MS = 2_000;
const LOOK_AT_EXECUTIONS_MS = 15_000;

export class FinalizeLink {
  readonly #parts: EnsureLinkParts;
  readonly #now: () => number;
  readonly #startedAt: number;

  /** @param now monotonic milliseconds */
  constructor(parts: EnsureLinkParts, now: () => number) {
    this.#parts = parts;
    this.#now = now;
    this.#startedAt = now();
  }

  /** @throws AwsFailure, PassFailure */
  async run(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    record: FinalizeRecord,
  ): Promise<FinalizeResult> {
    const { source, target, link } = resolved;
    if (source.aws === undefined) return unreachable(source.name, source.problem);
    if (target.aws === undefined) return unreachable(target.name, target.problem);
    const memory = this.#parts.memory.of(link.uid);
    leave(memory, 'stateMachine');
    const held =
      (await this.#credentials(resolved, options, source.aws, record)) ??
      (await this.#executions(resolved, options, source.aws));
    if (held !== undefined) return held;
    leave(memory, 'executionRole');
    const shared = await this.#grants(resolved, options, source.aws, record);
    if (shared !== undefined) return shared;
    leave(memory, 'targetRole');
    return (await this.#targetRole(resolved, options, target.aws, record)) ?? { kind: 'gone' };
  }

  async #credentials(
    { link }: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
    record: FinalizeRecord,
  ): Promise<FinalizeResult | undefined> {
    if (link.legs.stateMachineCredentials === 'Observe') return undefined;
    const arn = link.stateMachine.text;
    const { passes, contributors, memory } = this.#parts;
    const result = await passes.updateStateMachine({
      aws,
      arn,
      callOptions: options.callOptions,
      enforce: true,
      isLast: true,
      links: [link.key],
      wasInSync: false,
      maxAgeMs: 0,
      contributorStates: () => contributors.contributorStates('stateMachine', arn),
    });
    if (result.kind === 'absent') return undefined;
    if (result.kind === 'unreadable') return blocked(`${result.message} Correct it, or abandon the link.`);
    record.applied.push(...result.applied);
    record.kept = result.plan.kept;
    if (result.applied.length > 0) memory.of(link.uid).definitionChangedAt = this.#now();
    if (result.plan.withheld.length > 0) return this.#sharing(link.stateMachine.name, arn, 'stateMachine');
    const handedOver = tasksNaming(result.view, link.targetRole.text).filter((task) =>
      result.plan.waiting.includes(task),
    );
    if (handedOver.length === 0) return undefined;
    return deleting(`Waits until a younger link can take over ${quoted(handedOver)}.`, LOOK_AGAIN_MS);
  }

  /** Running executions and routed versions keep the definition that they began with, and with it the role. */
  async #executions(
    { link }: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
  ): Promise<FinalizeResult | undefined> {
    const { contributors, memory } = this.#parts;
    const sight = await contributors.machines.read(
      aws,
      link.stateMachine.text,
      options.callOptions,
      LOOK_AGAIN_MS,
    );
    if (sight.kind !== 'found') return undefined;
    const view = await contributors.machines.readDefinitionsInUse(aws, sight.view, options.callOptions, 0);
    const holders = (view.inUse ?? [])
      .filter(({ definition }) => namesRole(definition, link.targetRole.text))
      .map(({ inUseBy }) => inUseBy);
    if (holders.length === 0) return this.#expressExecutions(sight.view, memory.of(link.uid), options);
    const message = `The role is still used by ${holders.slice(0, 3).join(', ')}${holders.length > 3 ? ' and more' : ''}`;
    if (options.deletingForMs < options.patienceMs) return deleting(`${message}.`, LOOK_AT_EXECUTIONS_MS);
    return blocked(`${message}: end it or move the alias, or abandon the link.`);
  }

  /** A deletion that began before this process may have changed the definition at any time until then. */
  #expressExecutions(
    { machine }: MachineView,
    { definitionChangedAt }: LinkRecollection,
    { deletingForMs }: FinalizeOptions,
  ): FinalizeResult | undefined {
    if (machine.type !== 'EXPRESS') return undefined;
    const now = this.#now();
    const changedAt =
      definitionChangedAt ?? (deletingForMs > now - this.#startedAt ? this.#startedAt : undefined);
    const remainingMs = changedAt === undefined ? 0 : changedAt + LONGEST_EXPRESS_MS - now;
    return remainingMs > 0
      ? deleting('Waits until Express executions that may still run have ended.', remainingMs)
      : undefined;
  }

  async #grants(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
    record: FinalizeRecord,
  ): Promise<FinalizeResult | undefined> {
    const { link, object } = resolved;
    if (link.legs.executionRoleGrant === 'Observe') return undefined;
    const { passes, contributors, clusterId } = this.#parts;
    const sight = contributors.machines.known(link.stateMachine.text);
    const current = sight?.kind === 'found' ? [sight.view.executionRole.text] : [];
    for (const arn of grantRoles(object, current)) {
      const contributorStates = () => contributors.grantContributors(arn.text, link.stateMachine.accountId);
      const result = await passes.updateRole({
        aws,
        arn,
        callOptions: options.callOptions,
        freshness: { kind: 'fresh' },
        wasInSync: false,
        enforce: true,
        isLast: true,
        links: [link.key],
        learnBeforeShrinking: NOTHING_TO_LEARN,
        plan: (role) =>
          role === undefined
            ? { actions: [], withheld: [] }
            : planGrant(
                desiredGrant(arn.text, contributorStates(), roomForGrant(role, clusterId)),
                role,
                clusterId,
              ),
      });
      record.applied.push(...result.applied);
      if (result.plan.withheld.length > 0) {
        const waiting = contributorStates().some(({ kind }) => kind === 'unread');
        return waiting
          ? deleting(NOT_ALL_READ, LOOK_AGAIN_MS)
          : blocked(sharedWith(`the grant on ${arn.name}`));
      }
    }
    return undefined;
  }

  async #targetRole(
    { link, target }: ResolvedLink,
    options: FinalizeOptions,
    aws: AccountAws,
    record: FinalizeRecord,
  ): Promise<FinalizeResult | undefined> {
    if (link.legs.targetRole === 'Observe') return undefined;
    const { passes, contributors, clusterId } = this.#parts;
    const accountBoundaryArn = target.rules.permissionsBoundaryArn;
    const boundary = accountBoundaryArn === undefined ? {} : { accountBoundaryArn };
    const result = await passes.updateRole({
      aws,
      arn: link.targetRole,
      callOptions: options.callOptions,
      freshness: { kind: 'fresh' },
      wasInSync: false,
      enforce: true,
      isLast: true,
      links: [link.key],
      learnBeforeShrinking: NOTHING_TO_LEARN,
      plan: (role) =>
        planTargetRole(
          desiredTargetRole(
            link.targetRole,
            link.namespace,
            contributors.contributorStates('targetRole', link.targetRole.text),
            {
              clusterId,
              ...boundary,
            },
          ),
          role,
          { ...boundary, ...(options.knownRoleId !== undefined && { knownRoleId: options.knownRoleId }) },
        ),
    });
    record.applied.push(...result.applied);
    if (result.plan.withheld.length === 0) return undefined;
    return this.#sharing(link.targetRole.name, link.targetRole.text, 'targetRole');
  }

  #sharing(what: string, key: string, index: 'targetRole' | 'stateMachine'): FinalizeResult {
    const waiting = this.#parts.contributors
      .contributorStates(index, key)
      .some(({ kind }) => kind === 'unread');
    return waiting ? deleting(NOT_ALL_READ, LOOK_AGAIN_MS) : blocked(sharedWith(what));
  }
}

/** Executions that still need the role were waited for already. */
const NOTHING_TO_LEARN = () => Promise.resolve(false);

const NOT_ALL_READ = 'Waits until the state machines of all links that may share an object have been read.';

function sharedWith(what: string): string {
  return (
    `Nothing is removed from ${what} while another link that shares it is suspended or not in order: ` +
    `mend that link, or abandon this one.`
  );
}

function namesRole(definition: MachineView['definition'], roleArn: string): boolean {
  return definition.tasks.some(
    ({ credentials }) => credentials.kind === 'static' && credentials.roleArn === roleArn,
  );
}

function tasksNaming({ definition }: MachineView, roleArn: string): readonly string[] {
  return definition.tasks
    .filter(({ credentials }) => credentials.kind === 'static' && credentials.roleArn === roleArn)
    .map(({ name }) => name);
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(', ');
}

function deleting(message: string, afterMs: number): FinalizeResult {
  return { kind: 'waits', reason: 'Deleting', message, afterMs };
}

/** It is looked at again all the same, now and then: the cause may go by itself. */
function blocked(message: string): FinalizeResult {
  return { kind: 'waits', reason: 'DeletionBlocked', message, afterMs: LOOK_AT_EXECUTIONS_MS };
}

function unreachable(account: string, problem = 'it has not been looked at yet'): FinalizeResult {
  return {
    kind: 'waits',
    reason: 'AccountNotReady',
    message: `AWSAccount ${account} is not Ready: ${problem}`,
    afterMs: LOOK_AT_EXECUTIONS_MS,
  };
}

/** What a deletion says when AWS refuses a removal for good. */
export function blockedBy(failure: AwsFailure): FinalizeResult {
  return blocked(`${failure.message} Mend that, or abandon the link.`);
}
