/**
 * Everything that the result of a drift check depends on. If it is the same as at an earlier check that found everything in
 * sync, this check would find the same and can end as soon as the state machine is read. Whatever a reconcile of a link in sync
 * reads or remembers has to be in it. If the result also depends on time, or only a fresh read can decide, there is no basis.
 */
import { hash } from 'node:crypto';
import type { AwsAccount } from '../../aws/aws-account.ts';
import { linkOf, type ContributorState } from '../../desired/contribution.ts';
import type { Link } from '../../desired/link.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { Contributors } from '../objects/contributors.ts';
import type { ObjectReconciler } from '../objects/object-reconciler.ts';
import type { StrayGrantFinder } from '../objects/stray-grants.ts';
import type { IamPropagation } from '../state/iam-propagation.ts';
import type { KnownRoles } from '../state/known-roles.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { RepairBackoff } from '../state/repair-backoff.ts';
import type { LinkResolver, ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { grantRoles, neededRoles } from './inventory.ts';
import type { Needed } from './read-policy.ts';

interface CheckBasisParts {
  readonly links: Pick<Cache<LinkObject>, 'getByUid'>;
  readonly resolver: LinkResolver;
  readonly contributors: Contributors;
  readonly machines: StateMachineCache;
  readonly objects: Pick<ObjectReconciler, 'isUnfinished'>;
  readonly knownRoles: KnownRoles;
  readonly strayGrantFinder: Pick<StrayGrantFinder, 'of'>;
  readonly repairBackoff: RepairBackoff;
  readonly propagation: IamPropagation;
}

/** What a check depends on besides the link and its requirements. */
interface CheckOptions {
  /** How old a snapshot may be, in milliseconds. */
  readonly maxAgeMs: number;
  readonly growthWaits: boolean;
  /** Aliases by which Tasks run without the Credentials; undefined if that is not known. */
  readonly aliasesWithout: readonly string[] | undefined;
}

export class CheckBasis {
  readonly #parts: CheckBasisParts;

  constructor(parts: CheckBasisParts) {
    this.#parts = parts;
  }

  /** Returns a digest of everything that a check of the link depends on now; undefined if it takes a whole reconcile to know. */
  of(resolved: ResolvedLink, needed: Needed, options: CheckOptions): string | undefined {
    const { source, target } = resolved;
    if (source.aws === undefined || target.aws === undefined) return undefined;
    const roles = grantRoles(resolved, neededRoles(needed.requirements)).map(({ text }) => text);
    if (this.#needsWholeReconcile(resolved, needed, roles, source.aws)) return undefined;
    const facts = this.#factsOf(resolved, roles, [source.aws, target.aws], options);
    return facts.includes(undefined) ? undefined : hash('sha256', JSON.stringify(facts), 'base64');
  }

  /** Whether one of the objects is watched more closely, was written just now, or waits for something. */
  #needsWholeReconcile(
    { link, ...resolved }: ResolvedLink,
    { view }: Needed,
    roles: readonly string[],
    aws: AwsAccount,
  ) {
    const { machines, objects, repairBackoff, propagation, strayGrantFinder } = this.#parts;
    const { text: machine } = link.stateMachine;
    const all = [machine, link.targetRole.text, ...roles];
    return (
      machines.lagsForMs(machine) !== undefined ||
      all.some((arn) => repairBackoff.isOn(arn) || objects.isUnfinished(arn)) ||
      propagation.remainingMs([link.targetRole.text, view.executionRole.text, ...roles], true) > 0 ||
      strayGrantFinder.of({ link, ...resolved }, aws).some((arn) => !roles.includes(arn))
    );
  }

  /** The facts of the digest. An undefined one is not known. */
  #factsOf(
    { object, link }: ResolvedLink,
    roles: readonly string[],
    [source, target]: readonly [AwsAccount, AwsAccount],
    { maxAgeMs, growthWaits, aliasesWithout }: CheckOptions,
  ): readonly (string | number | boolean | undefined)[] {
    const { resolver, contributors, knownRoles } = this.#parts;
    const { uid, resourceVersion } = object.metadata;
    const { accountId, text: machine } = link.stateMachine;
    const targetRole = link.targetRole.text;
    return [
      uid,
      resourceVersion,
      resolver.requirementsVersion(uid),
      growthWaits,
      JSON.stringify(aliasesWithout ?? null),
      [...new Set(knownRoles.recordsOf(link))].join(' '),
      target.roleText(targetRole, maxAgeMs),
      contributors.preservesForeign(targetRole, link.namespace),
      ...this.#contributorFacts(contributors.contributorStates('targetRole', targetRole, link), link),
      ...this.#contributorFacts(contributors.contributorStates('stateMachine', machine, link), link),
      ...roles.flatMap((role) => [
        role,
        source.roleText(role, maxAgeMs),
        // A link whose state machine was not read adds nothing to a grant. Whether something may go once it is read was decided
        // by the last whole check.
        ...this.#contributorFacts(contributors.grantContributors(role, accountId, link).filter(isRead), link),
      ]),
    ];
  }

  /** The state of each link that shares an object. Whether the roles of the link itself are ready is not included: a check
   *  finds that out by itself. */
  #contributorFacts(states: readonly ContributorState[], self: Link): readonly (string | undefined)[] {
    return states.map((state) => {
      const { uid } = linkOf(state);
      const { kind } = state;
      const known = this.#parts.links.getByUid(uid)?.metadata.resourceVersion;
      if (kind !== 'active') return known === undefined ? undefined : `${kind} ${uid} ${known}`;
      const version = this.#parts.resolver.requirementsVersion(uid);
      if (known === undefined || version === undefined) return undefined;
      const { executionRoleArns, growthWaits, rolesReady } = state.contribution;
      const ready = uid === self.uid || rolesReady;
      return `${kind} ${uid} ${known} ${version} ${executionRoleArns.length} ${growthWaits} ${ready}`;
    });
  }
}

function isRead({ kind }: ContributorState): boolean {
  return kind !== 'unread';
}
