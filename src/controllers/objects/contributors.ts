/** Which links share an AWS object, and the state of each. */
import { contributionOf } from '../../desired/requirements.ts';
import type { Leg } from '../../desired/leg.ts';
import { keepingGrants, type ContributorState } from '../../desired/contribution.ts';
import { writesAnything, type Link } from '../../desired/link.ts';
import { keepsForeign } from '../../desired/target-role.ts';
import { SharedReadings } from '../../asl/derive/shared-readings.ts';
import { hasUnreadDefinitions } from '../../desired/machine-view.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Parts } from '../../base/parts.ts';
import { inTurns } from '../../base/turns.ts';
import { legsWrittenWith } from '../../report/legs-on-record.ts';
import { growthWaitsForEdit, permissionsBefore } from '../state/definition-growth.ts';
import { hasFinalizer, type LinkIndex, type LinkObject } from '../state/link-object.ts';
import { hasDeparted, wasLookedAt, type SharedObject } from '../state/link-memory.ts';
import { isOnRecord, wasRefusedRole } from '../state/on-record.ts';
import { hasConnections } from '../state/resolved-link.ts';
import { isBeingDeleted } from '../state/machine-reading.ts';
import {
  cameTooLate,
  covers,
  isHeldBack,
  onlyKeeping,
  unreadState,
  wasMadeSince,
} from './contributor-states.ts';
import { NO_LEGS } from './drift-finder.ts';
import { UnreadLinks, type UnreadLinksParts } from './unread-links.ts';

interface ContributorsParts extends UnreadLinksParts {
  /** Whether the caches hold every object there is. Until they do, a link missing from them may still exist. */
  readonly complete: () => boolean;
}

/** How long a list of definitions in use is reused, so that many links that shrink at once cause one read. */
const REUSE_MS = 2_000;

export class Contributors {
  readonly #parts: ContributorsParts;
  /** The links of which it is not known yet what they share. */
  readonly unread: UnreadLinks;

  constructor(parts: ContributorsParts) {
    this.#parts = parts;
    this.unread = new UnreadLinks(parts, (object) => this.mayHaveWritten(object));
  }

