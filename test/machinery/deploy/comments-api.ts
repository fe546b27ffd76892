/** The part of GitHub's API that keeps the comments of a pull request. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';

export interface Comment {
  readonly id: number;
  readonly user: { readonly login: string };
  body: string;
}

export interface CommentsApi extends AsyncDisposable {
  readonly url: string;
  readonly comments: Comment[];
}

const REPOSITORY = '/repos/acme/platform';
export const PULL_REQUEST = 7;
export const BOT = 'github-actions[bot]';

export async function startCommentsApi(): Promise<CommentsApi> {
  const comments: Comment[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, comments);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    comments,
    [Symbol.asyncDispose]: () => promisify(server.close.bind(server))(),
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  comments: Comment[],
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://localhost');
  const reply = (status: number, value: object) => response.writeHead(status).end(JSON.stringify(value));
  if (request.headers.authorization !== 'Bearer the-token')
    return void reply(401, { message: 'Bad credentials' });
  const all = `${REPOSITORY}/issues/${PULL_REQUEST}/comments`;
  const { method, headers: _ } = request;
  const sent = await text(request);
  if (method === 'GET' && url.pathname === all) {
    const size = Number(url.searchParams.get('per_page'));
    const from = (Number(url.searchParams.get('page')) - 1) * size;
    return void reply(200, comments.slice(from, from + size));
  }
  const { body } = JSON.parse(sent);
  if (method === 'POST' && url.pathname === all) {
    const comment = { id: comments.length + 1, user: { login: BOT }, body };
    comments.push(comment);
    return void reply(201, comment);
  }
  const known = comments.find(({ id }) => url.pathname === `${REPOSITORY}/issues/comments/${id}`);
  if (method !== 'PATCH' || known === undefined) return void reply(404, { message: 'Not Found' });
  known.body = body;
  return void reply(200, known);
}
