/** Who the caller is and which cluster to use, from kubeconfig files and kubectl's flags. */
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { CallersConfig, type Headers } from './callers-config.ts';
import { loadKubeConfig } from '../../kubernetes/connection.ts';
import type { ClusterFlags } from './cluster-flags.ts';
import { applyFlags, listed } from './kubeconfig-flags.ts';
import { readTextNow } from '../files/file-text.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The kubeconfig as kubectl reads it (of several files, the first with an entry counts), with the flags applied.
 *  @throws Error for people */
export async function openKubeConfig(flags: ClusterFlags, environment: Environment): Promise<KubeConfig> {
  const files = filesOf(flags, environment);
  const loaded =
    files.length > 0 ? merge(await Promise.all(files.map(readConfig))) : { ...standIn(flags), headers: NONE };
  const config = new CallersConfig(impersonation(flags), loaded.headers, flags.requestTimeout);
  config.loadFromOptions(loaded);
  applyFlags(config, flags);
  if (config.getCurrentCluster() === null) throw new Error(noContext(config, files));
  return config;
}

/** Names of contexts, clusters or users, for completion; none if no kubeconfig can be read. */
export async function kubeconfigNames(
  kind: 'contexts' | 'clusters' | 'users',
  flags: Pick<ClusterFlags, 'kubeconfig'>,
  environment: Environment,
): Promise<readonly string[]> {
  try {
    const files = await Promise.all(filesOf(flags, environment).map(readConfig));
    return merge(files)[kind].map(({ name }) => name);
  } catch {
    return [];
  }
}

type Loaded = Pick<KubeConfig, 'clusters' | 'contexts' | 'users' | 'currentContext'>;

interface LoadedFile extends Loaded {
  /** Headers of the impersonation, by the name of the user. */
  readonly headers: ReadonlyMap<string, Headers>;
}

const NONE: ReadonlyMap<string, Headers> = new Map();

function filesOf({ kubeconfig }: ClusterFlags, environment: Environment): readonly string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const named = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  if (named.length === 0) {
    const usual = join(environment['HOME'] ?? homedir(), '.kube', 'config');
    return existsSync(usual) ? [usual] : [];
  }
  // Like kubectl: of several files, those that do not exist are skipped.
  const there = named.filter((file) => existsSync(file));
  if (there.length > 0) return there;
  throw new Error(
    `KUBECONFIG names ${named.join(' and ')}, which does not exist: correct it, or unset it to use ~/.kube/config`,
  );
}

async function readConfig(file: string): Promise<LoadedFile> {
  const config = new KubeConfig();
  let text: string;
  try {
    text = readTextNow(file);
  } catch (error) {
    throw new Error(`kubeconfig ${error instanceof Error ? error.message : file}`, { cause: error });
  }
  if (text.trim() === '') return { clusters: [], contexts: [], users: [], currentContext: '', headers: NONE };
  try {
    config.loadFromString(text);
    config.makePathsAbsolute(dirname(file));
  } catch (error) {
    throw new Error(`kubeconfig ${file} cannot be read: ${configProblem(error)}`, { cause: error });
  }
  const { clusters, contexts, users, currentContext } = config;
  const headers = await completeUsers(users, text, dirname(file));
  return { clusters, contexts, users, currentContext, headers };
}

/** Gives users the files of their tokens, which client-node reads through an authentication provider.
 *  @returns headers of the impersonation, by the name of the user */
async function completeUsers(
  users: KubeConfig['users'],
  text: string,
  folder: string,
): Promise<ReadonlyMap<string, Headers>> {
  if (!/tokenFile|as-uid|as-groups|as-user-extra/.test(text)) return NONE;
  const { furtherUsers } = await import('./kubeconfig-users.ts');
  const further = furtherUsers(text, folder);
  for (const [index, user] of users.entries()) {
    const tokenFile = further.get(user.name)?.tokenFile;
    if (tokenFile === undefined) continue;
    const { token: _, ...others } = user;
    users[index] = { ...others, authProvider: { name: 'tokenFile', config: { tokenFile } } };
  }
  return new Map([...further].map(([name, { headers }]) => [name, headers]));
}

/** client-node names the incomplete entry; its YAML parser shows an excerpt of the file. */
function configProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const missing = /^(?:clusters|users|contexts)\[\d+\]\.\S+ is missing$/.exec(message)?.[0];
  if (missing !== undefined) return missing;
  const row = /\((\d+):\d+\)/.exec(message)?.[1];
  return row === undefined ? 'it is not a kubeconfig' : `line ${row} is not valid YAML`;
}

function merge(files: readonly LoadedFile[]): LoadedFile {
  return {
    headers: new Map(files.toReversed().flatMap(({ headers }) => Array.from(headers))),
    clusters: firstOfEach(files.map(({ clusters }) => clusters)),
    contexts: firstOfEach(files.map(({ contexts }) => contexts)),
    users: firstOfEach(files.map(({ users }) => users)),
    currentContext: files.find(({ currentContext }) => currentContext)?.currentContext ?? '',
  };
}

function firstOfEach<Item extends { readonly name: string }>(lists: readonly (readonly Item[])[]): Item[] {
  const byName = new Map<string, Item>();
  for (const item of lists.flat()) if (!byName.has(item.name)) byName.set(item.name, item);
  return [...byName.values()];
}

/** Without a kubeconfig: the pod's own account, or what --server says. */
function standIn({ server }: ClusterFlags): Loaded {
  if (server !== undefined) return { clusters: [], contexts: [], users: [], currentContext: '' };
  return loadKubeConfig();
}

function impersonation({ as, asGroup = [], asUid }: ClusterFlags): Record<string, string | string[]> {
  if (as === undefined && (asGroup.length > 0 || asUid !== undefined))
    throw new Error('--as-group and --as-uid need --as: say which user to act as');
  return {
    ...(as !== undefined && { 'Impersonate-User': as }),
    ...(asGroup.length > 0 && { 'Impersonate-Group': [...asGroup] }),
    ...(asUid !== undefined && { 'Impersonate-Uid': asUid }),
  };
}

function noContext(config: KubeConfig, files: readonly string[]): string {
  const { contexts } = config;
  const current = config.getCurrentContext();
  if (current && contexts.length > 0 && config.getContextObject(current) === null)
    return `the kubeconfig's current context "${current}" is not in it: choose one with --context (${listed(contexts)})`;
  if (contexts.length > 0 && !current) return `no context is chosen: use --context (${listed(contexts)})`;
  const where = files.length === 0 ? 'there is no kubeconfig' : `${files.join(' and ')} names no cluster`;
  return `no Kubernetes cluster to talk to, ${where}: set KUBECONFIG to a file with a current context, or use --kubeconfig`;
}
