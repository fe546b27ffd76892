/** `import`: CrossAccountLink manifests for what already exists in AWS. */
import type { AWSAccount } from '../../api/awsaccount.ts';
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { parseStateMachineArn, type RoleArn, type StateMachineArn } from '../../arn/arn.ts';
import { DefinitionError, parseDefinition, type Definition } from '../../asl/definition/definition.ts';
import type { LiveAccount } from '../../aws/live-account.ts';
import { AwsFailure } from '../../aws/errors/errors.ts';
import type { Environment } from '../../aws/transport/transport.ts';
import type { AccountConfig } from '../../aws/sessions/sessions.ts';
import { accountConfig } from '../../controllers/account/account-config.ts';
import { isForbidden } from '../../kubernetes/api-error.ts';
import { DRY_RUN_CALLS } from '../../controllers/dry-run/dry-run.ts';
import { awsCredentialsProblem, withAws, type AwsReach } from '../aws.ts';
import { listAccounts, listLinks, type Cluster } from '../cluster/cluster.ts';
import {
  importedLink,
  linkName,
  manifestText,
  surveyOf,
  type Access,
  type ImportedLink,
  type RoleFinding,
} from './import-manifests.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { writeStructured } from '../output/output.ts';
import { writeManifests } from './import-files.ts';

export interface ImportOptions extends AwsReach {
  /** ARNs. */
  readonly stateMachines: readonly string[];
  readonly namespace: string;
  /** json, or yaml with comments, which is the default. */
  readonly output?: string | undefined;
  /** A folder that gets a file for each link, instead of printing them. */
  readonly write?: string | undefined;
}

type Connect = (config: AccountConfig) => LiveAccount;

/** Prints or writes a manifest for each role of another account through which the machines' Tasks call. Exit 0: for all; 2:
 *  some Task was left out, and standard error says why. Errors are thrown. Nothing is written to AWS or the cluster. */
export async function importLinks({ client }: Cluster, options: ImportOptions, io: Io): Promise<ExitStatus> {
  const machines = machinesNamed(options.stateMachines);
  const [accounts, links] = await Promise.all([
    orWhereForbidden(listAccounts(client), async () => {
      io.warn('You may not list AWSAccounts: AWS is read with your own credentials.\n');
      return [];
    }),
    orWhereForbidden(listLinks(client), () => listLinks(client, options.namespace)),
  ]);
  const here = links.filter(({ metadata }) => metadata.namespace === options.namespace);
  const context: ImportContext = {
    environment: options.environment,
    accounts,
    links,
    namespace: options.namespace,
    taken: new Set(here.map(({ metadata }) => metadata.name)),
    warn: (sentence) => io.warn(`${machines.length > 1 ? sentence : sentence.replace(/^[^:]+: /, '')}\n`),
  };
  return withAws(options, async (connect) => {
    const imported: ImportedLink[] = [];
    let isComplete = true;
    for (const machine of machines) {
      const found = await importMachine(machine, context, connect);
      imported.push(...found.links);
      isComplete &&= found.leftOut.length === 0;
    }
    await print(imported, options, io);
    return isComplete ? EXIT.done : EXIT.attention;
  });
}

/** Returns what was asked for or, if the caller has no right to it, something narrower. */
async function orWhereForbidden<T>(asked: Promise<T>, narrower: () => Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!isForbidden(error)) throw error;
    return narrower();
  }
}

function machinesNamed(arns: readonly string[]): readonly StateMachineArn[] {
  return [...new Set(arns)].map((arn) => {
    const machine = parseStateMachineArn(arn);
    if (machine !== undefined) return machine;
    const advice = /,\s*arn:/.test(arn) ? ': write --state-machine once for each' : '';
    throw new Error(
      `--state-machine ${arn}: not the ARN of a state machine (without version or alias)${advice}`,
    );
  });
}

interface ImportContext extends Pick<AwsReach, 'environment'> {
  readonly accounts: readonly AWSAccount[];
  readonly links: readonly CrossAccountLink[];
  readonly namespace: string;
  /** Names of links that are taken in the namespace; new ones are added. */
  readonly taken: Set<string>;
  /** Called with a sentence that begins with the machine's name and a colon. */
  readonly warn: (sentence: string) => void;
}

