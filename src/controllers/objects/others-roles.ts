/**
 * Which target roles belong to others. A grant and a definition name the target roles of all their links. What a plan changes
 * is reported in the status of one of them, which must not name the roles of another namespace. A definition may also name
 * roles of other clusters, whose operators work on the same accounts.
 */
import { targetEntries } from '../../access/target.ts';
import { parseRoleArn } from '../../arn/arn.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import type { Link } from '../../desired/link.ts';
import type { IsHidden } from '../../plan/hidden-roles.ts';
import { otherCluster } from '../../plan/ownership.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkResolver } from '../state/resolved-link.ts';
import type { Contributors } from './contributors.ts';

interface OthersRolesParts {
  readonly contributors: Contributors;
  readonly accounts: AccountRegistry;
  readonly resolver: LinkResolver;
  readonly clusterId: string;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** For at most this many roles of a definition AWS is asked whose they are: a definition that names more does not do so for
 *  other clusters. */
const MOST_ASKED = 10;
/** How long a role counts as another cluster's without a new read. Every link of a contested definition asks in each check, and
 *  nothing is written because of this answer. */
const BELIEVED_MS = 60_000;

export class OthersRoles {
  readonly #parts: OthersRolesParts;
  /** Roles of other clusters with the time when that was seen, the oldest first. */
  readonly #ofOthers = new Map<string, number>();

  constructor(parts: OthersRolesParts) {
    this.#parts = parts;
  }

  /** Tells which roles belong to another namespace, as this link sees it: those that links of other namespaces name, and those
   *  that the rules allow to others and not to this namespace, whether or not there is a link. A link of another namespace that
   *  names a role of this one does not hide it. Nor does a link of this namespace show a role that the rules do not let the
   *  namespace hold: whoever guesses an ARN can write it into a link. */
  seenBy({ namespace, stateMachine, targetRole }: Link): IsHidden {
    return (arn) => {
      if (arn === targetRole.text) return false;
      const naming = this.#linksNaming(arn, stateMachine.accountId);
      const { mine, others } = this.#mayHold(arn, namespace);
      if (naming.every((link) => link.namespace === namespace)) return others && !mine;
      return !mine || naming.every((link) => link.namespace !== namespace);
    };
  }

  /** Those of the given roles that belong to the operators of other clusters, as AWS shows them now or did within the last
   *  minute. A role in an account that the operator cannot reach, or in which it may not read roles, counts as nobody's.
   *  @throws AwsFailure when a role cannot be read */
  async ofOtherClusters(arns: ReadonlySet<string>, callOptions: CallOptions): Promise<ReadonlySet<string>> {
    this.#forgetBefore(this.#parts.now() - BELIEVED_MS);
    const found = new Set<string>();
    for (const arn of [...arns].slice(0, MOST_ASKED)) {
      if (!this.#ofOthers.has(arn)) {
        if (!(await this.#isOfOtherCluster(arn, callOptions))) continue;
        this.#ofOthers.set(arn, this.#parts.now());
      }
      found.add(arn);
    }
    return found;
  }

  #forgetBefore(ms: number): void {
    for (const [arn, seenAt] of this.#ofOthers) {
      if (seenAt > ms) return;
      this.#ofOthers.delete(arn);
    }
  }

  async #isOfOtherCluster(arn: string, callOptions: CallOptions): Promise<boolean> {
    const { accounts, clusterId } = this.#parts;
    const { aws } = accounts.get(parseRoleArn(arn)?.accountId ?? '') ?? {};
    if (aws === undefined) return false;
    try {
      const reading = await aws.role(arn, callOptions, { kind: 'fresh' });
      return reading.kind === 'found' && otherCluster(reading.role, clusterId) !== undefined;
    } catch (error) {
      if (error instanceof AwsFailure && error.kind === 'terminal') return false;
      throw error;
    }
  }

  /** The links of a source account that name a target role. */
  #linksNaming(arn: string, accountId: string): readonly Link[] {
    return this.#parts.contributors
      .linksBy('targetRole', arn)
      .map(({ link }) => link)
      .filter((link) => link.stateMachine.accountId === accountId);
  }

  /** Whom the rules let hold the role: this namespace, anybody else. */
  #mayHold(arn: string, namespace: string): { readonly mine: boolean; readonly others: boolean } {
    const role = parseRoleArn(arn);
    const account = role === undefined ? undefined : this.#parts.accounts.get(role.accountId);
    if (role === undefined || account === undefined) return { mine: false, others: false };
    const entries = this.#parts.resolver.entriesIn(account, namespace);
    const mine = targetEntries(entries, role).length > 0;
    return { mine, others: targetEntries(account.rules.entries, role).length > 0 };
  }
}
