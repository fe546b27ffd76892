import { HOLE } from '../../../expressions/known.ts';
import { hasParameter, literalAt } from '../../../parameters.ts';
import type { Task } from '../../../task.ts';
import { findIamAction } from '../../iam-data.ts';
import { allow, CALLBACK, note } from '../../row.ts';
import { bucketOwnedBy } from '../../s3-uri.ts';
import { usesKey } from '../kms-keys.ts';
import type { Note, Permission, Row, ServiceTable } from '../../row.ts';
import { undetermined, readEach, unreadable } from '../../reading.ts';
import { arn, everything, isNamed, toPattern, wholeArn } from '../../resources.ts';
import type { Call, Reading, Resource, ResourceArn } from '../../reading.ts';

const ACCESS_POINT = 'arn:*:s3:*:*:accesspoint/*';
/** In several Regions, and therefore in none.
 *  https://docs.aws.amazon.com/AmazonS3/latest/userguide/MultiRegionAccessPointPermissions.html */
const OF_SEVERAL_REGIONS = /\.mrap$/;

function accessPoint(text: string): ResourceArn | undefined {
  return wholeArn(text, ACCESS_POINT, { global: OF_SEVERAL_REGIONS.test(text) });
}

/** A bucket's name that stands for an access point. https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html */
const ALIAS = /-s3alias$|--ol-s3$/;

function aliased(parameter: string): Reading {
  return undetermined(parameter, 'is an access point’s alias, which policies cannot name');
}

const OBJECT_TYPES = ['arn:*:s3:::*/*', `${ACCESS_POINT}/object/*`];

const bucket = bucketOwnedBy('ExpectedBucketOwner', bucketNamed('Bucket'));
const object = objectNamed('Key');

/** A bucket, which may also be given by an access point's ARN. */
function bucketNamed(parameter: string): Resource {
  const named = arn('s3', `{${parameter}}`, { global: true, anyAccount: true });
  return {
    types: [...named.types, ACCESS_POINT],
    read: (call) =>
      readEach(call, parameter, (name) => {
        const point = name.startsWith('arn:') ? accessPoint(name) : undefined;
        if (point !== undefined) return { arns: [point], unknown: [] };
        if (ALIAS.test(name)) return aliased(parameter);
        const plain = /^arn:[^:]+:s3:::([^/]+)$/.exec(name)?.[1] ?? name;
        if (plain === '' || plain.startsWith('arn:') || !isNamed(plain)) return unreadable(parameter, name);
        return { arns: [{ text: `arn:${call.place.partition}:s3:::${toPattern(plain)}` }], unknown: [] };
      }),
  };
}

/** The object with this key in `Bucket`. */
function objectNamed(key: string): Resource {
  return bucketOwnedBy('ExpectedBucketOwner', {
    types: OBJECT_TYPES,
    read: (call) =>
      readEach(call, 'Bucket', (name) =>
        readEach(call, key, (text) => (text === '' ? unreadable(key, text) : objectArn(name, text, call))),
      ),
  });
}

function objectArn(name: string, key: string, { place }: Call): Reading {
  if (!name.startsWith('arn:')) {
    if (!isNamed(name) || name === '') return unreadable('Bucket', name);
    if (ALIAS.test(name)) return aliased('Bucket');
    return {
      arns: [{ text: `arn:${place.partition}:s3:::${toPattern(name)}/${toPattern(key)}` }],
      unknown: [],
    };
  }
  const point = accessPoint(name);
  if (point === undefined) return unreadable('Bucket', name);
  return { arns: [{ ...point, text: `${point.text}/object/${toPattern(key)}` }], unknown: [] };
}

const VERSION = '?versionId=';

/** Whether `CopySource` reads the current version, a stated one, or either if a hole may state one. */
function readsVersions(text: string): readonly ('current' | 'stated')[] {
  if (text.includes(VERSION)) return ['stated'];
  return text.includes(HOLE) ? ['current', 'stated'] : ['current'];
}

