/** `plan`: what the operator would change in AWS, as a diff a person can read. */
import { CROSS_ACCOUNT_LINK } from '../api/crossaccountlink.ts';
import { accountConfig } from '../controllers/account/account-config.ts';
import { DryRun, type DryRunParts, type PlannedLink } from '../controllers/dry-run/dry-run.ts';
import { parseLinkObject, type LinkObject } from '../controllers/state/link-object.ts';
import { byAge } from '../desired/link.ts';
import { systemClock } from '../base/clock.ts';
import { parseMetadata } from '../kubernetes/metadata.ts';
import { withAws, type Reach } from './aws.ts';
import { linksNamed, listAccounts, listAll, missingLink, NAMESPACE, type Cluster } from './cluster.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';
import { describeNotes, describePlan } from './plan-text.ts';

export interface PlanOptions extends Reach {
  readonly clusterId: string;
  readonly namespace: string;
  /** Plan this link; all of the namespace when left out. */
  readonly name?: string;
  /** Manifests to plan on top of what the cluster holds. */
  readonly file?: string;
  readonly output?: string;
}

/** Exit 0: nothing to change; 2: changes, or something that stands in the way of them; errors are thrown. Nothing is
 *  ever written. */
export async function plan(cluster: Cluster, options: PlanOptions, io: Io): Promise<ExitStatus> {
  if (options.name !== undefined && options.file !== undefined)
    throw new Error('either a NAME or --filename, not both');
  const { client } = cluster;
  const [objects, accounts, namespaces] = await Promise.all([
    listAll(client, CROSS_ACCOUNT_LINK),
    listAccounts(client),
    listAll(client, NAMESPACE),
  ]);
  const contributor = objects.map(parseLinkObject).toSorted((a, b) => byAge(a.link, b.link));
  const { chosen, others } = await choose(cluster, contributor, options, io);
  const planned = await planAll(chosen, options, {
    links: [...others, ...chosen],
    accounts,
    namespaces: namespaces.map((object) => ({ metadata: parseMetadata(object) })),
  });
  if (options.output === 'json') {
    io.write(json(planned));
    io.warn(describeNotes(planned));
  } else {
    io.write(describePlan(planned));
  }
  return planned.some(({ actions, obstacles }) => actions.length + obstacles.length > 0)
    ? EXIT.attention
    : EXIT.done;
}

interface Choice {
  readonly chosen: readonly LinkObject[];
  readonly others: readonly LinkObject[];
}

async function choose(
  cluster: Cluster,
  contributor: readonly LinkObject[],
  options: PlanOptions,
  io: Io,
): Promise<Choice> {
  const { file, namespace, name } = options;
  const [named] = name === undefined ? [] : linksNamed(cluster, [name]);
  const wanted = named ?? { namespace, name: undefined };
  const chosen =
    file === undefined
      ? contributor.filter(
          ({ link }) => link.namespace === wanted.namespace && (wanted.name ?? link.name) === link.name,
        )
      : await manifestsIn(file, contributor, options, io);
  if (named !== undefined && chosen.length === 0) throw await missingLink(cluster.client, named);
  const keys = new Set(chosen.map(({ link }) => link.key));
  return { chosen, others: contributor.filter(({ link }) => !keys.has(link.key)) };
}

async function manifestsIn(
  file: string,
  contributor: readonly LinkObject[],
  { namespace }: PlanOptions,
  io: Io,
): Promise<readonly LinkObject[]> {
  const { readManifests } = await import('./manifests.ts');
  const text = await io.read(file);
  const now = new Date(systemClock.wallMs()).toISOString();
  try {
    return readManifests(text, { namespace, contributor, now });
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

async function planAll(
  links: readonly LinkObject[],
  options: PlanOptions,
  cluster: Pick<DryRunParts, 'links' | 'accounts' | 'namespaces'>,
): Promise<readonly PlannedLink[]> {
  return withAws(options, async (connect) => {
    const dryRun = new DryRun({
      ...cluster,
      clusterId: options.clusterId,
      clock: systemClock,
      connect: ({ spec }) => connect(accountConfig(spec)),
    });
    const planned: PlannedLink[] = [];
    for (const link of links) planned.push(await dryRun.plan(link));
    return planned;
  });
}

function json(planned: readonly PlannedLink[]): string {
  const links = planned.map(({ link: { metadata }, actions }) => ({
    namespace: metadata.namespace,
    name: metadata.name,
    actions: actions.map(({ object, operation, reason, changes }) => ({
      object,
      operation,
      reason,
      changes,
    })),
  }));
  return `${JSON.stringify({ links }, undefined, 2)}\n`;
}
