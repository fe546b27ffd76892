/** State machines as this process has read them. What it never read is unknown, whatever a status says. */
import { parseRoleArn } from '../../arn/arn.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import { Buckets } from '../../base/buckets.ts';
import { ChangeLog } from '../../base/change-log.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { ObservedStateMachine } from '../../observed/objects.ts';
import { isReplaced, replacedBy, type ReplacedRevisions } from '../../observed/replaced-revisions.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import {
  parseInUse,
  readingOf,
  rolesOf,
  sameMachine,
  saysOther,
  type MachineReading,
} from './machine-reading.ts';

/** What is kept of one machine; times in monotonic milliseconds. */
interface Entry {
  readonly reading: MachineReading;
  readonly readAt: number;
  /** When the definitions in use were read; undefined if they never were, or may have changed since. */
  readonly inUseReadAt: number | undefined;
  /** When it was last found to have changed, whoever changed it. */
  readonly changedAt: number | undefined;
  /** Revisions that own writes replaced lately. */
  readonly replaced: ReplacedRevisions | undefined;
  /** Set if the last read showed a revision that an own write had replaced: until when that may happen. */
  readonly lagsUntil: number | undefined;
}

/** How many forgotten machines are listed one by one. */
const FORGOTTEN_KEPT = 1_024;

/** How long definitions in use are reused while they cannot be read again. It has to be enough to read those of some hundred
 *  machines. */
const REUSED_WHILE_BUSY_MS = 10 * 60_000;

export class StateMachineCache {
  readonly #now: () => number;
  readonly #entries = new Map<string, Entry>();
  /** Execution role → the machines that run under it, or still did when last read. */
  readonly #byRole = new Buckets<string>();
  readonly #forgotten = new ChangeLog<string>(FORGOTTEN_KEPT);
  #readingsInUse = 0;

  /** @param now monotonic milliseconds */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** ARNs of machines that were known and were forgotten. */
  get forgotten(): Pick<ChangeLog<string>, 'count' | 'since'> {
    return this.#forgotten;
  }

  /** How often definitions in use were read, of any machine: if that was done since a plan was made, it may take away too much. */
  get readingsInUse(): number {
    return this.#readingsInUse;
  }

  /** The last reading; undefined if there is none. */
  known(arn: string): MachineReading | undefined {
    return this.#entries.get(arn)?.reading;
  }

  /** ARNs of the execution roles under which it is known to run, or to have run. */
  rolesOf(arn: string): readonly string[] {
    return rolesOf(this.known(arn));
  }

  /** Monotonic milliseconds at which its definition or role was last found to have changed; undefined if this process saw no
   *  change. */
  changedAt(arn: string): number | undefined {
    return this.#entries.get(arn)?.changedAt;
  }

