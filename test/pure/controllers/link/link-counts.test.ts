import { expect, it } from '@jest/globals';
import { countLinks } from '../../../../src/controllers/link/link-counts.ts';
import { Metrics } from '../../../../src/telemetry/metrics.ts';
import { CREATED, TestCluster } from '../test-cluster.ts';

it('counts links by the state of Ready and Effective; one without a condition is pending', async () => {
  const the = new TestCluster();
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: 'InSync',
    message: '',
    lastTransitionTime: CREATED,
  } as const;
  for (const name of ['a', 'b']) {
    const object = the.add(name);
    the.links.upsert({ ...object, status: { conditions: [ready] } });
  }
  the.add('c');
  const metrics = new Metrics();
  countLinks(metrics, the.links, 0);
  const text = await metrics.collect();
  const lines = text.split('\n').filter((line) => /^crossaccountlink_links\{.* [1-9]/.test(line));
  expect(lines.toSorted()).toStrictEqual([
    'crossaccountlink_links{condition="Effective",status="Unknown",reason="Pending"} 3',
    'crossaccountlink_links{condition="Ready",status="True",reason="InSync"} 2',
    'crossaccountlink_links{condition="Ready",status="Unknown",reason="Pending"} 1',
  ]);
});

it('has no series for a reason that nobody but a forger gives', async () => {
  const the = new TestCluster();
  const metrics = new Metrics();
  countLinks(metrics, the.links, 100);
  const object = the.add('a');
  let text = '';
  for (let scrape = 0; scrape < 3; scrape += 1) {
    const forged = { type: 'Ready', status: 'False', reason: `Forged${scrape}`, message: '' } as const;
    const conditions = [{ ...forged, lastTransitionTime: CREATED }];
    the.links.upsert({ ...object, status: { conditions } });
    text = await metrics.collect();
  }
  expect(text).not.toContain('Forged');
  expect(text).toContain('crossaccountlink_links{condition="Ready",status="False",reason="Other"} 1');
  expect(text).toMatch(/^crossaccountlink_link_ready\{.*reason="Other"\} 0$/m);
});
