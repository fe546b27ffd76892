import { useEffect, useState } from 'preact/hooks';
import { parseRoute, type Route } from '../model/route.ts';

/** What the address says is shown; it follows links, the browser's buttons and whoever edits the address. */
export function useRoute(): Route {
  const [route, setRoute] = useState(parseRoute(location.hash));
  useEffect(() => {
    const read = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  return route;
}
