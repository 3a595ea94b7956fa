import { Link, getRouteApi } from '@tanstack/react-router';
import { type CSSProperties, useEffect, useRef, useState } from 'react';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { isProblem, pictureLate, severityOf, useCameraStates } from '../../live/cameras';
import { useKnownNow } from '../../live/connection';
import { Picture } from '../../live/picture';
import type { LiveCamera } from '../../live/topics';
import { Button } from '../../ui/button';
import { Check, Select } from '../../ui/field';
import { useKeys } from '../../ui/keys';
import kit from '../../ui/kit.module.css';
import layout from '../../ui/layout.module.css';
import { Empty, Page, Skeleton } from '../../ui/panel';
import { ProblemNote } from '../../ui/problem';
import { Age, shapeOf } from '../../ui/state';
import css from './wall.module.css';
import { words } from './words';

const route = getRouteApi('/wall');
const MOST_TILES = 64;
const MANY = 25;
const WIDTH = 640;

/** Whether it is on the screen: what nobody sees is not sent. */
function useVisible() {
  const place = useRef<HTMLAnchorElement>(null);
  const [isVisible, setVisible] = useState(false);
  useEffect(() => {
    if (!place.current) return undefined;
    const watcher = new IntersectionObserver(([entry]) => setVisible(entry?.isIntersecting ?? false), {
      rootMargin: '80px',
    });
    watcher.observe(place.current);
    return () => watcher.disconnect();
  }, []);
  return { place, isVisible };
}

interface TileProps {
  readonly camera: LiveCamera;
  readonly fps: number;
  readonly isPaused: boolean;
}

function Tile({ camera, fps, isPaused }: TileProps) {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const { place, isVisible } = useVisible();
  const isBad = isProblem(camera);
  const isStopped = camera.wanted === 'stopped';
  return (
    <Link
      ref={place}
      to="/cameras/$id"
      params={{ id: camera.id }}
      preload={false}
      className={`${css.tile} ${isBad ? css.bad : ''}`}
    >
      {isVisible && !isStopped ? (
        <Picture
          id={camera.id}
          label={t.picture(camera.id)}
          width={WIDTH}
          fps={fps}
          isPaused={isPaused}
          lateClass={css.veil}
        >
          {({ takenAt, isLate }) => (
            <>
              {takenAt === undefined ? (
                <span className={css.none}>{camera.reason === null ? t.noPicture : tc.reasonText(camera.reason)}</span>
              ) : null}
              <span className={css.bar}>
                <span>
                  {shapeOf(isLate ? 'critical' : severityOf(camera))} {camera.id}
                </span>
                <span>
                  {takenAt === undefined || isBad ? tc.state[camera.state] : isPaused ? t.paused : <Age at={takenAt} />}
                </span>
              </span>
            </>
          )}
        </Picture>
      ) : (
        <span className={css.bar}>
          <span>
            {shapeOf(severityOf(camera))} {camera.id}
          </span>
          <span>{tc.state[camera.state]}</span>
        </span>
      )}
    </Link>
  );
}

/** Places are the groups of the wall: they are in the configuration already. */
function usePlaces(): ReadonlyMap<string, string> {
  const { data } = useCall('cameras.list', {});
  return new Map((data?.cameras ?? []).map(({ id, location }) => [id, location]));
}

function Tools({
  places,
  isPaused,
  onPause,
}: {
  readonly places: readonly string[];
  readonly isPaused: boolean;
  readonly onPause: () => void;
}) {
  const t = useWords(words);
  const { cols, group, only } = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: object) => void navigate({ search: (old) => ({ ...old, ...change }), replace: true });
  return (
    <span className={layout.row}>
      <Check checked={only === 'problems'} onChange={(checked) => set({ only: checked ? 'problems' : undefined })}>
        {t.only}
      </Check>
      <Select
        label={t.place}
        value={group ?? ''}
        options={[['', t.everywhere], ...places.map((place) => [place, place] as const)]}
        onChange={(next) => set({ group: next || undefined })}
      />
      <Select
        label={t.columns}
        value={cols === undefined ? '' : String(cols)}
        options={[
          ['', `${t.columns}: ${t.auto}`],
          ...['1', '2', '3', '4', '6', '8'].map((n) => [n, `${t.columns}: ${n}`] as const),
        ]}
        onChange={(next) => set({ cols: next ? Number(next) : undefined })}
      />
      <Button onPress={onPause}>{isPaused ? t.resume : t.pause}</Button>
      <Link className={kit.button} to="/wall" search={(old) => ({ ...old, kiosk: 1 })}>
        {t.kiosk}
      </Link>
    </span>
  );
}

export function Wall() {
  const t = useWords(words);
  const format = useFormat();
  const { cols, group, only, kiosk } = route.useSearch();
  const { cameras, error, refetch } = useCameraStates();
  const [isPaused, setPaused] = useState(false);
  const places = usePlaces();
  const now = useKnownNow();
  useKeys({ ' ': () => setPaused((paused) => !paused) });
  const shown = (cameras ?? [])
    .filter(({ id }) => group === undefined || places.get(id) === group)
    .filter((camera) => only !== 'problems' || isProblem(camera) || pictureLate(camera, now) !== undefined);
  const tiles = shown.slice(0, MOST_TILES);
  const columns = cols ?? Math.max(1, Math.ceil(Math.sqrt(tiles.length)));
  const fps = tiles.length > MANY ? 1 : 5;
  const grid = (
    <>
      <div className={`${css.grid} ${kiosk === 1 ? css.kiosk : ''}`} style={{ '--columns': columns } as CSSProperties}>
        {tiles.map((camera) => (
          <Tile key={camera.id} camera={camera} fps={fps} isPaused={isPaused} />
        ))}
      </div>
      {shown.length > MOST_TILES ? <p className={layout.muted}>{t.more(shown.length - MOST_TILES)}</p> : null}
      {cameras && tiles.length === 0 ? (
        <Empty>{cameras.length === 0 ? t.none : `${t.noProblems} ${format.time(now)}`}</Empty>
      ) : null}
    </>
  );
  if (kiosk === 1) return grid;
  return (
    <Page
      title={t.title}
      actions={
        <Tools
          places={[...new Set(places.values())].filter(Boolean).sort()}
          isPaused={isPaused}
          onPause={() => setPaused(!isPaused)}
        />
      }
    >
      {error ? <ProblemNote error={error} retry={() => void refetch()} /> : null}
      {cameras === undefined ? <Skeleton height={500} /> : grid}
    </Page>
  );
}
