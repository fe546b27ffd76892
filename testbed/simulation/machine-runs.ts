/** What keeps former definitions of state machines alive: versions behind aliases, and executions. */
import type { ModelMachine } from './aws-model.ts';
import type { Scheduler } from './scheduler.ts';

/** A definition, and the execution role that goes with it. */
export type Definition = Pick<ModelMachine, 'arn' | 'roleArn' | 'definition' | 'madeAtMs' | 'changedAtMs'>;

export interface Execution extends Definition {
  readonly name: string;
  /** Number of the version that it runs; undefined if it was started without one. */
  readonly version: number | undefined;
  readonly startedAtMs: number;
  readonly endsAtMs: number;
}

export class MachineRuns {
  readonly #scheduler: Scheduler;
  /** By ARN of the state machine: the versions, numbered from 1. */
  readonly #versions = new Map<string, Definition[]>();
  /** By ARN of the state machine: the alias's name → the version's number. */
  readonly #aliases = new Map<string, Map<string, number>>();
  #executions: Execution[] = [];
  #started = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** Returns the new version's number. */
  publish(machine: Definition): number {
    const versions = this.#versions.get(machine.arn) ?? [];
    this.#versions.set(machine.arn, versions);
    return versions.push(machine);
  }

  route(arn: string, alias: string, version: number): void {
    const aliases = this.#aliases.get(arn) ?? new Map();
    this.#aliases.set(arn, aliases.set(alias, version));
  }

  removeAlias(arn: string, alias: string): void {
    this.#aliases.get(arn)?.delete(alias);
  }

  aliases(arn: string): ReadonlyMap<string, number> {
    return this.#aliases.get(arn) ?? new Map();
  }

  version(arn: string, number: number): Definition | undefined {
    return this.#versions.get(arn)?.[number - 1];
  }

  /** @param alias if there is such an alias, its version is run */
  start(machine: Definition, forMs: number, alias: string | undefined): void {
    const version = this.aliases(machine.arn).get(alias ?? '');
    const run = (version === undefined ? undefined : this.version(machine.arn, version)) ?? machine;
    this.#started += 1;
    const startedAtMs = this.#scheduler.nowMs;
    const name = `run-${this.#started}`;
    this.#executions.push({ ...run, name, version, startedAtMs, endsAtMs: startedAtMs + forMs });
  }

  running(arn: string): readonly Execution[] {
    this.#executions = this.#executions.filter(({ endsAtMs }) => endsAtMs > this.#scheduler.nowMs);
    return this.#executions.filter((one) => one.arn === arn);
  }

  execution(name: string): Execution | undefined {
    return this.#executions.find((one) => one.name === name);
  }

  /** Every definition that may still run besides the newest. */
  inUse(arn: string): readonly Definition[] {
    const routed = [...this.aliases(arn).values()].flatMap((number) => this.version(arn, number) ?? []);
    return [...routed, ...this.running(arn)];
  }

  /** Ends all executions of a state machine and removes its aliases. */
  end(arn: string): void {
    this.#versions.delete(arn);
    this.#aliases.delete(arn);
    this.#executions = this.#executions.filter((one) => one.arn !== arn);
  }
}
