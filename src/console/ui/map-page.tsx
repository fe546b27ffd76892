/** The map's page: the map, search and list beside it, and the link that is open. */
import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import type { Fleet } from '../model/fleet.ts';
import { nothingListed } from '../model/overview.ts';
import { routeHash, type Route } from '../model/route.ts';
import { count } from '../model/text.ts';
import { countTones } from '../model/tones.ts';
import type { Connection } from './connection.ts';
import { Controls } from './controls.tsx';
import { LinkList } from './link-list.tsx';
import { LinkPanel } from './link-panel.tsx';
import { MapView } from './map-view.tsx';
import type { MapPageState } from './use-map-page.ts';

interface MapPageProps {
  readonly page: MapPageState;
  readonly fleet: Fleet;
  readonly route: Route;
  readonly connection: Connection;
  readonly now: number;
  readonly theme: string;
  /** Keys of links about which there is something new. */
  readonly fresh: ReadonlySet<string>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onClose: () => void;
}

export function MapPage({
  page,
  fleet,
  route,
  connection,
  now,
  theme,
  fresh,
  search,
  onClose,
}: MapPageProps) {
  const { filter, grouping, picked, names, found, listed, allOpen } = page;
  const [goTo, setGoTo] = useState<number>();
  const go = (index: number | undefined) => {
    if (index === -1) search.current?.focus();
    else setGoTo(index);
  };
  const openFirst = () => {
    const [first] = listed;
    if (first !== undefined) location.hash = routeHash({ ...route, link: first.key });
  };
  return (
    <main class="map-page">
      <h1 class="unseen">Map of links</h1>
      <section class="side" aria-label="Links">
        <Controls
          filter={filter}
          counts={page.counts}
          grouping={grouping}
          search={search}
          onFilter={page.choose}
          onGrouping={page.group}
          onDown={() => go(0)}
          onEnter={openFirst}
        />
        <p class="found" role="status">
          {picked === undefined
            ? count(found.length, 'link')
            : `${count(listed.length, 'link')} of ${picked.title}`}
          {picked !== undefined && (
            <button type="button" onClick={page.unpick}>
              Show all
            </button>
          )}
        </p>
        <LinkList
          links={listed}
          route={route}
          nothing={nothingListed(fleet)}
          goTo={goTo}
          onGo={go}
          onHover={page.hover}
        />
      </section>
      <MapView
        map={page.map}
        counts={countTones(found)}
        fitKey={`${grouping} ${filter.query} ${[...filter.tones].join()} ${allOpen} ${fleet.links.size > 0}`}
        theme={theme}
        lit={page.lit}
        fresh={fresh}
        shown={route.link}
        allOpen={allOpen}
        onHover={page.hover}
        onPick={page.pick}
        onOpenAll={page.setAllOpen}
      />
      {route.link !== undefined && (
        <LinkPanel
          linkKey={route.link}
          version={fleet.links.get(route.link)?.version}
          connection={connection}
          now={now}
          nameOf={(account) => names.get(account) ?? account}
          onClose={onClose}
        />
      )}
    </main>
  );
}
