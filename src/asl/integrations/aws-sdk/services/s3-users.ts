/** Services that read and write S3 with the caller's rights: Rekognition, Textract, Transcribe, Polly, … */
import { allow, note } from '../../row.ts';
import type { Note, Permission } from '../../row.ts';
import { readEach, unreadable } from '../../reading.ts';
import { arn, isNamed, toPattern } from '../../resources.ts';
import type { Resource } from '../../reading.ts';
import { objectAt, objectsFrom } from '../../s3-uri.ts';

/** An object given as a bucket and a key, each by a parameter; `folder`: everything whose key begins so. */
export function objectIn(bucketPath: string, keyPath: string, { folder = false } = {}): Resource {
  return {
    types: ['arn:*:s3:::*/*'],
    read: (call) =>
      readEach(call, bucketPath, (bucket) =>
        readEach(
          call,
          keyPath,
          (key) =>
            isNamed(bucket) && bucket !== ''
              ? {
                  arns: [
                    {
                      text: `arn:${call.place.partition}:s3:::${toPattern(bucket)}/${toPattern(key)}${folder ? '*' : ''}`,
                    },
                  ],
                  unknown: [],
                }
              : unreadable(bucketPath, bucket),
          folder ? '' : undefined,
        ),
      ),
  };
}

function reads(parameter: string): Permission[] {
  const read = objectIn(`${parameter}.Bucket`, `${parameter}.Name`);
  const version = `${parameter}.Version`;
  return [
    allow('s3:GetObject', read, { when: parameter, unless: version }),
    allow('s3:GetObjectVersion', read, { when: version }),
  ];
}

function writesTo(bucketPath: string, keyPath: string): Permission {
  return allow('s3:PutObject', objectIn(bucketPath, keyPath, { folder: true }), { when: bucketPath });
}

function readsUri(parameter: string): Permission {
  return allow('s3:GetObject', objectAt(parameter), { when: parameter });
}

/** What an SDK service does in S3, whichever of its operations gives these parameters. */
interface S3Use {
  readonly permissions: readonly Permission[];
  readonly notes: readonly Note[];
}

const WRITES = note(
  'CallerPermissionsNeeded',
  'writes its output to S3 with the target role’s own permissions (s3:PutObject): the bucket is taken to lie in the target account',
  { when: ['OutputS3BucketName', 'OutputBucketName', 'OutputConfig'] },
);

/**
 * By SDK service: https://docs.aws.amazon.com/rekognition/latest/dg/security_iam_id-based-policy-examples.html,
 * https://docs.aws.amazon.com/textract/latest/dg/security_iam_service-with-iam.html,
 * https://docs.aws.amazon.com/transcribe/latest/dg/security_iam_id-based-policy-examples.html,
 * https://docs.aws.amazon.com/polly/latest/dg/asynchronous-iam.html
 */
export const S3_USES: ReadonlyMap<string, S3Use> = new Map([
  [
    'rekognition',
    {
      permissions: [
        ...['Image.S3Object', 'Video.S3Object', 'SourceImage.S3Object', 'TargetImage.S3Object'].flatMap(
          reads,
        ),
        writesTo('OutputConfig.S3Bucket', 'OutputConfig.S3KeyPrefix'),
      ],
      notes: [],
    },
  ],
  [
    'textract',
    {
      permissions: [
        ...['Document.S3Object', 'DocumentLocation.S3Object', 'DocumentPages[].S3Object'].flatMap(reads),
        writesTo('OutputConfig.S3Bucket', 'OutputConfig.S3Prefix'),
      ],
      notes: [],
    },
  ],
  [
    'transcribe',
    {
      permissions: [
        readsUri('Media.MediaFileUri'),
        readsUri('Media.RedactedMediaFileUri'),
        writesTo('OutputBucketName', 'OutputKey'),
        allow('s3:PutObject', objectsFrom('OutputLocation'), { when: 'OutputLocation' }),
        readsUri('VocabularyFileUri'),
        readsUri('VocabularyFilterFileUri'),
      ],
      notes: [WRITES],
    },
  ],
  [
    'polly',
    {
      permissions: [
        writesTo('OutputS3BucketName', 'OutputS3KeyPrefix'),
        allow('sns:Publish', arn('sns', '{SnsTopicArn}'), { when: 'SnsTopicArn' }),
      ],
      notes: [WRITES],
    },
  ],
]);
