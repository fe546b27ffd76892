/** `kubectl crossaccountlink permissions`: the derived policy of a definition, and what is left to decide. */
import type { Json } from '../../base/json.ts';
import { isPartition, partitionOfRegion, unknownPartition } from '../../arn/partitions.ts';
import { entryFor } from '../../asl/derive/spec-entry.ts';
import { DefinitionError, parseDefinition } from '../../asl/definition/definition.ts';
import { derivePermissions } from '../../asl/derive/derive.ts';
import type { Derivation } from '../../asl/derive/derive.ts';
import { machinesIn, quotePlaceholders } from '../../asl/inputs/machines-in.ts';
import type { FoundMachine } from '../../asl/inputs/machines-in.ts';
import type { Place } from '../../asl/integrations/reading.ts';
import { policyToJson } from '../../policy/print.ts';
import { POLICY_QUOTAS, policySize } from '../../policy/size.ts';
import { parseFile } from '../files/definition-file.ts';
import { spoken } from '../files/file-text.ts';
import { EXIT } from '../output/io.ts';
import type { ExitStatus, Io } from '../output/io.ts';
import { isStructured, writeStructured } from '../output/output.ts';
import { withDefinitionFiles } from './definition-uri.ts';
import { describePermissions } from './permissions-text.ts';
import { writeEntries } from './permissions-write.ts';
import { policyOf } from '../../policy/document.ts';

export interface PermissionsOptions {
  readonly targetAccount: string;
  /** Region of the state machine. Without it `ASSUMED_REGION` is used, and a message says so if that leaves out a resource. */
  readonly region?: string;
  readonly partition?: string;
  readonly output?: string;
  /** How many characters the inline policies of a role may have, if the account's quota was raised: the AWSAccount's
   *  `quotas.inlinePolicyLength`. */
  readonly inlinePolicyLength?: number;
  /** A manifest with a CrossAccountLink. */
  readonly write?: string;
}

/** A definition does not say in which Region its machine is. */
const ASSUMED_REGION = 'us-east-1';

interface Derived {
  /** Empty if the file is the definition itself. */
  readonly name: string;
  readonly derivation: Derivation;
  /** Size of the policy in characters, and how many a role may have. */
  readonly size: number;
  readonly quota: number;
}

/** Prints the policy of each machine in the file; the exit status says whether some Task needs a decision. With `write` the
 *  entries are written into that link's manifest.
 *  @throws Error for people */
export async function permissions(file: string, options: PermissionsOptions, io: Io): Promise<ExitStatus> {
  const place = placeFrom(options);
  const path = spoken(file);
  const inFile = found(path, await parseFile(path, await textOf(file, io)), place);
  const { machines, problems: missing } = readable(path, await withDefinitionFiles(file, inFile, io));
  const { inlinePolicyLength: quota = POLICY_QUOTAS.inlineTotal } = options;
  const tried = machines.map((machine) => derive(path, machine, place, quota));
  const derived = tried.filter((one) => 'derivation' in one);
  const problems = [...missing, ...tried.flatMap((one) => ('problem' in one ? [one.problem] : []))];
  if (derived.length === 0) throw new Error(problems.join('; '));
  if (isStructured(options.output)) await writeStructured(options.output, valueOf(derived), io);
  else io.write(describe(derived, place));
  if (options.region === undefined && derived.some(leavesRegionsOut)) io.warn(ASSUMPTION);
  for (const problem of problems) io.warn(`${problem}\n`);
  if (options.write !== undefined) {
    const entries = derived
      .flatMap(({ derivation }) => derivation.diagnostics)
      .map((one) => entryFor(one, place));
    const written = await writeEntries(
      options.write,
      entries.filter((entry) => entry !== undefined),
    );
    io.warn(`${written} of the open decisions written to ${options.write}: narrow each *\n`);
  }
  const open = derived.some(
    (one) => isTooLarge(one) || one.derivation.diagnostics.some(({ blocking }) => blocking),
  );
  return open || problems.length > 0 ? EXIT.attention : EXIT.done;
}

/** Names of things that are not in a file. */
const ELSEWHERE = /^(?:arn:|[a-z0-9]+:\/\/)/;

async function textOf(file: string, io: Io): Promise<string> {
  try {
    return await io.read(file);
  } catch (error) {
    if (!ELSEWHERE.test(file)) throw error;
    const advice = file.startsWith('arn:')
      ? `aws stepfunctions describe-state-machine --state-machine-arn ${file} > machine.json makes one`
      : 'fetch it first';
    throw new Error(`${file} is not a file, and this works offline: ${advice}`, { cause: error });
  }
}

