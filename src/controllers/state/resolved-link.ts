/**
 * A link with everything that is known without asking AWS: both accounts, the rules that apply to it, and what it needs of a
 * state machine under these rules.
 */
import { entriesFor, type NamespaceInfo } from '../../access/namespaces.ts';
import { checkExecutionRole } from '../../access/source.ts';
import type { AccessEntry } from '../../access/rules.ts';
import type { RoleArn } from '../../arn/arn.ts';
import { refuseUnread, type AccessContext, type Refusal } from '../../desired/refusals.ts';
import { requirementsInParts, requirementsOf, type LinkRequirements } from '../../desired/requirements.ts';
import type { Leg } from '../../desired/leg.ts';
import type { Link } from '../../desired/link.ts';
import type { MachineView } from '../../desired/machine-view.ts';
import type { SharedReadings } from '../../asl/derive/shared-readings.ts';
import type { Parts } from '../../base/parts.ts';
import { inTurns } from '../../base/turns.ts';
import type { Cache, Change } from '../../kubernetes/store.ts';
import { AccessContexts } from './access-contexts.ts';
import type { Account, AccountRegistry } from './account-registry.ts';
import type { LinkObject } from './link-object.ts';
import { LinkQuota } from './link-quota.ts';
import { hasWritten, tasksOnRecord } from './on-record.ts';
import { SharingLinks } from './sharing-links.ts';
import { RequirementsMemory, type RequirementsBasis } from './requirements-memory.ts';

/** A link whose accounts are both known to the operator. */
export interface ResolvedLink {
  readonly object: LinkObject;
  readonly link: Link;
  readonly source: Account;
  readonly target: Account;
  readonly context: AccessContext;
}

/** Whether AWS can be asked in both accounts. */
export function hasConnections({ source, target }: Pick<ResolvedLink, 'source' | 'target'>): boolean {
  return source.aws !== undefined && target.aws !== undefined;
}

/** An AWSAccount exists and was not reconciled yet. Its first reconcile brings the link back. */
export interface AccountPending {
  readonly kind: 'accountPending';
  readonly leg: Leg;
  readonly message: string;
}

interface LinkResolverParts {
  readonly links: Cache<LinkObject>;
  readonly namespaceOf: (name: string) => NamespaceInfo | undefined;
  readonly accounts: AccountRegistry;
  /** Whether an AWSAccount of that ID exists, reconciled or not. */
  readonly isRegistered: (accountId: string) => boolean;
  readonly takesNoResource: (action: string) => boolean;
}

export class LinkResolver {
  readonly #parts: LinkResolverParts;
  readonly #quota: LinkQuota;
  readonly #contexts: AccessContexts;
  readonly #requirements = new RequirementsMemory();
  readonly #sharing: SharingLinks;
  /** Whether the rules admit a link, with the rules for which that was last asked. */
  readonly #admitted = new WeakMap<Link, { readonly context: AccessContext; readonly isAdmitted: boolean }>();

