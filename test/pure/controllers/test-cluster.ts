/** Two accounts and the links between them, on caches that the test fills, with the operator's own parts. */
import { FINALIZER } from '../../../src/api/metadata.ts';
import { assembleLinks, type LinkAssembly } from '../../../src/controllers/link/assembly.ts';
import { AccountRegistry, type Account } from '../../../src/controllers/state/account-registry.ts';
import { LINK_INDEXES, type LinkObject } from '../../../src/controllers/state/link-object.ts';
import type { ResolvedLink } from '../../../src/controllers/state/resolved-link.ts';
import type { Link } from '../../../src/desired/link.ts';
import { Store } from '../../../src/kubernetes/store.ts';
import type { ObservedRole } from '../../../src/observed/objects.ts';
import { narrow } from '../../expectations.ts';
import {
  asSource,
  asTarget,
  machine as machineArn,
  role,
  rulesOf,
  SOURCE,
  TARGET,
  type Entry,
} from '../access/fixtures.ts';
import { machine, sendTo } from '../asl/machines.ts';
import { CLUSTER, link } from '../desired/fixtures.ts';
import { bareRole, observedMachine } from '../observed/fixtures.ts';
import { parsed, STATES_TRUST } from '../plan/fixtures.ts';
import { Lifeline } from './lifeline.ts';
import { ModelAccount } from './model-account.ts';

export const CALLS = { urgency: 'make', tenant: 'payments', maxWaitMs: 0 } as const;
export const EXEC = role('checkout-exec', SOURCE);
export const CREATED = '2026-01-01T00:00:00Z';

/** A definition whose one Task, `Send`, calls into the target account. */
export const SENDING = machine({ Send: sendTo('orders') });

export function accountOf(
  accountId: string,
  entries: readonly Entry[],
  fields: Partial<Account> = {},
): Account {
  return {
    name: accountId === SOURCE ? 'checkout' : 'billing',
    accountId,
    rules: rulesOf(accountId, [...entries]),
    aws: new ModelAccount(accountId),
    driftFloorMs: 0,
    ...fields,
  };
}

export const SOURCE_ENTRY = asSource(['*'], ['arn:aws:iam::111111111111:role/*-exec']);
export const TARGET_ENTRY = asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'] });

interface ObjectFields {
  readonly finalizer?: boolean;
  /** Whether the status says that the operator wrote for the link; it does unless there is no finalizer. */
  readonly written?: boolean;
}

/** A link as the cache has it. */
export function objectOf(of: Link, { finalizer = true, written = finalizer }: ObjectFields = {}): LinkObject {
  return {
    metadata: {
      namespace: of.namespace,
      name: of.name,
      uid: of.uid,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: of.createdAt,
      ...(of.deleting && { deletionTimestamp: of.deletedAt ?? of.createdAt }),
      labels: {},
      annotations: {},
      finalizers: finalizer ? [FINALIZER] : [],
    },
    spec: { stateMachineARN: of.stateMachine.text, targetRole: { arn: of.targetRole.text } },
    status: written ? { inventory: [{ leg: 'TargetRole', arn: of.targetRole.text }] } : {},
    link: of,
  };
}

export class TestCluster {
  readonly links = new Store<LinkObject>();
  readonly accounts = new AccountRegistry();
  /** Calls of both accounts, in order. */
  readonly calls: string[] = [];
  /** Of the operator's process. */
  readonly lifeline = new Lifeline();
  readonly source = new ModelAccount(SOURCE, this.calls, this.lifeline);
  readonly target = new ModelAccount(TARGET, this.calls, this.lifeline);
  /** Monotonic milliseconds. */
  now = 0;
  readonly labels = new Map<string, Record<string, string>>();
  readonly registered = new Set<string>();
  complete = true;
  /** The links as the API server has them; undefined where the cache has them all, and as they are. */
  live: readonly LinkObject[] | undefined;
  parts: LinkAssembly;

  /** @param propagationPauseMs how long IAM is given */
  constructor(propagationPauseMs = 0) {
    for (const [name, keysFor] of Object.entries(LINK_INDEXES)) this.links.addIndex(name, keysFor);
    this.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws: this.source }));
    this.accounts.set(accountOf(TARGET, [TARGET_ENTRY], { aws: this.target }));
    this.parts = this.restarted(propagationPauseMs);
  }

  /** The parts of a process that has just begun. */
  restarted(propagationPauseMs = 0): LinkAssembly {
    const leadingSince = this.now;
    return assembleLinks({
      links: this.links,
      liveLinks: () => this.liveLinks(),
      namespaceOf: (name) => ({ name, labels: this.labels.get(name) ?? {} }),
      complete: () => this.complete,
      accounts: this.accounts,
      isRegistered: (accountId) => this.registered.has(accountId),
      clusterId: CLUSTER,
      propagationPauseMs,
      now: () => this.now,
      leadingSince: () => leadingSince,
    });
  }

  liveLinks(): Promise<readonly LinkObject[]> {
    return Promise.resolve(this.live ?? [...this.links.values()]);
  }

  add(name: string, fields: Partial<Link> = {}, finalizer = true): LinkObject {
    const object = objectOf(link(name, fields), { finalizer });
    this.links.upsert(object);
    this.parts.linksChanged();
    return object;
  }

  /** The target account's rules let any role be adopted, and what is on it stay. */
  letAdopt(): void {
    const entry = asTarget({ ...TARGET_ENTRY.asTarget, adoptableRoles: ['*'], allowPreserve: true });
    this.accounts.set(accountOf(TARGET, [entry], { aws: this.target }));
  }

  /** The target account's rules have what a changed definition needs more wait for an edit of the link. */
  holdGrowth(): void {
    const entry = asTarget({ ...TARGET_ENTRY.asTarget, definitionGrowth: 'Hold' });
    this.accounts.set(accountOf(TARGET, [entry], { aws: this.target }));
  }

  resolved(object: LinkObject): ResolvedLink {
    const resolved = this.parts.resolver.resolve(object);
    narrow(!('kind' in resolved), resolved);
    return resolved;
  }

  /** Puts a state machine into AWS, and reads it. */
  async read(name: string, executionRole = EXEC.text): Promise<void> {
    this.put(name, executionRole);
    await this.parts.machines.read(this.source, machineArn(name).text, CALLS, 0);
  }

  /** Puts a state machine into AWS, without anybody reading it. */
  put(name: string, executionRoleArn = EXEC.text, definition = SENDING): void {
    const { text: arn } = machineArn(name);
    this.source.machines.set(arn, observedMachine(definition, { arn, executionRoleArn }));
  }
}

/** A role as its owner made it: nothing of the operator’s is on it. Execution roles let Step Functions in. */
export function untouchedRole(arn = EXEC.text): ObservedRole {
  const runs = arn.startsWith(`arn:aws:iam::${SOURCE}:`);
  return bareRole(arn, { roleId: 'AROAEXECUTION', trust: runs ? parsed(STATES_TRUST) : parsed() });
}
