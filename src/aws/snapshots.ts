/**
 * Whole accounts, read page by page: one IAM call for some hundred roles, instead of five for each.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountAuthorizationDetails.html
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  GetAccountAuthorizationDetailsCommand,
  type EntityType,
  type ManagedPolicyDetail,
  type RoleDetail,
} from '@aws-sdk/client-iam';
import type { ObservedManagedPolicy, ObservedRole } from '../observed/objects.ts';
import type { AccountSnapshot } from '../observed/snapshot.ts';
import { parseObservedPolicy } from '../policy/parse.ts';
import type { AccountCalls } from './calls.ts';
import type { Clock } from './clock.ts';
import type { Want } from './lanes.ts';
import { PageSize } from './page-size.ts';
import { roleFields } from './reads.ts';

export interface Interest {
  /** Whether links touch the role, or its tags say that it is the operator's. */
  readonly keepsRole: (arn: string, tags: ReadonlyMap<string, string>) => boolean;
  /** Whether a managed policy's text matters, as a boundary or attached. */
  readonly keepsPolicy: (arn: string) => boolean;
  /** Whether any does: otherwise no policies are asked for. */
  readonly policies: () => boolean;
}

/** Roles between two breaks for the event loop: the lease's timer lives there. */
const ROLES_A_TURN = 25;

/** Reads an account when what is known is too old; many who ask at once cause one reading. */
export class AccountSnapshots {
  readonly #calls: AccountCalls;
  readonly #clock: Clock;
  readonly #interest: Interest;
  readonly #pageSize: PageSize;
  #last: AccountSnapshot | undefined;
  #reading: { readonly startedAt: number; readonly result: Promise<AccountSnapshot> } | undefined;

  constructor(calls: AccountCalls, clock: Clock, interest: Interest) {
    this.#calls = calls;
    this.#clock = clock;
    this.#interest = interest;
    this.#pageSize = new PageSize(() => clock.monotonicMs());
  }

  /** The newest whole reading, however old. */
  get last(): AccountSnapshot | undefined {
    return this.#last;
  }

  /**
   * A snapshot that started at that monotonic time or later; one being read counts, if it did.
   * @throws AwsFailure; the last snapshot stays.
   */
  async startedSince(earliest: number, want: Want): Promise<AccountSnapshot> {
    for (;;) {
      if (this.#last !== undefined && this.#last.startedAt >= earliest) return this.#last;
      this.#reading ??= this.#begin(want);
      const { startedAt, result } = this.#reading;
      if (startedAt >= earliest) return result;
      // Somebody else's reading began too early; whether it succeeds is not our matter.
      await result.catch(() => undefined);
    }
  }

  #begin(want: Want): { startedAt: number; result: Promise<AccountSnapshot> } {
    const startedAt = this.#clock.monotonicMs();
    const finish = async (): Promise<AccountSnapshot> => {
      try {
        this.#last = await this.#read(startedAt, want);
        return this.#last;
      } finally {
        this.#reading = undefined;
      }
    };
    return { startedAt, result: finish() };
  }

  async #read(startedAt: number, want: Want): Promise<AccountSnapshot> {
    const roles = new Map<string, ObservedRole>();
    const roleNames = new Map<string, string>();
    const managedPolicies = new Map<string, ObservedManagedPolicy>();
    const filter: EntityType[] = this.#interest.policies() ? ['Role', 'LocalManagedPolicy'] : ['Role'];
    let marker: string | undefined;
    do {
      const page = await this.#readPage(filter, marker, want);
      await inTurns(page.RoleDetailList ?? [], (detail) => {
        roleNames.set(detail.RoleName?.toLowerCase() ?? '', detail.Arn ?? '');
        const role = this.#readRole(detail);
        if (role !== undefined) roles.set(role.arn, role);
      });
      await inTurns(page.Policies ?? [], (detail) => {
        const policy = this.#readPolicy(detail);
        if (policy !== undefined) managedPolicies.set(policy.arn, policy);
      });
      const next = page.IsTruncated === true ? page.Marker : undefined;
      marker = next === marker ? undefined : next;
    } while (marker !== undefined);
    return { accountId: this.#calls.config.accountId, startedAt, roles, roleNames, managedPolicies };
  }

  async #readPage(Filter: EntityType[], Marker: string | undefined, want: Want) {
    const input = { Filter, Marker, MaxItems: this.#pageSize.current };
    const { accountId } = this.#calls.config;
    return this.#calls.iam('GetAccountAuthorizationDetails', accountId, want, (iam, options) =>
      this.#pageSize.measuring((watch) => {
        const command = new GetAccountAuthorizationDetailsCommand(input);
        watch(command.middlewareStack);
        return iam.send(command, options);
      }),
    );
  }

  #readRole(detail: RoleDetail): ObservedRole | undefined {
    const fields = roleFields(detail);
    if (!this.#interest.keepsRole(fields.arn, fields.tags)) return undefined;
    const { RolePolicyList = [], AttachedManagedPolicies = [], InstanceProfileList = [] } = detail;
    return {
      ...fields,
      trust: parseObservedPolicy(detail.AssumeRolePolicyDocument ?? ''),
      inlinePolicies: new Map(
        RolePolicyList.map(({ PolicyName = '', PolicyDocument = '' }) => [
          PolicyName,
          parseObservedPolicy(PolicyDocument),
        ]),
      ),
      managedPolicyArns: AttachedManagedPolicies.map(({ PolicyArn = '' }) => PolicyArn),
      instanceProfiles: InstanceProfileList.map(({ InstanceProfileName = '' }) => InstanceProfileName),
    };
  }

  #readPolicy(detail: ManagedPolicyDetail): ObservedManagedPolicy | undefined {
    const { Arn: arn = '', DefaultVersionId: versionId = '', PolicyVersionList = [] } = detail;
    if (!this.#interest.keepsPolicy(arn)) return undefined;
    const version = PolicyVersionList.find(({ VersionId }) => VersionId === versionId);
    return { arn, versionId, document: parseObservedPolicy(version?.Document ?? '') };
  }
}

async function inTurns<Item>(items: readonly Item[], visit: (item: Item) => void): Promise<void> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % ROLES_A_TURN === 0) await nextTurn();
    visit(item);
  }
}
