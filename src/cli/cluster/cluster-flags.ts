/**
 * kubectl's own flags, on every verb that uses a cluster, with kubectl's meaning.
 * https://kubernetes.io/docs/reference/kubectl/kubectl/#options
 */
import { InvalidArgumentError, Option, type Command } from 'commander';

export interface ClusterFlags {
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly cluster?: string;
  readonly user?: string;
  readonly server?: string;
  readonly token?: string;
  readonly as?: string;
  readonly asGroup?: readonly string[];
  readonly asUid?: string;
  readonly certificateAuthority?: string;
  readonly clientCertificate?: string;
  readonly clientKey?: string;
  readonly tlsServerName?: string;
  readonly insecureSkipTlsVerify?: boolean;
  /** Milliseconds; 0: no limit. */
  readonly requestTimeout?: number;
}

/** Flags, with the value that they take unless they are switches, and their descriptions. */
const FLAGS: readonly (readonly [flag: string, description: string])[] = [
  ['--context <name>', 'the kubeconfig’s context to use'],
  ['--kubeconfig <file>', 'the kubeconfig to use (default: what KUBECONFIG names, or ~/.kube/config)'],
  ['--cluster <name>', 'the kubeconfig’s cluster to use'],
  ['--user <name>', 'the kubeconfig’s user to use'],
  ['--as <user>', 'act as this user'],
  ['--as-group <group>', 'act as a member of this group; can be given several times'],
  ['--as-uid <uid>', 'act under this UID'],
  ['-s, --server <url>', 'address of the API server'],
  ['--token <token>', 'bearer token for the API server'],
  ['--certificate-authority <file>', 'certificate authority that has signed the API server’s certificate'],
  ['--client-certificate <file>', 'client certificate for the API server'],
  ['--client-key <file>', 'key of that certificate'],
  ['--tls-server-name <name>', 'name that the API server’s certificate has to carry'],
  ['--insecure-skip-tls-verify', 'do not verify the API server’s certificate'],
  [
    '--request-timeout <time>',
    'longest wait for one answer, as in 10s or 1m; a plain number is seconds, 0 is no limit',
  ],
];

/** Adds the flags to a verb, under a heading of their own. */
export function addClusterFlags(command: Command): Command {
  for (const [flags, description] of FLAGS) {
    const option = new Option(flags, description).helpGroup('Cluster and user:');
    if (flags.startsWith('--as-group'))
      option.argParser((group: string, before: readonly string[] = []) => [...before, group]);
    if (flags.startsWith('--request-timeout')) option.argParser(parseTime);
    command.addOption(option);
  }
  return command;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a time in kubectl's form: `30`, `30s`, `1m30s`, `0`. */
export function parseTime(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  if (!/^(?:\d{1,9}(?:\.\d{1,3})?(?:ms|s|m|h))+$/.test(text))
    throw new InvalidArgumentError(`"${text}" is not a duration: write it like 30s, 5m or 1m30s.`);
  let time = 0;
  for (const [, number, unit = 's'] of text.matchAll(/([\d.]{1,13})(ms|s|m|h)/g))
    time += Number(number) * (UNITS[unit] ?? 0);
  return Math.round(time);
}

const SHORT_VALUE = /^-[ns]$/;
const TAKES_VALUE = new Set(
  FLAGS.flatMap(([flags]) => (flags.includes('<') ? (/--[a-z-]+/.exec(flags)?.[0] ?? []) : [])),
);
const SWITCHES = new Set(['--insecure-skip-tls-verify', '-A', '--all-namespaces']);

/** The values that Go's flags accept for true and false. https://pkg.go.dev/strconv#ParseBool */
const YES = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const NO = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/** The arguments in the form that Commander expects. kubectl's flags may also be written `-o=json`, `-A=true` and
 *  `--wait=false`.
 *  @param switches flags of the program that take no value
 *  @throws Error if a switch has a value other than true or false */
export function plainFlags(args: readonly string[], switches: ReadonlySet<string>): readonly string[] {
  const dashes = args.indexOf('--');
  const end = dashes === -1 ? args.length : dashes;
  return args.flatMap((arg, index) => (index < end ? plainFlag(arg, switches) : [arg]));
}

function plainFlag(arg: string, switches: ReadonlySet<string>): readonly string[] {
  const [, flag, value] = /^(--[a-z-]+|-[A-Za-z])=(.*)$/s.exec(arg) ?? [];
  if (flag === undefined || value === undefined) return [arg];
  if (!switches.has(flag)) return flag.startsWith('--') ? [arg] : [flag, value];
  if (YES.has(value)) return [flag];
  if (!NO.has(value)) throw new Error(`${arg}: ${flag} is true or false`);
  // This is the only switch that can be on by default.
  return flag === '--wait' ? ['--no-wait'] : [];
}

/** The flags of all verbs that take no value. */
export function switchesOf(program: Command): ReadonlySet<string> {
  const options = program.commands.flatMap((command) => command.options);
  return new Set(
    options.filter((option) => option.isBoolean()).flatMap(({ short, long }) => [short ?? '', long ?? '']),
  );
}

/** The arguments with the verb first. kubectl also accepts its flags before a verb, as in `-n payments status`. Everything else
 *  stays where it is. */
export function verbFirst(args: readonly string[]): readonly string[] {
  let index = 0;
  for (; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const [flag = ''] = arg.split('=', 1);
    if (SWITCHES.has(arg)) continue;
    const known = TAKES_VALUE.has(flag) || flag === '--namespace' || flag === '--color';
    if (SHORT_VALUE.test(arg) || (known && !arg.includes('='))) index += 1;
    else if (!known && !/^-[ns]./.test(arg)) break;
  }
  const verb = args[index];
  if (index === 0 || verb === undefined || verb.startsWith('-')) return args;
  return [verb, ...args.slice(0, index), ...args.slice(index + 1)];
}
