import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useBlocked } from '../../api/allowed';
import { isProblem } from '../../api/problem';
import { useChange } from '../../api/queries';
import { useWords } from '../../i18n/language';
import { Button } from '../../ui/button';
import layout from '../../ui/layout.module.css';
import { Page, Panel } from '../../ui/panel';
import { ProblemNote } from '../../ui/problem';
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

export function NewCamera() {
  const t = useWords(words);
  const navigate = useNavigate();
  const [draft, setDraft] = useState(BLANK);
  const create = useChange('cameras.create', ['cameras', 'camera']);
  const blocked = useBlocked('cameras.create');
  const submit = () => {
    const { fps, name, ...rest } = draft;
    create.mutate(
      { body: { ...rest, name: name || draft.id, fps: Number(fps) } },
      {
        onSuccess: () => {
          say(t.added(draft.id));
          void navigate({ to: '/cameras/$id', params: { id: draft.id } });
        },
      },
    );
  };
  return (
    <Page title={t.newTitle}>
      <Panel>
        <form
          className={layout.stack}
          onSubmit={(event) => {
            event.preventDefault();
            submit();
          }}
        >
          <CameraForm
            draft={draft}
            onChange={setDraft}
            faults={isProblem(create.error) ? create.error.faults : []}
            isNew
          />
          {create.error ? <ProblemNote error={create.error} /> : null}
          <div>
            <Button type="submit" kind="primary" blocked={blocked} isPending={create.isPending}>
              {t.create}
            </Button>
          </div>
        </form>
      </Panel>
    </Page>
  );
}
