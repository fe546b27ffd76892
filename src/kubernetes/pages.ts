/** Lists come in pages. */
import { isTooLarge } from './api-error.ts';
import type { KubernetesApi, ListPage, ListQuery } from './client.ts';
import type { ResourceType } from './metadata.ts';
import type { RequestOptions } from './transport.ts';

/** Size of the pages if everything was asked for at once and that is too large. */
const SMALLER_THAN_ALL = 100;
/** In bytes: 100 links of 40 KB. Most take less than 10. */
const LONGEST_PAGE = 4 * 1024 * 1024;

/** After so many pages, the next may hold twice as many objects: the large ones may be over. */
const PAGES_UNTIL_MORE = 8;

/** Reads page after page. If a page is too large, it and those after it are asked for with half as many objects: otherwise
 *  whoever may write large objects could keep all others from being listed, or fill the memory with a single page. A few large
 *  ones do not have thousands of others read one by one.
 *  @throws ApiError; 410 if reading took longer than the server keeps the pages */
export async function* pagesOf(
  client: Pick<KubernetesApi, 'list'>,
  resource: ResourceType,
  { limit: most, ...query }: Omit<ListQuery, 'continue'>,
  options: RequestOptions = {},
): AsyncGenerator<ListPage> {
  let limit = most;
  let pages = 0;
  let next: string | undefined;
  for (let isLast = false; !isLast;) {
    const page = await client
      .list(resource, { ...query, limit, continue: next }, { ...options, longestAnswer: longestOf(limit) })
      .catch((error: unknown) => {
        if (!isTooLarge(error) || limit === 1) throw error;
      });
    if (page === undefined) {
      limit = limit === undefined ? SMALLER_THAN_ALL : Math.ceil(limit / 2);
      pages = 0;
      continue;
    }
    yield page;
    pages += 1;
    if (limit !== undefined && pages % PAGES_UNTIL_MORE === 0)
      limit = Math.min(limit * 2, most ?? SMALLER_THAN_ALL);
    next = page.continue;
    isLast = next === undefined;
  }
}

/** What was asked for at once, or cannot be divided, may be as long as any answer. */
function longestOf(limit: number | undefined): number | undefined {
  return limit === undefined || limit === 1 ? undefined : LONGEST_PAGE;
}
