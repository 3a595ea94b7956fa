import { useLayoutEffect, useRef } from 'react';
import type { Violation } from '../../api/generated';
import { useStore } from '../../api/store';
import { useWords } from '../../i18n/language';
import { arrivals, pictureOf } from './pictures';
import css from './violations.module.css';
import { words } from './words';

type Area = readonly [x: number, y: number, width: number, height: number];

/** The box in pixels of this picture; detectors give it in pixels or as shares of the picture. */
function areaOf({ bbox }: Violation, width: number, height: number): Area | undefined {
  if (!bbox?.width || !bbox.height) return undefined;
  const { x = 0, y = 0 } = bbox;
  const isShare = x + bbox.width <= 1.001 && y + bbox.height <= 1.001;
  return isShare ? [x * width, y * height, bbox.width * width, bbox.height * height] : [x, y, bbox.width, bbox.height];
}

const AROUND = 0.6;

/** The box with some of what is around it, within the picture. */
function around([x, y, width, height]: Area, most: readonly [number, number]): Area {
  const [dx, dy] = [width * AROUND, height * AROUND];
  const [left, top] = [Math.max(0, x - dx), Math.max(0, y - dy)];
  return [left, top, Math.min(most[0] - left, width + 2 * dx), Math.min(most[1] - top, height + 2 * dy)];
}

function paint(canvas: HTMLCanvasElement, bitmap: ImageBitmap, violation: Violation, isZoomed: boolean): void {
  const { width, height } = bitmap;
  const box = areaOf(violation, width, height);
  const [sx, sy, sw, sh] = box && isZoomed ? around(box, [width, height]) : ([0, 0, width, height] as const);
  const scale = isZoomed && box ? Math.min(width / sw, height / sh) : 1;
  [canvas.width, canvas.height] = [Math.round(sw * scale), Math.round(sh * scale)];
  const context = canvas.getContext('2d');
  if (!context) return;
  context.drawImage(bitmap, sx, sy, sw, sh, 0, 0, canvas.width, canvas.height);
  if (!box) return;
  const line = Math.max(2, canvas.width / 320);
  const edge = (grow: number, colour: string, thick: number) => {
    context.strokeStyle = colour;
    context.lineWidth = thick;
    const [x, y] = [(box[0] - sx) * scale, (box[1] - sy) * scale];
    context.strokeRect(x - grow, y - grow, box[2] * scale + 2 * grow, box[3] * scale + 2 * grow);
  };
  // Dark around light: seen on every picture.
  edge(line, '#000000', line);
  edge(0, '#ffd23f', line);
}

/** The picture of the moment with its box; painted before the browser shows the next frame. */
export function Evidence({ violation, isZoomed }: { readonly violation: Violation; readonly isZoomed: boolean }) {
  const t = useWords(words);
  const arrived = useStore(arrivals);
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = pictureOf(violation.id);
  useLayoutEffect(() => {
    const found = pictureOf(violation.id);
    if (canvas.current && found && 'bitmap' in found) paint(canvas.current, found.bitmap, violation, isZoomed);
  }, [violation, isZoomed, arrived]);
  return (
    <div className={css.picture}>
      {picture && 'problem' in picture ? (
        <div className={css.none}>
          <b>{t.noPicture}</b>
          <br />
          {picture.isUnknown ? t.notKept : picture.problem}
          {violation.snapshot_path ? (
            <>
              <br />
              {t.snapshot} {violation.snapshot_path}
            </>
          ) : null}
        </div>
      ) : (
        <canvas ref={canvas} role="img" aria-label={t.picture(violation.id)} width={16} height={9} />
      )}
    </div>
  );
}
