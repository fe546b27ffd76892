/**
 * Finds what a link that is gone has left on a shared object. A retained or abandoned link leaves AWS as it is, and so does one
 * that only observes by now. After a restart nobody remembers that. But a grant and the trust policy to which it leads confirm
 * each other, and only the operator writes both; and so do a trust policy and a Task that names the role.
 */
import { parseArn, parseStateMachineArn } from '../../arn/arn.ts';
import { tasksNaming } from '../../asl/definition/large-definition.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import type { CallOptions } from '../../aws/pace/lanes.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { Leg } from '../../desired/leg.ts';
import { isOwnSid, policyName, trustSid } from '../../desired/names.ts';
import type { ObservedRole } from '../../observed/objects.ts';
import type { Statement } from '../../policy/document.ts';
import { legsWrittenWith } from '../../report/legs-on-record.ts';
import { recordedTasks } from '../../report/task-record.ts';
import type { AccountRegistry } from '../state/account-registry.ts';
import type { LinkObject } from '../state/link-object.ts';
import type { StateMachineCache } from '../state/state-machine-cache.ts';
import type { Contributors } from './contributors.ts';
import { NO_LEGS } from './drift-finder.ts';
import { LAST_READ, type UpdateOptions } from './object-update.ts';
import { targetsOf } from './stray-grants.ts';

export interface LeftoversParts {
  readonly accounts: Pick<AccountRegistry, 'get'>;
  readonly contributors: Pick<Contributors, 'linksBy' | 'linksUnder'>;
  readonly machines: Pick<StateMachineCache, 'known'>;
  readonly clusterId: string;
}

/** How many roles and state machines on the other side are read for each object. Whoever writes policies decides how many they
 *  name. */
const MOST_LOOKED_AT = 10;

export class Leftovers {
  readonly #parts: LeftoversParts;

  constructor(parts: LeftoversParts) {
    this.#parts = parts;
  }

  /** The legs on which an execution role may have what was left: its grant names a role that no link has it name, and that role
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
    return isLeft ? legsWrittenWith('executionRoleGrant') : NO_LEGS;
  }

  /** The legs on which a target role may have what was left. Either it lets in an execution role although no link asks for
   *  that, and that role has a grant on it; or it lets in a state machine with a Task that names it and is no link's. */
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
    return isLeft || (await this.#isNamedByLeftTask(role, options.callOptions))
      ? legsWrittenWith('targetRole')
      : NO_LEGS;
  }

  /** If several links have one execution role, the role is let in and granted even after one of them is gone; then the Tasks
   *  show what was left. Only the operator writes statuses, and whoever writes definitions cannot write trust policies. */
  async #isNamedByLeftTask(role: ObservedRole, callOptions: CallOptions): Promise<boolean> {
    const unlinked: TrustedPair[] = [];
    for (const pair of pairsIn(role)) {
      const sharing = this.#parts.contributors
        .linksBy('stateMachine', pair.machineArn)
        .filter(({ link }) => link.targetRole.text === role.arn);
      if (sharing.length === 0) unlinked.push(pair);
      else if (this.#hasTaskBeside(sharing, pair, role.arn)) return true;
    }
    for (const pair of unlinked.slice(0, MOST_LOOKED_AT))
      if (await this.#runsWithoutLink(pair, role.arn, callOptions)) return true;
    return false;
  }

  /** Whether a state machine calls with the role although no link of the machine names the role. */
  async #runsWithoutLink(
    { executionRoleArn, machineArn }: TrustedPair,
    roleArn: string,
    callOptions: CallOptions,
  ): Promise<boolean> {
    const machine = await this.#known(machineArn, async (aws) => {
      const reading = await aws.stateMachine(machineArn, callOptions);
      return reading.kind === 'found' ? reading.machine : undefined;
    });
    return machine?.executionRoleArn === executionRoleArn && machine.definition.includes(`"${roleArn}"`);
  }

  /** Whether a Task names the role that is on record of none of these links, which are all links from its state machine to the
   *  role. */
  #hasTaskBeside(links: readonly LinkObject[], { machineArn }: TrustedPair, roleArn: string): boolean {
    const machine = this.#parts.machines.known(machineArn);
    if (machine?.kind !== 'found') return false;
    const naming = tasksNaming(machine.view.definition, roleArn);
    const onRecord = new Set(links.flatMap(({ status }) => recordedTasks(status)));
    return naming.some((name) => !onRecord.has(name));
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

  #read(arn: string, callOptions: CallOptions): Promise<ObservedRole | undefined> {
    return this.#known(arn, async (aws) => {
      const reading = await aws.role(arn, callOptions, LAST_READ);
      return reading.kind === 'found' ? reading.role : undefined;
    });
  }

  /** If an account cannot be reached, nothing is known of what is in it. That is the business of its own links. */
  async #known<Found>(arn: string, read: (aws: AwsAccount) => Promise<Found>): Promise<Found | undefined> {
    try {
      const aws = this.#parts.accounts.get(parseArn(arn)?.accountId ?? '')?.aws;
      return aws && (await read(aws));
    } catch (error) {
      if (error instanceof AwsFailure) return undefined;
      throw error;
    }
  }
}

type AskingOptions = Pick<UpdateOptions, 'callOptions' | 'isDeletion' | 'lastUpdates'>;

/** Whether there is no need to look: only after a restart nothing says what the operator itself had left, and a deletion
 *  reports no drift. */
function isRemembered({ arn }: ObservedRole, { isDeletion, lastUpdates }: AskingOptions): boolean {
  return isDeletion || lastUpdates.has(arn);
}

function trusts({ trust }: ObservedRole, executionRoleArn: string): boolean {
  return trustedBy({ trust }).includes(executionRoleArn);
}

/** The roles that the operator's own statements let in. */
function trustedBy(role: Pick<ObservedRole, 'trust'>): readonly string[] {
  return ownStatements(role).flatMap(({ sid, principals }) =>
    (principals?.byType['AWS'] ?? []).filter((arn) => sid?.startsWith(trustSid(arn))),
  );
}

/** A state machine that is let in under an execution role. */
interface TrustedPair {
  readonly executionRoleArn: string;
  readonly machineArn: string;
}

function pairsIn(role: ObservedRole): readonly TrustedPair[] {
  return ownStatements(role).flatMap(({ principals, conditions }) =>
    (principals?.byType['AWS'] ?? []).flatMap((executionRoleArn) =>
      (conditions?.['StringEquals']?.['sts:ExternalId'] ?? []).flatMap((machineArn) =>
        parseStateMachineArn(machineArn) === undefined ? [] : [{ executionRoleArn, machineArn }],
      ),
    ),
  );
}

function ownStatements({ trust }: Pick<ObservedRole, 'trust'>): readonly Statement[] {
  return trust.kind === 'parsed' ? trust.document.statements.filter(({ sid }) => isOwnSid(sid)) : [];
}
