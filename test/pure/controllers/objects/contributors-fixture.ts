/** A world of two accounts and the links between them, on caches that the test fills. */
import { FINALIZER } from '../../../../src/api/metadata.ts';
import { AccountRegistry, type Account } from '../../../../src/controllers/state/account-registry.ts';
import { LINK_INDEXES, type LinkObject } from '../../../../src/controllers/state/link-object.ts';
import { LinkMemory } from '../../../../src/controllers/state/link-memory.ts';
import { StateMachineCache } from '../../../../src/controllers/state/state-machine-cache.ts';
import { Contributors } from '../../../../src/controllers/objects/contributors.ts';
import type { Link } from '../../../../src/desired/link.ts';
import { Store } from '../../../../src/kubernetes/store.ts';
import {
  asSource,
  asTarget,
  machine as machineArn,
  role,
  rulesOf,
  SOURCE,
  TARGET,
  type Entry,
} from '../../access/fixtures.ts';
import { machine, task } from '../../asl/machines.ts';
import { link } from '../../desired/fixtures.ts';
import { FakeAccount } from '../fake-account.ts';

export const WANT = { urgency: 'make', tenant: 'payments', maxWaitMs: 0 } as const;
export const EXEC = role('checkout-exec', SOURCE);
const SEND = task('arn:aws:states:::sqs:sendMessage', {
  QueueUrl: 'https://sqs.us-east-1.amazonaws.com/222222222222/orders',
  MessageBody: 'x',
});

export function accountOf(
  accountId: string,
  entries: readonly Entry[],
  fields: Partial<Account> = {},
): Account {
  return {
    name: accountId === SOURCE ? 'checkout' : 'billing',
    accountId,
    rules: rulesOf(accountId, [...entries]),
    aws: new FakeAccount(accountId),
    driftFloorMs: 0,
    ...fields,
  };
}

export const SOURCE_ENTRY = asSource(['*'], ['arn:aws:iam::111111111111:role/*-exec']);
export const TARGET_ENTRY = asTarget({ allowedActions: ['sqs:*'], allowedResources: ['*'] });

/** A link as the cache holds it; one that may have written holds its finalizer. */
export function objectOf(of: Link, fields: { readonly held?: boolean } = {}): LinkObject {
  return {
    metadata: {
      namespace: of.namespace,
      name: of.name,
      uid: of.uid,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: of.createdAt,
      labels: {},
      annotations: {},
      finalizers: fields.held === false ? [] : [FINALIZER],
    },
    spec: { stateMachineARN: of.stateMachine.text, targetRole: { arn: of.targetRole.text } },
    status: {},
    link: of,
  };
}

export class TestWorld {
  readonly links = new Store<LinkObject>();
  readonly accounts = new AccountRegistry();
  readonly memory = new LinkMemory();
  /** Monotonic milliseconds. */
  now = 0;
  readonly machines = new StateMachineCache(() => this.now);
  readonly labels = new Map<string, Record<string, string>>();
  readonly registered = new Set<string>();
  complete = true;
  readonly aws = new FakeAccount(SOURCE);
  readonly contributors: Contributors;

  constructor() {
    for (const [name, keysFor] of Object.entries(LINK_INDEXES)) this.links.addIndex(name, keysFor);
    this.accounts.set(accountOf(SOURCE, [SOURCE_ENTRY], { aws: this.aws }));
    this.accounts.set(accountOf(TARGET, [TARGET_ENTRY]));
    this.contributors = new Contributors({
      links: this.links,
      namespaceOf: (name) => ({ name, labels: this.labels.get(name) ?? {} }),
      complete: () => this.complete,
      accounts: this.accounts,
      isRegistered: (accountId) => this.registered.has(accountId),
      machines: this.machines,
      memory: this.memory,
      takesNoResource: () => false,
    });
  }

  add(name: string, fields: Partial<Link> = {}, held = true): LinkObject {
    const object = objectOf(link(name, fields), { held });
    this.links.upsert(object);
    this.contributors.linksChanged();
    return object;
  }

  /** Puts a machine into AWS, and reads it. */
  async read(name: string, executionRole = EXEC.text): Promise<void> {
    const { text: arn } = machineArn(name);
    this.put(name, executionRole);
    await this.machines.read(this.aws, arn, WANT, 0);
  }

  /** Puts a machine into AWS, without anybody looking at it. */
  put(name: string, executionRole = EXEC.text): void {
    const { text: arn } = machineArn(name);
    this.aws.machines.set(arn, {
      arn,
      type: 'STANDARD',
      executionRoleArn: executionRole,
      definition: machine({ Send: SEND }),
      creationDate: '2026-01-01T00:00:00Z',
    });
  }
}
