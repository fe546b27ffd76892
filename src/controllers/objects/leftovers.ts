/**
 * What a link that went has left on an object that it shared: one that is retained or abandoned leaves AWS as it is, and so
 * does one that only observes by now. Nobody remembers that after a restart; but a grant and the trust policy that it leads to
 * bear each other out, and only the operator writes both.
 */
import { parseRoleArn } from '../../arn/arn.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { Leg } from '../../desired/leg.ts';
import { policyName, trustSid } from '../../desired/names.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { Contributors } from './contributors.ts';
import { GRANT_ALONE, NO_LEGS } from './drift-finder.ts';
import { LAST_READ, type UpdateOptions } from './object-update.ts';
import { targetsOf } from './stray-grants.ts';

export interface LeftoversParts {
  readonly accounts: Pick<AccountRegistry, 'get'>;
  readonly contributors: Pick<Contributors, 'linksBy' | 'linksUnder'>;
  readonly clusterId: string;
}

/** What links ask of a target role that they share, each for itself. */
const ACCESS: ReadonlySet<Leg> = new Set(['trustPolicy', 'permissions']);

/** Roles on the other side that are looked at, for each object: whoever writes policies decides how many they name. */
const MOST_LOOKED_AT = 10;

export class Leftovers {
  readonly #parts: LeftoversParts;

  constructor(parts: LeftoversParts) {
    this.#parts = parts;
  }

  /** The legs of which an execution role may bear what was left: its grant names a role that no link has it grant, and that
   *  lets it in. */
  async onExecutionRole(role: ObservedRole | undefined, options: AskingOptions): Promise<ReadonlySet<Leg>> {
    if (role === undefined || isRemembered(role, options)) return NO_LEGS;
    const { arn, inlinePolicies } = role;
    const { clusterId, contributors } = this.#parts;
    const orphans = targetsOf(inlinePolicies.get(policyName(clusterId))).filter(
      (target) =>
        !contributors
          .linksBy('targetRole', target)
          .some(({ link }) => link.legs.executionRoleGrant === 'Enforce'),
    );
    const isLeft = await this.#anyIs(orphans, options.callOptions, (target) => trusts(target, arn));
    return isLeft ? GRANT_ALONE : NO_LEGS;
  }

  /** The legs of which a target role may bear what was left: it lets in an execution role for which no link has it do
   *  so, and that bears a grant on it. */
  async onTargetRole(role: ObservedRole | undefined, options: AskingOptions): Promise<ReadonlySet<Leg>> {
    if (role === undefined || isRemembered(role, options)) return NO_LEGS;
    const { clusterId, contributors } = this.#parts;
    const orphans = trustedBy(role).filter(
      (arn) =>
        !contributors
          .linksUnder(arn)
          .some(({ link }) => link.targetRole.text === role.arn && link.legs.targetRole === 'Enforce'),
    );
    const isLeft = await this.#anyIs(orphans, options.callOptions, ({ inlinePolicies }) =>
      targetsOf(inlinePolicies.get(policyName(clusterId))).includes(role.arn),
    );
    return isLeft ? ACCESS : NO_LEGS;
  }

  async #anyIs(
    arns: readonly string[],
    callOptions: CallOptions,
    isLeft: (role: ObservedRole) => boolean,
  ): Promise<boolean> {
    for (const arn of arns.slice(0, MOST_LOOKED_AT)) {
      const role = await this.#read(arn, callOptions);
      if (role !== undefined && isLeft(role)) return true;
    }
    return false;
  }

  /** An account that is out of reach concerns other links: nothing is known of the role then. */
  async #read(arn: string, callOptions: CallOptions): Promise<ObservedRole | undefined> {
    try {
      const aws = this.#parts.accounts.get(parseRoleArn(arn)?.accountId ?? '')?.aws;
      const reading = await aws?.role(arn, callOptions, LAST_READ);
      return reading?.kind === 'found' ? reading.role : undefined;
    } catch (error) {
      if (error instanceof AwsFailure) return undefined;
      throw error;
    }
  }
}

type AskingOptions = Pick<UpdateOptions, 'callOptions' | 'isDeletion' | 'lastUpdates'>;

/** Only after a restart nothing tells what the operator itself had left there; a deletion reports no drift. */
function isRemembered({ arn }: ObservedRole, { isDeletion, lastUpdates }: AskingOptions): boolean {
  return isDeletion || lastUpdates.has(arn);
}

function trusts({ trust }: ObservedRole, executionRoleArn: string): boolean {
  return trustedBy({ trust }).includes(executionRoleArn);
}

/** Those that the operator's own statements let in. */
function trustedBy({ trust }: Pick<ObservedRole, 'trust'>): readonly string[] {
  if (trust.kind !== 'parsed') return [];
  return trust.document.statements.flatMap(({ sid, principals }) =>
    (principals?.byType['AWS'] ?? []).filter((arn) => sid?.startsWith(trustSid(arn))),
  );
}
