/**
 * Finds out whether the operator wrote for a link that shows nothing but a finalizer, which anybody who may make a link can
 * add.
 */
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { GrantReconciler } from '../objects/grant.ts';
import type { TargetRoleReconciler } from '../objects/target-role.ts';
import type { LinkMemories } from '../state/link-memory.ts';
import { hasFinalizer, type LinkObject } from '../state/link-object.ts';
import { isOnRecord } from '../state/on-record.ts';
import type { LinkResolver, ResolvedLink } from '../state/resolved-link.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import { callsFor } from './call-options.ts';
import { grantRoles } from './inventory.ts';

interface LinkProofParts {
  readonly resolver: Pick<LinkResolver, 'resolve' | 'refuseUnread'>;
  readonly memories: LinkMemories;
  readonly machines: Pick<StateMachineCache, 'rolesOf'>;
  readonly targetRole: Pick<TargetRoleReconciler, 'whose'>;
  readonly grant: Pick<GrantReconciler, 'names'>;
}

export class LinkProof {
  readonly #parts: LinkProofParts;

  constructor(parts: LinkProofParts) {
    this.#parts = parts;
  }

  /** Whether the operator may have written for the link. If neither status nor memory says so, AWS is asked once and the answer
   *  is remembered. The target role shows it, because it is written first, or the grant if somebody else keeps that role. True
   *  if AWS cannot be asked, because then nobody knows.
   *  @throws AwsFailure */
  async findOut(object: LinkObject): Promise<boolean> {
    const { uid, namespace } = object.link;
    const { memories } = this.#parts;
    const seen = memories.peek(uid);
    if (!hasFinalizer(object)) return false;
    // This comes first: an earlier proof holds only until the operator writes for the link.
    if (isOnRecord(object, seen)) return true;
    if (seen.provenUnwritten) return false;
    const resolved = this.#parts.resolver.resolve(object);
    if ('kind' in resolved) return resolved.kind !== 'refused';
    if (this.#parts.resolver.refuseUnread(resolved) !== undefined) return false;
    const { source, target } = resolved;
    if (source.aws === undefined || target.aws === undefined) return true;
    const callOptions = callsFor(namespace, 'make');
    const wrote =
      (await this.#madeRole(resolved, target.aws, callOptions)) ||
      (await this.#granted(resolved, source.aws, callOptions));
    const found = memories.of(uid);
    found.wroteForLink ||= wrote;
    found.provenUnwritten = !wrote;
    return wrote;
  }

  async #madeRole(resolved: ResolvedLink, aws: AwsAccount, callOptions: CallOptions): Promise<boolean> {
    if (resolved.link.legs.targetRole === 'Observe') return false;
    const { kind } = await this.#parts.targetRole.whose(resolved, aws, callOptions);
    return kind === 'ours';
  }

  /** Whether an execution role has the link's grant. The machine may have got another role since, so the recorded ones are
   *  checked, too; the record alone proves nothing. */
  async #granted(resolved: ResolvedLink, aws: AwsAccount, callOptions: CallOptions): Promise<boolean> {
    const { machines, grant } = this.#parts;
    const { link } = resolved;
    if (link.legs.executionRoleGrant === 'Observe') return false;
    for (const role of grantRoles(resolved, machines.rolesOf(link.stateMachine.text)))
      if (await grant.names(role, link.targetRole.text, aws, callOptions)) return true;
    return false;
  }
}
