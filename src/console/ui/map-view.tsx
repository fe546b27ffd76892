/** The map on a canvas: pan by dragging or arrows, zoom by wheel or + and −, point and click. */
import { useMemo, useRef } from 'preact/hooks';
import type { Hit } from '../model/hit.ts';
import { layOutMap } from '../model/layout.ts';
import type { LinkMap } from '../model/map.ts';
import { count } from '../model/text.ts';
import { TONE_NAMES, TONES, type ToneCounts } from '../model/tones.ts';
import { Dot } from './parts.tsx';
import { useFittedView, usePainting, useScreen } from './use-map.ts';
import { useMapGestures } from './use-map-gestures.ts';

interface MapViewProps {
  readonly map: LinkMap;
  readonly counts: ToneCounts;
  /** A different value fits the map to the screen again. */
  readonly fitKey: string;
  readonly theme: string;
  readonly lit: ReadonlySet<string> | undefined;
  readonly fresh: ReadonlySet<string>;
  /** The link to bring into sight. */
  readonly shown: string | undefined;
  readonly allOpen: boolean;
  readonly onHover: (keys: ReadonlySet<string> | undefined) => void;
  readonly onPick: (hit: Hit) => void;
  readonly onOpenAll: (open: boolean) => void;
}

/** Screens of fewer pixels get the narrow layout. */
const NARROW_BELOW = 560;

export function MapView(props: MapViewProps) {
  const { map, counts, fitKey, theme, lit, fresh, shown, allOpen, onHover, onPick, onOpenAll } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const screen = useScreen(canvas);
  const narrow = screen.width < NARROW_BELOW;
  const layout = useMemo(() => layOutMap(map, narrow), [map, narrow]);
  const fitted = useFittedView({ layout, screen, fitKey, shown });
  usePainting(canvas, { layout, view: fitted.view, screen, theme, lit, fresh });
  const { zoom, handlers } = useMapGestures(canvas, { ...fitted, layout, screen, onHover, onPick });

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
        {...handlers}
      />
      <div class="map-tools" role="group" aria-label="Map" hidden={map.edges.length === 0}>
        <button type="button" onClick={() => onOpenAll(!allOpen)}>
          {allOpen ? 'Close all' : 'Open all'}
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => zoom(0.8)}>
          −
        </button>
        <button type="button" aria-label="Zoom in" onClick={() => zoom(1.25)}>
          +
        </button>
        <button type="button" onClick={fitted.fit}>
          Fit
        </button>
      </div>
      <ul class="legend" aria-label="Colours" hidden={map.edges.length === 0}>
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