/** `bucket/key`, encoded as in a URL and perhaps followed by a version, or an access point's object by its ARN. */
function sourceObject(text: string, { place }: Call): ResourceArn | undefined {
  const [location = ''] = text.split(VERSION);
  if (location.startsWith('arn:')) return wholeArn(location, OBJECT_TYPES, { global: true });
  const [, from, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(location)) ?? [];
  if (from === undefined || key === undefined || !isNamed(from) || ALIAS.test(from)) return undefined;
  return { text: `arn:${place.partition}:s3:::${toPattern(from)}/${toPattern(key)}` };
}

/** What `CopySource` names, if it is read in this version. */
function sourceIn(version: 'current' | 'stated'): Resource {
  return bucketOwnedBy('ExpectedSourceBucketOwner', {
    types: OBJECT_TYPES,
    read: (call) =>
      readEach(call, 'CopySource', (text) => {
        const found = sourceObject(text, call);
        if (found === undefined) return unreadable('CopySource', text);
        return { arns: readsVersions(text).includes(version) ? [found] : [], unknown: [] };
      }),
  });
}

const current = sourceIn('current');
const stated = sourceIn('stated');

/** Encoded text must not bring in the characters that stand for a hole. */
function decode(text: string): string {
  try {
    const decoded = decodeURIComponent(text);
    return decoded.split(HOLE).length === text.split(HOLE).length ? decoded : text;
  } catch {
    return text;
  }
}

const KEY_NOTE = note(
  'KeyPermissionUnknown',
  'if the object is encrypted with a customer managed key, add a statement with kms:Decrypt (to write also kms:GenerateDataKey) on the key’s ARN',
);
const LISTING_NOTE = note(
  'ListingNotGranted',
  'without s3:ListBucket on the bucket, a missing key answers 403 instead of 404: add a statement if the machine tells them apart',
);

function row(call: readonly Permission[], notes: readonly Note[] = []): Row {
  return { patterns: CALLBACK, call, notes };
}

/** One action for the current version, another if the call names a version. */
function versioned(action: string, versionAction: string): Permission[] {
  return [
    allow(`s3:${action}`, object, { unless: 'VersionId' }),
    allow(`s3:${versionAction}`, object, { when: 'VersionId' }),
  ];
}

const GRANTS = ['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWrite', 'GrantWriteACP'];

/** What writing also needs if the call sets tags, grants or locks. */
const writing = [
  allow('s3:PutObject', object),
  allow('s3:PutObjectTagging', object, { when: 'Tagging' }),
  allow('s3:PutObjectAcl', object, { when: GRANTS }),
  allow('s3:PutObjectRetention', object, { when: ['ObjectLockMode', 'ObjectLockRetainUntilDate'] }),
  allow('s3:PutObjectLegalHold', object, { when: 'ObjectLockLegalHoldStatus' }),
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
  usesKey('SSEKMSKeyId', ['GenerateDataKey']),
];

/** Copying also reads the tags, copying a part does not. */
const readsSource = [allow('s3:GetObject', current), allow('s3:GetObjectVersion', stated)];
const readsSourceTags = [allow('s3:GetObjectTagging', current), allow('s3:GetObjectVersionTagging', stated)];

const bypass = (on: Resource): Permission =>
  allow('s3:BypassGovernanceRetention', on, { when: 'BypassGovernanceRetention' });
const deleted = objectNamed('Delete.Objects[].Key');
const listing = row([allow('s3:ListBucket', bucket)]);
const parts = row([allow('s3:PutObject', object)], [KEY_NOTE]);

