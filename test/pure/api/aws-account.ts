import { parseAWSAccount, type AWSAccount } from '../../../src/api/awsaccount.ts';
import { TARGET } from '../access/fixtures.ts';

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** An AWSAccount as the API server serves it: `billing` of the target account, unless its parts say otherwise. */
export function awsAccount({ metadata, spec, status = {} }: Parts = {}): AWSAccount {
  const named = { name: 'billing', ...metadata };
  return parseAWSAccount({
    apiVersion: 'crossaccountlink.dev/v1alpha1',
    kind: 'AWSAccount',
    metadata: {
      uid: `uid-${named.name}`,
      resourceVersion: '1',
      generation: 1,
      creationTimestamp: '2026-01-01T00:00:00Z',
      ...named,
    },
    spec: { accountID: TARGET, ...spec },
    status,
  });
}
