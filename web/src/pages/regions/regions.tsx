import { getRouteApi } from '@tanstack/react-router';
import { useState } from 'react';
import type { Region } from '../../api/generated';
import { useCall } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { CameraSelect } from '../../live/camera-select';
import { Button } from '../../ui/button';
import { useKeys } from '../../ui/keys';
import layout from '../../ui/layout.module.css';
import { Page, Panel } from '../../ui/panel';
import { Loaded } from '../../ui/problem';
import { type Corner, Drawing, type Size } from './drawing';
import { RegionForm } from './region-form';
import css from './regions.module.css';
import { words } from './words';

const route = getRouteApi('/regions');
/** Where nobody has said what corners are measured on. */
const USUAL: Size = { width: 1_920, height: 1_080 };
const NEW = '';

const cornersOf = ({ polygon }: Region): readonly Corner[] => polygon.map(([x = 0, y = 0]) => [x, y] as const);

interface RegionListProps {
  readonly regions: readonly Region[];
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

function RegionList({ regions, chosen, onChoose }: RegionListProps) {
  const t = useWords(words);
  if (regions.length === 0) return <p className={layout.muted}>{t.none}</p>;
  return (
    <Panel flush>
      {regions.map(({ region_id: id, name, region_type: type, camera_id: camera, is_active: active }) => (
        <button key={id} type="button" className={css.item} aria-pressed={id === chosen} onClick={() => onChoose(id)}>
          <b>{name}</b>
          <span className={`${layout.muted} ${layout.small}`}>
            {t.types[type]} · {camera ?? t.everyCamera}
            {active ? '' : ` · ${t.off}`}
          </span>
        </button>
      ))}
    </Panel>
  );
}

/** The region that is worked on, and its corners as they are now. */
function useOutline(all: readonly Region[]) {
  const [chosen, setChosen] = useState<string>();
  const [corners, setCorners] = useState<readonly Corner[]>([]);
  const [isDrawing, setDrawing] = useState(false);
  const begin = (id: string | undefined, from: readonly Corner[], drawing: boolean) => {
    setChosen(id);
    setCorners(from);
    setDrawing(drawing);
  };
  const region = all.find(({ region_id: id }) => id === chosen);
  const leave = () => begin(undefined, [], false);
  const close = () => setDrawing(false);
  const choose = (id: string) => {
    const found = all.find(({ region_id: each }) => each === id);
    if (found) begin(id, cornersOf(found), false);
  };
  useKeys({ Enter: close, Escape: leave }, chosen !== undefined);
  return { chosen, region, corners, setCorners, isDrawing, choose, leave, close, draw: () => begin(NEW, [], true) };
}

/** What corners are measured on; undefined where nobody has said so yet. */
function useCanvas(): Size | undefined {
  const { data } = useCall('regions.canvas', {});
  const { width, height } = data?.meta.canvas_size ?? {};
  return width && height ? { width, height } : undefined;
}

/** Where in the picture rules hold: drawn over it, corner by corner. */
export function Regions() {
  const t = useWords(words);
  const { camera } = route.useSearch();
  const navigate = route.useNavigate();
  const query = useCall('regions.list', {}, { topic: 'config' });
  const outline = useOutline(query.data ?? []);
  const size = useCanvas();
  const actions = (
    <>
      <CameraSelect
        label={t.camera}
        value={camera ?? ''}
        all={t.noCamera}
        onChange={(id) => void navigate({ search: id ? { camera: id } : {}, replace: true })}
      />
      <Button kind="primary" onPress={outline.draw}>
        {t.draw}
      </Button>
    </>
  );
  return (
    <Page title={t.title} actions={actions}>
      <Loaded query={query} height={420}>
        {(all) => {
          const shown = all.filter(({ camera_id: of }) => camera === undefined || of === null || of === camera);
          return <Work regions={shown} camera={camera} size={size} outline={outline} />;
        }}
      </Loaded>
    </Page>
  );
}

interface WorkProps {
  readonly regions: readonly Region[];
  readonly camera: string | undefined;
  readonly size: Size | undefined;
  readonly outline: ReturnType<typeof useOutline>;
}

function Work({ regions, camera, size, outline }: WorkProps) {
  const t = useWords(words);
  const { chosen, region, corners, setCorners, isDrawing, choose, leave, close } = outline;
  return (
    <div className={css.columns}>
      <div className={layout.stack}>
        <Drawing
          {...{ camera, chosen, corners, isDrawing, regions }}
          size={size ?? USUAL}
          onChoose={choose}
          onCorners={setCorners}
          onClose={close}
        />
        {chosen === undefined ? null : <p className={layout.muted}>{isDrawing ? t.drawing : t.moving}</p>}
      </div>
      {chosen === undefined ? (
        <RegionList regions={regions} chosen={chosen} onChoose={choose} />
      ) : (
        <RegionForm key={chosen} {...{ region, camera, corners }} newCanvas={size ? undefined : USUAL} onDone={leave} />
      )}
    </div>
  );
}
