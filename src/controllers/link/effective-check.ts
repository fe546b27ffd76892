/**
 * Whether the calls of a link's Tasks go through, according to the policies as they stand in AWS and to what executions have
 * shown.
 */
import type { DeniedTask } from '../../api/generated.ts';
import type { LinkRequirements } from '../../desired/requirements.ts';
import { mayAllow } from '../../plan/action.ts';
import { deniedMessage, deniedTasks, withoutDenials } from '../../report/denied-tasks.ts';
import { decidingPolicies, effectiveOutcome } from '../../report/effective-access.ts';
import { newPolicyVersions, obstacle } from '../../report/external-changes.ts';
import type { EffectiveOutcome } from '../../report/outcome.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import type { ResolvedLink } from '../state/resolved-link.ts';
import type { EnsureRun } from './read-policy.ts';

export class EffectiveCheck {
  readonly #memories: LinkMemories;

  constructor(memories: LinkMemories) {
    this.#memories = memories;
  }

  /** Notes in the record what still denies the calls of the link's Tasks, once everything that the link needs was written. Does
   *  nothing if a leg is not in sync.
   *  @param hasChanged whether the link needs something else by now than these requirements: what its roles were not given any
   *  more is then no news of a link that was in sync
   *  @throws AwsFailure when a managed policy cannot be read */
  async look(run: EnsureRun, requirements: LinkRequirements, hasChanged: boolean): Promise<void> {
    const { readPolicy, record } = run;
    this.#forgetDenials(run, requirements);
    // The definition is the last leg. It has no outcome if the state machine was deleted meanwhile.
    const isInOrder = record.onTrack && record.legs.stateMachineCredentials !== undefined;
    const outcome = isInOrder ? await this.#effective(run, requirements) : undefined;
    const isOutdated = hasChanged && readPolicy.wasInSync && outcome?.kind === 'denied';
    record.effective = isOutdated ? undefined : outcome;
    if (readPolicy.wasInSync) record.externalChanges.push(...obstacle(record.effective));
  }

  async #effective(
    { resolved: { link, source, target }, readPolicy, record }: EnsureRun,
    requirements: LinkRequirements,
  ): Promise<EffectiveOutcome> {
    const { executionRole, targetRole } = record;
    const { callOptions, freshness } = readPolicy;
    const read = await Promise.all([
      source.aws?.managedPolicies(decidingPolicies([executionRole]), callOptions, freshness) ?? [],
      target.aws?.managedPolicies(decidingPolicies([targetRole]), callOptions, freshness) ?? [],
    ]);
    const policies = read.flat();
    const memory = this.#memories.of(link.uid);
    if (readPolicy.wasInSync)
      record.externalChanges.push(...newPolicyVersions(memory.policyVersions, policies));
    if (memory.policyVersions.size + policies.length > 0)
      memory.policyVersions = new Map(policies.map(({ arn, versionId }) => [arn, versionId]));
    const managed = new Map(policies.map(({ arn, document }) => [arn, { name: arn, policy: document }]));
    const outcome = effectiveOutcome(link, requirements, { executionRole, targetRole, managed });
    if (outcome.kind === 'denied') return outcome;
    const [first, ...others] = record.deniedTasks ?? [];
    return first === undefined
      ? outcome
      : { kind: 'deniedInExecution', message: deniedMessage([first, ...others]) };
  }

  /** Forgets denials that are older than a write of this reconcile: it may have allowed the calls. */
  #forgetDenials({ resolved, record }: EnsureRun, requirements: LinkRequirements): void {
    const memory = this.#memories.of(resolved.link.uid);
    if (!record.applied.some(mayAllow) || memory.evidence.byTask.size === 0) return;
    memory.evidence = { ...memory.evidence, byTask: withoutDenials(memory.evidence.byTask) };
    record.deniedTasks = this.deniedTasks(resolved, requirements);
  }

  /** The Tasks that AWS has denied in executions so far; none if no event queue reports executions any more. */
  deniedTasks({ object, link, source }: ResolvedLink, { tasks }: LinkRequirements): readonly DeniedTask[] {
    if (source.hasEventQueue !== true) return [];
    const { generation } = object.metadata;
    const { evidence } = this.#memories.peek(link.uid);
    const byTask = evidence.generation === generation ? evidence.byTask : new Map();
    return deniedTasks(object.status.deniedTasks ?? [], byTask, { tasks, generation });
  }
}
