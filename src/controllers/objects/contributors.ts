/** Everything around a link: its accounts, its namespace, and the links that share an AWS object with it. */
import { FINALIZER } from '../../api/metadata.ts';
import { findCondition } from '../../api/conditions.ts';
import { entriesFor, type NamespaceInfo } from '../../access/namespaces.ts';
import {
  requirementsOf,
  contributionOf,
  refuseUnread,
  type LinkRequirements,
  type AccessContext,
  type Before,
  type Refusal,
} from '../../desired/requirements.ts';
import type { ContributorState } from '../../desired/contribution.ts';
import type { Link } from '../../desired/link.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import { AwsFailure } from '../../aws/errors.ts';
import type { CallOptions } from '../../aws/lanes.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { Account, AccountRegistry } from '../state/account-registry.ts';
import { LinkQuota } from '../state/link-quota.ts';
import type { LinkIndex, LinkObject } from '../state/link-object.ts';
import { isLeaving, type LinkMemory, type SharedObject } from '../state/link-memory.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';

/** A link with both of its accounts in reach. */
export interface ResolvedLink {
  readonly object: LinkObject;
  readonly link: Link;
  readonly source: Account;
  readonly target: Account;
  readonly context: AccessContext;
}

/** An account is registered, but was not looked at yet; the link is brought back when it was. */
export interface NotYet {
  readonly kind: 'notYet';
}

export interface ContributorsParts {
  readonly links: Cache<LinkObject>;
  readonly namespaceOf: (name: string) => NamespaceInfo | undefined;
  /** Whether every cache holds all there is, so that a link that is missing does not exist. */
  readonly complete: () => boolean;
  readonly accounts: AccountRegistry;
  /** Whether an AWSAccount of that ID exists, looked at or not. */
  readonly isRegistered: (accountId: string) => boolean;
  readonly machines: StateMachineCache;
  readonly memory: LinkMemory;
  readonly takesNoResource: (action: string) => boolean;
}

interface Judged {
  readonly view: MachineView;
  readonly context: AccessContext;
  readonly link: Link;
  readonly result: LinkRequirements | Refusal;
}

/** How long what still runs of a machine is believed: many links that shrink at once cause one read. */
const DEFINITIONS_IN_USE_REUSE_MS = 2_000;

export class Contributors {
  readonly #parts: ContributorsParts;
  /** What a link asks for changes only with the link, its machine or the rules: it is worked out once. */
  readonly #judged = new Map<string, Judged>();
  readonly #contexts = new Map<string, AccessContext>();
  /** One link of an account, by UID, whose machine was not read when last looked for. */
  readonly #unread = new Map<string, string>();
  readonly #capacity: LinkQuota;

  constructor(parts: ContributorsParts) {
    this.#parts = parts;
    this.#capacity = new LinkQuota(parts.links, (name) => this.#namespace(name));
  }

  get machines(): StateMachineCache {
    return this.#parts.machines;
  }

