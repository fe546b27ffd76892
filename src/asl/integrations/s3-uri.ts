/** Buckets and objects behind an `s3://bucket/key` parameter. */
import { escapePattern } from '../../policy/pattern.ts';
import { parsed } from './resources.ts';
import type { Resource } from './resources.ts';

const S3_URI = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/s;

export function bucketOf(parameter: string): Resource {
  return parsed(parameter, ['arn:*:s3:*:*:*'], (uri, { place }) => {
    const bucket = S3_URI.exec(uri)?.[1];
    return bucket === undefined ? undefined : { text: `arn:${place.partition}:s3:::${bucket}` };
  });
}

/** The one object that the URI names. */
export function objectAt(parameter: string): Resource {
  return keyed(parameter, '');
}

/** Every object whose key begins as the URI does. */
export function objectsUnder(parameter: string): Resource {
  return keyed(parameter, '*');
}

function keyed(parameter: string, rest: string): Resource {
  return parsed(parameter, ['arn:*:s3:*:*:*/*'], (uri, { place }) => {
    const [matched, bucket, key = ''] = S3_URI.exec(uri) ?? [];
    if (matched === undefined || key + rest === '') return undefined;
    return { text: `arn:${place.partition}:s3:::${bucket}/${escapePattern(key)}${rest}` };
  });
}
