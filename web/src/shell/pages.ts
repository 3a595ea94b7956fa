/** The pages in the order of the navigation, with the letter that follows `g`. */
export const PAGES = [
  { key: 'now', to: '/', letter: 'n', icon: 'M3 12h4l3-8 4 16 3-8h4' },
  { key: 'violations', to: '/violations', letter: 'v', icon: 'M12 3 2 20h20L12 3zM12 10v4M12 17v.5' },
  { key: 'wall', to: '/wall', letter: 'w', icon: 'M3 4h8v7H3zM13 4h8v7h-8zM3 13h8v7H3zM13 13h8v7h-8z' },
  { key: 'cameras', to: '/cameras', letter: 'c', icon: 'M3 7h12v10H3zM15 11l6-3v8l-6-3' },
  { key: 'alerts', to: '/alerts', letter: 'a', icon: 'M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4' },
  { key: 'events', to: '/events', letter: 'e', icon: 'M4 6h10M4 12h16M4 18h7' },
  { key: 'statistics', to: '/statistics', letter: 's', icon: 'M4 20V10M10 20V4M16 20v-7M22 20H2' },
  { key: 'rollout', to: '/rollout', letter: 'r', icon: 'M4 12h5M15 6h5M15 18h5M9 12l6-6M9 12l6 6' },
  { key: 'config', to: '/config', letter: 'y', icon: 'M6 3h9l4 4v14H6zM9 12h7M9 16h7' },
  { key: 'regions', to: '/regions', letter: 'd', icon: 'M4 8l8-4 8 5-3 10H7z' },
  { key: 'shift', to: '/shift', letter: 'h', icon: 'M5 3h14v18H5zM8 8h8M8 12h8M8 16h5' },
  { key: 'system', to: '/system', letter: 'i', icon: 'M4 5h16v10H4zM9 20h6M12 15v5' },
  { key: 'access', to: '/access', letter: 'k', icon: 'M14 10a4 4 0 1 0-4 4l2-2 2 2 2-2 2 2 3-3-3-3h-4' },
] as const;

export type PageKey = (typeof PAGES)[number]['key'];
/** What a telephone shows at its lower edge; the others are under "more". */
export const ON_PHONE: readonly PageKey[] = ['now', 'violations', 'cameras', 'rollout'];
