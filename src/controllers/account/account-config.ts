/** An AWSAccount's spec → how the operator reaches the account. */
import type { AWSAccountSpec } from '../../api/generated.ts';
import type { AccountConfig } from '../../aws/sessions/sessions.ts';

export function accountConfig({
  accountID,
  partition,
  region,
  roleReads,
  assumeRole,
  rates,
}: AWSAccountSpec): AccountConfig {
  return {
    accountId: accountID,
    partition: partition ?? 'aws',
    ...(assumeRole !== undefined && {
      assumeRole: {
        arn: assumeRole.arn,
        ...(assumeRole.externalID !== undefined && { externalId: assumeRole.externalID }),
      },
    }),
    ...(region !== undefined && { region }),
    ...(roleReads !== undefined && { roleReads }),
    ...(rates !== undefined && { rates }),
  };
}
