/** Paged lists, read to their end. */

interface Page<Item> {
  readonly items: readonly Item[];
  /** Token of the next page; absent after the last. */
  readonly next: string | undefined;
}

/** All items of a list. A page that points at itself (a broken server) ends the list instead of turning for ever. */
export async function allPages<Item>(
  read: (token: string | undefined) => Promise<Page<Item>>,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let token: string | undefined;
  do {
    const page = await read(token);
    items.push(...page.items);
    if (page.next === token) break;
    token = page.next;
  } while (token !== undefined);
  return items;
}
