/** Which AWSAccount speaks for an account, where several have its ID. */
import type { AWSAccount } from '../../api/awsaccount.ts';
import { compareText } from '../../base/compare-text.ts';

/** The oldest of them; but one that is being deleted is nobody's twin, and gives way to any that stays. With none that
 *  stays, the oldest goes on for the links that hold it. Undefined without any.
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
