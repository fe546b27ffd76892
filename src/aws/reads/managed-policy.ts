/** Fresh reads of single managed policies. */
import { GetPolicyCommand, GetPolicyVersionCommand } from '@aws-sdk/client-iam';
import type { ObservedManagedPolicy } from '../../observed/objects.ts';
import type { ObservedPolicy } from '../../policy/document.ts';
import { parseObservedPolicy } from '../../policy/parse.ts';
import type { AccountCalls } from '../calls/calls.ts';
import { incompleteAnswer } from '../errors/errors.ts';
import { toFinish, type CallOptions } from '../pace/lanes.ts';
import { absentIfGone, type Absent } from './absent.ts';

type ManagedPolicyReading = { readonly kind: 'found'; readonly policy: ObservedManagedPolicy } | Absent;

/** Documents of managed policies, kept by version: a version never changes. */
export type PolicyVersions = Map<string, ObservedPolicy>;
const MAX_POLICY_VERSIONS = 1_000;

/** Reads the text of a managed policy that is in force now: one call, and a second one if its version is not known yet.
 *  @throws AwsFailure */
export async function readManagedPolicy(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: string,
  versions: PolicyVersions,
): Promise<ManagedPolicyReading> {
  return absentIfGone<ManagedPolicyReading>({ kind: 'absent' }, async () => {
    const { Policy } = await calls.iam('GetPolicy', arn, callOptions, (iam, options) =>
      iam.send(new GetPolicyCommand({ PolicyArn: arn }), options),
    );
    const versionId = Policy?.DefaultVersionId;
    if (versionId === undefined) throw incompleteAnswer(calls.subjectOf('GetPolicy', arn), 'the policy');
    // The key includes the policy's ID: if a policy is deleted and recreated, its versions begin at v1 again.
    const key = `${arn} ${Policy?.PolicyId} ${versionId}`;
    const document =
      versions.get(key) ?? (await readPolicyVersion(calls, toFinish(callOptions), arn, versionId));
    if (versions.size >= MAX_POLICY_VERSIONS) versions.clear();
    versions.set(key, document);
    return { kind: 'found', policy: { arn, versionId, document } };
  });
}

async function readPolicyVersion(
  calls: AccountCalls,
  callOptions: CallOptions,
  arn: string,
  VersionId: string,
): Promise<ObservedPolicy> {
  const answer = await calls.iam('GetPolicyVersion', arn, callOptions, (iam, options) =>
    iam.send(new GetPolicyVersionCommand({ PolicyArn: arn, VersionId }), options),
  );
  const document = answer.PolicyVersion?.Document;
  if (document === undefined) throw incompleteAnswer(calls.subjectOf('GetPolicyVersion', arn), 'the text');
  return parseObservedPolicy(document);
}