  /** The link's accounts and rules, or why there is nothing to go by. */
  resolve(object: LinkObject): ResolvedLink | Refusal | NotYet {
    const { link } = object;
    const source = this.#parts.accounts.get(link.stateMachine.accountId);
    const target = this.#parts.accounts.get(link.targetRole.accountId);
    if (source === undefined) return this.#notRegistered(link.stateMachine.accountId, 'source');
    if (target === undefined) return this.#notRegistered(link.targetRole.accountId, 'target');
    return { object, link, source, target, context: this.#contextOf(link, source, target) };
  }

  /** Refuses a link that stands beyond `maxLinks` of its account's entries. */
  refuseBeyondCapacity({ link, source, target }: ResolvedLink): Refusal | undefined {
    return this.#capacity.refuse(link, [source, target]);
  }

  /** What a link asks for, its machine being as last read. */
  requirementsOf(resolved: ResolvedLink, view: MachineView): LinkRequirements | Refusal {
    const { link, context } = resolved;
    const known = this.#judged.get(link.uid);
    if (known?.view === view && known.context === context && known.link === link) return known.result;
    const result = requirementsOf(link, view, context, beforeOf(resolved.object));
    this.#judged.set(link.uid, { view, context, link, result });
    return result;
  }

  /** How each link that touches a target role or a state machine stands towards it. */
  contributorStates(index: 'targetRole' | 'stateMachine', key: string): readonly ContributorState[] {
    const objects = this.linksBy(index, key);
    return [
      ...objects.flatMap((object) => this.#contributorStatesOf(object, index)),
      ...this.#unseen(objects),
    ];
  }

  /** How each link whose machine runs under an execution role stands towards its grant. A link of the account whose
   *  machine was not read yet may be one of them. */
  grantContributors(executionRoleArn: string, accountId: string): readonly ContributorState[] {
    const objects = this.#parts.machines
      .under(executionRoleArn)
      .flatMap((arn) => this.linksBy('stateMachine', arn));
    const unread = this.#unreadLink(accountId);
    return [
      ...objects.flatMap((object) => this.#contributorStatesOf(object, 'executionRole')),
      ...(unread === undefined ? [] : [unknown(unread)]),
      ...this.#unseen(this.linksBy('sourceAccount', accountId)),
    ];
  }

  /**
   * Reads the machine of a link that nothing is done for at present, suspended or refused: nobody else would, and
   * until it is known whose grant it shares nothing could be taken off any grant in the account.
   * @throws AwsFailure when another try may help
   */
  async readIfIdle(object: LinkObject, callOptions: CallOptions): Promise<void> {
    const { accountId, text: arn } = object.link.stateMachine;
    const aws = this.#parts.accounts.get(accountId)?.aws;
    if (aws === undefined || !this.#isUnread(object) || !this.#isIdle(object)) return;
    try {
      await this.#parts.machines.read(aws, arn, callOptions, Number.POSITIVE_INFINITY);
    } catch (error) {
      if (!(error instanceof AwsFailure) || error.kind !== 'terminal') throw error;
    }
  }

  #isIdle(object: LinkObject): boolean {
    if (object.link.suspended) return true;
    const resolved = this.resolve(object);
    if ('kind' in resolved) return true;
    return (
      (refuseUnread(resolved.link, resolved.context) ?? this.refuseBeyondCapacity(resolved)) !== undefined
    );
  }

  /** A link that never held its finalizer never wrote: while it asks for nothing, there is nothing of it anywhere. */
  #contributorStatesOf(object: LinkObject, shared: SharedObject): readonly ContributorState[] {
    const contributor = this.#contributorStateOf(object, shared);
    return contributor.kind === 'active' || this.#mayHaveWritten(object) ? [contributor] : [];
  }

  #mayHaveWritten({ metadata, link }: LinkObject): boolean {
    return metadata.finalizers.includes(FINALIZER) || this.#parts.memory.of(link.uid).held;
  }

  #contributorStateOf(object: LinkObject, shared: SharedObject): ContributorState {
    const { link } = object;
    if (isLeaving(this.#parts.memory.of(link.uid), shared)) return { kind: 'departing', link };
    if (link.suspended) return { kind: 'frozen', link };
    const sight = this.#parts.machines.known(link.stateMachine.text);
    if (sight === undefined) return { kind: 'unread', link };
    const resolved = this.resolve(object);
    if (sight.kind !== 'found' || 'kind' in resolved || !isReachable(resolved))
      return { kind: 'frozen', link };
    const requirements = this.refuseBeyondCapacity(resolved) ?? this.requirementsOf(resolved, sight.view);
    if (requirements.kind === 'refused') return { kind: 'frozen', link };
    return {
      kind: 'active',
      contribution: contributionOf(link, requirements, this.#parts.memory.of(link.uid).rolesReady),
    };
  }

  /**
   * Reads what still runs of the machines of these links, where that is not known: something is about to be taken
   * from them. Answers whether anything was learned.
   * @throws AwsFailure
   */
  async readDefinitionsInUse(links: readonly Link[], callOptions: CallOptions): Promise<boolean> {
    let learned = false;
    for (const arn of new Set(links.map(({ stateMachine }) => stateMachine.text))) {
      const sight = this.#parts.machines.known(arn);
      const aws = this.#parts.accounts.get(arn.split(':')[4] ?? '')?.aws;
      if (sight?.kind !== 'found' || aws === undefined) continue;
      learned =
        (await this.#parts.machines.readDefinitionsInUse(
          aws,
          sight.view,
          callOptions,
          DEFINITIONS_IN_USE_REUSE_MS,
        )) !== sight.view || learned;
    }
    return learned;
  }

  /** The links that touch an object. */
  linksBy(index: LinkIndex, key: string): readonly LinkObject[] {
    return this.#parts.links.byIndex(index, key);
  }

  /** To be told when a link comes or goes. */
  linksChanged(): void {
    this.#capacity.linksChanged();
  }

  /** A link is gone; what was known for it alone goes, too. */
  forget({ metadata, link }: LinkObject): void {
    this.#judged.delete(metadata.uid);
    const arn = link.stateMachine.text;
    if (this.linksBy('stateMachine', arn).length === 0) this.#parts.machines.forget(arn);
  }

  #notRegistered(accountId: string, side: 'source' | 'target'): Refusal | NotYet {
    return this.#parts.isRegistered(accountId) ? { kind: 'notYet' } : notRegistered(accountId, side);
  }

  /** While the caches are not complete, somebody unseen may share whatever these links share. */
  #unseen(objects: readonly LinkObject[]): readonly ContributorState[] {
    return this.#parts.complete() ? [] : objects.map(({ link }) => unknown(link));
  }

