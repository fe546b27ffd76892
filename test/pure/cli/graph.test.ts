import { describe, expect, it } from '@jest/globals';
import { graph } from '../../../src/cli/graph.ts';
import { link, READY, ROLE, said } from './fixtures.ts';

const LINKS = [
  link({ status: READY }),
  link({
    metadata: { name: 'refunds' },
    spec: { stateMachineARN: 'arn:aws:states:eu-west-1:111111111111:stateMachine:checkout' },
  }),
];

describe('graph', () => {
  it('draws accounts with their machines and roles, each once, in Mermaid', () => {
    expect(said((io) => graph(LINKS, 'mermaid', io))).toStrictEqual({
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

  it('draws the same in DOT', () => {
    expect(said((io) => graph(LINKS, 'dot', io))).toStrictEqual({
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

  it('keeps names apart that differ only in characters which an identifier cannot hold', () => {
    const roles = ['a-b', 'a_b', 'a_2d_b'].map((name) =>
      link({ spec: { targetRole: { arn: ROLE.replace('checkout', name) } } }),
    );
    const { output } = said((io) => graph(roles, 'dot', io));
    expect(new Set(output.match(/r_\w+ \[/g)).size).toBe(3);
  });

  it('refuses a format that is none', () => {
    expect(() => said((io) => graph(LINKS, 'png', io))).toThrow(/--output png: mermaid and dot are known/);
  });
});
