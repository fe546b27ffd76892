/** A CrossAccountLink in the cache: as the API has it, and as the pure core sees it. */
import { parseCrossAccountLink, type CrossAccountLink } from '../api/crossaccountlink.ts';
import { linkFromSpec } from '../desired/from-spec.ts';
import type { Link } from '../desired/link.ts';

export interface LinkObject extends CrossAccountLink {
  readonly link: Link;
}

/** Throws UnexpectedStructure for what the CRD's rules would have refused. */
export function parseLinkObject(value: unknown): LinkObject {
  const object = parseCrossAccountLink(value);
  return { ...object, link: linkFromSpec(object) };
}

/** How links are found by what they touch. */
export const LINK_INDEXES = {
  stateMachine: ({ link }: LinkObject) => [link.stateMachine.text],
  targetRole: ({ link }: LinkObject) => [link.targetRole.text],
  sourceAccount: ({ link }: LinkObject) => [link.stateMachine.accountId],
  account: ({ link }: LinkObject) => [link.stateMachine.accountId, link.targetRole.accountId],
  namespace: ({ link }: LinkObject) => [link.namespace],
} as const;

export type LinkIndex = keyof typeof LINK_INDEXES;
