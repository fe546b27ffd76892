/** `plan`: what the operator would change in AWS, as a diff a person can read. */
import { AwsAccount } from '../aws/account.ts';
import { AccountCalls } from '../aws/calls.ts';
import { Lanes } from '../aws/lanes.ts';
import { Sessions } from '../aws/sessions.ts';
import { accountConfig } from '../controllers/account-config.ts';
import { DryRun, type PlannedLink } from '../controllers/dry-run.ts';
import { parseLinkObject, type LinkObject } from '../controllers/link-object.ts';
import { systemClock } from '../kubernetes/clock.ts';
import { parseMetadata } from '../kubernetes/metadata.ts';
import { CROSS_ACCOUNT_LINK } from '../api/crossaccountlink.ts';
import { listAccounts, listAll, type Cluster } from './cluster.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';

export interface PlanOptions {
  readonly clusterId: string;
  readonly namespace: string;
  /** Plan this link; all of the namespace when left out. */
  readonly name?: string;
  /** Manifests to plan instead of, or on top of, what the cluster holds. */
  readonly file?: string;
  readonly output?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** Exit 0: nothing to change; 2: changes or obstacles; errors are thrown. Nothing is ever written. */
export async function plan({ client }: Cluster, options: PlanOptions, io: Io): Promise<ExitStatus> {
  if (options.output !== undefined && options.output !== 'json') {
    throw new Error(`--output ${options.output}: only json is known`);
  }
  const [standing, accounts, namespaces] = await Promise.all([
    listAll(client, CROSS_ACCOUNT_LINK),
    listAccounts(client),
    listAll(client, { group: '', version: 'v1', plural: 'namespaces', kind: 'Namespace' }),
  ]);
  const cluster = standing.map(parseLinkObject);
  const written =
    options.file === undefined ? [] : await readManifests(options.file, options.namespace, cluster, io);
  const keys = new Set(written.map(({ link }) => link.key));
  const links = [...cluster.filter(({ link }) => !keys.has(link.key)), ...written];
  const clock = systemClock;
  const sessions = new Sessions({
    mayWrite: () => false,
    clock,
    environment: options.environment,
    version: options.version,
  });
  const lanes = new Lanes(clock);
  try {
    const dryRun = new DryRun({
      clusterId: options.clusterId,
      links,
      accounts,
      namespaces: namespaces.map((object) => ({ metadata: parseMetadata(object) })),
      clock,
      connect: ({ spec }) => {
        const calls = new AccountCalls(accountConfig(spec), sessions, lanes, clock, {
          onCall: () => undefined,
        });
        const everything = { keepsRole: () => true, keepsPolicy: () => true, policies: () => true };
        return new AwsAccount({ calls, clock, audit: () => undefined, interest: everything });
      },
    });
    const chosen = choose(links, written, options);
    const planned: PlannedLink[] = [];
    for (const link of chosen) planned.push(await dryRun.plan(link));
    io.write(options.output === 'json' ? json(planned) : text(planned));
    return planned.some(({ actions, obstacles }) => actions.length + obstacles.length > 0)
      ? EXIT.attention
      : EXIT.done;
  } finally {
    sessions.close();
  }
}

function choose(
  links: readonly LinkObject[],
  written: readonly LinkObject[],
  options: PlanOptions,
): readonly LinkObject[] {
  if (written.length > 0) return written;
  const here = links.filter(({ link }) => link.namespace === options.namespace);
  if (options.name === undefined) return here;
  const named = here.filter(({ link }) => link.name === options.name);
  if (named.length === 0)
    throw new Error(`there is no CrossAccountLink ${options.namespace}/${options.name}`);
  return named;
}

/** Reads the links of a manifest. One that stands in the cluster keeps its identity, so that its age counts. */
async function readManifests(
  file: string,
  namespace: string,
  cluster: readonly LinkObject[],
  io: Io,
): Promise<readonly LinkObject[]> {
  const { parseAllDocuments } = await import('yaml');
  const documents = parseAllDocuments(await io.read(file)).map((document): unknown => document.toJS());
  const links = documents.filter((document) => Object(document)['kind'] === CROSS_ACCOUNT_LINK.kind);
  if (links.length === 0) throw new Error(`${file}: holds no CrossAccountLink`);
  return links.map((document) => {
    const { metadata = {}, ...rest } = Object(document);
    const key = `${metadata.namespace ?? namespace}/${metadata.name}`;
    const known = cluster.find(({ link }) => link.key === key);
    return parseLinkObject({
      ...rest,
      metadata: {
        uid: `new:${key}`,
        resourceVersion: '0',
        generation: 1,
        creationTimestamp: new Date(systemClock.wallMs()).toISOString(),
        ...known?.metadata,
        ...metadata,
        namespace: metadata.namespace ?? namespace,
      },
      status: known?.status ?? {},
    });
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

function text(planned: readonly PlannedLink[]): string {
  return planned.map(describe).join('\n');
}

function describe({ link: { link }, actions, obstacles }: PlannedLink): string {
  const lines = actions.flatMap(({ object, operation, reason, changes }) => [
    `  ${operation}  ${object}  (${reason})`,
    ...changes.flatMap(({ path, before, after }) => [
      ...(before === undefined ? [] : [`    - ${path}: ${before}`]),
      ...(after === undefined ? [] : [`    + ${path}: ${after}`]),
    ]),
  ]);
  const said = [...lines, ...obstacles.map((obstacle) => `  ! ${obstacle}`)];
  return [`${link.key}${said.length === 0 ? ': nothing to change' : ''}`, ...said, ''].join('\n');
}
