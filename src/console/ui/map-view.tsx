/** The map on a canvas: pan by dragging or arrows, zoom by wheel or + and −, point and click. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { hitAt, linksOf, type Hit } from '../model/hit.ts';
import { layOutMap, type Point } from '../model/layout.ts';
import type { LinkMap } from '../model/map.ts';
import { count } from '../model/text.ts';
import { TONE_NAMES, TONES, type ToneCounts } from '../model/tones.ts';
import {
  fitAll,
  fitLegibly,
  panBy,
  reveal,
  toMap,
  zoomAt,
  type Size,
  type Viewport,
} from '../model/viewport.ts';
import { drawMap, readPalette, type Palette } from './draw.ts';
import { Dot } from './parts.tsx';
import { useLatest } from './use-latest.ts';

interface MapViewProps {
  readonly map: LinkMap;
  readonly counts: ToneCounts;
  /** Another value fits the map to the screen anew. */
  readonly fitKey: string;
  readonly theme: string;
  readonly lit: ReadonlySet<string> | undefined;
  readonly fresh: ReadonlySet<string>;
  /** To be brought into sight. */
  readonly shown: string | undefined;
  readonly allOpen: boolean;
  readonly onHover: (keys: ReadonlySet<string> | undefined) => void;
  readonly onPick: (hit: Hit) => void;
  readonly onOpenAll: (open: boolean) => void;
}

interface Drag {
  readonly start: Point;
  last: Point;
  moved: boolean;
}

const ARROWS: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [60, 0],
  ArrowRight: [-60, 0],
  ArrowUp: [0, 60],
  ArrowDown: [0, -60],
};
/** Screens of fewer pixels get the narrow layout. */
const NARROW_BELOW = 560;
/** Farther than this, a press is a drag and no click. */
const CLICK_SLACK = 4;

