import { useEffect, useState } from 'react';

const TYPED_MS = 300;

/** What was typed, once it has been the same for a moment. */
export function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), TYPED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
