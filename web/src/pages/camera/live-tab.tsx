import { useRef, useState } from 'react';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { cameraWords } from '../../live/camera-words';
import { useCameraState } from '../../live/cameras';
import { Picture } from '../../live/picture';
import { type VideoState, useVideo } from '../../live/video';
import { Button } from '../../ui/button';
import { Segments } from '../../ui/field';
import { useKeys } from '../../ui/keys';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { Age } from '../../ui/state';
import css from './camera.module.css';
import { PersonsPanel } from './persons-panel';
import { words } from './words';

/** A small picture comes with each of the worker's; the large one only once a second. */
const WIDTH = 640;
const FPS = 5;

type Choice = 'video' | 'pictures';

/** How old what is seen is, and what it is. */
function Told({ video, choice, takenAt, isPaused }: ToldProps) {
  const t = useWords(words);
  const format = useFormat();
  if (isPaused) return <>{t.paused}</>;
  if (choice === 'video' && video.is === 'playing')
    return <>{t.video.playing(format.number(video.behindMs / 1_000, 1))}</>;
  return takenAt === undefined ? null : <Age at={takenAt} />;
}

interface ToldProps {
  readonly video: VideoState;
  readonly choice: Choice;
  readonly takenAt: number | undefined;
  readonly isPaused: boolean;
}

function toggleFull(stage: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void stage?.requestFullscreen();
}

interface StageToolsProps {
  readonly isPaused: boolean;
  readonly choice: Choice;
  readonly onPause: () => void;
  readonly onChoose: (choice: Choice) => void;
  readonly onFull: () => void;
}

function StageTools({ isPaused, choice, onPause, onChoose, onFull }: StageToolsProps) {
  const t = useWords(words);
  return (
    <div className={layout.row}>
      <Button onPress={onPause} hotkey={t.space}>
        {isPaused ? t.resume : t.pause}
      </Button>
      {document.fullscreenEnabled ? (
        <Button onPress={onFull} hotkey="F">
          {t.fullScreen}
        </Button>
      ) : null}
      <Segments
        label={t.video.choice}
        value={choice}
        options={[
          ['video', t.video.video],
          ['pictures', t.video.pictures],
        ]}
        onChange={onChoose}
      />
    </div>
  );
}

/** A picture at once, and the video over it as soon as it plays. */
function NoPicture({ id, problem }: { readonly id: string; readonly problem: string | undefined }) {
  const t = useWords(words);
  const camera = useCameraState(id);
  return (
    <p className={css.none}>
      <b>{t.noPicture}</b>
      <br />
      {camera?.wanted === 'stopped' ? t.stoppedWhy : (problem ?? t.noPictureWhy)}
    </p>
  );
}

function WhyNoVideo({ video }: { readonly video: ReturnType<typeof useVideo> }) {
  const t = useWords(words);
  const tc = useWords(cameraWords);
  const code = video.is === 'none' ? video.reason.replaceAll('-', '_') : '';
  return (
    <p className={layout.muted}>
      {video.is === 'none' ? t.video.none(t.video.why(video.reason) || tc.reasonText(code)) : t.video.opening}
    </p>
  );
}

function Stage({ id }: { readonly id: string }) {
  const t = useWords(words);
  const [isPaused, setPaused] = useState(false);
  const [choice, setChoice] = useState<Choice>('video');
  const [stage, element] = [useRef<HTMLDivElement>(null), useRef<HTMLVideoElement>(null)];
  const video = useVideo(id, element, choice === 'video' && !isPaused);
  const isPlaying = video.is === 'playing';
  const pause = () => setPaused((now) => !now);
  const full = () => toggleFull(stage.current);
  useKeys({ ' ': pause, f: full, j: () => setChoice((now) => (now === 'video' ? 'pictures' : 'video')) });
  return (
    <div className={layout.stack}>
      <div className={css.stage} ref={stage}>
        <Picture
          id={id}
          label={t.picture(id)}
          width={WIDTH}
          fps={FPS}
          isPaused={isPaused || isPlaying}
          lateClass={css.veil}
        >
          {({ takenAt, problem }) => (
            <>
              <video
                ref={element}
                className={css.video}
                aria-label={t.video.of(id)}
                hidden={!isPlaying}
                muted
                playsInline
              />
              {takenAt === undefined && !isPlaying ? <NoPicture id={id} problem={problem} /> : null}
              <span className={css.age}>
                <Told video={video} choice={choice} takenAt={takenAt} isPaused={isPaused} />
              </span>
            </>
          )}
        </Picture>
      </div>
      {choice === 'video' && !isPlaying && !isPaused ? <WhyNoVideo video={video} /> : null}
      <StageTools isPaused={isPaused} choice={choice} onPause={pause} onChoose={setChoice} onFull={full} />
    </div>
  );
}

export const LiveTab = ({ id }: { readonly id: string }) => (
  <div className={css.live}>
    <Stage id={id} />
    <div className={css.side}>
      <PersonsPanel id={id} />
      <Facts id={id} />
    </div>
  </div>
);

function Facts({ id }: { readonly id: string }) {
  const t = useWords(words);
  const format = useFormat();
  const query = useCall('camera-control.stats', { camera_id: id }, { everyMs: 5_000 });
  const camera = useCall('cameras.get', { camera_id: id }, { topic: 'cameras' });
  return (
    <Panel title={t.facts}>
      <Loaded query={query} height={150}>
        {({ stats }) => (
          <dl className={layout.facts}>
            <dt>{t.fps}</dt>
            <dd>
              {format.number(stats.avg_fps, 1)} / {camera.data?.fps ?? '–'}
            </dd>
            <dt>{t.frames}</dt>
            <dd>{format.number(stats.total_frames)}</dd>
            <dt>{t.processed}</dt>
            <dd>{format.number(stats.processed_frames)}</dd>
            <dt>{t.persons}</dt>
            <dd>{stats.detected_persons === null ? '–' : format.number(stats.detected_persons)}</dd>
            <dt>{t.detectionTime}</dt>
            <dd>{format.duration(stats.avg_detection_time * 1_000)}</dd>
            <dt>{t.field.source}</dt>
            <dd className={layout.mono}>{camera.data?.source ?? '–'}</dd>
            <dt>{t.field.location}</dt>
            <dd>{camera.data?.location || '–'}</dd>
          </dl>
        )}
      </Loaded>
    </Panel>
  );
}
