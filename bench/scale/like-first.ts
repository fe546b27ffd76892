/** Links made from the fleet's first one, once that is in sync. */
import { specDigest } from '../../src/controllers/link/status-facts.ts';
import { parseLinkObject } from '../../src/controllers/state/link-object.ts';
import type { FleetLink } from '../fleet.ts';

/**
 * Makes links as etcd would hold them if the operator had found each in sync, like the first.
 * @param first JSON of the first link as it is stored
 */
export function likeness(first: string, from: FleetLink): (link: FleetLink, uid: string) => string {
  const firstUid = String(Object(Object(JSON.parse(first)).metadata).uid);
  return (link, uid) =>
    withItsDigest(
      first
        .replaceAll(from.name, link.name)
        .replaceAll(from.source, link.source)
        .replaceAll(from.target, link.target)
        .replaceAll(firstUid, uid),
    );
}

/** With the digest of its own spec in the status: with the first link's digest, each status would be written once. */
function withItsDigest(json: string): string {
  const object: object = JSON.parse(json);
  const { status, metadata } = Object(object);
  // etcd keeps the version beside the object.
  const read = { ...object, metadata: { ...metadata, resourceVersion: '1' } };
  return JSON.stringify({
    ...object,
    status: { ...status, specDigest: specDigest(parseLinkObject(read)) },
  });
}
