/** AWS in this process, with a fleet in sync. It works out each answer when it is asked, and keeps nothing about a link except
 *  that it was read. */
import { Readable } from 'node:stream';
import type { AccountConfig, AwsSession, SessionSource } from '../../src/aws/sessions/sessions.ts';
import { sessionOf, type Command } from '../../testbed/simulation/aws-sessions.ts';
import type { Scheduler } from '../../testbed/simulation/scheduler.ts';
import { firstOf, type Fleet, type FleetLink } from '../fleet.ts';
import { inSyncDefinition } from '../in-sync.ts';
import { accountPageXml, roleXml, rolesLikeFirst, type FleetRole, type RolesOf } from './fleet-answers.ts';
import type { Wire } from './wire.ts';

/** The number of roles that IAM returns at once. */
const PAGE = 1_000;

export class FleetAws implements SessionSource {
  /** ARNs of the state machines that were read. */
  readonly read = new Set<string>();
  readonly #fleet: Fleet;
  readonly #wire: Wire;
  readonly #scheduler: Scheduler;
  readonly #byMachine: ReadonlyMap<string, FleetLink>;
  readonly #rolesOf: RolesOf;

  constructor(fleet: Fleet, wire: Wire, scheduler: Scheduler) {
    this.#fleet = fleet;
    this.#wire = wire;
    this.#scheduler = scheduler;
    this.#byMachine = new Map(fleet.links.map((link) => [link.machineArn, link]));
    this.#rolesOf = rolesLikeFirst(fleet, firstOf(fleet));
  }

  close(): void {
    // There are no sockets.
  }

  of({ accountId }: AccountConfig): AwsSession {
    return sessionOf((command) => this.#send(accountId, command));
  }

  #send(accountId: string, command: Command): Promise<object> {
    const operation = command.constructor.name.replace(/Command$/, '');
    return this.#wire.send(operation, () => this.#answer(accountId, operation, command));
  }

  #answer(accountId: string, operation: string, command: Command): object | Promise<object> {
    const { input } = command;
    switch (operation) {
      case 'GetCallerIdentity':
        return {
          Account: accountId,
          Arn: `arn:aws:sts::${accountId}:assumed-role/crossaccountlink-operator/crossaccountlink`,
        };
      case 'GetAccountAuthorizationDetails':
        return this.#page(accountId, command);
      case 'GetRole':
        return { Role: asRead(this.#role(accountId, input)) };
      case 'ListRolePolicies':
        return { PolicyNames: [...this.#role(accountId, input).policies.keys()] };
      case 'GetRolePolicy':
        return {
          PolicyDocument: encodeURIComponent([...this.#role(accountId, input).policies.values()].join('')),
        };
      case 'ListAttachedRolePolicies':
        return { AttachedPolicies: [] };
      case 'ListInstanceProfilesForRole':
        return { InstanceProfiles: [] };
      case 'DescribeStateMachine':
        return this.#machine(String(input['stateMachineArn']));
      case 'ListStateMachineAliases':
        return { stateMachineAliases: [] };
      default:
        throw new Error(`${operation} is not for this model`);
    }
  }

  /** The operator reads this answer itself, in a middleware of the command. */
  #page(accountId: string, { input, middlewareStack }: Command): Promise<object> {
    const first = Number(input['Marker'] ?? 0);
    const next = first + PAGE;
    const { links } = this.#fleet;
    const own = links.filter(({ source, target }) => source === accountId || target === accountId);
    const roles = own
      .slice(first, next)
      .flatMap(this.#rolesOf)
      .filter(({ account }) => account === accountId);
    const page = accountPageXml(roles.map(roleXml), next < own.length ? next : undefined);
    const name = 'GetAccountAuthorizationDetails';
    const text = `<${name}Response><${name}Result>${page}</${name}Result></${name}Response>`;
    const answer = { response: { statusCode: 200, body: Readable.from([Buffer.from(text)]) }, output: {} };
    const read = middlewareStack.resolve(() => Promise.resolve(answer), {});
    return this.#scheduler.hold(() => read({}));
  }

  /** Roles have the names of their links. */
  #role(accountId: string, { RoleName: name }: Command['input']): FleetRole {
    const found = this.#fleet.links
      .filter((link) => link.name === name)
      .flatMap(this.#rolesOf)
      .find(({ account }) => account === accountId);
    if (found === undefined) throw new Error(`there is no role ${String(name)}`);
    return found;
  }

  #machine(arn: string): object {
    const link = this.#byMachine.get(arn);
    if (link === undefined) throw new Error(`there is no ${arn}`);
    this.read.add(arn);
    return {
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn: ownCopy(link.executionRoleArn),
      definition: inSyncDefinition(link),
      creationDate: new Date('2026-01-01T00:00:00Z'),
      revisionId: `revision-${link.name}`,
    };
  }
}

function asRead({ arn, roleId, trust, tags }: FleetRole): object {
  return {
    Arn: arn,
    RoleId: roleId,
    AssumeRolePolicyDocument: encodeURIComponent(trust),
    Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
  };
}

/** A copy, as if it had been read from a socket: nobody else has this text. */
function ownCopy(text: string): string {
  return Buffer.from(text).toString();
}
