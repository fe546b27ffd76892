import { describe, expect, it } from '@jest/globals';
import { graph } from '../../../src/cli/graph/graph.ts';
import type { GraphFormat } from '../../../src/cli/graph/formats.ts';
import type { CrossAccountLink } from '../../../src/api/crossaccountlink.ts';
import { condition, link, READY, ROLE, saidLater } from './fixtures.ts';

const LINKS = [
  link({ status: READY }),
  link({
    metadata: { name: 'refunds' },
    spec: { stateMachineARN: 'arn:aws:states:eu-west-1:111111111111:stateMachine:checkout' },
  }),
];

const drawn = (links: readonly CrossAccountLink[], format: GraphFormat) =>
  saidLater((io) => graph(links, new Map([['222222222222', 'billing <prod>']]), format, io));

describe('graph', () => {
  it('draws accounts with their machines and roles, each once, in Mermaid', async () => {
    expect(await drawn(LINKS, 'mermaid')).toStrictEqual({
      status: 0,
      output: `flowchart LR
  subgraph a111111111111["111111111111"]
    m_111111111111_us_2d_east_2d_1_checkout["checkout (us-east-1)"]
    m_111111111111_eu_2d_west_2d_1_checkout["checkout (eu-west-1)"]
  end
  subgraph a222222222222["222222222222"]
    r_222222222222_checkout["checkout"]
  end
  m_111111111111_us_2d_east_2d_1_checkout -->|"payments/checkout"| r_222222222222_checkout
  m_111111111111_eu_2d_west_2d_1_checkout -.->|"payments/refunds"| r_222222222222_checkout
`,
    });
  });

  it('draws the same in DOT', async () => {
    expect(await drawn(LINKS, 'dot')).toStrictEqual({
      status: 0,
      output: `digraph links {
  rankdir=LR;
  subgraph cluster_111111111111 {
    label="111111111111";
    m_111111111111_us_2d_east_2d_1_checkout [label="checkout (us-east-1)"];
    m_111111111111_eu_2d_west_2d_1_checkout [label="checkout (eu-west-1)"];
  }
  subgraph cluster_222222222222 {
    label="222222222222";
    r_222222222222_checkout [label="checkout"];
  }
  m_111111111111_us_2d_east_2d_1_checkout -> r_222222222222_checkout [label="payments/checkout"];
  m_111111111111_eu_2d_west_2d_1_checkout -> r_222222222222_checkout [label="payments/refunds" style=dashed];
}
`,
    });
  });

  it('keeps names apart that differ only in characters which an identifier cannot hold', async () => {
    const roles = ['a-b', 'a_b', 'a_2d_b'].map((name) =>
      link({ spec: { targetRole: { arn: ROLE.replace('checkout', name) } } }),
    );
    const { output } = await drawn(roles, 'dot');
    expect(new Set(output.match(/r_\w+ \[/g)).size).toBe(3);
  });

  it('tells programs what it would draw', async () => {
    const { output } = await drawn(LINKS, 'json');
    expect(JSON.parse(output).links[0]).toStrictEqual({
      namespace: 'payments',
      name: 'checkout',
      state: 'ready',
      reason: 'InSync',
      stateMachine: 'arn:aws:states:us-east-1:111111111111:stateMachine:checkout',
      targetRole: ROLE,
      tasks: 0,
    });
  });
});

/** Characters that mean something in each of the languages. */
const HOSTILE = `a"];</title><script>alert(1)</script>&'\\#{}--`;
const hostile = link({
  spec: {
    stateMachineARN: `arn:aws:states:us-east-1:111111111111:stateMachine:${HOSTILE}`,
    targetRole: { arn: `arn:aws:iam::222222222222:role/${HOSTILE.replaceAll('/', '')}` },
  },
  status: { conditions: [condition('Ready', 'False', 'NoTasks', `${HOSTILE}\n\u001b[2J\u202e`)] },
});

describe('names and messages of others', () => {
  it('stay text in Mermaid and DOT', async () => {
    const [mermaid, dot] = await Promise.all([drawn([hostile], 'mermaid'), drawn([hostile], 'dot')]);
    expect(mermaid.output).toContain('["a#34;#93;#59;#60;/title');
    expect(dot.output).toContain(String.raw`[label="a\"];</title>`);
    expect(mermaid.output).not.toMatch(/<|"\]"|'/);
  });

  it('stay text in the picture and on the page', async () => {
    for (const { output } of await Promise.all([drawn([hostile], 'svg'), drawn([hostile], 'html')])) {
      expect(['<script', '\u001b', '\u202e'].filter((text) => output.includes(text))).toStrictEqual([]);
      expect(output).toContain('&#60;');
    }
  });
});

describe('the picture', () => {
  it('names accounts, machines, roles and links, each with its state, and needs nothing else', async () => {
    const { output } = await drawn(LINKS, 'svg');
    expect(output).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+"/);
    for (const text of ['>checkout<', '>us-east-1<', '>payments/refunds<', '>billing &#60;prod&#62;<'])
      expect(output).toContain(text);
    expect(output.match(/class="edge ready"/g)).toHaveLength(1);
    expect(output.match(/class="edge working"/g)).toHaveLength(1);
    expect(output).not.toMatch(/(?:href|src)=|url\(|@import/);
    expect(output).toContain('prefers-color-scheme:dark');
  });

  it('lets no two labels cover each other', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      link({
        metadata: { name: `link-${index}` },
        spec: {
          stateMachineARN: `arn:aws:states:us-east-1:111111111111:stateMachine:m${index % 20}`,
          targetRole: { arn: `arn:aws:iam::222222222222:role/r${(index * 7) % 30}` },
        },
      }),
    );
    const { output } = await drawn(many, 'svg');
    const labels = [...output.matchAll(/class="label" x="([\d.-]+)" y="([\d.-]+)"[^>]*>([^<]*)</g)].map(
      ([, x, y, text = '']) => ({ x: Number(x), y: Number(y), width: text.length * 6 }),
    );
    expect(labels.length).toBeGreaterThan(20);
    for (const [index, a] of labels.entries())
      for (const b of labels.slice(index + 1))
        expect(Math.abs(a.x - b.x) >= (a.width + b.width) / 2 || Math.abs(a.y - b.y) >= 16).toBe(true);
  });

  it('stands on a page that loads nothing, beside a table of the links', async () => {
    const { output } = await drawn(LINKS, 'html');
    expect(output).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(output).toContain('<meta name="color-scheme" content="light dark">');
    expect(output.match(/<tr><td>/g)).toHaveLength(2);
    expect(output).not.toMatch(/<(?:script|link|img|iframe)/);
  });

  it('of no links is still one', async () => {
    expect((await drawn([], 'svg')).output).toContain('0 links, 0 ready');
  });
});
