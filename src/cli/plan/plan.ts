/** `plan`: what the operator would change in AWS, as a diff a person can read. */
import { AWS_ACCOUNT } from '../../api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import type { JsonObject } from '../../base/json.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import { keyOf, parseMetadata } from '../../kubernetes/metadata.ts';
import { isForbidden } from '../../kubernetes/api-error.ts';
import type { ResourceType } from '../../kubernetes/metadata.ts';
import { awsCredentialsProblem, type AwsReach } from '../aws.ts';
import { chosenLinks, listInstalled, NAMESPACE, type Cluster } from '../cluster/cluster.ts';
import { findClusterId, findInstallation } from '../check/installation.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { isStructured, writeStructured } from '../output/output.ts';
import { linkFromStatus } from './from-status.ts';
import { planMarkdown } from './markdown.ts';
import { planByReading, type ClusterObjects } from './reading.ts';
import { noteLines, planLines } from './text.ts';
import { needsAttention, planValue, type ShownPlan } from './view.ts';

export interface PlanOptions extends AwsReach {
  /** Left out: the one that the operator publishes. */
  readonly clusterId?: string | undefined;
  /** Plan only this link; left out: all of the namespace. */
  readonly name?: string | undefined;
  /** Plan the links of every namespace. */
  readonly allNamespaces: boolean;
  /** Manifests to plan on top of what the cluster holds. */
  readonly files: readonly string[];
  /** A folder that `kubectl kustomize` builds, the same way. */
  readonly kustomize?: string | undefined;
  readonly recursive: boolean;
  /** Show what is in the links' status, and read nothing else. */
  readonly fromStatus: boolean;
  /** json, yaml or markdown; left out: text for people. */
  readonly output?: string | undefined;
}

/** Exit 0: nothing to change; 2: changes, or obstacles; errors are thrown. Nothing is ever written. */
export async function plan(cluster: Cluster, options: PlanOptions, io: Io): Promise<ExitStatus> {
  checkOptions(options);
  const found = await find(cluster, options, io);
  await print(found, options.output, io);
  return needsAttention(found.plan) ? EXIT.attention : EXIT.done;
}

interface Found {
  readonly plan: ShownPlan;
  /** Applies to the whole plan, and is said once. */
  readonly notice?: string;
}

/** @throws Error for people about options that do not fit together */
function checkOptions(options: PlanOptions): void {
  const { name, allNamespaces, recursive, files, fromStatus: isFromStatus } = options;
  const hasManifests = areManifestsGiven(options);
  if (hasManifests && name !== undefined) throw new Error('either a NAME or --filename, not both');
  if (allNamespaces && (hasManifests || name !== undefined))
    throw new Error(`either ${hasManifests ? '--filename' : 'a NAME'} or --all-namespaces, not both`);
  if (recursive && files.length === 0)
    throw new Error('--recursive searches the folders of --filename, and there is none');
  if (hasManifests && isFromStatus)
    throw new Error('--from-status is for links that stand, not for --filename');
}

function areManifestsGiven({ files, kustomize }: PlanOptions): boolean {
  return files.length > 0 || kustomize !== undefined;
}

async function find(cluster: Cluster, options: PlanOptions, io: Io): Promise<Found> {
  if (options.fromStatus) return fromStatus(cluster, options, 'as --from-status asks');
  try {
    const objects = await readCluster(cluster);
    const clusterId = await clusterIdOf(cluster, options.clusterId, io);
    return { plan: await planByReading(cluster, objects, { ...options, clusterId }, io) };
  } catch (error) {
    const hindrance = hindranceOf(error, options);
    if (hindrance === undefined) throw error;
    if (!areManifestsGiven(options)) return fromStatus(cluster, options, hindrance);
    throw new Error(
      `${hindrance}: apply the links with managementPolicy: Observe, and "plan NAME" shows what the operator would do`,
      { cause: error },
    );
  }
}

/** The plan from the status of the links, with why there is no more than that. */
async function fromStatus(
  cluster: Cluster,
  { name, allNamespaces }: PlanOptions,
  why: string,
): Promise<Found> {
  const links = await chosenLinks(cluster, name === undefined ? [] : [name], { allNamespaces });
  return {
    plan: { links: links.map(linkFromStatus) },
    notice: `As the operator wrote it into the links' status at its last check (${why}).`,
  };
}

/** Why a plan cannot be made by reading, if the reason is what the caller may do. */
function hindranceOf(error: unknown, { environment }: AwsReach): string | undefined {
  if (error instanceof Hidden) return error.message;
  if (error instanceof AwsFailure) return awsCredentialsProblem(error, environment);
  return undefined;
}

/** The caller may not list what a plan needs. */
class Hidden extends Error {}

async function readCluster({ client }: Cluster): Promise<ClusterObjects> {
  const list = async (resource: ResourceType): Promise<readonly JsonObject[]> => {
    try {
      return await listInstalled(client, resource);
    } catch (error) {
      if (!isForbidden(error)) throw error;
      throw new Hidden(`you may not list ${resource.plural} at the cluster scope`, { cause: error });
    }
  };
  const [accounts, links, namespaces] = await Promise.all([
    list(AWS_ACCOUNT),
    list(CROSS_ACCOUNT_LINK),
    list(NAMESPACE),
  ]);
  return { links, accounts, namespaces: namespaces.map((object) => ({ metadata: parseMetadata(object) })) };
}

/** The given cluster ID, or the one that the operator publishes. Warns if the given one is not the operator's. */
async function clusterIdOf({ client }: Cluster, given: string | undefined, io: Io): Promise<string> {
  if (given === undefined) return findClusterId(client);
  const finding = await findInstallation(client);
  if (finding.kind !== 'found') return given;
  const { clusterId, namespace } = finding.installation;
  if (clusterId !== undefined && clusterId !== given)
    io.warn(
      `warning: --cluster-id ${given} is not the operator's: the one in namespace ${namespace} uses ${clusterId}, ` +
        `so this plan takes its roles for somebody else's\n`,
    );
  return given;
}

async function print({ plan: shown, notice }: Found, output: string | undefined, io: Io): Promise<void> {
  if (output === 'markdown') {
    io.write(planMarkdown(shown, notice));
    return;
  }
  if (!isStructured(output)) {
    io.print(planLines(shown, notice));
    return;
  }
  await writeStructured(output, planValue(shown), io);
  if (notice !== undefined) io.warn(`${notice}\n`);
  for (const { link, text } of noteLines(shown)) io.warn(`${keyOf(link)}: ${text}\n`);
}
