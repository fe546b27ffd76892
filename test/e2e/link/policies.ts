/** IAM policies as people write them, and the name of the operator's own. */
import { CLUSTER_ID } from '../../../testbed/operator.ts';

/** The operator's inline policy, on target and execution roles alike. */
export const OPERATOR_POLICY = `CrossAccountLink-${CLUSTER_ID}`;

export function document(...statements: readonly object[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

/** A trust policy that lets in an account that nobody knows. */
export const OPEN_TO_STRANGERS = document({
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::999999999999:root' },
  Action: 'sts:AssumeRole',
});
