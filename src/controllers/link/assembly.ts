/** Builds everything that reconciles links, for the operator and for a dry run. */
import type { NamespaceInfo } from '../../access/namespaces.ts';
import { takesNoResource } from '../../asl/derive/action-scope.ts';
import type { Cache, Change } from '../../kubernetes/store.ts';
import { Contributors } from '../objects/contributors.ts';
import { CredentialsReconciler } from '../objects/credentials.ts';
import { Edits } from '../objects/edits.ts';
import { OthersRoles } from '../objects/others-roles.ts';
import { GrantReconciler } from '../objects/grant.ts';
import { Leftovers } from '../objects/leftovers.ts';
import { ObjectReconciler } from '../objects/object-reconciler.ts';
import { StrayGrantFinder } from '../objects/stray-grants.ts';
import { TargetRoleReconciler } from '../objects/target-role.ts';
import { UncachedLinks } from '../objects/uncached-links.ts';
import type { UnreadLinks } from '../objects/unread-links.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import { KnownRoles } from '../state/known-roles.ts';
import { IamPropagation } from '../state/iam-propagation.ts';
import { LinkMemories } from '../state/link-memory.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { LiveLinks } from '../state/live-links.ts';
import { RepairBackoff } from '../state/repair-backoff.ts';
import { LinkResolver } from '../state/resolved-link.ts';
import { RoleNames } from '../state/role-names.ts';
import { StateMachineCache } from '../state/state-machine-cache.ts';
import { CheckBasis } from './check-basis.ts';
import { EffectiveCheck } from './effective-check.ts';
import { EnsureLink } from './ensure.ts';
import { FinalizeLink } from './finalize.ts';
import { DelayedRelease } from './delayed-release.ts';
import { LinkProof } from './proof.ts';
import { RoleUsers } from './role-users.ts';
import { TakeBack } from './take-back.ts';

interface LinkPorts {
  readonly links: Cache<LinkObject>;
  /** As the API server has them. */
  readonly liveLinks: LiveLinks;
  readonly namespaceOf: (name: string) => NamespaceInfo | undefined;
  /** Whether the caches hold every object there is. Until they do, a link missing from them may still exist. */
  readonly complete: () => boolean;
  readonly accounts: AccountRegistry;
  /** Whether an AWSAccount of that ID exists, reconciled or not. */
  readonly isRegistered: (accountId: string) => boolean;
  readonly clusterId: string;
  /** How long IAM is given before a definition relies on what was written. */
  readonly propagationPauseMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds since when this process leads. Before that, another process may have written. */
  readonly leadingSince: () => number;
}

export interface LinkAssembly {
  readonly resolver: LinkResolver;
  readonly contributors: Contributors;
  readonly unreadLinks: UnreadLinks;
  readonly machines: StateMachineCache;
  readonly basis: CheckBasis;
  readonly memories: LinkMemories;
  readonly roleNames: RoleNames;
  readonly repairBackoff: RepairBackoff;
  readonly ensure: EnsureLink;
  readonly finalize: FinalizeLink;
  readonly delayedRelease: DelayedRelease;
  readonly proof: LinkProof;
  /** To be called when a link comes or goes. */
  linksChanged(change?: Change<LinkObject>): void;
  /** To be called when a link is gone from the cache: drops everything that was remembered for this link alone. */
  forget(object: LinkObject): void;
}

/** Builds the parts and connects them. `linksChanged` and `forget` of the result have to be called as links come and go. */
export function assembleLinks(ports: LinkPorts): LinkAssembly {
  const { links, namespaceOf, complete, accounts, isRegistered, clusterId, now, leadingSince } = ports;
  const machines = new StateMachineCache(now);
  const memories = new LinkMemories((uid) => links.getByUid(uid) !== undefined);
  const repairBackoff = new RepairBackoff(now);
  const propagation = new IamPropagation(ports.propagationPauseMs, now, leadingSince);
  const resolver = new LinkResolver({ links, namespaceOf, accounts, isRegistered, takesNoResource });
  const contributors = new Contributors({ links, complete, accounts, resolver, machines, memories });
  const { unread: unreadLinks } = contributors;
  const uncachedLinks = new UncachedLinks({ links, memories, resolver, liveLinks: ports.liveLinks, now });
  const objects = new ObjectReconciler(machines, propagation, repairBackoff);
  const knownRoles = new KnownRoles(links);
  const edits = new Edits(resolver, machines);
  const roleNames = new RoleNames({ links, memories, resolver });
  const othersRoles = new OthersRoles({ contributors, accounts, resolver, clusterId, now });
  const leftovers = new Leftovers({ contributors, machines, accounts, clusterId });
  const shared = {
    contributors,
    unreadLinks,
    uncachedLinks,
    roleNames,
    objects,
    knownRoles,
    edits,
    leftovers,
    othersRoles,
    clusterId,
  };
  const targetRole = new TargetRoleReconciler(shared);
  const grant = new GrantReconciler(shared);
  const credentials = new CredentialsReconciler(shared);
  const strayGrantFinder = new StrayGrantFinder(links, machines);
  const parts = {
    resolver,
    machines,
    targetRole,
    grant,
    credentials,
    strayGrantFinder,
    propagation,
    memories,
    now,
    leadingSince,
  };
  return {
    resolver,
    contributors,
    unreadLinks,
    delayedRelease: new DelayedRelease({ ...parts, contributors, objects }),
    proof: new LinkProof(parts),
    machines,
    basis: new CheckBasis({ ...parts, links, contributors, objects, knownRoles, repairBackoff }),
    memories,
    roleNames,
    repairBackoff,
    ensure: new EnsureLink({
      ...parts,
      takeBack: new TakeBack(parts),
      effective: new EffectiveCheck(memories),
    }),
    finalize: new FinalizeLink({
      ...parts,
      roleUsers: new RoleUsers({ ...parts, takeUpMs: ports.propagationPauseMs }),
    }),
    linksChanged: (change) => resolver.linksChanged(change),
    forget: (object) => {
      memories.forget(object.metadata.uid);
      resolver.forget(object);
      const machine = object.link.stateMachine.text;
      if (links.byIndex('stateMachine', machine).length === 0) {
        const ranUnder = machines.rolesOf(machine);
        machines.forget(machine);
        for (const arn of [machine, ...ranUnder.filter((role) => machines.under(role).length === 0)])
          objects.forget(arn);
      }
      const role = object.link.targetRole.text;
      if (links.byIndex('targetRole', role).length === 0) {
        knownRoles.forget(role);
        objects.forget(role);
      }
    },
  };
}
