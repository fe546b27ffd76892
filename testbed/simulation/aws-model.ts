/** AWS in memory, as far as the operator calls it: IAM roles, state machines, and who changed what. */
import type { EventQueue } from './event-queue.ts';
import { MachineRuns } from './machine-runs.ts';
import type { Scheduler } from './scheduler.ts';

/** Records are never changed, only replaced, so a record that somebody holds shows the past. */
export interface ModelRole {
  readonly arn: string;
  readonly name: string;
  readonly path: string;
  readonly roleId: string;
  readonly maker: Actor;
  readonly madeAtMs: number;
  /** JSON, as it was written. */
  readonly trust: string;
  /** The roles that the trust policy named, with the IDs that they had then: IAM keeps the IDs. */
  readonly trusted: ReadonlyMap<string, string>;
  readonly inline: ReadonlyMap<string, string>;
  readonly attached: readonly string[];
  readonly boundary?: string;
  readonly tags: ReadonlyMap<string, string>;
  readonly description: string;
}

export interface ModelMachine {
  readonly arn: string;
  readonly roleArn: string;
  readonly definition: string;
  readonly revision: number;
  readonly madeAtMs: number;
  readonly changedAtMs: number;
  readonly changedBy: Actor;
}

/** A process of the operator, or of the operator of another cluster. */
export type Caller = 'operator' | 'neighbour';
/** `others` stands for everybody else. */
export type Actor = Caller | 'others';

/** One object before and after a change; undefined if it did not, or does not, exist. */
export interface AwsChange {
  readonly actor: Actor;
  readonly operation: string;
  /** ARN. */
  readonly object: string;
  readonly role?: readonly [before: ModelRole | undefined, after: ModelRole | undefined];
  readonly machine?: readonly [before: ModelMachine | undefined, after: ModelMachine | undefined];
}

/** An error as the SDK throws it. */
export class AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(code: string, message: string, httpStatusCode = 400) {
    super(message);
    this.name = code;
    this.$metadata = { httpStatusCode };
  }
}

interface Past {
  readonly atMs: number;
  readonly roles: ReadonlyMap<string, ModelRole>;
}