export function MapView(props: MapViewProps) {
  const { map, counts, fitKey, theme, lit, fresh, shown, allOpen, onHover, onPick, onOpenAll } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [screen, setScreen] = useState<Size>({ width: 0, height: 0 });
  const narrow = screen.width < NARROW_BELOW;
  const layout = useMemo(() => layOutMap(map, narrow), [map, narrow]);
  const [view, setView] = useState<Viewport>({ zoom: 1, x: 0, y: 0 });
  const [fonts, setFonts] = useState(0);
  /** Whether somebody has panned or zoomed since the map was last fitted. */
  const moved = useRef(false);
  const drag = useRef<Drag | undefined>(undefined);

  useEffect(() => {
    void document.fonts.ready.then(() => setFonts(1));
    const box = canvas.current?.parentElement;
    if (!box) return undefined;
    const observer = new ResizeObserver(() =>
      setScreen({ width: box.clientWidth, height: box.clientHeight }),
    );
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  const isMeasured = screen.width > 0;
  // The map is not fitted on every change of the layout: what somebody looks at shall stay where it is.
  const latest = useLatest({ layout, screen });
  useLayoutEffect(() => {
    if (isMeasured) setView(fitLegibly(latest.current.layout, latest.current.screen));
    moved.current = false;
  }, [fitKey, isMeasured, latest]);
  useLayoutEffect(() => {
    if (screen.width > 0 && !moved.current) setView(fitLegibly(latest.current.layout, screen));
  }, [screen, latest]);

  useLayoutEffect(() => {
    const { layout: drawn, screen: seen } = latest.current;
    const node = drawn.nodes.find((placed) => shown !== undefined && placed.node.links.includes(shown));
    if (node !== undefined && isMeasured) setView((now) => reveal(now, node, seen));
  }, [shown, isMeasured, latest]);

  const [palette, setPalette] = useState<Palette | undefined>(undefined);
  useLayoutEffect(() => {
    if (canvas.current !== null) setPalette(readPalette(canvas.current));
  }, [theme, isMeasured]);

  useLayoutEffect(() => {
    const element = canvas.current;
    if (element === null || palette === undefined || !isMeasured) return undefined;
    const frame = requestAnimationFrame(() => {
      const ratio = devicePixelRatio;
      const [width, height] = [Math.round(screen.width * ratio), Math.round(screen.height * ratio)];
      if (element.width !== width) element.width = width;
      if (element.height !== height) element.height = height;
      const context = element.getContext('2d');
      if (context !== null) drawMap(context, { layout, view, screen, palette, lit, fresh }, ratio);
      element.dataset['painted'] = String(map.edges.length);
      if (map.edges.length > 0) performance.mark('map-painted');
    });
    return () => cancelAnimationFrame(frame);
  }, [layout, view, screen, palette, lit, fresh, fonts]);

  const hitOf = useCallback(
    ({ offsetX, offsetY }: MouseEvent) =>
      hitAt(layout, toMap(view, { x: offsetX, y: offsetY }), 6 / view.zoom),
    [layout, view],
  );
  const change = (next: (now: Viewport) => Viewport) => {
    moved.current = true;
    setView(next);
  };
  const zoom = (factor: number, at: Point = { x: screen.width / 2, y: screen.height / 2 }) =>
    change((now) => zoomAt(now, factor, at));

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || !event.shiftKey)
      zoom(Math.exp(-event.deltaY * 0.0015), { x: event.offsetX, y: event.offsetY });
    else change((now) => panBy(now, -event.deltaX, -event.deltaY));
  };
  const onPointerMove = (event: PointerEvent) => {
    const held = drag.current;
    if (held === undefined) {
      const hit = hitOf(event);
      if (canvas.current !== null) canvas.current.style.cursor = hit === undefined ? 'grab' : 'pointer';
      onHover(hit === undefined ? undefined : new Set(linksOf(hit)));
      return;
    }
    const [dx, dy] = [event.offsetX - held.last.x, event.offsetY - held.last.y];
    held.moved ||= Math.hypot(event.offsetX - held.start.x, event.offsetY - held.start.y) > CLICK_SLACK;
    held.last = { x: event.offsetX, y: event.offsetY };
    if (held.moved) change((now) => panBy(now, dx, dy));
  };
  const onPointerDown = (event: PointerEvent) => {
    canvas.current?.setPointerCapture(event.pointerId);
    const at = { x: event.offsetX, y: event.offsetY };
    drag.current = { start: at, last: at, moved: false };
  };
  const onPointerUp = (event: PointerEvent) => {
    const held = drag.current;
    drag.current = undefined;
    if (held === undefined || held.moved) return;
    const hit = hitOf(event);
    if (hit !== undefined) onPick(hit);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) change((now) => panBy(now, ...arrow));
    else if (event.key === '+' || event.key === '=') zoom(1.25);
    else if (event.key === '-') zoom(0.8);
    else if (event.key === '0') setView(fitAll(layout, screen));
    else return;
    event.preventDefault();
  };

  const counted = TONES.filter((tone) => counts[tone] > 0).map(
    (tone) => `${counts[tone]} ${TONE_NAMES[tone]}`,
  );
  const total = TONES.reduce((sum, tone) => sum + counts[tone], 0);
  return (
    <div class="map">
      <canvas
        ref={canvas}
        role="img"
        tabIndex={0}
        aria-label={`Map of ${count(total, 'link')}: ${counted.join(', ')}. State machines on the left, target roles on the right. The list beside it tells the same. Arrows move it, plus and minus zoom, 0 shows all.`}
        onWheel={onWheel}
        onPointerMove={onPointerMove}
        onPointerDown={onPointerDown}
        onPointerUp={onPointerUp}
        onPointerLeave={() => onHover(undefined)}
        onKeyDown={onKeyDown}
      />
      <div class="map-tools" role="group" aria-label="Map">
        <button type="button" onClick={() => onOpenAll(!allOpen)}>
          {allOpen ? 'Close all' : 'Open all'}
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(0.8)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => zoom(1.25)}>
          +
        </button>
        <button type="button" onClick={() => setView(fitAll(layout, screen))}>
          Fit
        </button>
      </div>
      <ul class="legend" aria-label="Colours">
        {TONES.toReversed().map((tone) => (
          <li key={tone}>
            <Dot tone={tone} />
            {TONE_NAMES[tone]}
          </li>
        ))}
      </ul>
    </div>
  );
}
