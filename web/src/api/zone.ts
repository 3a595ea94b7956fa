import { createContext, use } from 'react';

/** The zone in which times are shown: the site's, unless the person chose another. */
export const ZoneContext = createContext(Intl.DateTimeFormat().resolvedOptions().timeZone);
export const useZone = (): string => use(ZoneContext);
