/** Lambda's operations beside `invoke`. https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html */
import { allow } from '../row.ts';
import type { Permission } from '../row.ts';
import { objectIn } from './media.ts';

/** Code that is taken from S3 with the caller's rights. */
export const CODE_FROM_S3: readonly Permission[] = [
  allow('s3:GetObject', objectIn('Code.S3Bucket', 'Code.S3Key'), { when: 'Code.S3Bucket' }),
  allow('s3:GetObject', objectIn('Content.S3Bucket', 'Content.S3Key'), { when: 'Content.S3Bucket' }),
  allow('s3:GetObject', objectIn('S3Bucket', 'S3Key'), { when: 'S3Bucket' }),
];
