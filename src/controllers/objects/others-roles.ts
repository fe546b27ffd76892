/** A grant and a definition name the target roles of all their links. What a plan changes is reported in the status of one of
 *  them, and must not name the roles of another namespace. */
import { targetEntries } from '../../access/target.ts';
import { parseRoleArn } from '../../arn/arn.ts';
import type { Link } from '../../desired/link.ts';
import type { IsHidden } from '../../plan/hidden-roles.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { Contributors } from './contributors.ts';

interface OthersRolesParts {
  readonly contributors: Contributors;
  readonly accounts: AccountRegistry;
  readonly resolver: LinkResolver;
}

export class OthersRoles {
  readonly #parts: OthersRolesParts;

  constructor(parts: OthersRolesParts) {
    this.#parts = parts;
  }

  /** Which roles are another namespace's to this link: those that links of others name, and those for which the rules give
   *  others a path and this one none, be there a link or not. A link of another namespace that names a role of this one does not hide it. */
  seenBy({ namespace, stateMachine, targetRole }: Link): IsHidden {
    return (arn) => {
      if (arn === targetRole.text) return false;
      const naming = this.#linksNaming(arn, stateMachine.accountId);
      if (naming.some((link) => link.namespace === namespace)) return false;
      return naming.length > 0 || this.#isOnlyForOthers(arn, namespace);
    };
  }

  /** The links of a source account that name a target role. */
  #linksNaming(arn: string, accountId: string): readonly Link[] {
    return this.#parts.contributors
      .linksBy('targetRole', arn)
      .map(({ link }) => link)
      .filter((link) => link.stateMachine.accountId === accountId);
  }

  #isOnlyForOthers(arn: string, namespace: string): boolean {
    const role = parseRoleArn(arn);
    const account = role === undefined ? undefined : this.#parts.accounts.get(role.accountId);
    if (role === undefined || account === undefined) return false;
    const entries = this.#parts.resolver.entriesIn(account, namespace);
    return targetEntries(entries, role).length === 0 && targetEntries(account.rules.entries, role).length > 0;
  }
}
