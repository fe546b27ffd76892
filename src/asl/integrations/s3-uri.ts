/** Buckets and objects behind an `s3://bucket/key` parameter. */
import { escapePattern } from '../../policy/pattern.ts';
import { parsed } from './resources.ts';
import type { Resource } from './resources.ts';

const S3_URI = /^s3:\/\/([a-z0-9][a-z0-9.-]+)(?:\/(.*))?$/s;

export function bucketOf(parameter: string): Resource {
  return parsed(parameter, ['arn:*:s3:::*'], (uri, { place }) => {
    const bucket = S3_URI.exec(uri)?.[1];
    return bucket === undefined ? undefined : { text: `arn:${place.partition}:s3:::${bucket}` };
  });
}

/** The one object that the URI names. */
export function objectAt(parameter: string): Resource {
  return keyed(parameter, (key) => (key === '' ? undefined : escapePattern(key)));
}

/** Every object in the folder that the URI names, with a slash at its end or without. */
export function objectsIn(parameter: string): Resource {
  return keyed(parameter, (key) => `${escapePattern(key).replace(/(?<=[^/])$/, '/')}*`);
}

function keyed(parameter: string, toPattern: (key: string) => string | undefined): Resource {
  return parsed(parameter, ['arn:*:s3:::*/*'], (uri, { place }) => {
    const [matched, bucket, key = ''] = S3_URI.exec(uri) ?? [];
    const pattern = matched === undefined ? undefined : toPattern(key);
    return pattern === undefined ? undefined : { text: `arn:${place.partition}:s3:::${bucket}/${pattern}` };
  });
}
