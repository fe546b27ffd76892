import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from '../model/route.ts';

/** The route that the address names. It follows links, the browser's buttons and edits of the address. */
export function useRoute(): Route {
  const [route, setRoute] = useState(parseRoute(location.hash));
  useEffect(() => {
    const read = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}
