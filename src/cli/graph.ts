/** `graph`: state machines, roles and accounts as Mermaid or DOT. */
import type { CrossAccountLink } from '../api/crossaccountlink.ts';
import { findCondition } from '../api/conditions.ts';
import { parseRoleArn, parseStateMachineArn } from '../arn/arn.ts';
import { EXIT, type ExitStatus, type Io } from './io.ts';

interface Edge {
  readonly source: string;
  readonly region: string;
  readonly machine: string;
  readonly target: string;
  readonly role: string;
  readonly label: string;
  readonly ready: boolean;
}

/** @param format `mermaid` or `dot` */
export function graph(links: readonly CrossAccountLink[], format: string, io: Io): ExitStatus {
  const edges = links.map(edgeOf);
  if (format === 'mermaid') io.write(mermaid(edges));
  else if (format === 'dot') io.write(dot(edges));
  else throw new Error(`--output ${format}: mermaid and dot are known`);
  return EXIT.done;
}

function edgeOf({ metadata, spec, status }: CrossAccountLink): Edge {
  const machine = parseStateMachineArn(spec.stateMachineARN);
  const role = parseRoleArn(spec.targetRole.arn);
  return {
    source: machine?.accountId ?? '',
    region: machine?.region ?? '',
    machine: machine?.name ?? '',
    target: role?.accountId ?? '',
    role: role?.name ?? '',
    label: `${metadata.namespace}/${metadata.name}`,
    ready: findCondition(status.conditions ?? [], 'Ready')?.status === 'True',
  };
}

function mermaid(edges: readonly Edge[]): string {
  const lines = ['flowchart LR'];
  for (const [account, nodes] of accountsOf(edges)) {
    lines.push(`  subgraph a${account}["${account}"]`);
    for (const { id, label } of nodes) lines.push(`    ${id}["${label}"]`);
    lines.push('  end');
  }
  for (const edge of edges) {
    lines.push(`  ${machineId(edge)} ${edge.ready ? '-->' : '-.->'}|"${edge.label}"| ${roleId(edge)}`);
  }
  return `${lines.join('\n')}\n`;
}

function dot(edges: readonly Edge[]): string {
  const lines = ['digraph links {', '  rankdir=LR;'];
  for (const [account, nodes] of accountsOf(edges)) {
    lines.push(`  subgraph cluster_${account} {`, `    label="${account}";`);
    for (const { id, label } of nodes) lines.push(`    ${id} [label="${label}"];`);
    lines.push('  }');
  }
  for (const edge of edges) {
    const style = edge.ready ? '' : ' style=dashed';
    lines.push(`  ${machineId(edge)} -> ${roleId(edge)} [label="${edge.label}"${style}];`);
  }
  return `${lines.join('\n')}\n}\n`;
}

interface Node {
  readonly id: string;
  readonly label: string;
}

/** Accounts in order, each with its machines and roles, every one once. */
function accountsOf(edges: readonly Edge[]): readonly (readonly [string, readonly Node[]])[] {
  const accounts = new Map<string, Map<string, Node>>();
  const add = (account: string, node: Node) => {
    const nodes = accounts.get(account) ?? new Map<string, Node>();
    accounts.set(account, nodes.set(node.id, node));
  };
  for (const edge of edges) {
    add(edge.source, { id: machineId(edge), label: `${edge.machine} (${edge.region})` });
    add(edge.target, { id: roleId(edge), label: edge.role });
  }
  return [...accounts]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([account, nodes]) => [account, [...nodes.values()]] as const);
}

function machineId({ source, region, machine }: Edge): string {
  return `m_${source}_${safe(region)}_${safe(machine)}`;
}

function roleId({ target, role }: Edge): string {
  return `r_${target}_${safe(role)}`;
}

/** Names hold characters that neither language takes in an identifier; their codes keep identifiers apart. */
function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.codePointAt(0)?.toString(16)}_`);
}
