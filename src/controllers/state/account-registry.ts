/** The accounts that the operator knows, as the account controller found them. */
import type { AccountRules } from '../../access/rules.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';

export interface Account {
  /** Name of the AWSAccount. */
  readonly name: string;
  readonly accountId: string;
  readonly rules: AccountRules;
  /** Whether the rules differ from those last reported on: others may have been asked for, and written, in between. */
  readonly hasNewRules?: boolean;
  /** Left out while the operator cannot act in the account; `problem` says why. */
  readonly aws?: AwsAccount;
  readonly problem?: string;
  /** Since when the operator cannot act there, in milliseconds since 1970. */
  readonly unreachableSince?: number;
  /** The operator's identity there, as AWS says: the ARN of a session, with its name. */
  readonly identityArn?: string;
  /** Whether this process has worked there with an access key. */
  readonly hasUsed?: (accessKeyId: string) => boolean;
  /** The operator's identities there and before it assumes the account's role: roles, or sessions of roles. */
  readonly operatorRoleArns?: readonly string[];
  /** Whether its AWSAccount names an event queue. Executions are only read if it does. */
  readonly hasEventQueue?: boolean;
  /** Shortest drift check interval that the account allows, in milliseconds. */
  readonly driftFloorMs: number;
}

export class AccountRegistry {
  readonly #byId = new Map<string, Account>();
  #version = 0;

  /** A number that changes whenever an account comes, goes or changes its rules. */
  get version(): number {
    return this.#version;
  }

  get(accountId: string): Account | undefined {
    return this.#byId.get(accountId);
  }

  set(account: Account): void {
    if (this.#byId.get(account.accountId)?.rules !== account.rules) this.#version += 1;
    this.#byId.set(account.accountId, account);
  }

  delete(accountId: string): void {
    if (this.#byId.delete(accountId)) this.#version += 1;
  }

  all(): readonly Account[] {
    return [...this.#byId.values()];
  }
}
