import { useState } from 'react';
import { useCall } from '../../api/queries';
import { useFormat } from '../../i18n/format';
import { useWords } from '../../i18n/language';
import { useCameraState } from '../../live/cameras';
import { Picture } from '../../live/picture';
import { Button } from '../../ui/button';
import { useKeys } from '../../ui/keys';
import layout from '../../ui/layout.module.css';
import { Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { Age } from '../../ui/state';
import css from './camera.module.css';
import { words } from './words';

const WIDTH = 1_280;
const FPS = 5;

export function LiveTab({ id }: { readonly id: string }) {
  const t = useWords(words);
  const [isPaused, setPaused] = useState(false);
  const state = useCameraState(id);
  useKeys({ ' ': () => setPaused((now) => !now) });
  return (
    <div className={css.live}>
      <div className={css.stage}>
        <Picture id={id} label={t.picture(id)} width={WIDTH} fps={FPS} isPaused={isPaused} lateClass={css.veil}>
          {({ takenAt, problem }) =>
            takenAt === undefined ? (
              <p className={css.none}>
                <b>{t.noPicture}</b>
                <br />
                {state?.wanted === 'stopped' ? t.stoppedWhy : (problem ?? t.noPictureWhy)}
              </p>
            ) : (
              <span className={css.age}>
                <Age at={takenAt} />
                {isPaused ? ` · ${t.paused}` : ''}
              </span>
            )
          }
        </Picture>
        <span className={css.tools}>
          <Button onPress={() => setPaused(!isPaused)}>{isPaused ? t.resume : t.pause}</Button>
        </span>
      </div>
      <Facts id={id} />
    </div>
  );
}

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
            <dd>{format.number(stats.detected_persons)}</dd>
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