  constructor(parts: LinkResolverParts) {
    this.#parts = parts;
    this.#contexts = new AccessContexts(parts.takesNoResource);
    this.#sharing = new SharingLinks(parts.links);
    this.#quota = new LinkQuota(
      parts.links,
      (name) => this.#namespace(name),
      (link) => this.#takesPlace(link),
    );
  }

  /** Returns the link with its accounts and rules, or why it has none. */
  resolve(object: LinkObject): ResolvedLink | Refusal | AccountPending {
    const { link } = object;
    const source = this.#parts.accounts.get(link.stateMachine.accountId);
    const target = this.#parts.accounts.get(link.targetRole.accountId);
    if (source === undefined) return this.#withoutAccount(link.stateMachine.accountId, 'source');
    if (target === undefined) return this.#withoutAccount(link.targetRole.accountId, 'target');
    return { object, link, source, target, context: this.#contextOf(link, source, target) };
  }

  /** Refuses a link that the rules or `maxLinks` refuse whatever AWS holds; undefined if they admit it. */
  refuseUnread(resolved: ResolvedLink): Refusal | undefined {
    return refuseUnread(resolved.link, resolved.context) ?? this.refuseBeyondQuota(resolved);
  }

  /** Whether the namespace exists by whose name and labels the rules decide. That of a link that Kubernetes removed may be gone:
   *  then nobody knows whether they admitted the link. */
  knowsNamespaceOf({ namespace }: Link): boolean {
    return this.#parts.namespaceOf(namespace) !== undefined;
  }

  /** Refuses a link beyond `maxLinks` of one of its accounts' entries. */
  refuseBeyondQuota({ link, source, target }: ResolvedLink): Refusal | undefined {
    return this.#quota.refuse(link, [source, target]);
  }

  /** Whether a link counts for `maxLinks`: the rules admit it, or the operator wrote for it. */
  #takesPlace({ uid }: Link): boolean {
    const object = this.#parts.links.getByUid(uid);
    if (object === undefined || hasWritten(object)) return object !== undefined;
    const resolved = this.resolve(object);
    if ('kind' in resolved) return resolved.kind === 'accountPending';
    return this.#isAdmitted(resolved);
  }

  /** Remembers its answer. It is asked for each older link, and whoever may make links may make thousands. */
  #isAdmitted({ link, context }: ResolvedLink): boolean {
    const known = this.#admitted.get(link);
    if (known?.context === context) return known.isAdmitted;
    const isAdmitted = refuseUnread(link, context) === undefined;
    this.#admitted.set(link, { context, isAdmitted });
    return isAdmitted;
  }

  /** The entries of an account's rules that apply to a namespace. */
  entriesIn({ rules }: Account, namespace: string): readonly AccessEntry[] {
    return entriesFor(rules, this.#namespace(namespace));
  }

  /** What a link needs of its state machine as it was last read. */
  requirementsOf(resolved: ResolvedLink, view: MachineView): LinkRequirements | Refusal {
    const basis = this.#basisOf(resolved, view);
    const known = this.#requirements.find(resolved.object, basis);
    return known ?? this.#keep(resolved, basis, requirementsOf({ ...basis, link: resolved.link }));
  }

  /** The same in turns, so that a large definition holds up nobody. Afterwards `requirementsOf` has the result in memory. */
  async workOut(resolved: ResolvedLink, view: MachineView): Promise<LinkRequirements | Refusal> {
    return inTurns(this.workOutInParts(resolved, view));
  }

  /** The same in parts.
   *  @param shared what other links of the state machine have read of its Tasks */
  *workOutInParts(
    resolved: ResolvedLink,
    view: MachineView,
    shared?: SharedReadings,
  ): Parts<LinkRequirements | Refusal> {
    const basis = this.#basisOf(resolved, view);
    const known = this.#requirements.find(resolved.object, basis);
    if (known !== undefined) return known;
    const { link } = resolved;
    return this.#keep(resolved, basis, yield* requirementsInParts({ ...basis, link }, shared));
  }

  #basisOf({ link, context, object }: ResolvedLink, view: MachineView): RequirementsBasis {
    const { links: sharing, choice } = this.#sharing.of(link);
    return { view, context, onRecord: tasksOnRecord(object), sharing, choice };
  }

  #keep(
    { object, link }: ResolvedLink,
    basis: RequirementsBasis,
    result: LinkRequirements | Refusal,
  ): LinkRequirements | Refusal {
    if (this.#isCached(link)) this.#requirements.keep(object, basis, result);
    return result;
  }

  /** A number that changes whenever a link's requirements are worked out again, for another spec, state machine or rules;
   *  undefined if they were not worked out. */
  requirementsVersion(uid: string): number | undefined {
    return this.#requirements.versionOf(uid);
  }

  /** To be called when a link comes or goes: as {@link LinkQuota.linksChanged}. */
  linksChanged(change?: Change<LinkObject>): void {
    this.#quota.linksChanged(change);
  }

  /** To be called when a link is gone from the cache. */
  forget({ metadata }: LinkObject): void {
    this.#requirements.forget(metadata.uid);
    this.#contexts.forget(() => this.#parts.links.values());
  }

  #withoutAccount(accountId: string, side: 'source' | 'target'): Refusal | AccountPending {
    const leg = side === 'source' ? 'executionRoleGrant' : 'targetRole';
    return this.#parts.isRegistered(accountId)
      ? {
          kind: 'accountPending',
          leg,
          message: `The AWSAccount of the ${side} account ${accountId} has not been looked at yet.`,
        }
      : {
          kind: 'refused',
          leg,
          reason: 'AccountNotAllowed',
          message: `No AWSAccount registers the ${side} account ${accountId}: ask a platform administrator to create one.`,
        };
  }

  /** A reconcile may outlive its link: nothing is remembered for a link that is gone. */
  #isCached({ uid }: Link): boolean {
    return this.#parts.links.getByUid(uid) !== undefined;
  }

  #namespace(name: string): NamespaceInfo {
    return this.#parts.namespaceOf(name) ?? { name };
  }

  #contextOf(link: Link, source: Account, target: Account): AccessContext {
    return this.#contexts.of(link, [source, target], this.#namespace(link.namespace), this.#isCached(link));
  }
}

/** Whether the rules let the link have a grant on an execution role. No other role is written, whatever suggests that it may
 *  have a grant. */
export function mayBeGranted({ link, context }: ResolvedLink, role: RoleArn): boolean {
  return checkExecutionRole(context.source, link.stateMachine, role, context.operatorRoleArns).allowed;
}
