import type { Draft, NewCamera as NewCameraBody } from '../../api/generated';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import { isProblem } from '../../api/problem';
import { useCall, useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { Forecast } from '../../live/forecast';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { Page, Panel } from '../../ui/panel';
import { Loaded, ProblemNote } from '../../ui/problem';
import { useRested } from '../../ui/rested';
import { say } from '../../ui/toast';
import { CameraForm, type CameraDraft } from './camera-form';
import { words } from './words';

const BLANK: CameraDraft = {
  id: '',
  name: '',
  source: '',
  location: '',
  fps: '10',
  resolution: '1920x1080',
  camera_type: 'fixed',
  profile: 'normal',
  active: true,
  auto_start: true,
};

const cameraOf = ({ fps, name, ...rest }: CameraDraft): NewCameraBody => ({
  ...rest,
  name: name || rest.id,
  fps: Number(fps),
});

interface WillChangeProps {
  readonly query: { readonly data: Draft | undefined; readonly error: unknown; readonly refetch: () => unknown };
  readonly isShown: boolean;
}

function WillChange({ query, isShown }: WillChangeProps) {
  const t = useWords(words);
  if (!isShown) return <p className={layout.muted}>{t.notBegun}</p>;
  return (
    <Loaded query={query} height={120}>
      {(result) => <Forecast draft={result} />}
    </Loaded>
  );
}

export function NewCamera() {
  const t = useWords(words);
  const navigate = useNavigate();
  const [draft, setDraft] = useState(BLANK);
  const create = useChange('cameras.create', ['cameras', 'camera']);
  const blocked = useBlocked('cameras.create');
  const rested = useRested(draft);
  const isBegun = rested.id !== '' && rested.source !== '';
  const forecast = useCall(
    'camera-config.preview',
    { body: { change: 'create', fields: cameraOf(rested) } },
    { topic: 'config', enabled: isBegun && blocked === undefined, keep: true },
  );
  const refused = create.error ?? (isBegun ? forecast.error : null);
  const onSuccess = () => {
    say(t.added(draft.id));
    void navigate({ to: '/cameras/$id', params: { id: draft.id } });
  };
  const submit = () => create.mutate({ body: cameraOf(draft) }, { onSuccess });
  return (
    <Page title={t.newTitle}>
      <div className={layout.two}>
        <Panel title={t.settings}>
          <form
            className={layout.stack}
            onSubmit={(event) => {
              event.preventDefault();
              submit();
            }}
          >
            <CameraForm draft={draft} onChange={setDraft} faults={isProblem(refused) ? refused.faults : []} isNew />
            {create.error ? <ProblemNote error={create.error} /> : null}
            <div>
              <Button type="submit" kind="primary" blocked={blocked} isPending={create.isPending}>
                {t.create}
              </Button>
            </div>
          </form>
        </Panel>
        <Panel title={t.willChange}>
          <WillChange query={forecast} isShown={isBegun && blocked === undefined} />
        </Panel>
      </div>
    </Page>
  );
}
