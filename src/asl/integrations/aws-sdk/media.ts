/** Rekognition, Textract and Transcribe, which read their S3 inputs with the caller's rights. */
import { escapePattern } from '../../../policy/pattern.ts';
import { allow } from '../row.ts';
import type { Permission } from '../row.ts';
import { readEach } from '../resources.ts';
import type { Resource } from '../resources.ts';
import { objectAt } from '../s3-uri.ts';

/** An object given as `{Bucket, <key>}`. */
function objectIn(parameter: string, key: string): Resource {
  return {
    types: ['arn:*:s3:::*/*'],
    read: (call) =>
      readEach(call, `${parameter}.Bucket`, (bucket) =>
        readEach(call, `${parameter}.${key}`, (name) => ({
          arns: [{ text: `arn:${call.place.partition}:s3:::${bucket}/${escapePattern(name)}` }],
          unknown: [],
        })),
      ),
  };
}

function reads(parameter: string): Permission {
  return allow('s3:GetObject', objectIn(parameter, 'Name'), { when: parameter });
}

/**
 * Inputs by SDK service, whichever operation: https://docs.aws.amazon.com/rekognition/latest/dg/security_iam_id-based-policy-examples.html,
 * https://docs.aws.amazon.com/textract/latest/dg/security_iam_service-with-iam.html,
 * https://docs.aws.amazon.com/transcribe/latest/dg/security_iam_id-based-policy-examples.html
 */
export const S3_INPUTS: ReadonlyMap<string, readonly Permission[]> = new Map([
  [
    'rekognition',
    ['Image.S3Object', 'Video.S3Object', 'SourceImage.S3Object', 'TargetImage.S3Object'].map(reads),
  ],
  ['textract', ['Document.S3Object', 'DocumentLocation.S3Object', 'DocumentPages[].S3Object'].map(reads)],
  ['transcribe', [allow('s3:GetObject', objectAt('Media.MediaFileUri'), { when: 'Media.MediaFileUri' })]],
]);
