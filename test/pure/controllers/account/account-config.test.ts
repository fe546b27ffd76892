import { expect, it } from '@jest/globals';
import type { AWSAccountSpec } from '../../../../src/api/generated.ts';
import type { AccountConfig } from '../../../../src/aws/sessions/sessions.ts';
import { accountConfig } from '../../../../src/controllers/account/account-config.ts';
import { SOURCE } from '../../access/fixtures.ts';

const ARN = `arn:aws:iam::${SOURCE}:role/operator`;

it.each<readonly [what: string, spec: Partial<AWSAccountSpec>, config: Omit<AccountConfig, 'accountId'>]>([
  ['nothing more: own credentials, partition aws', {}, { partition: 'aws' }],
  ['another partition', { partition: 'aws-cn' }, { partition: 'aws-cn' }],
  ['a role', { assumeRole: { arn: ARN } }, { partition: 'aws', assumeRole: { arn: ARN } }],
  [
    'a role with an external ID',
    { assumeRole: { arn: ARN, externalID: 'x' } },
    { partition: 'aws', assumeRole: { arn: ARN, externalId: 'x' } },
  ],
  [
    'rates',
    { rates: { iam: { burst: 5, perSecond: 1 } } },
    { partition: 'aws', rates: { iam: { burst: 5, perSecond: 1 } } },
  ],
])('an AWSAccount with %s', (_what, spec, config) => {
  expect(accountConfig({ accountID: SOURCE, ...spec })).toEqual({ accountId: SOURCE, ...config });
});
