/** What the map's canvas needs from the page: its size, which part of the map it shows, and its painting. */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { endsOf, type Layout } from '../model/layout.ts';
import { fitAll, fitLegibly, reveal, type Size, type Viewport } from '../model/viewport.ts';
import { drawMap, readPalette, type Palette } from './draw.ts';
import { useLatest } from './use-latest.ts';

export type CanvasRef = RefObject<HTMLCanvasElement | null>;

/** The size of the box around the canvas in pixels, kept up to date; 0 until it is first measured. */
export function useScreen(canvas: CanvasRef): Size {
  const [screen, setScreen] = useState<Size>({ width: 0, height: 0 });
  useEffect(() => {
    const box = canvas.current?.parentElement;
    if (!box) return undefined;
    const observer = new ResizeObserver(() =>
      setScreen({ width: box.clientWidth, height: box.clientHeight }),
    );
    observer.observe(box);
    return () => observer.disconnect();
  }, []);
  return screen;
}

export interface FittedView {
  readonly view: Viewport;
  /** Pans or zooms: from then on the map stays where it is, until it is fitted again. */
  readonly move: (next: (now: Viewport) => Viewport) => void;
  /** Shows the whole map. */
  readonly fit: () => void;
}

interface FitOptions {
  readonly layout: Layout;
  readonly screen: Size;
  /** A different value fits the map to the screen again. */
  readonly fitKey: string;
  /** Key of the link that should be brought into sight. */
  readonly shown: string | undefined;
}

/** Which part of the map is shown. It is not fitted on every change of the layout, so that what somebody looks at stays where it
 *  is. */
export function useFittedView({ layout, screen, fitKey, shown }: FitOptions): FittedView {
  const [view, setView] = useState<Viewport>({ zoom: 1, x: 0, y: 0 });
  /** Whether somebody has panned or zoomed since the map was last fitted. */
  const moved = useRef(false);
  const isMeasured = screen.width > 0;
  const latest = useLatest({ layout, screen });
  useLayoutEffect(() => {
    if (isMeasured) setView(fitLegibly(latest.current.layout, latest.current.screen));
    moved.current = false;
  }, [fitKey, isMeasured, latest]);
  useLayoutEffect(() => {
    if (screen.width > 0 && !moved.current) setView(fitLegibly(latest.current.layout, screen));
  }, [screen, latest]);
  const ends = useMemo(() => (shown === undefined ? [] : endsOf(layout, shown)), [layout, shown]);
  const isDrawn = ends.length > 0;
  useLayoutEffect(() => {
    // Where there is no room for both, the machine's end comes into sight.
    if (isMeasured)
      setView((now) => ends.reduceRight((seen, end) => reveal(seen, end, latest.current.screen), now));
  }, [shown, isDrawn, isMeasured, latest]);
  return {
    view,
    move: (next) => {
      moved.current = true;
      setView(next);
    },
    fit: () => setView(fitAll(layout, screen)),
  };
}

interface Painting {
  readonly layout: Layout;
  readonly view: Viewport;
  readonly screen: Size;
  /** Changes with the theme, which has other colours. */
  readonly theme: string;
  readonly lit: ReadonlySet<string> | undefined;
  readonly fresh: ReadonlySet<string>;
}

/** Paints the map before the browser's next frame, whenever something about it has changed. */
export function usePainting(canvas: CanvasRef, painting: Painting): void {
  const { layout, view, screen, theme, lit, fresh } = painting;
  const [fonts, setFonts] = useState(0);
  const [palette, setPalette] = useState<Palette | undefined>(undefined);
  const isMeasured = screen.width > 0;
  useEffect(() => void document.fonts.ready.then(() => setFonts(1)), []);
  useLayoutEffect(() => {
    const read = () => canvas.current !== null && setPalette(readPalette(canvas.current));
    read();
    // If the theme is the system's, it may change while the page is open.
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', read);
    return () => system.removeEventListener('change', read);
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
      element.dataset['painted'] = String(layout.edges.length);
      if (layout.edges.length > 0) performance.mark('map-painted');
    });
    return () => cancelAnimationFrame(frame);
  }, [layout, view, screen, palette, lit, fresh, fonts]);
}
