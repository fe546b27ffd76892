/** The page: its frame, and the chosen view. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { blindSpots } from '../model/overview.ts';
import { routeHash } from '../model/route.ts';
import type { Connection } from './connection.ts';
import { Help, Notices, Toasts, TopBar, Waiting } from './frame.tsx';
import { MapPage } from './map-page.tsx';
import { Overview } from './overview.tsx';
import { applyTheme, nextTheme, storedTheme } from './theme.ts';
import { useFleet } from './use-fleet.ts';
import { useMapPage } from './use-map-page.ts';
import { useNow } from './use-now.ts';
import { useRoute } from './use-route.ts';
import { useShortcuts } from './use-shortcuts.ts';

export function App({ connection }: { readonly connection: Connection }) {
  const { fleet, state, toasts } = useFleet(connection);
  const now = useNow();
  const route = useRoute();
  const [theme, setTheme] = useState(storedTheme);
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const page = useMapPage(fleet, route);
  const fresh = useMemo(() => new Set(toasts.map(({ key }) => key)), [toasts]);
  useEffect(() => applyTheme(theme), [theme]);

  const close = useCallback(() => {
    if (help) setHelp(false);
    else if (route.link !== undefined) location.hash = routeHash({ view: route.view });
    else page.unpick();
  }, [help, route]);
  useShortcuts({
    '/': () => search.current?.focus(),
    m: () => (location.hash = routeHash({ view: 'map' })),
    o: () => (location.hash = routeHash({ view: 'overview' })),
    '?': () => setHelp(true),
    Escape: close,
  });

  if (fleet === undefined) return <Waiting state={state} />;
  const isOverview = route.view === 'overview';
  return (
    <div class={`page ${isOverview ? 'overview-page' : ''} ${route.link === undefined ? '' : 'with-panel'}`}>
      <TopBar
        view={route.view}
        state={state}
        stale={fleet.sources.some(({ kind, state: its }) => its === 'lost' && kind !== 'operator')}
        theme={theme}
        onTheme={() => setTheme(nextTheme(theme))}
        onHelp={() => setHelp(true)}
      />
      <Notices spots={blindSpots(fleet)} state={state} />
      {isOverview ? (
        <main>
          <h1 class="unseen">Overview</h1>
          <Overview
            fleet={fleet}
            now={now}
            onReason={(reason) => {
              page.choose({ query: `reason:${reason}`, tones: new Set() });
              location.hash = routeHash({ view: 'map' });
            }}
          />
        </main>
      ) : (
        <MapPage {...{ page, fleet, route, connection, now, theme, fresh, search }} onClose={close} />
      )}
      <Toasts toasts={toasts} />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}
