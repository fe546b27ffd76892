/** `graph`: state machines, roles and accounts as a picture, as text that other programs draw, or as data. */
import type { CrossAccountLink } from '../../api/crossaccountlink.ts';
import { compareText } from '../../base/compare-text.ts';
import { linkRow } from '../../console/model/link-row.ts';
import type { LinkRow } from '../../console/model/contract.ts';
import { linkMap } from '../../console/model/map.ts';
import { count } from '../../console/model/text.ts';
import { isForbidden } from '../../kubernetes/api-error.ts';
import { listAccounts, type Cluster } from '../cluster/cluster.ts';
import type { GraphFormat } from './formats.ts';
import { dotOf, mermaidOf } from './markup.ts';
import { pageOf } from './page.ts';
import { svgOf } from './picture.ts';
import { EXIT, type ExitStatus, type Io } from '../output/io.ts';
import { writeStructured } from '../output/output.ts';

/** Prints the picture, the text or the data.
 *  @param names what people call each account, by its ID */
export async function graph(
  links: readonly CrossAccountLink[],
  names: ReadonlyMap<string, string>,
  format: GraphFormat,
  io: Io,
): Promise<ExitStatus> {
  const rows = links.map((link) => linkRow(link, [])).toSorted((a, b) => compareText(a.key, b.key));
  if (format === 'json' || format === 'yaml') await writeStructured(format, graphValue(links), io);
  else io.write(drawn(rows, names, format));
  return EXIT.done;
}

function drawn(
  rows: readonly LinkRow[],
  names: ReadonlyMap<string, string>,
  format: Exclude<GraphFormat, 'json' | 'yaml'>,
): string {
  if (format === 'mermaid') return mermaidOf(rows);
  if (format === 'dot') return dotOf(rows);
  const map = linkMap(rows, { grouping: 'account', names, isOpen: () => true });
  const ready = rows.filter(({ tone }) => tone === 'ready').length;
  const caption = {
    title: 'State machines and the roles that they call through',
    detail: `${count(rows.length, 'link')}, ${ready} ready; ${count(map.left.length, 'source account')}, ${count(map.right.length, 'target account')}`,
  };
  const picture = svgOf(map, caption);
  return format === 'svg' ? picture : pageOf(picture, rows, caption);
}

/** The structure of `graph -o json`, which is stable (docs/cli.md). */
function graphValue(links: readonly CrossAccountLink[]): object {
  const value = links.map(({ metadata, spec, status }) => {
    const row = linkRow({ metadata, spec, status }, []);
    return {
      namespace: row.namespace,
      name: row.name,
      state: row.tone,
      reason: row.reason,
      stateMachine: spec.stateMachineARN,
      targetRole: spec.targetRole.arn,
      tasks: row.tasks,
    };
  });
  return { links: value };
}

/** Names of the AWSAccounts by account ID, if the caller may list them. */
export async function accountNames({ client }: Cluster): Promise<ReadonlyMap<string, string>> {
  try {
    const accounts = await listAccounts(client);
    return new Map(accounts.map(({ metadata, spec }) => [spec.accountID, metadata.name]));
  } catch (error) {
    if (isForbidden(error)) return new Map();
    throw error;
  }
}
