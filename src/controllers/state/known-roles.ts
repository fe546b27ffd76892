/**
 * The RoleIds under which target roles are known. A RoleId belongs to the role, not to a link: whichever link had the role
 * made, all links that share it know it.
 */
import type { AdoptionRecord } from '../../api/generated.ts';
import type { Link } from '../../desired/link.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import { recordOn, type KnownAdoption } from '../../plan/adoption-record.ts';
import type { RoleRecords } from '../../plan/ownership.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { LinkObject } from './link-object.ts';

export class KnownRoles {
  readonly #links: Pick<Cache<LinkObject>, 'byIndex'>;
  /** Role ARN → RoleId of a role that this process made, or found to be the operator's, and for which namespace. Statuses may
   *  lag behind it. */
  readonly #proven = new Map<string, { readonly namespace: string; readonly roleId: string }>();

  /** Role ARN → the tags on it that record an adoption, as this process left them. */
  readonly #adoptions = new Map<string, AdoptionRecord>();

  constructor(links: Pick<Cache<LinkObject>, 'byIndex'>) {
    this.#links = links;
  }

  /** What is on record of a link's target role. Only the statuses of links count that are in its namespace and for which the
   *  operator wrote the role: what a link only observed may be somebody else's. */
  recordsOf({ namespace, targetRole }: Link): RoleRecords {
    const records = this.#links
      .byIndex('targetRole', targetRole.text)
      .filter((object) => object.link.namespace === namespace && hasWrittenRole(object))
      .map(({ status }) => status.targetRoleID);
    const proven = this.#proven.get(targetRole.text);
    return proven?.namespace === namespace ? [...records, proven.roleId] : records;
  }

  /** RoleIds under which a link's target role is on record as another namespace's. What this process found counts as long as a
   *  link of that namespace names the role; after that, a person may give the role to another namespace. */
  othersRoleIdsOf({ namespace, targetRole }: Link): ReadonlySet<string> {
    const others = this.#links
      .byIndex('targetRole', targetRole.text)
      .filter(({ link }) => link.namespace !== namespace);
    const recorded = others.filter(hasWrittenRole).flatMap(({ status }) => status.targetRoleID ?? []);
    const proven = this.#proven.get(targetRole.text);
    const isTheirs = others.some(({ link }) => link.namespace === proven?.namespace);
    return new Set(isTheirs && proven !== undefined ? [...recorded, proven.roleId] : recorded);
  }

  /** To be called when a role was made, or found to be the operator's, for links of a namespace. */
  proven(arn: string, namespace: string, roleId: string): void {
    const known = this.#proven.get(arn);
    if (known?.namespace !== namespace || known.roleId !== roleId)
      this.#proven.set(arn, { namespace, roleId });
  }

  /** What is on record of the adoption of a link's target role: by this process if it knows, otherwise by the statuses of the
   *  role's links. */
  adoptionOf({ namespace, targetRole }: Link): KnownAdoption {
    const left = this.#adoptions.get(targetRole.text);
    if (left !== undefined) return { records: [left], isCertain: true };
    const records = this.#links
      .byIndex('targetRole', targetRole.text)
      .filter((object) => object.link.namespace === namespace && hasWrittenRole(object))
      .flatMap(({ status }) => (status.adoption === undefined ? [] : [status.adoption]));
    return { records, isCertain: false };
  }

  /** To be called when a role has all that links ask of it.
   *  @param arn the text that the link already holds, to keep no other copy */
  stands(arn: string, role: ObservedRole): void {
    this.#adoptions.set(arn, recordOn(role));
  }

  /** To be called while an update of the role is unfinished: the role may have what is recorded nowhere. */
  unsettled(arn: string): void {
    this.#adoptions.delete(arn);
  }

  /** To be called when no link names the role any more. */
  forget(arn: string): void {
    this.#proven.delete(arn);
    this.#adoptions.delete(arn);
  }
}

function hasWrittenRole({ status, link }: LinkObject): boolean {
  return (status.inventory ?? []).some(
    ({ leg, arn }) => leg === 'TargetRole' && arn === link.targetRole.text,
  );
}
