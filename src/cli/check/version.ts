/** `version`: the versions of this client and of the operator in the cluster. */
import type { Cluster } from '../cluster/cluster.ts';
import type { InstallationFinding } from './installation.ts';
import { gatherFacts } from './installation-facts.ts';
import { operatorVersion } from './installation-check.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { isStructured, writeStructured } from '../output/output.ts';
import { faint, line, strong } from '../output/text.ts';

/** The shape of `version -o json`. */
interface Versions {
  readonly client: { readonly version: string };
  /** Null if it was not found, or may not be read. */
  readonly operator?: {
    readonly version: string;
    readonly namespace: string | null;
    readonly clusterID: string | null;
  } | null;
}

/** This client's version alone, for `--client`. */
export async function clientVersion(version: string, io: Io, output?: string): Promise<ExitStatus> {
  return print({ client: { version } }, '', io, output);
}

/** Prints this client's version and, if the cluster can be asked, the operator's. */
export async function versions(
  { client }: Cluster,
  version: string,
  io: Io,
  output?: string,
): Promise<ExitStatus> {
  const facts = await gatherFacts(client);
  const found = operatorVersion(facts);
  const installation = facts.finding.kind === 'found' ? facts.finding.installation : undefined;
  const operator =
    found === undefined
      ? null
      : {
          version: found,
          namespace: installation?.namespace ?? null,
          clusterID: installation?.clusterId ?? null,
        };
  return print({ client: { version }, operator }, WHY_NONE[facts.finding.kind], io, output);
}

const WHY_NONE: Readonly<Record<InstallationFinding['kind'], string>> = {
  found: 'does not publish its version',
  none: 'not found in this cluster',
  several: 'there are several: "kubectl crossaccountlink check" shows them',
  unseen: 'not seen: you may not read its Lease',
};

async function print(
  { client, operator }: Versions,
  whyNone: string,
  io: Io,
  output: string | undefined,
): Promise<ExitStatus> {
  if (isStructured(output)) {
    await writeStructured(output, { client, ...(operator !== undefined && { operator }) }, io);
    return EXIT.done;
  }
  io.print([line('client    ', strong(client.version))]);
  if (operator === undefined) return EXIT.done;
  const where = operator?.namespace === null ? '' : ` in namespace ${operator?.namespace ?? ''}`;
  io.print([
    operator === null
      ? line('operator  ', faint(whyNone))
      : line('operator  ', strong(operator.version), where),
  ]);
  return EXIT.done;
}
