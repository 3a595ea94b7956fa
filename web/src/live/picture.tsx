import { type ReactNode, useEffect, useRef, useState } from 'react';
import { addressOf, send } from '../api/client';
import { serverNow, useServerNow } from '../api/clock';
import { isProblem } from '../api/problem';
import { useStore } from '../api/store';
import { live } from './connection';
import { watchFrames } from './frames';

const LATE_MS = 3_000;
/** Without a socket: often enough to see that something moves. */
const ASK_EVERY_MS = 1_000;

interface PictureState {
  /** When the shown picture was taken, by the service's clock. */
  readonly takenAt: number | undefined;
  readonly isLate: boolean;
  /** Why there is none, in the words of the service. */
  readonly problem: string | undefined;
}

interface PictureProps {
  readonly id: string;
  readonly label: string;
  readonly width: number;
  readonly fps: number;
  readonly isPaused?: boolean;
  readonly lateClass?: string | undefined;
  readonly children?: (state: PictureState) => ReactNode;
}

function paint(canvas: HTMLCanvasElement | null, bitmap: ImageBitmap): void {
  if (!canvas) return bitmap.close();
  if (canvas.width !== bitmap.width || canvas.height !== bitmap.height)
    [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
  canvas.getContext('2d')?.drawImage(bitmap, 0, 0);
  bitmap.close();
}

/** Asks for one picture; its age is in the answer's header. */
async function ask(id: string, signal: AbortSignal) {
  const response = await send(addressOf('camera-control.preview', { camera_id: id }), { signal });
  const age = Number(response.headers.get('x-frame-age') ?? response.headers.get('x-last-frame-age') ?? 0);
  return { bitmap: await createImageBitmap(await response.blob()), takenAt: serverNow() - age * 1_000 };
}

type Shown = Parameters<Parameters<typeof watchFrames>[0]['draw']>[0];

/** Pictures until the effect ends: pushed by the socket, or asked for again and again where there is none. */
function follow(props: PictureProps, isPushed: boolean, show: (frame: Shown) => void, fail: (problem: string) => void) {
  const { id, width, fps } = props;
  const ended = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async (again: boolean) => {
    try {
      if (!document.hidden) show(await ask(id, ended.signal));
    } catch (error) {
      if (!ended.signal.aborted) fail(isProblem(error) ? error.message : '');
    }
    if (again && !ended.signal.aborted) timer = setTimeout(() => void look(true), ASK_EVERY_MS);
  };
  // At once by a request, too: the first pushed picture comes with the worker's next one.
  void look(!isPushed);
  const end = isPushed ? watchFrames({ id, width, fps, draw: show }) : undefined;
  return () => {
    ended.abort();
    clearTimeout(timer);
    end?.();
  };
}

const TOLD_EVERY_MS = 500;

/** A camera's picture: pushed by the live socket while in sight; asked for, once a second, where there is none. */
export function Picture(props: PictureProps) {
  const { id, label, width, fps, isPaused = false, lateClass, children } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const [takenAt, setTakenAt] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const { state } = useStore(live.status);
  const isPushed = state === 'live';
  const now = useServerNow();
  useEffect(() => {
    if (isPaused) return undefined;
    let told = 0;
    const show = ({ bitmap, takenAt: taken }: Shown) => {
      paint(canvas.current, bitmap);
      // The age is counted in seconds; React need not hear of every picture.
      if (Date.now() - told < TOLD_EVERY_MS) return;
      told = Date.now();
      setTakenAt(taken);
      setProblem(undefined);
    };
    return follow({ id, label, width, fps }, isPushed, show, setProblem);
  }, [id, label, width, fps, isPaused, isPushed]);
  const isLate = takenAt !== undefined && now - takenAt > LATE_MS;
  return (
    <>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        className={isLate ? lateClass : undefined}
        hidden={takenAt === undefined}
      />
      {children?.({ takenAt, isLate, problem })}
    </>
  );
}
