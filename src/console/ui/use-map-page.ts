/** What is chosen on the map's page, and what follows from it: which links are listed, drawn and highlighted. */
import { useMemo, useState } from 'preact/hooks';
import { filterLinks, NO_FILTER, type Filter } from '../model/filter.ts';
import { accountNames, type Fleet } from '../model/fleet.ts';
import { linksOf, type Hit } from '../model/hit.ts';
import { linkMap, MOST_OPEN_LINKS, type Grouping } from '../model/map.ts';
import { routeHash, type Route } from '../model/route.ts';
import { countTones } from '../model/tones.ts';

interface Picked {
  readonly title: string;
  readonly keys: ReadonlySet<string>;
}

export type MapPageState = ReturnType<typeof useMapPage>;

/** The state outlives the page: somebody who comes back to it finds it as it was. */
export function useMapPage(fleet: Fleet | undefined, route: Route) {
  const [filter, setFilter] = useState<Filter>(NO_FILTER);
  const [grouping, setGrouping] = useState<Grouping>('account');
  /** Areas that were opened or closed by hand. */
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [openAll, setOpenAll] = useState<boolean>();
  const [hovered, setHovered] = useState<ReadonlySet<string>>();
  const [picked, setPicked] = useState<Picked>();

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
  // If the open link is gone, the map stays as it is.
  const openLink = route.link !== undefined && fleet?.links.has(route.link) ? route.link : undefined;
  const lit = useMemo(
    () => hovered ?? (openLink === undefined ? picked?.keys : new Set([openLink])),
    [hovered, picked, openLink],
  );

  return {
    filter,
    grouping,
    picked,
    names,
    found,
    counts,
    allOpen,
    map,
    listed,
    lit,
    hover: setHovered,
    unpick: () => setPicked(undefined),
    choose: (next: Filter) => {
      setFilter(next);
      setPicked(undefined);
      setOpenAll(undefined);
      setToggled(new Set());
    },
    group: (next: Grouping) => {
      setGrouping(next);
      setToggled(new Set());
    },
    setAllOpen: (open: boolean) => {
      setOpenAll(open);
      setToggled(new Set());
    },
    pick: (hit: Hit) => {
      if (hit.kind === 'area') return setToggled(withToggled(toggled, hit.placed.area.id));
      const keys = linksOf(hit);
      const [only] = keys;
      if (keys.length === 1 && only !== undefined) location.hash = routeHash({ view: 'map', link: only });
      else setPicked({ title: titleOf(hit), keys: new Set(keys) });
    },
  };
}

function withToggled(toggled: ReadonlySet<string>, area: string): ReadonlySet<string> {
  return toggled.symmetricDifference(new Set([area]));
}

function titleOf(hit: Hit): string {
  if (hit.kind === 'node') return hit.placed.node.label;
  return hit.kind === 'area' ? hit.placed.area.title : 'this way';
}