const ASSUMPTION = `no --region is given, so ${ASSUMED_REGION} is assumed: set it, because resources in another Region are left out\n`;

function leavesRegionsOut({ derivation }: Derived): boolean {
  return derivation.diagnostics.some(
    ({ reason, message }) =>
      reason === 'ResourceElsewhere' && message.includes(`outside Region ${ASSUMED_REGION}`),
  );
}

interface Machine {
  readonly name: string;
  readonly definition: string;
}

interface ReadableMachines {
  readonly machines: readonly Machine[];
  /** Why other machines in the file cannot be read. */
  readonly problems: readonly string[];
}

/** Throws for a file without a machine that can be read; if there are several, each is named. */
function readable(path: string, all: readonly FoundMachine[]): ReadableMachines {
  const machines = all.flatMap((machine) => ('problem' in machine ? [] : [machine]));
  const problems = all.flatMap((machine) =>
    'problem' in machine ? [`${path}: ${machine.name}: ${machine.problem}`] : [],
  );
  if (machines.length === 0) throw new Error(problems.join('; '));
  return { machines, problems };
}

function found(path: string, document: Json, place: Place): readonly FoundMachine[] {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw new Error(`${path}: ${document === null ? 'is empty' : 'is not a state machine definition'}`);
  try {
    return machinesIn(document, place);
  } catch (error) {
    if (error instanceof RangeError) throw new Error(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

interface Unreadable {
  readonly problem: string;
}

/** A machine without a valid definition does not hide the others of its file. */
function derive(
  path: string,
  { name, definition }: Machine,
  place: Place,
  quota: number,
): Derived | Unreadable {
  try {
    const { tasks } = parseDefinition(quotePlaceholders(definition));
    const derivation = derivePermissions(tasks, place);
    const size = policySize(policyOf(derivation.statements));
    return { name, derivation, size, quota };
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return { problem: `${path}: ${name === '' ? '' : `${name}: `}${error.message}` };
  }
}

function isTooLarge({ size, quota }: Derived): boolean {
  return size > quota;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function tooLarge({ size, quota }: Derived): string {
  return `the policy has ${size} characters, and IAM allows ${quota}: give some of the Tasks a link and a target role of their own, or set derive to false and write statements with wildcards`;
}

function describe(derived: readonly Derived[], place: Place): string {
  return derived
    .map((one) => {
      const { name, derivation } = one;
      const heading = name === '' ? '' : `State machine ${name}\n\n`;
      const warning = isTooLarge(one) ? `\nGrantTooLarge: ${tooLarge(one)}\n` : '';
      return heading + describePermissions(derivation, place) + warning;
    })
    .join('\n');
}

function placeFrom({ targetAccount, region = ASSUMED_REGION, partition }: PermissionsOptions): Place {
  if (!/^\d{12}$/.test(targetAccount)) throw new Error(`--target-account ${targetAccount}: twelve digits`);
  const itsPartition = partitionOfRegion(region);
  if (itsPartition === undefined) throw new Error(`--region ${region}: a Region looks like us-east-1`);
  if (partition !== undefined && !isPartition(partition)) {
    throw new Error(`--partition ${partition}: ${unknownPartition(partition)}`);
  }
  if (partition !== undefined && partition !== itsPartition) {
    throw new Error(`--partition ${partition}: Region ${region} lies in ${itsPartition}`);
  }
  return { accountId: targetAccount, region, partition: itsPartition };
}

/** One machine as it is; several under `machines`, each with its name. */
function valueOf(derived: readonly Derived[]): object {
  const [only] = derived;
  return derived.length === 1 && only !== undefined
    ? toJson(only)
    : { machines: derived.map((one) => ({ name: one.name, ...toJson(one) })) };
}

function toJson(derived: Derived): object {
  const { statements, tasks, diagnostics } = derived.derivation;
  const said = diagnostics.map(({ task, reason, message }) => ({ task, reason: String(reason), message }));
  return {
    policy: policyToJson(policyOf(statements)),
    tasks: tasks.map(({ name, resource, sids }) => ({ name, resource, statements: sids })),
    diagnostics: isTooLarge(derived)
      ? [...said, { task: '', reason: 'GrantTooLarge', message: tooLarge(derived) }]
      : said,
  };
}
