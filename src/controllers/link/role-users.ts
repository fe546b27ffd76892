/**
 * What a deletion waits for before it removes a role: everything that runs, or may begin to run, with Credentials that name it.
 */
import { tasksNaming } from '../../asl/definition/large-definition.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import { LONGEST_EXPRESS_MS, type MachineView } from '../../desired/machine-view.ts';
import {
  definitionJustChanged,
  patienceOf,
  roleInUse,
  SHARED_OBJECT_RECHECK_MS,
  type DeletionWait,
} from '../../report/deletion-outcome.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import type { FinalizeOptions } from './finalize.ts';
import { hadCredentials } from './inventory.ts';

interface RoleUsersParts {
  readonly machines: StateMachineCache;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** How long AWS is given until every new execution uses a changed definition. */
  readonly takeUpMs: number;
  /** Monotonic milliseconds since when this process leads. */
  readonly leadingSince: () => number;
}

export class RoleUsers {
  readonly #parts: RoleUsersParts;

  constructor(parts: RoleUsersParts) {
    this.#parts = parts;
  }

  /** Returns what the deletion waits for; undefined if nothing. Running executions, and versions behind aliases, keep the
   *  definition that they began with, and so need the role.
   *  @throws AwsFailure */
  async awaited(
    resolved: ResolvedLink,
    options: FinalizeOptions,
    aws: AwsAccount,
  ): Promise<DeletionWait | undefined> {
    const { link } = resolved;
    const { callOptions } = options;
    const { machines } = this.#parts;
    const arn = link.stateMachine.text;
    const machine = await machines.read(aws, arn, callOptions, SHARED_OBJECT_RECHECK_MS);
    if (machine.kind !== 'found') return undefined;
    const untilTakenUp = this.#untilTakenUp(resolved, options);
    if (untilTakenUp !== undefined) return untilTakenUp;
    const view = await machines.readDefinitionsInUse(aws, machine.view, callOptions, 0);
    const inUseBy = [
      ...(view.inUse ?? [])
        .filter((one) => tasksNaming(one.definition, link.targetRole.text).length > 0)
        .map((one) => one.inUseBy),
      ...(view.unreadInUse === true ? ['more versions and executions than can be read'] : []),
    ];
    if (inUseBy.length > 0) return roleInUse(inUseBy, patienceOf(options));
    return this.#expressExecutions(view, resolved, options);
  }

  /** The wait after an update of the definition. An execution that starts right after the update may still use the former
   *  definition, so until then a list of executions proves nothing. It does not matter who wrote: a younger link takes Tasks
   *  over in its own reconcile, and of what another process wrote it is only known that it did so before this one led.
   *  https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html */
  #untilTakenUp({ object, link }: ResolvedLink, options: FinalizeOptions): DeletionWait | undefined {
    const { machines, now, takeUpMs, leadingSince } = this.#parts;
    const unseen = hadCredentials(object) ? leadingSince() : Number.NEGATIVE_INFINITY;
    const remainingMs = (machines.changedAt(link.stateMachine.text) ?? unseen) + takeUpMs - now();
    const message = 'Waits until every new execution uses the changed definition.';
    return waitOf(message, link.stateMachine.name, remainingMs, options);
  }

  /** Express executions cannot be listed. So the wait is as long as such an execution may last, counted from when a definition
   *  last named the role. The definitions before this process first read the machine are not known. */
  #expressExecutions(
    { machine, recent, unreadRecentUntil }: MachineView,
    { object, link }: ResolvedLink,
    options: FinalizeOptions,
  ): DeletionWait | undefined {
    if (machine.type !== 'EXPRESS') return undefined;
    const named = recent.filter((one) => tasksNaming(one.definition, link.targetRole.text).length > 0);
    const unread = unreadRecentUntil !== undefined && hadCredentials(object) ? [unreadRecentUntil] : [];
    const until = Math.max(Number.NEGATIVE_INFINITY, ...named.map((one) => one.until), ...unread);
    const remainingMs = until - this.#parts.now();
    const message = 'Waits until Express executions that may still run have ended.';
    return waitOf(message, link.stateMachine.name, remainingMs, options);
  }
}

/** A wait for executions of a former definition; undefined once the time is over. */
function waitOf(
  message: string,
  machine: string,
  remainingMs: number,
  options: FinalizeOptions,
): DeletionWait | undefined {
  if (remainingMs <= 0) return undefined;
  return definitionJustChanged(message, machine, remainingMs, patienceOf(options, LONGEST_EXPRESS_MS));
}
