/** CrossAccountLink: this state machine may call into that account through this role. */
import type { ResourceType } from '../kubernetes/metadata.ts';
import type { CrossAccountLinkSpec, CrossAccountLinkStatus } from './generated.ts';
import { GROUP, parseAdmittedMeta, VERSION, type AdmittedMeta } from './metadata.ts';
import { shareTexts } from './intern.ts';
import { parseAs } from './parse.ts';
import { objectFrom, UnexpectedStructure } from './structure.ts';

export const CROSS_ACCOUNT_LINK: ResourceType = {
  group: GROUP,
  version: VERSION,
  plural: 'crossaccountlinks',
  kind: 'CrossAccountLink',
};

export interface CrossAccountLink {
  readonly metadata: AdmittedMeta & { readonly namespace: string };
  readonly spec: CrossAccountLinkSpec;
  readonly status: CrossAccountLinkStatus;
}

/** Reads a CrossAccountLink from the API server.
 *  @throws UnexpectedStructure if it is none */
export function parseCrossAccountLink(value: unknown): CrossAccountLink {
  const { spec, status } = objectFrom(value, 'CrossAccountLink');
  const { name, namespace, uid, resourceVersion, deletionTimestamp, ...meta } = parseAdmittedMeta(value);
  if (namespace === undefined) throw new UnexpectedStructure(`${name}: metadata.namespace is missing`);
  const { generation, creationTimestamp, labels, annotations, finalizers } = meta;
  const link = {
    // Written field by field, because tens of thousands are kept: a copy by spread takes more memory.
    metadata: {
      name,
      namespace,
      uid,
      resourceVersion,
      generation,
      creationTimestamp,
      labels,
      annotations,
      finalizers,
      ...(deletionTimestamp !== undefined && { deletionTimestamp }),
    },
    spec: parseAs('CrossAccountLinkSpec', spec, 'spec'),
    status: parseAs('CrossAccountLinkStatus', status ?? {}, 'status'),
  };
  // Most texts of a cached link are shared with others, or occur in it several times.
  shareTexts(link);
  return link;
}
