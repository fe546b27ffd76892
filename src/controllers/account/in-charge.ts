/** Which AWSAccount speaks for an account, where several have its ID. */
import type { AWSAccount } from '../../api/awsaccount.ts';
import { compareText } from '../../base/compare-text.ts';

/** Which AWSAccount speaks for the account: the oldest, leaving out those that are being deleted as long as another one stays.
 *  If all are being deleted, the oldest goes on for the links that hold it. Undefined without any.
 *  @param sameAccount AWSAccounts of one account ID */
export function inCharge(sameAccount: readonly AWSAccount[]): AWSAccount | undefined {
  const [first] = sameAccount.toSorted(
    (a, b) =>
      Number(isTerminating(a)) - Number(isTerminating(b)) ||
      compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
      compareText(a.metadata.name, b.metadata.name),
  );
  return first;
}

export function isTerminating({ metadata }: AWSAccount): boolean {
  return metadata.deletionTimestamp !== undefined;
}
