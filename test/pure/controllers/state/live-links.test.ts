import { expect, it } from '@jest/globals';
import { liveLinksOf } from '../../../../src/controllers/state/live-links.ts';
import { ApiError } from '../../../../src/kubernetes/api-error.ts';
import type { ListPage, ListQuery } from '../../../../src/kubernetes/client.ts';
import { BASE_LINK } from '../../../../testbed/simulation/edits.ts';
import { CREATED } from '../test-cluster.ts';

const MADE = { creationTimestamp: CREATED };
const ROLE = 'arn:aws:iam::222222222222:role/payments/a=b,c';
const NEITHER = new ApiError(400, 'BadRequest', 'field label not supported: spec.targetRole.arn');

/** Lists, each answered in turn, with what was asked for. */
function server(...answers: readonly (ListPage | ApiError)[]) {
  const asked: ListQuery[] = [];
  const list = (_resource: unknown, query: ListQuery = {}): Promise<ListPage> => {
    const answer = answers[asked.length] ?? new Error('asked too often');
    asked.push(query);
    return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
  };
  return { asked, live: liveLinksOf({ list }) };
}

function pageOf(...names: readonly string[]): ListPage {
  const items = names.map((name) => ({
    metadata: { namespace: 'payments', name, uid: name, resourceVersion: '1', generation: 1, ...MADE },
    spec: name === 'broken' ? {} : BASE_LINK,
    status: {},
  }));
  return { items, resourceVersion: '1' };
}

const namesOf = async (links: ReturnType<ReturnType<typeof server>['live']>) =>
  (await links).map(({ link }) => link.name);

it('links of a role are picked by the server, in one piece, whatever the role is called', async () => {
  const { asked, live } = server(pageOf('a'));
  expect(await namesOf(live({ targetRole: ROLE, namespace: 'payments' }))).toStrictEqual(['a']);
  const fieldSelector = String.raw`spec.targetRole.arn=arn:aws:iam::222222222222:role/payments/a\=b\,c`;
  expect(asked).toStrictEqual([
    { namespace: 'payments', fieldSelector, limit: undefined, continue: undefined },
  ]);
});

it('links that cannot be read are left out', async () => {
  const { live } = server(pageOf('broken', 'a'));
  expect(await namesOf(live({ targetRole: ROLE }))).toStrictEqual(['a']);
});

it('of a server whose CRD is older all links of the namespace are read', async () => {
  const { asked, live } = server(NEITHER, pageOf('a', 'b'));
  expect(await namesOf(live({ targetRole: ROLE, namespace: 'payments' }))).toStrictEqual(['a', 'b']);
  expect(asked[1]).toStrictEqual({ namespace: 'payments', limit: 250, continue: undefined });
});

it('what else the server says is no answer', async () => {
  const { live } = server(new ApiError(500, 'InternalError', 'etcd is busy'));
  await expect(live({ targetRole: ROLE })).rejects.toMatchObject({ status: 500 });
});
