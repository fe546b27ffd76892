/** What can come next on a command line: verbs, flags, formats, contexts, namespaces and links. */
import type { Command, Option } from 'commander';
import { CROSS_ACCOUNT_LINK } from '../../api/crossaccountlink.ts';
import { REASONS } from '../../api/reasons.ts';
import type { KubernetesClient } from '../../kubernetes/client.ts';
import { NAMESPACE, namesOf, withCluster, type Where } from '../cluster/cluster.ts';
import { kubeconfigNames } from '../cluster/kubeconfig.ts';
import { verbFirst } from '../cluster/cluster-flags.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Candidate {
  readonly text: string;
  readonly description?: string;
}

export interface Completion {
  readonly candidates: readonly Candidate[];
  /** Whether names of files are to be completed. */
  readonly files: boolean;
}

/** Somebody has pressed a key and waits. */
const PATIENCE_MS = 3_000;

/** Completes a command line.
 *  @param args everything on the command line; the last one, perhaps empty, is to be completed */
export async function complete(
  program: Command,
  args: readonly string[],
  environment: Environment,
): Promise<Completion> {
  const partial = args.at(-1) ?? '';
  const words = verbFirst(args.slice(0, -1));
  const verb = program.commands.find((one) => one.name() === words[0]);
  if (verb === undefined && words[0]?.startsWith('-') === false) return NOTHING;
  // Before there is a verb, kubectl's own flags are those of any verb about links.
  const command = verb ?? program.commands.find((one) => one.name() === 'status') ?? program;
  const [flag, value] = partial.startsWith('--') ? partial.split('=', 2) : [];
  const before = optionNamed(command, value === undefined ? (words.at(-1) ?? '') : (flag ?? ''));
  const where = whereOf(command, words);
  if (before !== undefined && takesValue(before))
    return valueOf(before, value ?? partial, where, environment);
  if (verb === undefined && !partial.startsWith('-')) return among(partial, verbsOf(program));
  if (partial.startsWith('-')) return among(partial, flagsOf(command));
  return argumentOf(command, partial, where, environment);
}

/** In the form of Cobra's `__complete`, with which kubectl asks its plugins: candidates, and a number that says whether to
 *  complete names of files. https://github.com/spf13/cobra/blob/main/completions.go */
export function printCompletion({ candidates, files }: Completion): string {
  const lines = candidates.map(({ text, description }) =>
    description === undefined ? text : `${text}\t${description}`,
  );
  return [...lines, files ? ':0' : ':4', ''].join('\n');
}

const NOTHING: Completion = { candidates: [], files: false };
const FILES: Completion = { candidates: [], files: true };

function among(partial: string, candidates: readonly Candidate[]): Completion {
  return { candidates: candidates.filter(({ text }) => text.startsWith(partial)), files: false };
}

function verbsOf(program: Command): readonly Candidate[] {
  const verbs = program.commands.filter((command) => !command.name().startsWith('_'));
  return verbs.map((command) => ({ text: command.name(), description: firstPart(command.description()) }));
}

function flagsOf(command: Command): readonly Candidate[] {
  return [
    ...command.options.map(({ long, description }) => ({
      text: long ?? '',
      description: firstPart(description),
    })),
    { text: '--help', description: 'all about this verb' },
  ];
}

/** Only the first part of a description, which is one line of a list here. */
function firstPart(description: string): string {
  return description.split(/[;(:]/, 1)[0]?.trim() ?? '';
}

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(({ short, long }) => flag !== '' && (flag === short || flag === long));
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional;
}

/** The cluster and namespace that the words so far choose. */
function whereOf(command: Command, words: readonly string[]): Where {
  const where: Record<string, string> = {};
  for (const [index, word] of words.entries()) {
    const [flag = '', value] = word.split('=', 2);
    const option = optionNamed(command, flag);
    if (option === undefined || !CLUSTER_FLAGS.has(option.attributeName())) continue;
    const given = value ?? words[index + 1];
    if (given !== undefined && takesValue(option)) where[option.attributeName()] = given;
  }
  return where;
}

const CLUSTER_FLAGS: ReadonlySet<string> = new Set([
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'server',
  'token',
  'as',
  'certificateAuthority',
  'namespace',
]);

async function valueOf(
  option: Option,
  partial: string,
  where: Where,
  environment: Environment,
): Promise<Completion> {
  if (option.argChoices !== undefined) return among(partial, option.argChoices.map(asCandidate));
  switch (option.attributeName()) {
    case 'namespace':
      return among(partial, (await inClusterOf(where, environment, namespaces)).map(asCandidate));
    case 'context':
      return among(partial, (await kubeconfigNames('contexts', where, environment)).map(asCandidate));
    case 'cluster':
      return among(partial, (await kubeconfigNames('clusters', where, environment)).map(asCandidate));
    case 'user':
      return among(partial, (await kubeconfigNames('users', where, environment)).map(asCandidate));
    case 'reason':
      return among(partial, Object.keys(REASONS).map(asCandidate));
    case 'kubeconfig':
    case 'filename':
    case 'write':
    case 'certificateAuthority':
    case 'clientCertificate':
    case 'clientKey':
      return FILES;
    default:
      return NOTHING;
  }
}

async function argumentOf(
  command: Command,
  partial: string,
  where: Where,
  environment: Environment,
): Promise<Completion> {
  const [argument] = command.registeredArguments;
  if (argument?.argChoices !== undefined) return among(partial, argument.argChoices.map(asCandidate));
  if (argument?.name() === 'definition') return FILES;
  if (argument === undefined || !/^names?$/.test(argument.name())) return NOTHING;
  const slash = partial.lastIndexOf('/');
  const prefix = partial.slice(0, slash + 1);
  const namespace = /^(?:xal|calink|crossaccountlinks?)\/$/.test(prefix) ? '' : prefix.slice(0, -1);
  const links = await inClusterOf(where, environment, (client, own) =>
    namesOf(client, CROSS_ACCOUNT_LINK, namespace || own),
  );
  return among(
    partial,
    links.map((name) => asCandidate(`${prefix}${name}`)),
  );
}

function namespaces(client: KubernetesClient): Promise<readonly string[]> {
  return namesOf(client, NAMESPACE);
}

/** If anything goes wrong, nothing is offered, and nothing is printed while somebody types. */
async function inClusterOf(
  where: Where,
  environment: Environment,
  ask: (client: KubernetesClient, namespace: string) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  try {
    return await withCluster(
      { ...where, requestTimeout: PATIENCE_MS },
      environment,
      ({ client, namespace }) => ask(client, namespace),
    );
  } catch {
    return [];
  }
}

function asCandidate(text: string): Candidate {
  return { text };
}
