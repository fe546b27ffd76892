/** The accounts that the operator knows, as the account controller found them. */
import type { AccountRules } from '../../access/rules.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';

export interface Account {
  /** Name of the AWSAccount. */
  readonly name: string;
  readonly accountId: string;
  readonly rules: AccountRules;
  /** Whether they say something else than what was last reported on: what former rules asked for may stand. */
  readonly hasNewRules?: boolean;
  /** Left out while the operator cannot act in the account; then `problem` says why. */
  readonly aws?: AwsAccount;
  readonly problem?: string;
  /** Since when it cannot, in milliseconds since 1970. */
  readonly unreachableSince?: number;
  /** Who the operator is there, as AWS said: a session's ARN, its name included. */
  readonly identityArn?: string;
  /** Whether this process has worked there with an access key. */
  readonly hasUsed?: (accessKeyId: string) => boolean;
  /** What the operator acts as there, and before it assumes that: roles, or sessions of them. */
  readonly operatorRoleArns?: readonly string[];
  /** Whether its AWSAccount names an event queue: only then executions of its state machines are looked at. */
  readonly hasEventQueue?: boolean;
  /** Floor of the drift check interval. */
  readonly driftFloorMs: number;
}

export class AccountRegistry {
  readonly #byId = new Map<string, Account>();
  #version = 0;

  /** Another number after each change of which accounts there are and what their rules say. */
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
