/** What S3 Vectors asks for beside a call's own action. */
import { isAskedFor } from '../../../parameters.ts';
import type { Task } from '../../../task.ts';
import { findIamAction } from '../../iam-data.ts';
import { allow } from '../../row.ts';
import type { Permission } from '../../row.ts';
import { resourcesOf } from '../action-resources.ts';

/** Parameters that make a call look into the vectors, and not only at their keys. */
const LOOKS_INSIDE: ReadonlyMap<string, readonly string[]> = new Map([
  ['listVectors', ['ReturnData', 'ReturnMetadata']],
  ['queryVectors', ['Filter', 'ReturnMetadata']],
]);

/**
 * A call that filters by metadata, or has data returned, also needs GetVectors.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_S3VectorBuckets_QueryVectors.html
 */
export function vectorReads(api: string, task: Task): Permission[] {
  const looks = (LOOKS_INSIDE.get(api) ?? []).some((parameter) => isAskedFor(task, parameter));
  const action = looks ? findIamAction('s3vectors', 'GetVectors') : undefined;
  if (action === undefined) return [];
  const index = resourcesOf(action, { service: 's3vectors', api: 'getVectors', prefix: 's3vectors' });
  return [allow('s3vectors:GetVectors', index)];
}
