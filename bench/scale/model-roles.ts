/** The roles of the model's accounts: as in the fleet, until somebody writes. */
import type { AwsCall } from '../../testbed/proxy/aws-call.ts';
import { accountPageXml, documentXml, roleXml, type FleetRole } from './fleet-answers.ts';

/** The number of roles that IAM returns at once. */
const PAGE = 1_000;

interface ModelRole {
  role: FleetRole;
  /** As XML. */
  text: string;
}

/** The result of an answer as XML; undefined if there is no such role. */
type Result = string | undefined;

export class ModelRoles {
  /** By account, then by name. */
  readonly #accounts = new Map<string, Map<string, ModelRole>>();

  put(role: FleetRole): void {
    const { account, name } = role;
    const roles = this.#accounts.get(account) ?? new Map<string, ModelRole>();
    roles.set(name, { role, text: roleXml(role) });
    this.#accounts.set(account, roles);
  }

  /** The answer to a call of IAM's; `unknown` if the model does not know the operation. */
  answerTo(call: AwsCall): Result | 'unknown' {
    const { operation, accountId, parameters } = call;
    if (operation === 'GetAccountAuthorizationDetails') return this.#accountPage(call);
    if (operation === 'CreateRole') return this.#create(call);
    const known = this.#accounts.get(accountId)?.get(parameters.get('RoleName') ?? '');
    return known === undefined ? undefined : this.#answerOf(known, call);
  }

  #answerOf({ role, text }: ModelRole, { operation, parameters }: AwsCall): Result | 'unknown' {
    const name = parameters.get('PolicyName') ?? '';
    const { policies } = role;
    switch (operation) {
      case 'GetRole':
        return `<Role>${text}</Role>`;
      case 'ListRolePolicies':
        return `<IsTruncated>false</IsTruncated><PolicyNames>${members([...policies.keys()])}</PolicyNames>`;
      case 'GetRolePolicy': {
        const document = policies.get(name);
        return document && `<PolicyName>${name}</PolicyName>${documentXml(document)}`;
      }
      case 'ListAttachedRolePolicies':
        return '<IsTruncated>false</IsTruncated><AttachedPolicies/>';
      case 'ListInstanceProfilesForRole':
        return '<IsTruncated>false</IsTruncated><InstanceProfiles/>';
      case 'PutRolePolicy':
        return this.#write(role, {
          policies: new Map([...policies, [name, parameters.get('PolicyDocument') ?? '']]),
        });
      case 'DeleteRolePolicy':
        return this.#write(role, { policies: new Map([...policies].filter(([other]) => other !== name)) });
      case 'UpdateAssumeRolePolicy':
        return this.#write(role, { trust: parameters.get('PolicyDocument') ?? '' });
      case 'UpdateRoleDescription':
        return this.#write(role, { description: parameters.get('Description') ?? '' });
      case 'DeleteRole':
        this.#accounts.get(role.account)?.delete(role.name);
        return '';
      default:
        return 'unknown';
    }
  }

  #write(role: FleetRole, change: Partial<FleetRole>): string {
    this.put({ ...role, ...change });
    return '';
  }

  #create({ accountId, parameters }: AwsCall): string {
    const name = parameters.get('RoleName') ?? '';
    const path = parameters.get('Path') ?? '/';
    const role = {
      account: accountId,
      name,
      arn: `arn:aws:iam::${accountId}:role${path}${name}`,
      roleId: `AROAT${name}`,
      trust: parameters.get('AssumeRolePolicyDocument') ?? '',
      tags: tagsIn(parameters),
      policies: new Map(),
    };
    this.put(role);
    return `<Role>${roleXml(role)}</Role>`;
  }

  #accountPage({ accountId, parameters }: AwsCall): string {
    if (![...parameters.values()].includes('Role')) return '<IsTruncated>false</IsTruncated>';
    const first = Number(parameters.get('Marker') ?? 0);
    const roles = [...(this.#accounts.get(accountId)?.values() ?? [])];
    const next = first + PAGE;
    const texts = roles.slice(first, next).map(({ text }) => text);
    return accountPageXml(texts, next < roles.length ? next : undefined);
  }
}

function members(values: readonly string[]): string {
  return values.map((value) => `<member>${value}</member>`).join('');
}

function tagsIn(parameters: AwsCall['parameters']): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  for (let at = 1; parameters.has(`Tags.member.${at}.Key`); at += 1)
    tags.set(parameters.get(`Tags.member.${at}.Key`) ?? '', parameters.get(`Tags.member.${at}.Value`) ?? '');
  return tags;
}