  /** The state of each link that names a target role or a state machine.
   *  @param self the link that is reconciled. Nothing is written for any other link before that has its finalizer */
  contributorStates(
    index: Exclude<SharedObject, 'executionRole'>,
    key: string,
    self?: Link,
  ): readonly ContributorState[] {
    const objects = this.linksBy(index, key);
    return [
      ...objects.flatMap((object) => this.#contributorStatesOf(object, index, self)),
      ...this.#unseen(() => objects),
    ];
  }

  /** The state of each link whose state machine runs under an execution role. A link of the account whose state machine was not
   *  read yet may be one of them.
   *  @param self as for `contributorStates` */
  grantContributors(executionRoleArn: string, accountId: string, self?: Link): readonly ContributorState[] {
    const objects = this.linksUnder(executionRoleArn);
    const unread = this.unread.oneOn(accountId, executionRoleArn);
    return [
      ...objects.flatMap((object) => this.#contributorStatesOf(object, 'executionRole', self)),
      ...(unread === undefined ? [] : [unreadState(unread)]),
      ...this.#unseen(() => this.linksBy('sourceAccount', accountId)),
    ];
  }

  /** Works out in turns what these links need, so that a plan made right afterwards finds it in memory. Right after a large
   *  definition has changed, the plan would otherwise hold up everybody else while it does so for all links. */
  async workOut(objects: readonly LinkObject[]): Promise<void> {
    await inTurns(this.#workOutInParts(objects));
  }

  *#workOutInParts(objects: readonly LinkObject[]): Parts<void> {
    const { resolver, machines } = this.#parts;
    for (const [arn, links] of Map.groupBy(objects, ({ link }) => link.stateMachine.text)) {
      const shared = new SharedReadings();
      for (const object of links) {
        const machine = machines.known(arn);
        if (machine?.kind !== 'found' || object.link.suspended) continue;
        const resolved = resolver.resolve(object);
        if (!('kind' in resolved)) yield* resolver.workOutInParts(resolved, machine.view, shared);
      }
    }
  }

  /** The state of one link; none if the link has nothing on the object: it is not active and never wrote, or the target role is
   *  not its own and the object is another one. */
  #contributorStatesOf(
    object: LinkObject,
    shared: SharedObject,
    self: Link | undefined,
  ): readonly ContributorState[] {
    if (this.#parts.memories.peek(object.link.uid).releasingSince !== undefined) return [];
    if (shared !== 'targetRole' && !this.#hasRole(object)) return this.#takenBack(object, shared, self);
    const contributor = this.#contributorStateOf(object, shared);
    if (contributor.kind !== 'active') return this.mayHaveWritten(object) ? [contributor] : [];
    const memory = this.#parts.memories.peek(object.link.uid);
    if (object.link.uid === self?.uid) return [contributor];
    if (isOnRecord(object, memory))
      return [isHeldBack(object) ? onlyKeeping(contributor, shared) : contributor];
    // A link without a finalizer could be deleted unnoticed, and what was written for it would stay.
    if (!hasFinalizer(object) && !this.#isAwaitedBy(self, object)) return [];
    // Until its first reconcile only a finalizer speaks for the link, and that proves nothing: it takes over no Task and adds
    // no grant.
    if (shared === 'stateMachine' && !wasLookedAt(memory) && cameTooLate(object.link, self)) return [];
    if (shared === 'executionRole' && !wasLookedAt(memory))
      return [{ kind: 'active', contribution: keepingGrants(contributor.contribution) }];
    return [hasFinalizer(object) ? contributor : unreadState(object.link)];
  }

  /** A link without its target role has nothing on other objects. What was written for it before is removed by its own
   *  reconcile. */
  #takenBack(object: LinkObject, shared: SharedObject, self: Link | undefined): readonly ContributorState[] {
    const { link } = object;
    const isOwn = link.uid === self?.uid && shared === 'stateMachine';
    return isOwn && isOnRecord(object, this.#parts.memories.peek(link.uid))
      ? [{ kind: 'departing', link }]
      : [];
  }

  /** Whether a deletion waits for the first reconcile of a new link, which may need what the deleted one leaves. After that,
   *  the new link has its finalizer if anything that it needs stands. Links made after the deletion began are not waited for:
   *  there may be more and more of them. */
  #isAwaitedBy(self: Link | undefined, { link }: LinkObject): boolean {
    const isNew = writesAnything(link) && !link.deleting && !wasLookedAt(this.#parts.memories.peek(link.uid));
    return isNew && self?.deleting === true && !wasMadeSince(self, link);
  }

  /** The legs written with `part` of an object, if the target role of one of its links is refused by now. What stood for that
   *  link is removed by the reconcile of any of them, and after a restart nothing says that the operator itself had put it
   *  there. */
  legsTakenBack(part: keyof Link['legs'], objects: readonly LinkObject[]): ReadonlySet<Leg> {
    return objects.some((object) => !this.#hasRole(object)) ? legsWrittenWith(part) : NO_LEGS;
  }

  #hasRole(object: LinkObject): boolean {
    const { wayDown, roleClaimed } = this.#parts.memories.peek(object.link.uid);
    if (wayDown !== undefined) return true;
    return roleClaimed ?? !wasRefusedRole(object);
  }

  /** Whether something may stand in AWS for the link, and counts. Only what nobody but the operator writes is proof, and a
   *  finalizer is not. But a crash between the first write and the status may leave nothing else. So a finalizer counts until
   *  the link was first reconciled in this process, if the rules admit the link. */
  mayHaveWritten(object: LinkObject): boolean {
    const memory = this.#parts.memories.peek(object.link.uid);
    if (memory.releasingSince !== undefined) return false;
    if (isOnRecord(object, memory) || memory.wayDown !== undefined) return true;
    return hasFinalizer(object) && !wasLookedAt(memory) && this.#isAdmitted(object);
  }

  #isAdmitted(object: LinkObject): boolean {
    const resolved = this.#parts.resolver.resolve(object);
    if ('kind' in resolved) return resolved.kind === 'accountPending';
    return this.#parts.resolver.refuseUnread(resolved) === undefined;
  }

  #contributorStateOf(object: LinkObject, shared: SharedObject): ContributorState {
    const { link } = object;
    const { resolver, memories, machines } = this.#parts;
    if (hasDeparted(memories.peek(link.uid), shared)) return { kind: 'departing', link };
    if (link.suspended) return { kind: 'frozen', link };
    const machine = machines.known(link.stateMachine.text);
    if (machine === undefined) return unreadState(link);
    const resolved = resolver.resolve(object);
    // Executions of a state machine that AWS is deleting may go on with everything that they had.
    if (machine.kind !== 'found' || isBeingDeleted(machine)) return { kind: 'frozen', link };
    if ('kind' in resolved || !hasConnections(resolved)) return { kind: 'frozen', link };
    const requirements =
      resolver.refuseBeyondQuota(resolved) ?? resolver.requirementsOf(resolved, machine.view);
    if (requirements.kind === 'refused') return { kind: 'frozen', link };
    const { rolesReadyFor } = memories.peek(link.uid);
    const rolesReady = rolesReadyFor !== undefined && covers(rolesReadyFor, requirements);
    const growthWaits = growthWaitsForEdit(resolved, memories.peek(link.uid), machine.view);
    const before = growthWaits ? permissionsBefore(resolved, memories.peek(link.uid)) : undefined;
    const progress = { rolesReady, growthWaits, ...(before !== undefined && { permissionsBefore: before }) };
    return { kind: 'active', contribution: contributionOf(link, requirements, progress) };
  }

  /** Reads the definitions in use of the state machines of these links, if they are not known: something that they may need is
   *  about to be removed. Returns whether anything new was learned.
   *  @throws AwsFailure */
  async readDefinitionsInUse(links: readonly Link[], callOptions: CallOptions): Promise<boolean> {
    const { machines, accounts } = this.#parts;
    let learned = false;
    for (const { accountId, text: arn } of uniqueMachines(links)) {
      const machine = machines.known(arn);
      const aws = accounts.get(accountId)?.aws;
      if (machine?.kind !== 'found' || aws === undefined) continue;
      const { view } = machine;
      const extended = await machines.readDefinitionsInUseUnlessBusy(aws, view, callOptions, REUSE_MS);
      if (extended === view) continue;
      await this.workOut(this.linksBy('stateMachine', arn));
      learned = true;
    }
    return learned;
  }

  /** The links for which nothing may be removed, because they are frozen or their needs are not known: their state machine was
   *  not read, or one of its definitions in use could not be. A link whose state machine is gone needs nothing. */
  frozenOrUnread(objects: readonly LinkObject[]): readonly Link[] {
    const { machines, memories } = this.#parts;
    const counting = objects.filter((object) => {
      const { uid, stateMachine, suspended } = object.link;
      if (hasDeparted(memories.peek(uid), 'executionRole') || !this.mayHaveWritten(object)) return false;
      const machine = machines.known(stateMachine.text);
      if (machine?.kind === 'absent') return suspended;
      if (machine?.kind === 'found' && hasUnreadDefinitions(machine.view)) return true;
      return this.#contributorStateOf(object, 'executionRole').kind !== 'active';
    });
    return counting.map(({ link }) => link);
  }

  /** Whether a link that the rules admit wants foreign statements on its target role to stay. It counts even if nothing was
   *  written for it yet, because nobody could bring back what was removed. */
  preservesForeign(targetRole: string, namespace: string): boolean {
    return this.linksBy('targetRole', targetRole).some(
      (object) => keepsForeign(object.link, namespace) && !object.link.deleting && this.#isAdmitted(object),
    );
  }

  /** The links whose state machine is known to run, or to have run, under an execution role. */
  linksUnder(executionRoleArn: string): readonly LinkObject[] {
    return this.#parts.machines.under(executionRoleArn).flatMap((arn) => this.linksBy('stateMachine', arn));
  }

  /** The links that name an object. */
  linksBy(index: LinkIndex, key: string): readonly LinkObject[] {
    return this.#parts.links.byIndex(index, key);
  }

  /** While the caches are incomplete, a link that they lack may share whatever these links share. */
  #unseen(objects: () => readonly LinkObject[]): readonly ContributorState[] {
    return this.#parts.complete() ? [] : objects().map(({ link }) => unreadState(link));
  }
}

function uniqueMachines(links: readonly Link[]): Iterable<Link['stateMachine']> {
  return new Map(links.map(({ stateMachine }) => [stateMachine.text, stateMachine])).values();
}
