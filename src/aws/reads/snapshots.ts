/** Snapshots of whole accounts, read page by page: one IAM call for a thousand roles, instead of five for each. */
import { hash } from 'node:crypto';
import type { EntityType } from '@aws-sdk/client-iam';
import type { ObservedManagedPolicy, ObservedPolicy } from '../../observed/objects.ts';
import type { AccountSnapshot } from '../../observed/snapshot.ts';
import { decodeOnce, parseObservedPolicy } from '../../policy/parse.ts';
import { observedTags } from '../../observed/tags.ts';
import { readAccountPage } from './account-details.ts';
import type { AccountCalls } from '../calls/calls.ts';
import { followPages, nextMarker } from '../calls/pages.ts';
import type { Clock } from '../../base/clock.ts';
import { KeptRoles, type RoleText, type SentRole } from './kept-roles.ts';
import { toFinish, type CallOptions } from '../pace/lanes.ts';
import { childMembers, childText, readElement, type OnMember, type XmlElement } from './xml-members.ts';

export interface SnapshotInterest {
  /** Whether tags say that a role is the operator's. Equal tags must have equal answers. Left out: no role is. */
  readonly isOwn?: (tags: ReadonlyMap<string, string>) => boolean;
  /** Called with each role of the account. Returns whether the snapshot keeps it, because links use it or it is the operator's.
   *  @param isOwn according to the tags */
  readonly visitRole: (arn: string, isOwn: boolean) => boolean;
  /** Whether nothing explains a grant on the role, as far as its ARN tells. For other roles, {@link strayGrant} is not called. */
  readonly mayStray?: (roleArn: string) => boolean;
  /** The roles that an inline policy of that name lets a role assume, if it is a grant that nothing explains. */
  readonly strayGrant?: (
    roleArn: string,
    policyName: string,
    policy: () => ObservedPolicy,
  ) => readonly string[];
  /** Called when a snapshot was read to its end, with whether it keeps a role. */
  readonly looked?: (keeps: (roleArn: string) => boolean) => void;
  /** Whether a managed policy's text matters, as a boundary or attached. */
  readonly keepsPolicy: (arn: string) => boolean;
  /** Whether any does: if not, no policies are asked for. */
  readonly policies: () => boolean;
  /** Called for a role or policy that differs from the last snapshot, which began at that monotonic time. */
  readonly differs?: (arn: string, lastStartedAt: number) => void;
}

interface KeptSnapshot extends AccountSnapshot {
  readonly roles: KeptRoles;
}

/** Reads an account when the last snapshot is too old; many callers at once cause one read. */
export class AccountSnapshots {
  readonly #calls: AccountCalls;
  readonly #clock: Clock;
  readonly #interest: SnapshotInterest;
  #last: KeptSnapshot | undefined;
  #reading: { readonly startedAt: number; readonly result: Promise<AccountSnapshot> } | undefined;

  constructor(calls: AccountCalls, clock: Clock, interest: SnapshotInterest) {
    this.#calls = calls;
    this.#clock = clock;
    this.#interest = interest;
  }

  /** The newest complete snapshot, however old. */
  get last(): KeptSnapshot | undefined {
    return this.#last;
  }

  /** A snapshot that started at that monotonic time or later. One that is being read counts if it did.
   *  @throws AwsFailure; the last snapshot stays */
  async startedSince(earliest: number, callOptions: CallOptions): Promise<AccountSnapshot> {
    for (;;) {
      if (this.#last !== undefined && this.#last.startedAt >= earliest) return this.#last;
      this.#reading ??= this.#begin(callOptions);
      const { startedAt, result } = this.#reading;
      if (startedAt >= earliest) {
        const snapshot = await result;
        // Many may have waited for it, and each has work to go on with.
        await this.#calls.breathe();
        return snapshot;
      }
      // The read that is under way began too early; whether it succeeds does not matter here.
      await result.catch(() => undefined);
    }
  }

  #begin(callOptions: CallOptions): { startedAt: number; result: Promise<AccountSnapshot> } {
    const startedAt = this.#clock.monotonicMs();
    const finish = async (): Promise<AccountSnapshot> => {
      try {
        const before = this.#last;
        const differing: string[] = [];
        this.#last = await this.#read(startedAt, callOptions, (arn) => differing.push(arn));
        if (before !== undefined)
          for (const arn of differing) this.#interest.differs?.(arn, before.startedAt);
        return this.#last;
      } finally {
        this.#reading = undefined;
      }
    };
    return { startedAt, result: finish() };
  }

