import { useId, useState } from 'react';
import { Select } from '../ui/field';
import kit from '../ui/kit.module.css';
import { useCameraStates } from './cameras';

interface CameraSelectProps {
  readonly label: string;
  readonly value: string;
  /** What stands for every camera. */
  readonly all: string;
  readonly onChange: (id: string) => void;
  readonly shown?: boolean;
}

/** More than these are typed rather than looked through. */
const MOST_LISTED = 200;
const MOST_OFFERED = 40;

/** One camera of few as a list, of many as a field that offers what fits. */
export function CameraSelect({ label, value, all, onChange, shown = false }: CameraSelectProps) {
  const { cameras = [] } = useCameraStates();
  const ids = cameras.map(({ id }) => id);
  const known = value === '' || ids.includes(value) ? ids : [value, ...ids];
  if (ids.length > MOST_LISTED) return <TypedCamera {...{ label, value, all, onChange, shown, ids }} />;
  return (
    <Select
      label={label}
      shown={shown}
      value={value}
      options={[['', all], ...known.map((id) => [id, id] as const)]}
      onChange={onChange}
    />
  );
}

interface TypedCameraProps extends Required<CameraSelectProps> {
  readonly ids: readonly string[];
}

function TypedCamera({ label, value, all, onChange, shown, ids }: TypedCameraProps) {
  const [field, list] = [useId(), useId()];
  const [typed, setTyped] = useState(value);
  const offered = ids.filter((id) => id.includes(typed)).slice(0, MOST_OFFERED);
  return (
    <span className={shown ? kit.field : undefined}>
      <label htmlFor={field} className={shown ? kit.label : kit.hidden}>
        {label}
      </label>
      <input
        id={field}
        type="search"
        className={kit.input}
        style={shown ? undefined : { width: 180 }}
        list={list}
        placeholder={all}
        value={typed}
        onChange={(event) => {
          const text = event.target.value;
          setTyped(text);
          if (text === '' || ids.includes(text)) onChange(text);
        }}
      />
      <datalist id={list}>
        {offered.map((id) => (
          <option key={id} value={id} />
        ))}
      </datalist>
    </span>
  );
}
