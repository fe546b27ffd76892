/** Which part of the map is on the screen: pan and zoom. */
import type { Box, Point } from './layout.ts';

export interface Viewport {
  /** Screen pixels for each unit of the map. */
  readonly zoom: number;
  /** The map's origin on the screen. */
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const ZOOM = { least: 0.02, most: 2.5 } as const;
const MARGIN = 28;
/** Room for the legend and the buttons. */
const FOOT = 70;
/** Below this zoom names cannot be read: a tall map is then shown from its top, not as a whole. */
const LEGIBLE = 0.5;

/** Shows the whole map. */
export function fitAll(map: Box, screen: Size): Viewport {
  const zoom = Math.min(
    (screen.width - 2 * MARGIN) / Math.max(map.width, 1),
    (screen.height - MARGIN - FOOT) / Math.max(map.height, 1),
    1.15,
  );
  return centred(map, screen, Math.max(zoom, ZOOM.least));
}

/** Shows the whole map if it can be read then, otherwise as much of it as can be, from the top. */
export function fitLegibly(map: Box, screen: Size): Viewport {
  const whole = fitAll(map, screen);
  if (whole.zoom >= LEGIBLE) return whole;
  const zoom = Math.max(Math.min((screen.width - 2 * MARGIN) / Math.max(map.width, 1), 1), ZOOM.least);
  const { x, y } = centred(map, screen, zoom);
  return { zoom, x, y: Math.max(y, MARGIN - map.y * zoom) };
}

function centred(map: Box, screen: Size, zoom: number): Viewport {
  return {
    zoom,
    x: (screen.width - map.width * zoom) / 2 - map.x * zoom,
    y: (screen.height - FOOT + MARGIN - map.height * zoom) / 2 - map.y * zoom,
  };
}

export function panBy({ zoom, x, y }: Viewport, dx: number, dy: number): Viewport {
  return { zoom, x: x + dx, y: y + dy };
}

/** Zooms so that the point `at` on the screen stays where it is on the map. */
export function zoomAt(view: Viewport, factor: number, at: Point): Viewport {
  const zoom = Math.min(Math.max(view.zoom * factor, ZOOM.least), ZOOM.most);
  const scale = zoom / view.zoom;
  return { zoom, x: at.x - (at.x - view.x) * scale, y: at.y - (at.y - view.y) * scale };
}

/** A point of the screen, on the map. */
export function toMap({ zoom, x, y }: Viewport, { x: screenX, y: screenY }: Point): Point {
  return { x: (screenX - x) / zoom, y: (screenY - y) / zoom };
}

/** The part of the map that the screen shows. */
export function visiblePart(view: Viewport, { width, height }: Size): Box {
  const { x, y } = toMap(view, { x: 0, y: 0 });
  return { x, y, width: width / view.zoom, height: height / view.zoom };
}

/** The nearest viewport that shows the whole box, with some margin, and not behind the legend and the buttons. */
export function reveal(view: Viewport, box: Box, screen: Size): Viewport {
  const { zoom } = view;
  return panBy(
    view,
    shiftInside(box.x * zoom + view.x, box.width * zoom, screen.width),
    shiftInside(box.y * zoom + view.y, box.height * zoom, screen.height - FOOT + MARGIN),
  );
}

function shiftInside(start: number, length: number, whole: number): number {
  if (start < MARGIN) return MARGIN - start;
  return Math.min(whole - MARGIN - (start + length), 0);
}