  /** Compares as it reads, one role at a time, so that the event loop is never held for long. */
  async #read(
    startedAt: number,
    callOptions: CallOptions,
    onDifference: (arn: string) => void,
  ): Promise<KeptSnapshot> {
    const { accountId } = this.#calls.config;
    const before = this.#last;
    const roles = new KeptRoles();
    const roleNames = new Map<string, string>();
    const managedPolicies = new Map<string, ObservedManagedPolicy>();
    const strayGrants = new Map<string, readonly string[]>();
    const visit = ({ arn, isOwn }: SentRole, words: () => RoleText | undefined): boolean => {
      roleNames.set(arn.slice(arn.lastIndexOf('/') + 1).toLowerCase(), arn);
      const strays = this.#strayGrants(arn, words);
      if (strays.length > 0) strayGrants.set(arn, strays);
      return this.#interest.visitRole(arn, isOwn);
    };
    const takeRole = (text: string) => {
      const digest = hash('sha256', text, 'base64');
      const again = before?.roles.asSent(digest);
      if (before !== undefined && again !== undefined) {
        // Most roles have not changed: they are not parsed again.
        if (visit(again, () => before.roles.wordsOf(again.arn))) roles.keepAgain(again, digest, before.roles);
        return;
      }
      const role = roleText(readElement(text));
      const isOwn = this.#interest.isOwn?.(observedTags(role.tags)) ?? false;
      if (!visit({ arn: role.arn, isOwn }, () => role)) return;
      roles.keep(role, digest, isOwn);
      if (before !== undefined && roles.differs(role.arn, before.roles)) onDifference(role.arn);
    };
    const takePolicy = (member: XmlElement) => {
      const arn = childText(member, 'Arn');
      if (!this.#interest.keepsPolicy(arn)) return;
      const policy = policyOf(arn, member);
      managedPolicies.set(arn, policy);
      const known = before?.managedPolicies.get(arn);
      if (known !== undefined && known.versionId !== policy.versionId) onDifference(arn);
    };
    const onMember: OnMember = (list, text) => {
      if (list === 'RoleDetailList') takeRole(text);
      else takePolicy(readElement(text));
    };
    const filter: EntityType[] = this.#interest.policies() ? ['Role', 'LocalManagedPolicy'] : ['Role'];
    const operation = 'GetAccountAuthorizationDetails';
    const subject = this.#calls.subjectOf(operation, accountId);
    await followPages(subject, async (marker) => {
      const patience = marker === undefined ? callOptions : toFinish(callOptions);
      const paging = await this.#calls.iam(operation, accountId, patience, (iam, options) =>
        readAccountPage(iam, options, { filter, marker }, { onMember, breathe: () => this.#calls.breathe() }),
      );
      return nextMarker(subject, paging);
    });
    for (const arn of before?.roles.keys() ?? []) if (!roles.has(arn)) onDifference(arn);
    this.#interest.looked?.((arn) => roles.has(arn));
    return { accountId, startedAt, roles, roleNames, managedPolicies, strayGrants };
  }

  /** Parses the role only if its policy may be such a grant. */
  #strayGrants(arn: string, role: () => RoleText | undefined): readonly string[] {
    const { strayGrant, mayStray = () => true } = this.#interest;
    if (strayGrant === undefined || !mayStray(arn)) return [];
    return (role()?.inlinePolicies ?? []).flatMap(({ name, document }) =>
      strayGrant(arn, name, () => parseObservedPolicy(document)),
    );
  }
}

function roleText(member: XmlElement): RoleText {
  const boundary = member.children.find(({ name }) => name === 'PermissionsBoundary');
  return {
    arn: childText(member, 'Arn'),
    roleId: childText(member, 'RoleId'),
    trust: decodeOnce(childText(member, 'AssumeRolePolicyDocument')),
    inlinePolicies: childMembers(member, 'RolePolicyList').map((policy) => ({
      name: childText(policy, 'PolicyName'),
      document: decodeOnce(childText(policy, 'PolicyDocument')),
    })),
    managedPolicyArns: childMembers(member, 'AttachedManagedPolicies').map((policy) =>
      childText(policy, 'PolicyArn'),
    ),
    ...(boundary !== undefined && { permissionsBoundaryArn: childText(boundary, 'PermissionsBoundaryArn') }),
    tags: childMembers(member, 'Tags').map((tag) => ({
      key: childText(tag, 'Key'),
      value: childText(tag, 'Value'),
    })),
    instanceProfiles: childMembers(member, 'InstanceProfileList').map((profile) =>
      childText(profile, 'InstanceProfileName'),
    ),
  };
}

function policyOf(arn: string, member: XmlElement): ObservedManagedPolicy {
  const versionId = childText(member, 'DefaultVersionId');
  const versions = childMembers(member, 'PolicyVersionList');
  const version = versions.find((candidate) => childText(candidate, 'VersionId') === versionId);
  return {
    arn,
    versionId,
    document: parseObservedPolicy(version === undefined ? '' : childText(version, 'Document')),
  };
}
