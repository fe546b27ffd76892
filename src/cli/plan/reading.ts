/** A plan made as the operator makes it: from the objects in the cluster and in AWS, with manifests on top. */
import { parseAWSAccount, AWS_ACCOUNT, type AWSAccount } from '../../api/awsaccount.ts';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import type { AwsAccount } from '../../aws/aws-account.ts';
import { systemClock } from '../../base/clock.ts';
import type { JsonObject } from '../../base/json.ts';
import { accountConfig } from '../../controllers/account/account-config.ts';
import { DryRun, type PlannedLink } from '../../controllers/dry-run/dry-run.ts';
import { DryRunAccount } from '../../controllers/dry-run/dry-run-account.ts';
import { parseLinkObject, type LinkObject } from '../../controllers/state/link-object.ts';
import { byAge } from '../../desired/link.ts';
import { parseMetadata, type KubernetesObject, type ResourceType } from '../../kubernetes/metadata.ts';
import { withAws, type AwsReach } from '../aws.ts';
import { linksNamed, missingLink, refuseUnknownNamespace, type Cluster } from '../cluster/cluster.ts';
import type { Io } from '../output/io.ts';
import { shownAccount, touchedBy, type AccountChange } from './account-effects.ts';
import { checkManifest } from './manifest-check.ts';
import { readManifestFiles } from './manifest-files.ts';
import { applyManifests, manifestKey, type AppliedManifests } from './manifests.ts';
import { shownLink, type ShownLink, type ShownPlan } from './view.ts';

interface ReadingOptions extends AwsReach {
  readonly clusterId: string;
  readonly name?: string | undefined;
  readonly allNamespaces: boolean;
  readonly files: readonly string[];
  readonly kustomize?: string | undefined;
  readonly recursive: boolean;
}

/** All objects in the cluster that a plan needs. */
export interface ClusterObjects {
  readonly links: readonly JsonObject[];
  readonly accounts: readonly JsonObject[];
  readonly namespaces: readonly KubernetesObject[];
}

/** The same, parsed. */
interface State {
  readonly links: readonly LinkObject[];
  readonly accounts: readonly AWSAccount[];
  readonly namespaces: readonly KubernetesObject[];
}

/** Plans links by reading the cluster and AWS.
 *  @throws Error for people, AwsFailure if AWS cannot be read */
export async function planByReading(
  cluster: Cluster,
  objects: ClusterObjects,
  options: ReadingOptions,
  io: Io,
): Promise<ShownPlan> {
  const { files, kustomize } = options;
  const before: State = {
    links: objects.links.map(parseLinkObject).toSorted((a, b) => byAge(a.link, b.link)),
    accounts: objects.accounts.map(parseAWSAccount),
    namespaces: objects.namespaces,
  };
  if (files.length === 0 && kustomize === undefined) {
    const chosen = await chosenAmong(cluster, before.links, options);
    return withAws(options, async (connect) => {
      const dryRun = dryRunOn(before, options.clusterId, (account) => connect(accountConfig(account.spec)));
      return { links: (await planEach(dryRun, chosen)).map(shownLink) };
    });
  }
  const manifests = await readManifestFiles(
    { files, recursive: options.recursive, ...(kustomize !== undefined && { kustomize }) },
    io,
  );
  const applied = await applyManifests(manifests, {
    namespace: cluster.namespace,
    given: cluster.given,
    known: knownObjects(objects),
    now: new Date(systemClock.wallMs()).toISOString(),
    check: (resource, manifest, known) => checkManifest(cluster.client, resource, manifest, known),
  });
  return planApplied(before, applied, options);
}

async function chosenAmong(
  cluster: Cluster,
  links: readonly LinkObject[],
  { name, allNamespaces }: Pick<ReadingOptions, 'name' | 'allNamespaces'>,
): Promise<readonly LinkObject[]> {
  const { client, namespace } = cluster;
  if (allNamespaces) return links;
  if (name === undefined) {
    const chosen = links.filter(({ link }) => link.namespace === namespace);
    if (chosen.length === 0) await refuseUnknownNamespace(client, namespace);
    return chosen;
  }
  const [named] = linksNamed(cluster, [name]);
  const chosen = links.filter(({ link }) => link.namespace === named?.namespace && link.name === named.name);
  if (named !== undefined && chosen.length === 0) throw await missingLink(client, named);
  return chosen;
}