export class AwsModel {
  /** Whose call is being made. */
  caller: Caller = 'operator';
  /** For how many milliseconds no trust policy can name a new role. */
  principalDelayMs = 0;
  /** How many milliseconds a tag on a role takes until policies that ask for it see it; undefined while no policy asks for
   *  tags. */
  tagDelayMs: number | undefined;
  /** How many milliseconds old the answers to reads of one role or state machine are. */
  readDelayMs = 0;
  /** Where changes are told; undefined if nothing forwards them. */
  events: EventQueue | undefined;
  readonly machines = new Map<string, ModelMachine>();
  readonly runs: MachineRuns;
  readonly #scheduler: Scheduler;
  readonly #roles = new Map<string, ReadonlyMap<string, ModelRole>>();
  readonly #rolesByArn = new Map<string, ModelRole>();
  readonly #past = new Map<string, Past[]>();
  readonly #machinesPast = new Map<
    string,
    { readonly atMs: number; readonly machine: ModelMachine | undefined }[]
  >();
  readonly #listeners: ((change: AwsChange) => void)[] = [];
  #made = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.runs = new MachineRuns(scheduler);
  }

  /** The listener is called with every change, at once. */
  onChange(listener: (change: AwsChange) => void): void {
    this.#listeners.push(listener);
  }

  role(arn: string): ModelRole | undefined {
    return this.#rolesByArn.get(arn);
  }

  /** Names are unique regardless of case. */
  roleByName(accountId: string, name: string): ModelRole | undefined {
    return this.#roles.get(accountId)?.get(name.toLowerCase());
  }

  roles(accountId: string): readonly ModelRole[] {
    return [...(this.#roles.get(accountId)?.values() ?? [])];
  }

  /** The roles as they were this many milliseconds ago. */
  rolesBefore(accountId: string, ms: number): readonly ModelRole[] {
    const atMs = this.#scheduler.nowMs - ms;
    const past = this.#past.get(accountId)?.findLast((one) => one.atMs <= atMs);
    return past === undefined || ms === 0 ? this.roles(accountId) : [...past.roles.values()];
  }

  /** A role as reads show it. */
  shownRole(accountId: string, name: string): ModelRole | undefined {
    const roles = this.rolesBefore(accountId, this.readDelayMs);
    return roles.find((role) => role.name.toLowerCase() === name.toLowerCase());
  }

  /** A state machine as reads show it. */
  shownMachine(arn: string): ModelMachine | undefined {
    const atMs = this.#scheduler.nowMs - this.readDelayMs;
    const past = this.#machinesPast.get(arn) ?? [];
    return (past.findLast((one) => one.atMs <= atMs) ?? past[0])?.machine;
  }

  /** Whether policies already see a tag on a role. */
  seesTag(accountId: string, name: string, key: string): boolean {
    const roles = this.rolesBefore(accountId, this.tagDelayMs ?? 0);
    return roles.some((role) => role.name.toLowerCase() === name.toLowerCase() && role.tags.has(key));
  }

  /** The trust policy as IAM shows it: a role that was deleted since it was named appears by its ID. */
  trustOf({ trust, trusted }: ModelRole): string {
    let shown = trust;
    for (const [arn, roleId] of trusted)
      if (this.role(arn)?.roleId !== roleId) shown = shown.replaceAll(`"${arn}"`, `"${roleId}"`);
    return shown;
  }

  /** @param maker whose role it is, as the laws see it
   *  @throws AwsError if a principal is not known, or not yet */
  createRole(
    actor: Actor,
    accountId: string,
    fields: Pick<ModelRole, 'name' | 'path' | 'trust'> &
      Partial<Pick<ModelRole, 'tags' | 'description' | 'boundary' | 'inline'>>,
    maker = actor,
  ): ModelRole {
    if (this.roleByName(accountId, fields.name) !== undefined)
      throw new AwsError(
        'EntityAlreadyExistsException',
        `Role with name ${fields.name} already exists.`,
        409,
      );
    const trusted = this.#trustedBy(fields.trust);
    this.#made += 1;
    const role: ModelRole = {
      inline: new Map(),
      tags: new Map(),
      description: '',
      ...fields,
      trusted,
      attached: [],
      arn: `arn:aws:iam::${accountId}:role${fields.path}${fields.name}`,
      roleId: `AROAMODEL${String(this.#made).padStart(11, '0')}`,
      maker,
      madeAtMs: this.#scheduler.nowMs,
    };
    this.#setRole(actor, 'CreateRole', accountId, role.name, role);
    return role;
  }

  /** @throws AwsError if there is no such role */
  changeRole(
    actor: Actor,
    operation: string,
    accountId: string,
    name: string,
    change: (role: ModelRole) => ModelRole,
  ): void {
    const role = this.#existing(accountId, name);
    this.#setRole(actor, operation, accountId, name, change(role));
  }

  /** @throws AwsError if there is no such role, or a principal is not known */
  setTrust(actor: Actor, accountId: string, name: string, trust: string): void {
    this.#existing(accountId, name);
    const trusted = this.#trustedBy(trust);
    this.changeRole(actor, 'UpdateAssumeRolePolicy', accountId, name, (role) => ({
      ...role,
      trust,
      trusted,
    }));
  }

  /** @throws AwsError if there is no such role, or it has policies */
  deleteRole(actor: Actor, accountId: string, name: string): void {
    const role = this.#existing(accountId, name);
    if (role.inline.size > 0 || role.attached.length > 0)
      throw new AwsError('DeleteConflictException', 'Cannot delete entity, must delete policies first.', 409);
    this.#setRole(actor, 'DeleteRole', accountId, name, undefined);
  }

  setMachine(
    actor: Actor,
    arn: string,
    fields: Pick<ModelMachine, 'roleArn' | 'definition'> | undefined,
  ): ModelMachine | undefined {
    const before = this.machines.get(arn);
    const after =
      fields === undefined
        ? undefined
        : {
            arn,
            madeAtMs: this.#scheduler.nowMs,
            ...before,
            ...fields,
            changedAtMs: this.#scheduler.nowMs,
            changedBy: actor,
            revision: (before?.revision ?? 0) + 1,
          };
    if (after !== undefined) this.machines.set(arn, after);
    else if (this.machines.delete(arn)) this.runs.end(arn);
    const past = this.#machinesPast.get(arn) ?? [];
    this.#machinesPast.set(arn, past);
    past.push({ atMs: this.#scheduler.nowMs, machine: after });
    const written = before === undefined ? 'CreateStateMachine' : 'UpdateStateMachine';
    const operation = after === undefined ? 'DeleteStateMachine' : written;
    this.#tell({ actor, operation, object: arn, machine: [before, after] });
    return after;
  }

  #existing(accountId: string, name: string): ModelRole {
    const role = this.roleByName(accountId, name);
    if (role === undefined)
      throw new AwsError('NoSuchEntityException', `The role with name ${name} cannot be found.`, 404);
    return role;
  }

  #setRole(
    actor: Actor,
    operation: string,
    accountId: string,
    name: string,
    after: ModelRole | undefined,
  ): void {
    const roles = new Map(this.#roles.get(accountId));
    const key = name.toLowerCase();
    const before = roles.get(key);
    const past = this.#past.get(accountId) ?? [{ atMs: Number.NEGATIVE_INFINITY, roles: new Map() }];
    this.#past.set(accountId, past);
    if (before !== undefined) this.#rolesByArn.delete(before.arn);
    if (after === undefined) roles.delete(key);
    else {
      roles.set(key, after);
      this.#rolesByArn.set(after.arn, after);
    }
    this.#roles.set(accountId, roles);
    past.push({ atMs: this.#scheduler.nowMs, roles });
    this.#tell({ actor, operation, object: (after ?? before)?.arn ?? '', role: [before, after] });
  }

  /** The roles that a trust policy names, with their IDs. */
  #trustedBy(trust: string): ReadonlyMap<string, string> {
    const { Statement: statements } = JSON.parse(trust);
    if (Array.isArray(statements) && statements.length === 0)
      throw new AwsError('MalformedPolicyDocumentException', 'A policy has at least one statement.');
    const trusted = new Map<string, string>();
    for (const [arn] of trust.matchAll(/arn:aws:iam::\d{12}:role\/[^"]+/g)) {
      const role = this.role(arn);
      if (role === undefined || this.#scheduler.nowMs < role.madeAtMs + this.principalDelayMs)
        throw new AwsError('MalformedPolicyDocumentException', `Invalid principal in policy: "AWS":"${arn}"`);
      trusted.set(arn, role.roleId);
    }
    for (const [roleId] of trust.matchAll(/AROA[A-Z0-9]{10,}/g))
      throw new AwsError(
        'MalformedPolicyDocumentException',
        `Invalid principal in policy: "AWS":"${roleId}"`,
      );
    return trusted;
  }

  #tell(change: AwsChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
