/** What the page shows, as the part of its address after the #. */

export type View = 'map' | 'overview';

export interface Route {
  readonly view: View;
  /** The link that is open, as `namespace/name`. */
  readonly link?: string;
}

/** The page that an address names; the map if it names none that exists. */
export function parseRoute(hash: string): Route {
  const [, view, namespace, name] = hash.split('/').map(decoded);
  return {
    view: view === 'overview' ? 'overview' : 'map',
    ...(namespace && name && { link: `${namespace}/${name}` }),
  };
}

/** The address of a page, beginning with `#`. */
export function routeHash({ view, link }: Route): string {
  return `#/${view}${link === undefined ? '' : `/${link.split('/').map(encodeURIComponent).join('/')}`}`;
}

/** Anybody may have written the address. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '';
  }
}
