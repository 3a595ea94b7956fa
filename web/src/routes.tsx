import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { given, number, oneOf, text } from './search';
import { NoSuchPage, PageFailed } from './shell/page-failed';
import { Shell } from './shell/shell';
import { Now } from './pages/now/now';

const root = createRootRoute({ component: Shell, notFoundComponent: NoSuchPage });
const page = { getParentRoute: () => root } as const;

type Raw = Record<string, unknown>;

const now = createRoute({ ...page, path: '/', component: Now });

const wall = createRoute({
  ...page,
  path: '/wall',
  validateSearch: (raw: Raw) =>
    given({
      group: text(raw, 'group'),
      cols: number(raw, 'cols'),
      only: oneOf(raw, 'only', ['problems']),
      kiosk: number(raw, 'kiosk'),
    }),
  component: lazyRouteComponent(() => import('./pages/wall/wall'), 'Wall'),
});

const cameras = createRoute({
  ...page,
  path: '/cameras',
  validateSearch: (raw: Raw) => given({ q: text(raw, 'q'), state: text(raw, 'state') }),
  component: lazyRouteComponent(() => import('./pages/cameras/cameras'), 'Cameras'),
});

const CAMERA_TABS = ['live', 'settings', 'history', 'log', 'events'] as const;
const camera = createRoute({
  ...page,
  path: '/cameras/$id',
  validateSearch: (raw: Raw) => given({ tab: oneOf(raw, 'tab', CAMERA_TABS) }),
  component: lazyRouteComponent(() => import('./pages/camera/camera'), 'CameraPage'),
});

const newCamera = createRoute({
  ...page,
  path: '/cameras/new',
  component: lazyRouteComponent(() => import('./pages/camera/new-camera'), 'NewCamera'),
});

const config = createRoute({
  ...page,
  path: '/config',
  validateSearch: (raw: Raw) => given({ revision: number(raw, 'revision'), before: number(raw, 'before') }),
  component: lazyRouteComponent(() => import('./pages/config/config'), 'Config'),
});

const regions = createRoute({
  ...page,
  path: '/regions',
  validateSearch: (raw: Raw) => given({ camera: text(raw, 'camera') }),
  component: lazyRouteComponent(() => import('./pages/regions/regions'), 'Regions'),
});

const STATUSES = ['pending', 'confirmed', 'false_positive', 'resolved', 'all'] as const;
const violations = createRoute({
  ...page,
  path: '/violations',
  validateSearch: (raw: Raw) =>
    given({
      status: oneOf(raw, 'status', STATUSES),
      camera: text(raw, 'camera'),
      type: text(raw, 'type'),
      from: text(raw, 'from'),
      to: text(raw, 'to'),
      order: oneOf(raw, 'order', ['newest']),
      sure: number(raw, 'sure'),
      id: number(raw, 'id'),
      view: oneOf(raw, 'view', ['queue', 'list']),
    }),
  component: lazyRouteComponent(() => import('./pages/violations/violations'), 'Violations'),
});

const events = createRoute({
  ...page,
  path: '/events',
  validateSearch: (raw: Raw) =>
    given({
      camera: text(raw, 'camera'),
      type: text(raw, 'type'),
      minutes: number(raw, 'minutes'),
      from: text(raw, 'from'),
      to: text(raw, 'to'),
      id: text(raw, 'id'),
    }),
  component: lazyRouteComponent(() => import('./pages/events/events'), 'Events'),
});

const alerts = createRoute({
  ...page,
  path: '/alerts',
  validateSearch: (raw: Raw) =>
    given({
      tab: oneOf(raw, 'tab', ['inbox', 'rules', 'deliveries']),
      status: text(raw, 'status'),
      camera: text(raw, 'camera'),
      id: number(raw, 'id'),
    }),
  component: lazyRouteComponent(() => import('./pages/alerts/alerts'), 'Alerts'),
});

const rule = createRoute({
  ...page,
  path: '/alerts/rules/$id',
  component: lazyRouteComponent(() => import('./pages/alerts/rule'), 'RulePage'),
});

const statistics = createRoute({
  ...page,
  path: '/statistics',
  validateSearch: (raw: Raw) =>
    given({
      range: oneOf(raw, 'range', ['24h', '7d', '30d']),
      camera: text(raw, 'camera'),
      metric: oneOf(raw, 'metric', ['violations']),
      by: oneOf(raw, 'by', ['camera', 'none']),
    }),
  component: lazyRouteComponent(() => import('./pages/statistics/statistics'), 'Statistics'),
});

const rollout = createRoute({
  ...page,
  path: '/rollout',
  validateSearch: (raw: Raw) =>
    given({ group: text(raw, 'group'), tab: oneOf(raw, 'tab', ['evidence', 'trend', 'mismatches', 'history']) }),
  component: lazyRouteComponent(() => import('./pages/rollout/rollout'), 'Rollout'),
});

const report = createRoute({
  ...page,
  path: '/rollout/report',
  validateSearch: (raw: Raw) => given({ lang: oneOf(raw, 'lang', ['en', 'zh']) }),
  component: lazyRouteComponent(() => import('./pages/rollout/report'), 'RolloutReportPage'),
});

const shift = createRoute({
  ...page,
  path: '/shift',
  validateSearch: (raw: Raw) => given({ from: text(raw, 'from'), to: text(raw, 'to') }),
  component: lazyRouteComponent(() => import('./pages/shift/shift'), 'Shift'),
});

const system = createRoute({
  ...page,
  path: '/system',
  component: lazyRouteComponent(() => import('./pages/system/system'), 'System'),
});

const access = createRoute({
  ...page,
  path: '/access',
  validateSearch: (raw: Raw) =>
    given({
      tab: oneOf(raw, 'tab', ['tokens', 'audit']),
      actor: text(raw, 'actor'),
      operation: text(raw, 'operation'),
    }),
  component: lazyRouteComponent(() => import('./pages/access/access'), 'Access'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    now,
    wall,
    cameras,
    newCamera,
    camera,
    config,
    regions,
    violations,
    events,
    alerts,
    rule,
    statistics,
    rollout,
    report,
    shift,
    system,
    access,
  ]),
  defaultErrorComponent: PageFailed,
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
