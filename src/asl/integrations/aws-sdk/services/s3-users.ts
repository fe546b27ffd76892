/** Services that read and write S3 with the caller's rights: Rekognition, Textract, Transcribe, Polly, … */
import { allow, note } from '../../row.ts';
import type { Note, Permission } from '../../row.ts';
import { hasParameter, readParameters } from '../../../parameters.ts';
import { NONE, readEach, unreadable } from '../../reading.ts';
import { arn, isNamed, toPattern } from '../../resources.ts';
import type { Call, Reading, Resource } from '../../reading.ts';
import { beginningWith, bucketIn, bucketOfHost, objectAt, objectsFrom } from '../../s3-uri.ts';

interface Located {
  /** Everything whose key begins with this one. */
  readonly folder?: boolean;
  /** What comes before the name of the file, behind its folders. */
  readonly before?: string;
}

/** An object given as a bucket and a key, each by a parameter. */
export function objectIn(
  bucketPath: string,
  keyPath: string,
  { folder = false, before = '' }: Located = {},
): Resource {
  const locate = (bucket: string, key: string, { place }: Call): Reading => {
    if (!isNamed(bucket) || bucket === '') return unreadable(bucketPath, bucket);
    const named = withFile(before, key);
    const keys = folder ? beginningWith(named) : toPattern(named);
    return { arns: [{ text: `arn:${place.partition}:s3:::${toPattern(bucket)}/${keys}` }], unknown: [] };
  };
  return {
    types: ['arn:*:s3:::*/*'],
    read: (call) =>
      readEach(call, bucketPath, (bucket) =>
        readEach(call, keyPath, (key) => locate(bucket, key, call), folder ? '' : undefined),
      ),
  };
}

/** The key with this text before the name of its file. */
function withFile(before: string, key: string): string {
  const at = key.lastIndexOf('/') + 1;
  return key.slice(0, at) + before + key.slice(at);
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

/** https://docs.aws.amazon.com/transcribe/latest/APIReference/API_SyncOutputConfiguration.html: `redacted-` before the name of the file */
const redacted = objectIn('OutputBucketName', 'OutputKey', { folder: true, before: 'redacted-' });
const REDACTED = allow(
  's3:PutObject',
  { ...redacted, read: (call) => (isRenamed(call) ? redacted.read(call) : NONE) },
  { when: 'ContentRedaction' },
);

/** Whether the call names the file, and not only the folder. */
function isRenamed({ task }: Call): boolean {
  return (
    hasParameter(task, 'OutputBucketName') &&
    readParameters(task, 'OutputKey').some(
      (key) => (key.kind === 'text' || key.kind === 'pattern') && !key.text.endsWith('/'),
    )
  );
}

/** What an SDK service does in S3, whichever of its operations gives these parameters. */
interface S3Use {
  readonly permissions: readonly Permission[];
  readonly notes: readonly Note[];
}

const WRITES = note(
  'CallerPermissionsNeeded',
  'writes its output to S3 with the target role’s own permissions (s3:PutObject): the bucket is assumed to be in the target account',
  { when: ['OutputS3BucketName', 'OutputBucketName', 'OutputConfig'] },
);

/** https://docs.aws.amazon.com/opensearch-service/latest/developerguide/custom-packages.html: "permissions on the … object where the custom package resides" */
const PACKAGES: S3Use = {
  permissions: [
    allow('s3:GetObject', objectIn('PackageSource.S3BucketName', 'PackageSource.S3Key'), {
      when: 'PackageSource',
    }),
  ],
  notes: [],
};

/** Access logs of a distribution: whoever sets them up lets CloudFront write into the bucket.
 *  https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html */
function logsOf(distribution: string): S3Use {
  const parameter = `${distribution}.Logging.Bucket`;
  const bucket = bucketOfHost(parameter);
  const named: Resource = {
    types: bucket.types,
    read: (call) => ({ arns: bucket.read(call).arns, unknown: [] }),
  };
  return {
    permissions: [
      allow(['s3:GetBucketAcl', 's3:PutBucketAcl'], named, { when: `${distribution}.Logging.Enabled` }),
    ],
    notes: [
      note(
        'CallerPermissionsNeeded',
        'with access logs in S3 also needs s3:GetBucketAcl and s3:PutBucketAcl on their bucket: add a statement in that case',
        {
          where: (task) =>
            readParameters(task, parameter).some(
              (host) =>
                host.kind === 'dynamic' || (host.kind === 'pattern' && bucketIn(host.text) === undefined),
            ),
        },
      ),
    ],
  };
}

const DISTRIBUTIONS = [logsOf('DistributionConfig'), logsOf('DistributionConfigWithTags.DistributionConfig')];

/** https://docs.aws.amazon.com/mediaconvert/latest/apireference/probe.html */
const PROBED = note(
  'CallerPermissionsNeeded',
  'a file in S3 is read with the target role’s own permissions: add a statement with s3:GetObject on it',
  { when: ['InputFiles'] },
);

/**
 * By SDK service: https://docs.aws.amazon.com/rekognition/latest/dg/security_iam_id-based-policy-examples.html,
 * https://docs.aws.amazon.com/textract/latest/dg/security_iam_service-with-iam.html,
 * https://docs.aws.amazon.com/transcribe/latest/dg/security_iam_id-based-policy-examples.html,
 * https://docs.aws.amazon.com/polly/latest/dg/asynchronous-iam.html
 */
export const S3_USES: ReadonlyMap<string, S3Use> = new Map([
  [
    'cloudfront',
    {
      permissions: DISTRIBUTIONS.flatMap(({ permissions }) => permissions),
      notes: DISTRIBUTIONS.flatMap(({ notes }) => notes),
    },
  ],
  ['elasticsearch', PACKAGES],
  ['elasticsearchservice', PACKAGES],
  ['mediaconvert', { permissions: [], notes: [PROBED] }],
  ['opensearch', PACKAGES],
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
        REDACTED,
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
