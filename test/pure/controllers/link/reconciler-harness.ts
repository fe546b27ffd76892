/** The reconciler of links with accounts and an API server in memory. */
import { pino } from 'pino';
import { parseDefinition } from '../../../../src/asl/definition/definition.ts';
import { namesRole } from '../../../../src/asl/task.ts';
import type { JsonObject } from '../../../../src/base/json.ts';
import { LinkDeletion } from '../../../../src/controllers/link/deletion.ts';
import { LinkReconciler } from '../../../../src/controllers/link/link-reconciler.ts';
import { LinkReporter } from '../../../../src/controllers/link/link-reporter.ts';
import { LinkUpkeep } from '../../../../src/controllers/link/upkeep.ts';
import { readLagMs } from '../../../../src/controllers/state/iam-propagation.ts';
import type { LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { AliasCheck } from '../../../../src/controllers/triggers/alias-check.ts';
import { ExecutionEvidence } from '../../../../src/controllers/triggers/execution-evidence.ts';
import { policyName } from '../../../../src/desired/names.ts';
import type { ObservedRole, ObservedStateMachine } from '../../../../src/observed/objects.ts';
import type { ReconcileResult } from '../../../../src/kubernetes/controller.ts';
import { StatusWriter } from '../../../../src/kubernetes/status-writer.ts';
import { present } from '../../../expectations.ts';
import { machine as machineArn } from '../../access/fixtures.ts';
import { CLUSTER, ROLE } from '../../desired/fixtures.ts';
import { CREATED, EXEC, untouchedRole } from '../test-cluster.ts';
import { LinksInMemory } from './links-in-memory.ts';

/** Between two drift checks of a link. After this time, no check uses a snapshot that was read before. */
export const DRIFT_CHECK_MS = 600_000;
/** How long a deletion waits for executions before it says that it is blocked. */
export const PATIENCE_MS = 60_000;
const MOST_ROUNDS = 30;

export class ReconcilerHarness extends LinksInMemory {
  /** `Warning DriftDetected` and the like. */
  readonly events: string[] = [];
  /** What these Events say. */
  readonly notes: string[] = [];
  /** Lines of the log, as JSON. */
  readonly logged: string[] = [];
  /** Machines whose executions are to be looked at, and after how many milliseconds. */
  readonly looks: (readonly [machine: string, afterMs: number])[] = [];
  /** Names of the links that executions brought back. */
  readonly enqueued: string[] = [];
  readonly #propagationPauseMs: number;
  aliases: AliasCheck;
  executions: ExecutionEvidence;
  #reconciler: LinkReconciler;

  constructor(propagationPauseMs = 0) {
    super(propagationPauseMs);
    this.#propagationPauseMs = propagationPauseMs;
    ({ aliases: this.aliases, executions: this.executions, reconciler: this.#reconciler } = this.#assemble());
  }

  /** The operator restarts: cluster and AWS are as they were, and nothing is remembered.
   *  @param diesAfter so many writes */
  restart(diesAfter?: number): void {
    this.cluster.lifeline.begin(diesAfter);
    this.cluster.parts = this.cluster.restarted(this.#propagationPauseMs);
    ({ aliases: this.aliases, executions: this.executions, reconciler: this.#reconciler } = this.#assemble());
  }

  #assemble(): { aliases: AliasCheck; executions: ExecutionEvidence; reconciler: LinkReconciler } {
    const { parts, links, accounts } = this.cluster;
    const { client } = this;
    const now = () => this.cluster.now;
    const leadingSince = this.cluster.now;
    const reporter = new LinkReporter({
      statusWriter: new StatusWriter({ client, fieldManager: 'test', ownsCondition: () => true }),
      events: {
        record: (_resource, _metadata, { type, reason, message }) => {
          this.events.push(`${type} ${reason}`);
          this.notes.push(message);
        },
      },
      metrics: { drift: () => undefined, ready: () => undefined },
      wallClock: () => Date.parse(CREATED) + this.cluster.now,
    });
    const log = pino({ level: 'info', base: null }, { write: (line) => void this.logged.push(line) });
    const aliases = new AliasCheck({
      links,
      accounts,
      schedule: () => undefined,
      enqueue: () => undefined,
      onProblem: () => undefined,
      random: () => 0,
    });
    const executions = new ExecutionEvidence({
      links,
      accounts,
      memories: parts.memories,
      schedule: (arn, afterMs) => void this.looks.push([arn.split(':').at(-1) ?? '', afterMs]),
      enqueue: ({ metadata }) => void this.enqueued.push(metadata.name),
      onProblem: ({ message }) => void this.events.push(`problem ${message}`),
      now,
    });
    const shared = { ...parts, client, links, aliases, executions, reporter, log, now };
    const enqueue = ({ metadata }: Pick<LinkObject, 'metadata'>) => void this.enqueued.push(metadata.name);
    const reconciler = new LinkReconciler({
      ...shared,
      missedChanges: { refused: () => undefined },
      upkeep: new LinkUpkeep({
        ...shared,
        enqueue,
        random: () => 0,
        defaultDriftCheckMs: DRIFT_CHECK_MS,
        readLagMs: readLagMs(this.#propagationPauseMs),
        leadingSince: () => leadingSince,
      }),
      deletion: new LinkDeletion({ ...shared, enqueue, deletionPatienceMs: PATIENCE_MS }),
    });
    return { aliases, executions, reconciler };
  }

  /** @returns when to come again, or the kind of what was thrown */
  async reconcile(name: string): Promise<ReconcileResult | string> {
    try {
      return await this.#reconciler.reconcile(`payments/${name}`);
    } catch (error) {
      if (error instanceof Error && 'kind' in error) return String(error.kind);
      throw error;
    }
  }

  /** Reconciles every link in turn, a minute apart, until nothing is written any more.
   *  @throws when that does not come to an end */
  async converge(): Promise<void> {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const before = this.writes.length;
      const names = Array.from(this.cluster.links.values(), ({ metadata }) => metadata.name);
      for (const name of names) await this.reconcile(name);
      this.cluster.now += 60_000;
      if (this.writes.length === before) return;
    }
    throw new Error(`it goes on for ever: ${this.writes.slice(-20).join(', ')}`);
  }

  /** Brings a new link in sync, a minute ago, and forgets what that took. */
  async ready(name: string, spec: JsonObject = {}): Promise<void> {
    this.create(name, spec);
    await this.reconcile(name);
    this.cluster.now += 60_000;
    this.calls.length = 0;
    this.events.length = 0;
  }

  /** Changes a role in AWS, as somebody else does. */
  changeRole(change: (role: ObservedRole) => ObservedRole, arn = ROLE.text): void {
    const { roles } = arn === ROLE.text ? this.cluster.target : this.cluster.source;
    roles.set(arn, change(present(roles.get(arn), `there is no role ${arn}`)));
  }

  /** Changes the definition of `checkout`, as its developer does. */
  changeDefinition(definition: string): void {
    this.changeMachine({ definition });
  }

  /** Changes a state machine, as its developer does. */
  changeMachine(fields: Partial<ObservedStateMachine>, name = 'checkout'): void {
    const found = this.machine(name);
    this.cluster.source.machines.set(found.arn, { ...found, ...fields, revisionId: 'changed' });
  }

  machine(name = 'checkout'): ObservedStateMachine {
    const { machines } = this.cluster.source;
    return present(machines.get(machineArn(name).text), `there is no state machine ${name}`);
  }

  /** The definition of `checkout`. */
  get definition(): string {
    return this.machine().definition;
  }

  /** The Tasks of `checkout` that name a role. */
  tasksNaming(arn = ROLE.text): readonly string[] {
    const { tasks } = parseDefinition(this.definition);
    return tasks.filter((task) => namesRole(task, arn)).map(({ name }) => name);
  }

  /** The roles that the operator's grant on an execution role lets it assume. */
  granted(arn = EXEC.text): readonly string[] {
    const policy = this.cluster.source.roles.get(arn)?.inlinePolicies.get(policyName(CLUSTER));
    const statements = policy?.kind === 'parsed' ? policy.document.statements : [];
    return statements.flatMap(({ resources }) => resources?.values ?? []);
  }

  /** What the target role may do, as text. */
  get permissions(): string {
    return JSON.stringify([...(this.cluster.target.roles.get(ROLE.text)?.inlinePolicies.values() ?? [])]);
  }
}

/** A harness in which the state machine `checkout` runs under its execution role, and nothing is linked. */
export function withCheckout(propagationPauseMs?: number): ReconcilerHarness {
  const the = new ReconcilerHarness(propagationPauseMs);
  the.cluster.put('checkout');
  the.cluster.source.roles.set(EXEC.text, untouchedRole());
  return the;
}
