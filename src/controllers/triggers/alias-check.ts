/**
 * Finds aliases that still route to a version without the Credentials: whoever starts the state machine through them calls into
 * the source account. Only their owner can move them, so they are reported. They are read after a change of the definition, on
 * an event, on request, and once a day for each machine, because the quota is small.
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-state-machine-alias.html
 */
import { lastPartOf } from '../../arn/arn.ts';
import { findCondition } from '../../api/conditions.ts';
import { DefinitionError, definitionInParts } from '../../asl/definition/definition.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import { inTurns } from '../../base/turns.ts';
import { keepWithinBounds } from '../../desired/machine-view.ts';
import type { AliasedVersion } from '../../aws/reads/definitions-in-use.ts';
import type { ReconcileResult } from '../../kubernetes/controller.ts';
import type { Cache } from '../../kubernetes/store.ts';
import { readyMessage } from '../../report/condition-states.ts';
import { handlingOf, requeueFor } from '../objects/failure-handling.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkObject } from '../state/link-object.ts';

interface AliasCheckParts {
  readonly links: Cache<LinkObject>;
  readonly accounts: AccountRegistry;
  /** Has {@link AliasCheck.look} called for a machine, by its ARN, after this many milliseconds at most. */
  readonly schedule: (stateMachineArn: string, afterMs: number) => void;
  readonly enqueue: (link: LinkObject) => void;
  /** Called if aliases cannot be read; then nothing is said about them. */
  readonly onProblem: (failure: AwsFailure) => void;
  /** Between 0 and 1. */
  readonly random: () => number;
}

/** A version and the aliases that route to it. */
interface Routed {
  readonly aliases: readonly string[];
  /** Task → the role that its Credentials name, if they name a fixed one. */
  readonly roles: ReadonlyMap<string, string | undefined>;
}

const DAY_MS = 86_400_000;
/** Links that are being made go first, because their owners wait. */
const AFTER_CHANGE_MS = 10_000;
/** Urgent calls never queue behind these: a lane without a token refuses them at once. */
const CALL_OPTIONS: CallOptions = { urgency: 'look', tenant: '', maxWaitMs: 0 };

export class AliasCheck {
  readonly #parts: AliasCheckParts;
  /** Machine → what its aliases route to, for machines whose aliases this process has read. */
  readonly #routed = new Map<string, readonly Routed[]>();
  readonly #scheduled = new Set<string>();

  constructor(parts: AliasCheckParts) {
    this.#parts = parts;
  }

  /** To be called when a machine was read for a link: its aliases are read some time later. */
  seen(stateMachineArn: string): void {
    if (this.#scheduled.has(stateMachineArn)) return;
    this.#scheduled.add(stateMachineArn);
    this.#parts.schedule(stateMachineArn, this.#parts.random() * DAY_MS);
  }

  /** To be called when the operator has changed the definition of a machine. */
  changed(stateMachineArn: string): void {
    this.#parts.schedule(stateMachineArn, AFTER_CHANGE_MS);
  }

  /** To be called when somebody changed a machine or its aliases, or asked for a check. */
  suspected(stateMachineArn: string): void {
    this.#parts.schedule(stateMachineArn, 0);
  }

  /** Names of the aliases through which some of these Tasks would run without naming the role; undefined while the machine's
   *  aliases were not read. */
  without(stateMachineArn: string, roleArn: string, tasks: readonly string[]): readonly string[] | undefined {
    const lacks = ({ roles }: Routed) => tasks.some((task) => roles.has(task) && roles.get(task) !== roleArn);
    const names = this.#routed
      .get(stateMachineArn)
      ?.filter(lacks)
      .flatMap(({ aliases }) => aliases);
    return names === undefined ? undefined : [...new Set(names)].sort();
  }

  /** Reads a machine's aliases, and brings back the links for which they show something new. */
  async look(stateMachineArn: string): Promise<ReconcileResult> {
    const links = this.#parts.links.byIndex('stateMachine', stateMachineArn);
    const aws = this.#parts.accounts.get(links[0]?.link.stateMachine.accountId ?? '')?.aws;
    if (aws === undefined) {
      this.#forget(stateMachineArn);
      return {};
    }
    try {
      const versions = await aws.aliasedVersions(stateMachineArn, CALL_OPTIONS);
      this.#routed.set(stateMachineArn, await routedTo(versions));
    } catch (error) {
      if (!(error instanceof AwsFailure)) throw error;
      const { retry } = handlingOf(error, { kind: 'backgroundRead' });
      if (retry.kind === 'never') this.#forget(stateMachineArn);
      if (retry.kind !== 'atNextCheck') return requeueFor(retry, error, DAY_MS);
      this.#parts.onProblem(error);
    }
    for (const object of links) if (this.#hasNews(object)) this.#parts.enqueue(object);
    return { requeueAfterMs: DAY_MS };
  }

  #hasNews({ link, status }: LinkObject): boolean {
    const ready = findCondition(status.conditions, 'Ready');
    const found = this.without(link.stateMachine.text, link.targetRole.text, status.tasks ?? []);
    return ready?.status === 'True' && found !== undefined && ready.message !== readyMessage(found);
  }

  /** Forgets a machine. Its aliases are read again some time after the next link has read the machine. */
  #forget(stateMachineArn: string): void {
    this.#routed.delete(stateMachineArn);
    this.#scheduled.delete(stateMachineArn);
  }
}

/** Works in turns, and through as many versions as are read of definitions in use. */
async function routedTo(versions: readonly AliasedVersion[]): Promise<readonly Routed[]> {
  const { kept } = keepWithinBounds(
    versions.map((version) => ({ ...version, length: version.definition.length })),
  );
  const routed: Routed[] = [];
  for (const { aliasArns, definition } of kept)
    routed.push({ aliases: aliasArns.map(lastPartOf), roles: await rolesIn(definition) });
  return routed;
}

/** The roles that the Tasks of a version name; empty for a definition that cannot be parsed. */
async function rolesIn(definition: string): Promise<ReadonlyMap<string, string | undefined>> {
  try {
    const { tasks } = await inTurns(definitionInParts(definition));
    return new Map(
      tasks.map(({ name, credentials }) => [
        name,
        credentials.kind === 'static' ? credentials.roleArn : undefined,
      ]),
    );
  } catch (error) {
    if (error instanceof DefinitionError) return new Map();
    throw error;
  }
}