  #unreadLink(accountId: string): Link | undefined {
    const before = this.#unread.get(accountId);
    const still = before === undefined ? undefined : this.#parts.links.getByUid(before);
    if (still !== undefined && this.#isUnread(still)) return still.link;
    const found = this.linksBy('sourceAccount', accountId).find((object) => this.#isUnread(object));
    if (found === undefined) this.#unread.delete(accountId);
    else this.#unread.set(accountId, found.metadata.uid);
    return found?.link;
  }

  /** Whether the link may have a hand in a grant, and it is not known in which. */
  #isUnread(object: LinkObject): boolean {
    return (
      this.#parts.machines.known(object.link.stateMachine.text) === undefined && this.#mayHaveWritten(object)
    );
  }

  #namespace(name: string): NamespaceInfo {
    return this.#parts.namespaceOf(name) ?? { name, labels: {} };
  }

  /** The same object for the same rules, so that what was worked out from it can be found again. */
  #contextOf(link: Link, source: Account, target: Account): AccessContext {
    const namespace = this.#namespace(link.namespace);
    const key = `${namespace.name} ${source.accountId} ${target.accountId}`;
    const known = this.#contexts.get(key);
    const sourceEntries = entriesFor(source.rules, namespace);
    const targetEntries = entriesFor(target.rules, namespace);
    if (
      known?.source.rules === source.rules &&
      known.target.rules === target.rules &&
      sameItems(known.source.entries, sourceEntries) &&
      sameItems(known.target.entries, targetEntries)
    ) {
      return known;
    }
    const context: AccessContext = {
      source: { rules: source.rules, entries: sourceEntries },
      target: { rules: target.rules, entries: targetEntries },
      operatorRoleArns: [source.operatorRoleArn, target.operatorRoleArn].filter((arn) => arn !== undefined),
      takesNoResource: this.#parts.takesNoResource,
    };
    this.#contexts.set(key, context);
    return context;
  }
}

function unknown(link: Link): ContributorState {
  return { kind: 'unread', link };
}

function isReachable({ source, target }: ResolvedLink): boolean {
  return source.aws !== undefined && target.aws !== undefined;
}

/** A fight over a Task ends no ownership: its condition says Conflict only while the operator pauses. */
function beforeOf({ status }: LinkObject): Before {
  const credentials = findCondition(status.conditions ?? [], 'StateMachineCredentialsReady');
  const inOrder = credentials?.status === 'True' || credentials?.reason === 'Conflict';
  return { tasks: status.tasks ?? [], inOrder };
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}

function notRegistered(accountId: string, side: 'source' | 'target'): Refusal {
  return {
    kind: 'refused',
    leg: side === 'source' ? 'executionRoleGrant' : 'targetRole',
    reason: 'AccountNotAllowed',
    message: `No AWSAccount registers the ${side} account ${accountId}: ask a platform administrator to create one.`,
  };
}