async function importMachine(machine: StateMachineArn, context: ImportContext, connect: Connect) {
  const { environment, accounts, links, namespace, taken, warn } = context;
  const definition = await definitionOf(machine, connect(configFor(machine, accounts)), environment);
  const { accesses, leftOut } = surveyOf(machine, definition);
  const imported: ImportedLink[] = [];
  for (const access of accesses) {
    const known = links.find(
      ({ spec }) => spec.stateMachineARN === machine.text && spec.targetRole.arn === access.role.text,
    );
    if (known !== undefined) {
      const { metadata } = known;
      warn(
        `${machine.name}: CrossAccountLink ${metadata.namespace}/${metadata.name} already describes ${access.role.text}.`,
      );
      continue;
    }
    const name = linkName(machine.name, access.role.name, taken);
    taken.add(name);
    const finding = await findRole(access, accounts, connect);
    imported.push(importedLink({ machine, definition, access, finding, namespace, name }));
  }
  if (accesses.length + leftOut.length === 0)
    warn(`${machine.name}: No Task of ${machine.name} has Credentials.`);
  for (const sentence of leftOut) warn(`${machine.name}: ${sentence}`);
  return { links: imported, leftOut };
}

async function print(imported: readonly ImportedLink[], options: ImportOptions, io: Io): Promise<void> {
  const { output, write } = options;
  if (write !== undefined) {
    const extension = output === 'json' ? 'json' : 'yaml';
    const files = imported.map((link) => ({
      name: `${link.manifest.metadata.name}.${extension}`,
      text: extension === 'json' ? `${JSON.stringify(link.manifest, undefined, 2)}\n` : manifestText(link),
    }));
    for (const path of await writeManifests(write, files)) io.write(`${path}\n`);
    return;
  }
  if (output === 'json') {
    const items = imported.map(({ manifest }) => manifest);
    await writeStructured(output, { apiVersion: 'v1', kind: 'List', items }, io);
    for (const { manifest, comments } of imported)
      for (const comment of comments) io.warn(`${manifest.metadata.name}: ${comment}\n`);
    return;
  }
  io.write(imported.map(manifestText).join('---\n'));
}

/** According to the AWSAccount of a machine's account, otherwise with the present credentials. */
function configFor(
  { accountId, partition }: StateMachineArn,
  accounts: readonly AWSAccount[],
): AccountConfig {
  const account = accountOf(accountId, accounts);
  return account === undefined ? { accountId, partition } : accountConfig(account.spec);
}

function accountOf(accountId: string, accounts: readonly AWSAccount[]): AWSAccount | undefined {
  return accounts.find(({ spec }) => spec.accountID === accountId);
}

async function definitionOf(
  machine: StateMachineArn,
  aws: LiveAccount,
  environment: Environment,
): Promise<Definition> {
  const reading = await readWith(aws, machine, environment);
  if (reading.kind === 'absent') throw new Error(`there is no state machine ${machine.text}`);
  if (reading.machine.isBeingDeleted === true) throw new Error(`${machine.text} is being deleted`);
  try {
    return parseDefinition(reading.machine.definition);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new Error(`${machine.text}: ${error.message}`, { cause: error });
  }
}

async function readWith(aws: LiveAccount, machine: StateMachineArn, environment: Environment) {
  try {
    return await aws.stateMachine(machine.text, DRY_RUN_CALLS);
  } catch (error) {
    const problem = error instanceof AwsFailure ? awsCredentialsProblem(error, environment) : undefined;
    if (problem === undefined) throw error;
    throw new Error(`${problem}: use credentials that may, to read ${machine.text}`, { cause: error });
  }
}

async function findRole(
  { role }: Access,
  accounts: readonly AWSAccount[],
  connect: Connect,
): Promise<RoleFinding> {
  const account = accountOf(role.accountId, accounts);
  if (account === undefined) return { kind: 'unseen', why: `no AWSAccount registers ${role.accountId}.` };
  return readRole(role, connect(accountConfig(account.spec)));
}

async function readRole(role: RoleArn, aws: LiveAccount): Promise<RoleFinding> {
  try {
    const reading = await aws.role(role.text, DRY_RUN_CALLS, { kind: 'fresh' });
    if (reading.kind === 'nameTaken') return { kind: 'unseen', why: `its name is taken by ${reading.arn}.` };
    return reading;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return { kind: 'unseen', why: `${error.message}.` };
  }
}
