/** Links as text for programs that draw: Mermaid and DOT. */
import type { LinkRow } from '../../console/model/contract.ts';

interface Edge {
  readonly source: string;
  readonly region: string;
  readonly machine: string;
  readonly target: string;
  readonly role: string;
  readonly label: string;
  readonly ready: boolean;
}

function edgeOf({ key, machine, role, tone }: LinkRow): Edge {
  return {
    source: machine.account,
    region: machine.region,
    machine: machine.name,
    target: role.account,
    role: role.name,
    label: key,
    ready: tone === 'ready',
  };
}

/** https://mermaid.js.org/syntax/flowchart.html */
export function mermaidOf(links: readonly LinkRow[]): string {
  const edges = links.map(edgeOf);
  const lines = ['flowchart LR'];
  for (const [account, nodes] of accountsOf(edges)) {
    lines.push(`  subgraph a${safe(account)}["${inMermaid(account)}"]`);
    for (const { id, label } of nodes) lines.push(`    ${id}["${inMermaid(label)}"]`);
    lines.push('  end');
  }
  for (const edge of edges) {
    lines.push(
      `  ${machineId(edge)} ${edge.ready ? '-->' : '-.->'}|"${inMermaid(edge.label)}"| ${roleId(edge)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

/** https://graphviz.org/doc/info/lang.html */
export function dotOf(links: readonly LinkRow[]): string {
  const edges = links.map(edgeOf);
  const lines = ['digraph links {', '  rankdir=LR;'];
  for (const [account, nodes] of accountsOf(edges)) {
    lines.push(`  subgraph cluster_${safe(account)} {`, `    label="${inDot(account)}";`);
    for (const { id, label } of nodes) lines.push(`    ${id} [label="${inDot(label)}"];`);
    lines.push('  }');
  }
  for (const edge of edges) {
    const style = edge.ready ? '' : ' style=dashed';
    lines.push(`  ${machineId(edge)} -> ${roleId(edge)} [label="${inDot(edge.label)}"${style}];`);
  }
  return `${lines.join('\n')}\n}\n`;
}

interface Node {
  readonly id: string;
  readonly label: string;
}

/** Accounts in order, each with its machines and roles, all of them once. */
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
  return `m_${safe(source)}_${safe(region)}_${safe(machine)}`;
}

function roleId({ target, role }: Edge): string {
  return `r_${safe(target)}_${safe(role)}`;
}

/** Names contain characters that neither language allows in an identifier; their codes keep identifiers distinct. */
function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.codePointAt(0)?.toString(16)}_`);
}

/** In a quoted label Mermaid interprets its own marks, Markdown and HTML, but not character codes. */
function inMermaid(text: string): string {
  return text.replaceAll(/[^\p{L}\p{N} ./():_-]/gu, (character) => `#${character.codePointAt(0)};`);
}

function inDot(text: string): string {
  return text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll('\n', ' ');
}
