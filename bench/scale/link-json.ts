/** Links as etcd keeps them: new, edited, being deleted. */

export type LinkJson = Readonly<Record<'spec' | 'metadata' | 'status', Readonly<Record<string, unknown>>>>;

/** A new link, as the API server keeps it. */
export function asMade(manifest: object, uid: string): object {
  const { metadata, ...rest } = Object(manifest);
  // etcd keeps the version beside the object.
  const { resourceVersion: _, ...kept } = metadata;
  return { ...rest, metadata: { ...kept, uid }, status: { observedGeneration: -1 } };
}

/** The link with another description of its target role. */
export function withDescription(link: LinkJson, description: string): object {
  const { spec, metadata } = link;
  const targetRole = { ...Object(spec['targetRole']), description };
  return { ...link, spec: { ...spec, targetRole }, metadata: atNextGeneration(metadata) };
}

export function asDeleted(link: LinkJson, at: Date): object {
  const deletionTimestamp = at.toISOString().replace(/\.\d+Z$/, 'Z');
  const metadata = { ...atNextGeneration(link.metadata), deletionTimestamp, deletionGracePeriodSeconds: 0 };
  return { ...link, metadata };
}

function atNextGeneration(metadata: LinkJson['metadata']): LinkJson['metadata'] {
  return { ...metadata, generation: Number(metadata['generation']) + 1 };
}
