import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Violation } from '../../api/generated';
import { isProblem } from '../../api/problem';
import { useStore } from '../../api/store';
import { useWords } from '../../i18n/language';
import { type StripFrame, arrivals, pictureOf, stripOf } from './pictures';
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

const STEP_MS = 120;

/** The strip's picture that is shown while it plays; undefined: the picture of the moment. */
function useStrip(id: number, isPlaying: boolean, onEnd: () => void): StripFrame | undefined {
  const [shown, setShown] = useState<StripFrame>();
  const ended = useRef(onEnd);
  ended.current = onEnd;
  useEffect(() => {
    if (!isPlaying) return undefined;
    let timer: ReturnType<typeof setInterval> | undefined;
    let isOver = false;
    const end = () => {
      clearInterval(timer);
      setShown(undefined);
      ended.current();
    };
    const play = (frames: readonly StripFrame[]) => {
      if (isOver) return;
      let next = 0;
      timer = setInterval(() => {
        const frame = frames[next];
        next += 1;
        if (frame) setShown(frame);
        else end();
      }, STEP_MS);
    };
    stripOf(id).then(play, (error: unknown) => {
      // Its picture says already why nothing was kept.
      if (!isProblem(error, 404)) throw error;
      end();
    });
    return () => {
      isOver = true;
      clearInterval(timer);
      setShown(undefined);
    };
  }, [id, isPlaying]);
  return shown;
}

interface EvidenceProps {
  readonly violation: Violation;
  readonly isZoomed: boolean;
  readonly isPlaying: boolean;
  readonly onPlayed: () => void;
}

/** The picture of the moment with its box; painted before the browser shows the next frame. */
export function Evidence({ violation, isZoomed, isPlaying, onPlayed }: EvidenceProps) {
  const t = useWords(words);
  const arrived = useStore(arrivals);
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture = pictureOf(violation.id);
  const frame = useStrip(violation.id, isPlaying, onPlayed);
  useLayoutEffect(() => {
    const found = pictureOf(violation.id);
    const bitmap = frame?.bitmap ?? (found && 'bitmap' in found ? found.bitmap : undefined);
    if (canvas.current && bitmap) paint(canvas.current, bitmap, violation, isZoomed);
  }, [violation, isZoomed, arrived, frame]);
  return (
    <div className={css.picture} data-painted={picture && 'bitmap' in picture ? violation.id : undefined}>
      {picture && 'problem' in picture ? (
        <div className={css.none}>
          <b>{t.noPicture}</b>
          <br />
          {picture.problem}
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
      {frame ? (
        <span className={css.offset}>{`${frame.offset > 0 ? '+' : ''}${(frame.offset / 1_000).toFixed(1)} s`}</span>
      ) : null}
    </div>
  );
}
