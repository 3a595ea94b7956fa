import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { Region } from '../../api/generated';
import { useWords } from '../../i18n/language';
import { Picture } from '../../live/picture';
import css from './regions.module.css';
import { words } from './words';

/** A corner in pixels of the canvas. */
export type Corner = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

interface DrawingProps {
  readonly size: Size;
  readonly camera: string | undefined;
  readonly regions: readonly Region[];
  /** The one that is worked on; it is drawn from `corners`. */
  readonly chosen: string | undefined;
  readonly corners: readonly Corner[];
  readonly isDrawing: boolean;
  readonly onChoose: (id: string) => void;
  readonly onCorners: (corners: readonly Corner[]) => void;
  readonly onClose: () => void;
}

const RADIUS_SHARE = 0.008;
const STEP = 2;
const FAR = 20;
const MOVES: Readonly<Record<string, Corner>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const text = (corners: readonly (readonly number[])[]): string => corners.map((corner) => corner.join(',')).join(' ');

/** The picture of a camera with the regions over it. */
export function Drawing(props: DrawingProps) {
  const t = useWords(words);
  const { size, camera, regions, chosen, corners, isDrawing, onChoose, onCorners, onClose } = props;
  const svg = useRef<SVGSVGElement>(null);
  const at = ({ clientX, clientY }: PointerEvent): Corner => {
    const box = svg.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    const within = (value: number, most: number) => Math.round(Math.max(0, Math.min(1, value)) * most);
    return [
      within((clientX - box.left) / box.width, size.width),
      within((clientY - box.top) / box.height, size.height),
    ];
  };
  return (
    <div className={css.stage} style={{ aspectRatio: `${size.width} / ${size.height}` }}>
      {camera === undefined ? null : <Picture id={camera} label={camera} width={1_280} fps={2} />}
      <svg
        ref={svg}
        viewBox={`0 0 ${size.width} ${size.height}`}
        preserveAspectRatio="none"
        role="group"
        aria-label={t.picture}
        onPointerDown={(event) => {
          if (isDrawing && event.target === svg.current) onCorners([...corners, at(event)]);
        }}
      >
        {regions
          .filter(({ region_id: id }) => id !== chosen)
          .map(({ region_id: id, name, polygon, is_active: active }) => (
            // Also in the list beside it, which is for the keyboard.
            // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions
            <polygon
              key={id}
              points={text(polygon)}
              className={`${css.outline} ${active ? '' : css.off}`}
              onClick={() => (isDrawing ? undefined : onChoose(id))}
            >
              <title>{t.outline(name)}</title>
            </polygon>
          ))}
        <polygon points={text(corners)} className={`${css.outline} ${css.chosen}`} pointerEvents="none" />
        <Corners
          {...{ corners, size, onCorners, at }}
          onFirst={isDrawing && corners.length > 2 ? onClose : undefined}
        />
      </svg>
    </div>
  );
}

interface CornersProps {
  readonly corners: readonly Corner[];
  readonly size: Size;
  readonly at: (event: PointerEvent) => Corner;
  readonly onCorners: (corners: readonly Corner[]) => void;
  /** The first corner pressed while drawing: the outline is closed. */
  readonly onFirst: (() => void) | undefined;
}

function Corners({ corners, size, at, onCorners, onFirst }: CornersProps) {
  const t = useWords(words);
  const set = (index: number, corner: Corner) => onCorners(corners.map((each, i) => (i === index ? corner : each)));
  const onKey =
    (index: number, [x, y]: Corner) =>
    (event: KeyboardEvent) => {
      if (event.key === 'Delete' && corners.length > 3) onCorners(corners.filter((_, i) => i !== index));
      const move = MOVES[event.key];
      if (!move) return;
      event.preventDefault();
      const step = event.shiftKey ? FAR : STEP;
      const held = (value: number, most: number) => Math.max(0, Math.min(most, value));
      set(index, [held(x + move[0] * step, size.width), held(y + move[1] * step, size.height)]);
    };
  return corners.map((corner, i) => (
    // A corner is moved in two directions, for which no role exists; its name tells where it is.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/no-static-element-interactions
    <circle
      key={i}
      role="img"
      cx={corner[0]}
      cy={corner[1]}
      r={size.width * RADIUS_SHARE}
      className={css.corner}
      tabIndex={0}
      aria-label={t.corner(i + 1, corner[0], corner[1])}
      onKeyDown={onKey(i, corner)}
      onPointerDown={(event) => {
        if (i === 0 && onFirst) return onFirst();
        return event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) set(i, at(event));
      }}
    />
  ));
}