/** Operations on objects and listings: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
const OPERATIONS: ServiceTable = {
  getObject: row(versioned('GetObject', 'GetObjectVersion'), [KEY_NOTE, LISTING_NOTE]),
  headObject: row(versioned('GetObject', 'GetObjectVersion'), [LISTING_NOTE]),
  getObjectAcl: row(versioned('GetObjectAcl', 'GetObjectVersionAcl')),
  getObjectTagging: row(versioned('GetObjectTagging', 'GetObjectVersionTagging')),
  getObjectAttributes: row([
    ...versioned('GetObject', 'GetObjectVersion'),
    ...versioned('GetObjectAttributes', 'GetObjectVersionAttributes'),
  ]),
  putObject: row(writing, [KEY_NOTE]),
  // https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
  createBucket: row([
    allow('s3:CreateBucket', bucket),
    allow('s3:PutBucketAcl', bucket, { when: GRANTS }),
    allow(['s3:PutBucketObjectLockConfiguration', 's3:PutBucketVersioning'], bucket, {
      when: 'ObjectLockEnabledForBucket',
    }),
    allow('s3:PutBucketOwnershipControls', bucket, { when: 'ObjectOwnership' }),
  ]),
  putObjectAcl: row(versioned('PutObjectAcl', 'PutObjectVersionAcl')),
  putObjectTagging: row(versioned('PutObjectTagging', 'PutObjectVersionTagging')),
  putObjectRetention: row([allow('s3:PutObjectRetention', object), bypass(object)]),
  deleteObject: row([...versioned('DeleteObject', 'DeleteObjectVersion'), bypass(object)]),
  deleteObjectTagging: row(versioned('DeleteObjectTagging', 'DeleteObjectVersionTagging')),
  deleteObjects: row([
    allow('s3:DeleteObject', deleted),
    allow('s3:DeleteObjectVersion', deleted, { when: 'Delete.Objects[].VersionId' }),
    bypass(deleted),
  ]),
  copyObject: row(
    [...readsSource, ...readsSourceTags, allow('s3:PutObjectTagging', object), ...writing],
    [KEY_NOTE],
  ),
  createMultipartUpload: row([...writing, usesKey('SSEKMSKeyId', ['Decrypt'])], [KEY_NOTE]),
  uploadPart: parts,
  completeMultipartUpload: parts,
  abortMultipartUpload: row([allow('s3:AbortMultipartUpload', object)]),
  uploadPartCopy: row([...readsSource, allow('s3:PutObject', object)], [KEY_NOTE]),
  restoreObject: row([allow('s3:RestoreObject', object)]),
  listParts: row([allow('s3:ListMultipartUploadParts', object)]),
  listMultipartUploads: row([allow('s3:ListBucketMultipartUploads', bucket)]),
  listObjects: listing,
  listObjectsV2: listing,
  headBucket: listing,
  listObjectVersions: row([allow('s3:ListBucketVersions', bucket)]),
  listBuckets: row([allow('s3:ListAllMyBuckets', everything)]),
};

/** `name--use1-az4--x-s3` */
const DIRECTORY_BUCKET = /--[a-z0-9]{1,63}-[a-z0-9-]{0,63}az\d{1,63}--x-s3$/;
/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html */
const LONGEST_NAME = 63;
/** These read from another bucket, which may be an ordinary one. */
const COPIES = new Set(['copyObject', 'uploadPartCopy']);
const inDirectories = arn('s3express', 'bucket/{Bucket}');

/** The row of an S3 operation of this Task; undefined for one that IAM knows by its own name. */
export function s3Row(api: string, task: Task): Row | undefined {
  const bucketName = literalAt(task, 'Bucket') ?? '';
  // The length is checked first: on longer texts the expression would take quadratic time.
  if (bucketName.length <= LONGEST_NAME && DIRECTORY_BUCKET.test(bucketName)) return directoryRow(api);
  if (Object.hasOwn(OPERATIONS, api)) return OPERATIONS[api];
  // Retention, legal holds, torrents: actions of the operations' names, on the object.
  const own = hasParameter(task, 'Key') ? findIamAction('s3', api) : undefined;
  return own === undefined ? undefined : row([allow(`s3:${own.name}`, object)]);
}

/**
 * Directory buckets: what is done in them is allowed by a session, what is done to them by separate actions.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam.html
 */
function directoryRow(api: string): Row {
  const own = Object.hasOwn(OPERATIONS, api) ? undefined : findIamAction('s3express', api);
  const session = allow(`s3express:${own?.name ?? 'CreateSession'}`, inDirectories);
  return row(COPIES.has(api) ? [session, ...readsSource] : [session]);
}