  /** Reads the machine, unless that was done at most `maxAgeMs` ago. @throws AwsFailure */
  async read(
    aws: AwsAccount,
    arn: string,
    callOptions: CallOptions,
    maxAgeMs: number,
  ): Promise<MachineReading> {
    const known = this.#entries.get(arn);
    if (known !== undefined && this.#now() - known.readAt <= maxAgeMs) return known.reading;
    const readAt = this.#now();
    const answer = await aws.stateMachine(arn, callOptions);
    const before = this.#entries.get(arn);
    if (
      before !== undefined &&
      answer.kind === 'found' &&
      isReplaced(answer.machine, before.replaced, readAt)
    ) {
      this.#entries.set(arn, { ...before, lagsUntil: before.replaced?.until });
      return before.reading;
    }
    const reading =
      answer.kind === 'absent' ? answer : await readingOf(answer.machine, known?.reading, readAt);
    const meanwhile = this.#entries.get(arn);
    // If the machine was written since the read began, the read may show the former state.
    if (meanwhile !== undefined && meanwhile.readAt > readAt) return meanwhile.reading;
    // Forgotten since the read began, because its last link is gone.
    const wasForgotten = known !== undefined && meanwhile === undefined;
    if (!wasForgotten) this.#keep(arn, { reading, readAt });
    return reading;
  }

  /** Takes in the result of an own write to a machine. */
  async written(machine: ObservedStateMachine): Promise<void> {
    const writtenAt = this.#now();
    this.doubt(machine.arn);
    const before = this.#entries.get(machine.arn);
    const former = before?.reading.kind === 'found' ? before.reading.view.machine : undefined;
    const replaced = replacedBy(machine, former, before?.replaced, writtenAt);
    const reading = await readingOf(machine, before?.reading, writtenAt);
    const meanwhile = this.#entries.get(machine.arn);
    if (meanwhile !== undefined && meanwhile.readAt > writtenAt) return;
    this.#keep(machine.arn, { reading, readAt: writtenAt, replaced });
  }

  /** Milliseconds until a read can be trusted, if the last one showed the state before an own write; undefined otherwise. */
  lagsForMs(arn: string): number | undefined {
    const { lagsUntil } = this.#entries.get(arn) ?? {};
    return lagsUntil === undefined ? undefined : Math.max(0, lagsUntil - this.#now());
  }

  /** Returns the machine with the definitions in use, which are read unless that was done at most `maxAgeMs` ago.
   *  @throws AwsFailure */
  async readDefinitionsInUse(
    aws: AwsAccount,
    view: MachineView,
    callOptions: CallOptions,
    maxAgeMs: number,
  ): Promise<MachineView> {
    const { arn } = view.machine;
    const inUseReadAt = this.#entries.get(arn)?.inUseReadAt;
    const now = this.#now();
    if (view.inUse !== undefined && inUseReadAt !== undefined && now - inUseReadAt <= maxAgeMs) return view;
    const { inUse, unreadInUse } = await parseInUse(
      await aws.definitionsInUse(view.machine, callOptions),
      view,
    );
    const meanwhile = this.#entries.get(arn);
    const current = meanwhile?.reading.kind === 'found' ? meanwhile.reading.view : view;
    // The definition that was the present one when the read began may still run, too.
    if (!sameMachine(current.machine, view.machine))
      return this.readDefinitionsInUse(aws, current, callOptions, maxAgeMs);
    const extended = { ...current, inUse, unreadInUse };
    const reading = { kind: 'found', view: extended } as const;
    this.#readingsInUse += 1;
    this.#keep(arn, { reading, readAt: meanwhile?.readAt ?? now, inUseReadAt: now });
    return extended;
  }

  /** As `readDefinitionsInUse`; but while the account's quota does not let them be read, those of the last minutes count. AWS lists
   *  the aliases of one machine a second: for many links that share roles, the readings of the machines of one role would never
   *  hold at the same time, and none of the links would ever be finished. */
  async readDefinitionsInUseUnlessBusy(
    aws: AwsAccount,
    view: MachineView,
    callOptions: CallOptions,
    maxAgeMs: number,
  ): Promise<MachineView> {
    try {
      return await this.readDefinitionsInUse(aws, view, callOptions, maxAgeMs);
    } catch (error) {
      const isBusy = error instanceof AwsFailure && error.kind === 'laneBusy';
      const { reading, inUseReadAt = Number.NEGATIVE_INFINITY } = this.#entries.get(view.machine.arn) ?? {};
      if (!isBusy || reading?.kind !== 'found' || reading.view.inUse === undefined) throw error;
      if (this.#now() - inUseReadAt > REUSED_WHILE_BUSY_MS) throw error;
      return reading.view;
    }
  }

  /** ARNs of the execution roles of that name, with any path: events give only names, as the caller spelled them. IAM's names
   *  are unique regardless of case. */
  rolesNamed(accountId: string, name: string): readonly string[] {
    const wanted = name.toLowerCase();
    return [...this.#byRole.keys()].filter((arn) => {
      // Each event asks, and there may be tens of thousands of roles: only those with the same ending are parsed.
      if (arn.slice(-wanted.length).toLowerCase() !== wanted) return false;
      const role = parseRoleArn(arn);
      return role?.accountId === accountId && role.name.toLowerCase() === wanted;
    });
  }

  /** ARNs of the machines that are known to run under an execution role. */
  under(executionRoleArn: string): readonly string[] {
    return this.#byRole.of(executionRoleArn);
  }

  /** Has the machine read again when it is next asked for. What was read stays known: it still says whom the machine concerns. */
  doubt(arn: string): void {
    const entry = this.#entries.get(arn);
    if (entry !== undefined) this.#entries.set(arn, { ...entry, readAt: Number.NEGATIVE_INFINITY });
  }

  /** Has the definitions in use read again before anything relies on them: somebody may have moved an alias. What was read stays
   *  known. */
  doubtDefinitionsInUse(arn: string): void {
    const entry = this.#entries.get(arn);
    if (entry !== undefined) this.#entries.set(arn, { ...entry, inUseReadAt: undefined });
  }

  /** To be called when no link names the state machine any more. */
  forget(arn: string): void {
    this.#index(arn, this.#entries.get(arn)?.reading, undefined);
    if (this.#entries.delete(arn)) this.#forgotten.add(arn);
  }

  /** What is left out stays as it was. */
  #keep(arn: string, found: Pick<Entry, 'reading' | 'readAt'> & Partial<Entry>): void {
    const { reading } = found;
    const known = this.#entries.get(arn);
    const before = known?.reading;
    this.#entries.set(arn, {
      reading,
      readAt: found.readAt,
      inUseReadAt: found.inUseReadAt ?? known?.inUseReadAt,
      changedAt: saysOther(before, reading) ? this.#now() : known?.changedAt,
      replaced: found.replaced ?? known?.replaced,
      lagsUntil: undefined,
    });
    if (before !== reading) this.#index(arn, before, reading);
  }

  #index(arn: string, before: MachineReading | undefined, after: MachineReading | undefined): void {
    for (const role of rolesOf(before)) this.#byRole.delete(role, arn);
    for (const role of rolesOf(after)) this.#byRole.add(role, arn);
  }
}