function knownObjects({ links, accounts }: ClusterObjects): ReadonlyMap<string, JsonObject> {
  return new Map([...byKey(CROSS_ACCOUNT_LINK, links), ...byKey(AWS_ACCOUNT, accounts)]);
}

function byKey(
  resource: ResourceType,
  objects: readonly JsonObject[],
): readonly (readonly [string, JsonObject])[] {
  return objects.map((object) => {
    const { namespace, name } = parseMetadata(object);
    return [manifestKey(resource, namespace, name), object] as const;
  });
}

async function planApplied(
  before: State,
  applied: AppliedManifests,
  options: ReadingOptions,
): Promise<ShownPlan> {
  const after: State = {
    links: merged(before.links, applied.links, ({ link }) => link.key),
    accounts: merged(before.accounts, applied.accounts, ({ metadata }) => metadata.name),
    namespaces: merged(before.namespaces, applied.namespaces, ({ metadata }) => metadata.name),
  };
  const changes = applied.accounts.map((account): AccountChange => {
    const name = account.metadata.name;
    return { after: account, before: before.accounts.find(({ metadata }) => metadata.name === name) };
  });
  const namespaces = new Map(after.namespaces.map((object) => [object.metadata.name, object]));
  const touched = touchedBy(changes, before.links, namespaces);
  return withAws(options, async (connect) => {
    // Both plans share the reads of AWS.
    const reads = new Map<string, AwsAccount>();
    const reader = ({ spec }: AWSAccount): AwsAccount => {
      const config = accountConfig(spec);
      const key = JSON.stringify(config);
      const known = reads.get(key) ?? new DryRunAccount(connect(config), refuseWrite);
      reads.set(key, known);
      return known;
    };
    const dryRunAfter = dryRunOn(after, options.clusterId, reader);
    const planned = (await planEach(dryRunAfter, applied.links)).map(shownLink);
    const links = planned.map((link) => remarked(link, applied.remarks));
    if (applied.accounts.length === 0) return { links };
    const dryRunBefore = dryRunOn(before, options.clusterId, reader);
    const plans = new Map<string, { before: ShownLink; after: ShownLink }>();
    for (const link of touched) {
      const { key } = link.link;
      const now = shownLink(await dryRunBefore.plan(link));
      const changed = after.links.find((object) => object.link.key === key) ?? link;
      const then = planned.find(({ namespace, name }) => `${namespace}/${name}` === key);
      plans.set(key, { before: now, after: then ?? shownLink(await dryRunAfter.plan(changed)) });
    }
    const accounts = changes.map((change) =>
      shownAccount(change, before.links, plans, applied.remarks.get(change.after.metadata.name)),
    );
    return { links, accounts };
  });
}

function dryRunOn(
  { links, accounts, namespaces }: State,
  clusterId: string,
  connect: (account: AWSAccount) => AwsAccount,
): DryRun {
  return new DryRun({ links, accounts, namespaces, clusterId, clock: systemClock, connect });
}

async function planEach(dryRun: DryRun, links: readonly LinkObject[]): Promise<readonly PlannedLink[]> {
  const planned: PlannedLink[] = [];
  for (const link of links) planned.push(await dryRun.plan(link));
  return planned;
}

/** The existing objects, with applied ones added or in place of the former. */
function merged<T>(
  standing: readonly T[],
  applied: readonly T[],
  keyed: (object: T) => string,
): readonly T[] {
  const replaced = new Set(applied.map(keyed));
  return [...standing.filter((object) => !replaced.has(keyed(object))), ...applied];
}

function remarked(link: ShownLink, remarks: ReadonlyMap<string, string>): ShownLink {
  const remark = remarks.get(`${link.namespace}/${link.name}`);
  return remark === undefined ? link : { ...link, remarks: [...link.remarks, remark] };
}

function refuseWrite(): never {
  throw new Error('a plan writes nothing');
}
