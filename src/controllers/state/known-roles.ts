/** Under which RoleIds target roles are known. A RoleId belongs to the role, not to a link: whichever link had the role
 *  made, those that share it with that link know it. */
import type { AdoptionRecord } from '../../api/generated.ts';
import type { Link } from '../../desired/link.ts';
import type { RoleRecords } from '../../plan/ownership.ts';
import type { Cache } from '../../kubernetes/store.ts';
import type { LinkObject } from './link-object.ts';

export class KnownRoles {
  readonly #links: Pick<Cache<LinkObject>, 'byIndex'>;
  /** Role ARN → RoleId that this process made, or found to be the operator's, and for whom: statuses may be behind it. */
  readonly #proven = new Map<string, { readonly namespace: string; readonly roleId: string }>();

  /** Role ARN → what it bears on record of its adoption, as this process left it; undefined where it was made. */
  readonly #adoptions = new Map<string, AdoptionRecord | undefined>();

  constructor(links: Pick<Cache<LinkObject>, 'byIndex'>) {
    this.#links = links;
  }

  /** What is on record of a link's target role. Statuses count of links in its namespace for which the operator wrote
   *  the role: what a link only observed may be somebody else's. */
  recordsOf({ namespace, targetRole }: Link): RoleRecords {
    const records = this.#links
      .byIndex('targetRole', targetRole.text)
      .filter((object) => object.link.namespace === namespace && hasWrittenRole(object))
      .map(({ status }) => status.targetRoleID);
    const proven = this.#proven.get(targetRole.text);
    return proven?.namespace === namespace ? [...records, proven.roleId] : records;
  }

  /** To be called when a role was made, or found to be the operator's, for links of a namespace. */
  proven(arn: string, namespace: string, roleId: string): void {
    this.#proven.set(arn, { namespace, roleId });
  }

  /** What is on record of the adoption of a link's target role: by this process, else by the statuses of its links. */
  adoptionsOf({ namespace, targetRole }: Link): readonly AdoptionRecord[] {
    if (this.#adoptions.has(targetRole.text)) return asList(this.#adoptions.get(targetRole.text));
    return this.#links
      .byIndex('targetRole', targetRole.text)
      .filter((object) => object.link.namespace === namespace && hasWrittenRole(object))
      .flatMap(({ status }) => asList(status.adoption));
  }

  /** To be called when all that links ask of a role stands on it. */
  stands(arn: string, adoption: AdoptionRecord | undefined): void {
    this.#adoptions.set(arn, adoption);
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

function asList(adoption: AdoptionRecord | undefined): readonly AdoptionRecord[] {
  return adoption === undefined ? [] : [adoption];
}
