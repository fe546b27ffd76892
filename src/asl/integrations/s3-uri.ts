/** Buckets and objects behind an `s3://bucket/key` parameter. */
import { hostWithoutSuffix } from '../../arn/partitions.ts';
import { literalAt } from '../parameters.ts';
import { isNamed, parsed, toPattern } from './resources.ts';
import type { Resource, ResourceArn } from './reading.ts';

interface Location {
  readonly bucket: string;
  readonly key: string;
}

const S3_URI = /^s3:\/\/([^/]+)(?:\/(.*))?$/s;
const ADDRESS = /^https:\/\/([^/]+)(?:\/(.*))?$/s;
/** A host name without its ending: `s3.us-east-1`, or `bucket.s3.us-east-1` with the bucket in it. */
const HOST = /^(?:(.+)\.)?s3(?:[.-]dualstack)?(?:[.-][a-z0-9-]+)?$/;

/**
 * `s3://bucket/key`, or the address of an object as CloudFormation and Transcribe accept it: with the Region
 * (`https://s3.us-east-1.amazonaws.com/bucket/key`), with `dualstack` before the Region, or with neither. A bucket's name may
 * have holes, but something has to be left of it.
 */
function locationOf(uri: string): Location | undefined {
  const [matched, bucket = '', key = ''] = S3_URI.exec(uri) ?? [];
  const location = matched === undefined ? locationAt(uri) : { bucket, key };
  return location !== undefined && location.bucket !== '' && isNamed(location.bucket) ? location : undefined;
}

function locationAt(address: string): Location | undefined {
  const [, host = '', path = ''] = ADDRESS.exec(address) ?? [];
  const [matched, bucket] = HOST.exec(hostWithoutSuffix(host) ?? '') ?? [];
  if (matched === undefined) return undefined;
  if (bucket !== undefined) return { bucket, key: path };
  const slash = path.indexOf('/');
  return slash < 0 ? { bucket: path, key: '' } : { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

/** The bucket that the URI names. */
export function bucketOf(parameter: string): Resource {
  return parsed(parameter, ['arn:*:s3:::*'], (uri, { place }) => {
    const location = locationOf(uri);
    return location && { text: `arn:${place.partition}:s3:::${toPattern(location.bucket)}` };
  });
}

/** The bucket behind a host name, as in `logs.s3.amazonaws.com`. */
export function bucketOfHost(parameter: string): Resource {
  return parsed(parameter, ['arn:*:s3:::*'], (host, { place }) => {
    const bucket = bucketIn(host);
    return bucket === undefined ? undefined : { text: `arn:${place.partition}:s3:::${toPattern(bucket)}` };
  });
}

/** A bucket's name in a host name; undefined if there is none, or if only run time knows it. */
export function bucketIn(host: string): string | undefined {
  return locationOf(`https://${host}/`)?.bucket;
}

/** The one object that the URI names. */
export function objectAt(parameter: string): Resource {
  return keyed(parameter, (key) => (key === '' ? undefined : toPattern(key)));
}

/** Every object in the folder that the URI names, with or without a slash at its end. */
export function objectsIn(parameter: string): Resource {
  return keyed(parameter, (key) => `${toPattern(key).replace(/(?<=[^/])$/, '/')}*`);
}

/** Every object whose key begins like the URI's: a file or a folder. */
export function objectsFrom(parameter: string): Resource {
  return keyed(parameter, beginningWith);
}

/** The pattern of all keys that begin with this text. */
export function beginningWith(key: string): string {
  const pattern = toPattern(key);
  return pattern.endsWith('*') ? pattern : `${pattern}*`;
}

function keyed(parameter: string, toKey: (key: string) => string | undefined): Resource {
  return parsed(parameter, ['arn:*:s3:::*/*'], (uri, { place }): ResourceArn | undefined => {
    const location = locationOf(uri);
    const key = location && toKey(location.key);
    return key === undefined
      ? undefined
      : { text: `arn:${place.partition}:s3:::${toPattern(location?.bucket ?? '')}/${key}` };
  });
}

/**
 * A bucket whose owner the call states: the call fails if the bucket belongs to anybody else.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 */
export function bucketOwnedBy(ownerParameter: string, resource: Resource): Resource {
  return {
    types: resource.types,
    read(call) {
      const { arns, unknown } = resource.read(call);
      const owner = literalAt(call.task, ownerParameter);
      if (owner === undefined || !/^\d{12}$/.test(owner)) return { arns, unknown };
      return { arns: arns.map((found) => stating(owner, found)), unknown };
    },
  };
}

/** An access point's ARN states its account itself. */
function stating(accountId: string, found: ResourceArn): ResourceArn {
  return { accountId, ...found };
}
