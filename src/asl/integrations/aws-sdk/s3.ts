import { escapePattern } from '../../../policy/pattern.ts';
import { allow, CALLBACK, note } from '../row.ts';
import type { Note, Permission, Row, ServiceTable } from '../row.ts';
import { arn, everything, parsed, readEach, unreadable, wholeArn } from '../resources.ts';
import type { Call, Reading, Resource, ResourceArn } from '../resources.ts';

const OBJECT_TYPES = ['arn:*:s3:::*/*', 'arn:*:s3:*:*:accesspoint/*/object/*'];

const bucket = arn('s3', '{Bucket}', { global: true, anyAccount: true });
const object = objectNamed('Key');

/** The object of a key in `Bucket`, which may be an access point's ARN, too. */
function objectNamed(key: string): Resource {
  return {
    types: OBJECT_TYPES,
    read: (call) =>
      readEach(call, 'Bucket', (name) =>
        readEach(call, key, (text) => objectArn(name, escapePattern(text), call)),
      ),
  };
}

function objectArn(name: string, key: string, { place }: Call): Reading {
  if (!name.startsWith('arn:'))
    return { arns: [{ text: `arn:${place.partition}:s3:::${name}/${key}` }], unknown: [] };
  const point = wholeArn(name);
  if (point === undefined) return unreadable('Bucket', name);
  return { arns: [{ ...point, text: `${point.text}/object/${key}` }], unknown: [] };
}

/** `bucket/key`, encoded as in a URL and perhaps with a version behind it, or an access point's object by its ARN. */
const source = parsed('CopySource', OBJECT_TYPES, (text, { place }): ResourceArn | undefined => {
  const [location = ''] = text.split('?versionId=');
  if (location.startsWith('arn:')) return wholeArn(location);
  const [, from, key] = /^\/?([^/]+)\/(.+)$/s.exec(decode(location)) ?? [];
  if (from === undefined || key === undefined) return undefined;
  return { text: `arn:${place.partition}:s3:::${from}/${escapePattern(key)}` };
});

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const KEY_NOTE = note(
  'KeyPermissionUnknown',
  'if the object is encrypted with a customer key, add a statement with kms:Decrypt (to write also kms:GenerateDataKey) on the key’s ARN',
);
const LISTING_NOTE = note(
  'ListingNotGranted',
  'without s3:ListBucket on the bucket, a missing key answers 403 instead of 404: add a statement if the machine tells them apart',
);

function row(call: readonly Permission[], notes: readonly Note[] = []): Row {
  return { patterns: CALLBACK, call, notes };
}

/** One action for the current version, another where the call names a version. */
function versioned(action: string, versionAction: string, on: Resource = object): Permission[] {
  return [
    allow(`s3:${action}`, on, { unless: 'VersionId' }),
    allow(`s3:${versionAction}`, on, { when: 'VersionId' }),
  ];
}

/** What writing needs on top where the call also sets tags, grants or locks. */
const writing = [
  allow('s3:PutObject', object),
  allow('s3:PutObjectTagging', object, { when: 'Tagging' }),
  allow('s3:PutObjectAcl', object, {
    when: ['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'],
  }),
  allow('s3:PutObjectRetention', object, { when: ['ObjectLockMode', 'ObjectLockRetainUntilDate'] }),
  allow('s3:PutObjectLegalHold', object, { when: 'ObjectLockLegalHoldStatus' }),
];

const listing = row([allow('s3:ListBucket', bucket)]);
const parts = row([allow('s3:PutObject', object)], [KEY_NOTE]);

/** Operations on objects and listings: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
export const s3: ServiceTable = {
  getObject: row(versioned('GetObject', 'GetObjectVersion'), [KEY_NOTE, LISTING_NOTE]),
  headObject: row(versioned('GetObject', 'GetObjectVersion'), [LISTING_NOTE]),
  getObjectAcl: row(versioned('GetObjectAcl', 'GetObjectVersionAcl')),
  getObjectTagging: row(versioned('GetObjectTagging', 'GetObjectVersionTagging')),
  getObjectAttributes: row([
    ...versioned('GetObject', 'GetObjectVersion'),
    ...versioned('GetObjectAttributes', 'GetObjectVersionAttributes'),
  ]),
  putObject: row(writing, [KEY_NOTE]),
  putObjectAcl: row(versioned('PutObjectAcl', 'PutObjectVersionAcl')),
  putObjectTagging: row(versioned('PutObjectTagging', 'PutObjectVersionTagging')),
  deleteObject: row(versioned('DeleteObject', 'DeleteObjectVersion')),
  deleteObjectTagging: row(versioned('DeleteObjectTagging', 'DeleteObjectVersionTagging')),
  deleteObjects: row([
    allow('s3:DeleteObject', objectNamed('Delete.Objects[].Key')),
    allow('s3:DeleteObjectVersion', objectNamed('Delete.Objects[].Key'), {
      when: 'Delete.Objects[].VersionId',
    }),
    allow('s3:BypassGovernanceRetention', objectNamed('Delete.Objects[].Key'), {
      when: 'BypassGovernanceRetention',
    }),
  ]),
  copyObject: row(
    [
      allow(['s3:GetObject', 's3:GetObjectTagging'], source),
      allow('s3:PutObjectTagging', object),
      ...writing,
    ],
    [KEY_NOTE],
  ),
  createMultipartUpload: row(writing, [KEY_NOTE]),
  uploadPart: parts,
  completeMultipartUpload: parts,
  uploadPartCopy: row([allow('s3:GetObject', source), allow('s3:PutObject', object)], [KEY_NOTE]),
  listParts: row([allow('s3:ListMultipartUploadParts', object)]),
  listMultipartUploads: row([allow('s3:ListBucketMultipartUploads', bucket)]),
  listObjects: listing,
  listObjectsV2: listing,
  headBucket: listing,
  listObjectVersions: row([allow('s3:ListBucketVersions', bucket)]),
  listBuckets: row([allow('s3:ListAllMyBuckets', everything)]),
};
