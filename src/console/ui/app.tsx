/** The page: its frame, and what is chosen in it. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { filterLinks, NO_FILTER, type Filter } from '../model/filter.ts';
import { accountNames } from '../model/fleet.ts';
import { linksOf, type Hit } from '../model/hit.ts';
import { linkMap, MOST_OPEN_LINKS, type Grouping } from '../model/map.ts';
import { blindSpots, nothingListed } from '../model/overview.ts';
import { parseRoute, routeHash } from '../model/route.ts';
import { count } from '../model/text.ts';
import { countTones } from '../model/tones.ts';
import type { Connection } from './connection.ts';
import { Controls } from './controls.tsx';
import { Help, News, Notices, TopBar, Waiting } from './frame.tsx';
import { LinkList } from './link-list.tsx';
import { LinkPanel } from './link-panel.tsx';
import { MapView } from './map-view.tsx';
import { Overview } from './overview.tsx';
import { applyTheme, nextTheme, storedTheme } from './theme.ts';
import { useFleet } from './use-fleet.ts';
import { useNow } from './use-now.ts';
import { useShortcuts } from './use-shortcuts.ts';

export function App({ connection }: { readonly connection: Connection }) {
  const { fleet, state, news } = useFleet(connection);
  const now = useNow();
  const [route, setRoute] = useState(parseRoute(location.hash));
  const [theme, setTheme] = useState(storedTheme);
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [grouping, setGrouping] = useState<Grouping>('account');
  /** Areas that were opened or closed by hand. */
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [openAll, setOpenAll] = useState<boolean>();
  const [hovered, setHovered] = useState<ReadonlySet<string>>();
  const [picked, setPicked] = useState<{ readonly title: string; readonly keys: ReadonlySet<string> }>();
  const [help, setHelp] = useState(false);
  const search = useRef<HTMLInputElement>(null);

  useEffect(() => {
    const read = () => setRoute(parseRoute(location.hash));
    addEventListener('hashchange', read);
    return () => removeEventListener('hashchange', read);
  }, []);
  useEffect(() => applyTheme(theme), [theme]);

  const close = useCallback(() => {
    if (help) setHelp(false);
    else if (route.link !== undefined) location.hash = routeHash({ view: route.view });
    else setPicked(undefined);
  }, [help, route]);
  useShortcuts({
    '/': () => search.current?.focus(),
    m: () => (location.hash = routeHash({ view: 'map' })),
    o: () => (location.hash = routeHash({ view: 'overview' })),
    '?': () => setHelp(true),
    Escape: close,
  });

  const names = useMemo(() => accountNames(fleet?.accounts.values() ?? []), [fleet?.accounts]);
  const found = useMemo(
    () => filterLinks(fleet?.links.values() ?? [], filter, names),
    [fleet?.links, filter, names],
  );
  const counts = useMemo(
    () => countTones(filterLinks(fleet?.links.values() ?? [], { ...filter, tones: new Set() }, names)),
    [fleet?.links, filter.query, names],
  );
  const allOpen = openAll ?? found.length <= MOST_OPEN_LINKS;
  const map = useMemo(
    () => linkMap(found, { grouping, names, isOpen: (area) => allOpen !== toggled.has(area) }),
    [found, grouping, names, allOpen, toggled],
  );
  const listed = picked === undefined ? found : found.filter(({ key }) => picked.keys.has(key));
  // The map stays as it is beside a link that is gone.
  const openLink = route.link !== undefined && fleet?.links.has(route.link) ? route.link : undefined;
  const lit = useMemo(
    () => hovered ?? (openLink === undefined ? picked?.keys : new Set([openLink])),
    [hovered, picked, openLink],
  );
  const fresh = useMemo(() => new Set(news.map(({ key }) => key)), [news]);

  const pick = (hit: Hit) => {
    if (hit.kind === 'area') {
      const next = new Set(toggled);
      if (!next.delete(hit.placed.area.id)) next.add(hit.placed.area.id);
      return setToggled(next);
    }
    const keys = linksOf(hit);
    const [only] = keys;
    if (keys.length === 1 && only !== undefined) location.hash = routeHash({ view: 'map', link: only });
    else setPicked({ title: titleOf(hit), keys: new Set(keys) });
  };
  const choose = (next: Filter) => {
    setFilter(next);
    setPicked(undefined);
    setOpenAll(undefined);
    setToggled(new Set());
  };

  if (fleet === undefined) return <Waiting state={state} />;
  const spots = blindSpots(fleet);
  return (
    <div
      class={`page ${route.view === 'overview' ? 'overview-page' : ''} ${route.link === undefined ? '' : 'with-panel'}`}
    >
      <TopBar
        view={route.view}
        state={state}
        stale={fleet.sources.some(({ kind, state: its }) => its === 'lost' && kind !== 'operator')}
        theme={theme}
        onTheme={() => setTheme(nextTheme(theme))}
        onHelp={() => setHelp(true)}
      />
      <Notices spots={spots} state={state} />
      {route.view === 'overview' ? (
        <main>
          <h1 class="unseen">Overview</h1>
          <Overview
            fleet={fleet}
            now={now}
            onReason={(reason) => {
              choose({ query: `reason:${reason}`, tones: new Set() });
              location.hash = routeHash({ view: 'map' });
            }}
          />
        </main>
      ) : (
        <main class="map-page">
          <h1 class="unseen">Map of links</h1>
          <section class="side" aria-label="Links">
            <Controls
              filter={filter}
              counts={counts}
              grouping={grouping}
              search={search}
              onFilter={choose}
              onGrouping={(next) => {
                setGrouping(next);
                setToggled(new Set());
              }}
            />
            <p class="found" role="status">
              {picked === undefined
                ? count(found.length, 'link')
                : `${count(listed.length, 'link')} of ${picked.title}`}
              {picked !== undefined && (
                <button type="button" onClick={() => setPicked(undefined)}>
                  Show all
                </button>
              )}
            </p>
            <LinkList links={listed} route={route} nothing={nothingListed(fleet)} onHover={setHovered} />
          </section>
          <MapView
            map={map}
            counts={countTones(found)}
            fitKey={`${grouping} ${filter.query} ${[...filter.tones].join()} ${allOpen} ${fleet.links.size > 0}`}
            theme={theme}
            lit={lit}
            fresh={fresh}
            shown={route.link}
            allOpen={allOpen}
            onHover={setHovered}
            onPick={pick}
            onOpenAll={(open) => {
              setOpenAll(open);
              setToggled(new Set());
            }}
          />
          {route.link !== undefined && (
            <LinkPanel
              linkKey={route.link}
              version={fleet.links.get(route.link)?.version}
              connection={connection}
              now={now}
              nameOf={(account) => names.get(account) ?? account}
              onClose={close}
            />
          )}
        </main>
      )}
      <News news={news} />
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}

function titleOf(hit: Hit): string {
  if (hit.kind === 'node') return hit.placed.node.label;
  return hit.kind === 'area' ? hit.placed.area.title : 'this way';
}
