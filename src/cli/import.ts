/** `import`: CrossAccountLink manifests for what already stands in AWS. */
import type { AWSAccount } from '../api/awsaccount.ts';
import { parseStateMachineArn, type RoleArn, type StateMachineArn } from '../arn/arn.ts';
import { DefinitionError, parseDefinition, type Definition } from '../asl/definition.ts';
import type { AwsAccount } from '../aws/account.ts';
import { AwsFailure } from '../aws/errors.ts';
import type { AccountConfig } from '../aws/sessions.ts';
import { accountConfig } from '../controllers/account/account-config.ts';
import { DRY_RUN_CALLS } from '../controllers/dry-run/dry-run.ts';
import { withAws, type Reach } from './aws.ts';
import { listAccounts, listLinks, type Cluster } from './cluster.ts';
import { linkName, manifestOf, surveyOf, type Access, type RoleFinding } from './import-manifests.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';

export interface ImportOptions extends Reach {
  readonly stateMachine: string;
  readonly namespace: string;
}

type Connect = (config: AccountConfig) => AwsAccount;

/** Prints a manifest for each role of another account that the machine's Tasks call through. Exit 0: all of it;
 *  2: some Task was left out, and standard error says why; errors are thrown. Nothing is ever written. */
export async function importLinks({ client }: Cluster, options: ImportOptions, io: Io): Promise<ExitStatus> {
  const machine = parseStateMachineArn(options.stateMachine);
  if (machine === undefined)
    throw new Error(
      `--state-machine ${options.stateMachine}: no state machine's ARN (without version or alias)`,
    );
  const [accounts, links] = await Promise.all([listAccounts(client), listLinks(client)]);
  const known = new Map(
    links
      .filter(({ spec }) => spec.stateMachineARN === machine.text)
      .map(({ metadata, spec }) => [spec.targetRole.arn, `${metadata.namespace}/${metadata.name}`]),
  );
  const taken = new Set(
    links
      .filter(({ metadata }) => metadata.namespace === options.namespace)
      .map(({ metadata }) => metadata.name),
  );
  return withAws(options, async (connect) => {
    const definition = await definitionOf(machine, connect(configFor(machine, accounts)));
    const { accesses, leftOut } = surveyOf(machine, definition);
    const manifests: string[] = [];
    for (const access of accesses) {
      const link = known.get(access.role.text);
      if (link !== undefined) {
        io.warn(`CrossAccountLink ${link} describes ${access.role.text} already.\n`);
        continue;
      }
      const name = linkName(machine.name, access.role.name, taken);
      taken.add(name);
      const finding = await findRole(access, accounts, connect);
      manifests.push(
        manifestOf({ machine, definition, access, finding, namespace: options.namespace, name }),
      );
    }
    io.write(manifests.join('---\n'));
    if (accesses.length + leftOut.length === 0) io.warn(`No Task of ${machine.name} has Credentials.\n`);
    for (const sentence of leftOut) io.warn(`${sentence}\n`);
    return leftOut.length === 0 ? EXIT.done : EXIT.attention;
  });
}

/** As the AWSAccount of a machine's account says, or else with the credentials that are at hand. */
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

async function definitionOf(machine: StateMachineArn, aws: AwsAccount): Promise<Definition> {
  const reading = await aws.stateMachine(machine.text, DRY_RUN_CALLS);
  if (reading.kind === 'absent') throw new Error(`there is no state machine ${machine.text}`);
  try {
    return parseDefinition(reading.machine.definition);
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    throw new Error(`${machine.text}: ${error.message}`, { cause: error });
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

async function readRole(role: RoleArn, aws: AwsAccount): Promise<RoleFinding> {
  try {
    const reading = await aws.role(role.text, DRY_RUN_CALLS, { kind: 'fresh' });
    if (reading.kind === 'nameTaken') return { kind: 'unseen', why: `its name is taken by ${reading.arn}.` };
    return reading;
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    return { kind: 'unseen', why: `${error.message}.` };
  }
}
