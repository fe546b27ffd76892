/** Where the operator is installed, according to the annotations of its leader's Lease. */
import { ANNOTATIONS, LEASE_NAME } from '../../api/metadata.ts';
import { objectAt, stringAt, type JsonObject } from '../../base/json.ts';
import { ApiError, isForbidden, isNotFound } from '../../kubernetes/api-error.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { listAll } from '../../kubernetes/list-all.ts';
import { LEASE } from '../../kubernetes/lease.ts';
import { parseMetadata } from '../../kubernetes/metadata.ts';

export interface Installation {
  readonly namespace: string;
  readonly clusterId: string | undefined;
  /** Of the operator that leads, or led last. */
  readonly version: string | undefined;
  /** The holder; empty if there is none. */
  readonly leader: string;
  /** RFC 3339, of the last renewal. */
  readonly renewTime: string | undefined;
  /** After this time without a renewal, nobody leads. */
  readonly leaseSeconds: number;
}

export type InstallationFinding =
  | { readonly kind: 'found'; readonly installation: Installation }
  /** No operator leads, or has ever led. */
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly installations: readonly Installation[] }
  /** The caller may not read Leases. */
  | { readonly kind: 'unseen' };

type Client = Pick<KubernetesClient, 'get' | 'list'>;

/** How much the clocks of two machines may differ. */
const SKEW_MS = 5_000;

/** Why nobody leads, as the beginning of a sentence; undefined while somebody does. */
export function whyNoneLeads(
  {
    namespace,
    leader,
    renewTime,
    leaseSeconds,
  }: Pick<Installation, 'namespace' | 'leader' | 'renewTime' | 'leaseSeconds'>,
  nowMs: number,
): string | undefined {
  if (leader === '' || renewTime === undefined) return `there is no leader in namespace ${namespace}`;
  const isLate = nowMs - Date.parse(renewTime) > leaseSeconds * 1000 + SKEW_MS;
  return isLate
    ? `${podOf(leader)} was the last leader, and has not renewed its Lease for ${agoOf(renewTime, nowMs)}`
    : undefined;
}

/** The pod in a holder's name, which also has a part that distinguishes its processes. */
export function podOf(leader: string): string {
  const [pod = leader] = leader.split('_');
  return pod;
}

/** `40 s`, `5 min` */
export function agoOf(time: string | undefined, nowMs: number): string {
  const agoMs = Math.max(0, nowMs - Date.parse(time ?? ''));
  return agoMs < 120_000 ? `${Math.round(agoMs / 1000)} s` : `${Math.round(agoMs / 60_000)} min`;
}

/** A sentence for people who look at links: no operator is working. Undefined if one is, or if that cannot be read.
 *  @param looksAtLinks whether some link was reconciled: an operator can do that without a Lease */
export async function operatorMissing(
  client: Client,
  { looksAtLinks, nowMs }: { readonly looksAtLinks: boolean; readonly nowMs: number },
): Promise<string | undefined> {
  const finding = await findInstallation(client);
  if (finding.kind === 'none' && !looksAtLinks)
    return 'No operator has ever led in this cluster: links do nothing until one is installed.';
  const why = finding.kind === 'found' ? whyNoneLeads(finding.installation, nowMs) : undefined;
  return why === undefined
    ? undefined
    : `No operator is running (${why}): nothing is checked or repaired, and links are shown as they were then. "kubectl crossaccountlink check" shows more.`;
}

/** The usual namespace of an installation, for callers who may read Leases only there. */
const USUAL_NAMESPACE = 'crossaccountlink-system';
/** The usual namespace of claims on cluster IDs: no tenant may write there. */
const CLAIM_NAMESPACE = 'kube-system';
const CLAIM_NAME = /^crossaccountlink-.+-claim$/;

/** Finds the operator's installation. Anybody who may create Leases in some namespace can create one that looks like an
 *  operator's. So if the claims on cluster IDs can be read, an installation that holds one takes precedence. */
export async function findInstallation(client: Client): Promise<InstallationFinding> {
  const leases = await leasesOf(client);
  if (leases === undefined) return { kind: 'unseen' };
  const installations = leases.map(installationFrom);
  const holders = await claimHolders(client);
  const claimed = installations.filter(({ namespace }) => holders.has(namespace));
  const candidates = claimed.length > 0 ? claimed : installations;
  const [installation, ...others] = candidates;
  if (installation === undefined) return { kind: 'none' };
  return others.length > 0 ? { kind: 'several', installations: candidates } : { kind: 'found', installation };
}

/** The operator's cluster ID.
 *  @throws Error for people, who can always give it as `--cluster-id`, if it is not published */
export async function findClusterId(client: Client): Promise<string> {
  const finding = await findInstallation(client);
  const give = 'give the operator’s cluster ID by --cluster-id, or CLUSTER_ID in the environment';
  switch (finding.kind) {
    case 'found': {
      const { clusterId, namespace } = finding.installation;
      if (clusterId !== undefined) return clusterId;
      throw new Error(`the operator in namespace ${namespace} does not publish its cluster ID: ${give}`);
    }
    case 'several':
      throw new Error(
        `there are several operators (${finding.installations
          .map(({ namespace, clusterId }) => `${clusterId ?? 'unknown'} in namespace ${namespace}`)
          .join(', ')}): ${give}`,
      );
    case 'none':
      throw new Error(`no operator has published its cluster ID in this cluster: ${give}`);
    case 'unseen':
      throw new Error(`you may not read the operator’s Lease, which tells its cluster ID: ${give}`);
  }
}

async function leasesOf(client: Client): Promise<readonly JsonObject[] | undefined> {
  try {
    return await listAll(client, LEASE, { fieldSelector: `metadata.name=${LEASE_NAME}` });
  } catch (error) {
    if (!isForbidden(error)) throw error;
  }
  try {
    return [await client.get(LEASE, { namespace: USUAL_NAMESPACE, name: LEASE_NAME })];
  } catch (error) {
    if (isForbidden(error)) return undefined;
    // It may be installed elsewhere, where the caller cannot read.
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** Namespaces of the installations that hold the claim on their cluster ID; none if claims cannot be read. */
async function claimHolders(client: Client): Promise<ReadonlySet<string>> {
  try {
    const leases = await listAll(client, LEASE, { namespace: CLAIM_NAMESPACE });
    const claims = leases.filter((item) => CLAIM_NAME.test(parseMetadata(item).name));
    return new Set(claims.flatMap((claim) => stringAt(objectAt(claim, 'spec'), 'holderIdentity') ?? []));
  } catch (error) {
    if (error instanceof ApiError && error.status !== 0) return new Set();
    throw error;
  }
}

function installationFrom(lease: JsonObject): Installation {
  const { namespace = '', annotations } = parseMetadata(lease);
  const spec = objectAt(lease, 'spec');
  const seconds = spec['leaseDurationSeconds'];
  return {
    namespace,
    clusterId: annotations[ANNOTATIONS.clusterId],
    version: annotations[ANNOTATIONS.version],
    leader: stringAt(spec, 'holderIdentity') ?? '',
    renewTime: stringAt(spec, 'renewTime'),
    leaseSeconds: typeof seconds === 'number' ? seconds : 15,
  };
}
