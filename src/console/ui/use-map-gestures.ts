/** How the map is moved and pointed at: by wheel, pointer and keyboard. */
import { useCallback, useRef } from 'preact/hooks';
import { hitAt, linksOf, type Hit } from '../model/hit.ts';
import type { Layout, Point } from '../model/layout.ts';
import { panBy, toMap, zoomAt, type Size } from '../model/viewport.ts';
import type { CanvasRef, FittedView } from './use-map.ts';

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
/** If the pointer moves farther than this, a press is a drag and not a click. */
const CLICK_SLACK = 4;

interface MapGesturesOptions extends FittedView {
  readonly layout: Layout;
  readonly screen: Size;
  readonly onHover: (keys: ReadonlySet<string> | undefined) => void;
  readonly onPick: (hit: Hit) => void;
}

/** Handlers for the canvas, and `zoom` for buttons beside it. */
export function useMapGestures(canvas: CanvasRef, options: MapGesturesOptions) {
  const { layout, screen, view, move, fit, onHover, onPick } = options;
  const drag = useRef<Drag | undefined>(undefined);
  const hitOf = useCallback(
    ({ offsetX, offsetY }: MouseEvent) =>
      hitAt(layout, toMap(view, { x: offsetX, y: offsetY }), 6 / view.zoom),
    [layout, view],
  );
  const zoom = (factor: number, at: Point = { x: screen.width / 2, y: screen.height / 2 }) =>
    move((now) => zoomAt(now, factor, at));

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    if (event.ctrlKey || event.metaKey || !event.shiftKey)
      zoom(Math.exp(-event.deltaY * 0.0015), { x: event.offsetX, y: event.offsetY });
    else move((now) => panBy(now, -event.deltaX, -event.deltaY));
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
    if (held.moved) move((now) => panBy(now, dx, dy));
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
  const onPointerLeave = () => onHover(undefined);
  const onKeyDown = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (arrow !== undefined) move((now) => panBy(now, ...arrow));
    else if (event.key === '+' || event.key === '=') zoom(1.25);
    else if (event.key === '-') zoom(0.8);
    else if (event.key === '0') fit();
    else return;
    event.preventDefault();
  };
  return {
    zoom,
    handlers: { onWheel, onPointerMove, onPointerDown, onPointerUp, onPointerLeave, onKeyDown },
  };
}
