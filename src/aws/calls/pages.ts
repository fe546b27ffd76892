/** Paged lists, read to their end. */
import { endlessList, incompleteAnswer, type CallSubject } from '../errors/errors.ts';

interface Page<Item> {
  readonly items: readonly Item[];
  /** Token of the next page; absent after the last. */
  readonly next: string | undefined;
}

/** Far more than any list has that is read here. */
const MOST_PAGES = 1_000;

/** Reads page after page. A part of a list must not pass for the whole: what is missing in it would be taken for deleted.
 *  @param read takes a page's token, undefined for the first; returns that of the next, undefined after the last
 *  @throws AwsFailure if a page leads back to one that was already read, or there is no end to them */
export async function followPages(
  subject: CallSubject,
  read: (token: string | undefined) => Promise<string | undefined>,
): Promise<void> {
  const seen = new Set<string>();
  let token = await read(undefined);
  while (token !== undefined) {
    if (seen.has(token) || seen.size === MOST_PAGES) throw endlessList(subject);
    seen.add(token);
    token = await read(token);
  }
}

/** How IAM says whether a page is the last. */
export interface IamPaging {
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

/** The token of the next page, undefined after the last.
 *  @throws AwsFailure if there is a next page and the answer does not say where */
export function nextMarker(subject: CallSubject, { IsTruncated, Marker }: IamPaging): string | undefined {
  if (IsTruncated !== true) return undefined;
  if (Marker === undefined || Marker === '') throw incompleteAnswer(subject, 'the marker of the next page');
  return Marker;
}

/** All items of a list. @throws AwsFailure as {@link followPages} */
export async function allPages<Item>(
  subject: CallSubject,
  read: (token: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  await followPages(subject, async (token) => {
    const page = await read(token);
    items.push(...page.items);
    return page.next;
  });
  return items;
}
